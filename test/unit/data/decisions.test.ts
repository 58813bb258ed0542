import { expect, test } from 'vitest';
import { applyDecisions } from '../../../src/core/data/apply-decisions';
import type { Dataset } from '../../../src/core/data/dataset';
import { formatStep, parseDecisions, standingDecisions, type Decision } from '../../../src/core/data/decisions';

const decisions: readonly Decision[] = [
  { kind: 'exclude', key: 'a\tb\n\\n.png', reason: 'two\nlines' },
  { kind: 'relabel', key: '#c.png', classes: ['a cat', 'dog\\'] },
  { kind: 'relabel', key: 'none.png', classes: [] },
  { kind: 'restore', key: 'd.png' },
];

test('what was written is read again, whatever is in the names', () => {
  const steps = [
    { number: 1, time: '2026-01-01T00:00:00.000Z', decisions },
    { number: 2, time: '2026-01-02T00:00:00.000Z', decisions: decisions.slice(0, 1) },
  ];
  expect(parseDecisions(steps.map(formatStep).join(''))).toEqual({ steps, unread: [] });
});

test('the latest decision about an image holds, and a restored one has none', () => {
  const step = (number: number, decision: Decision) => ({ number, time: '', decisions: [decision] });
  const relabel = { kind: 'relabel', key: 'a', classes: ['dog'] } as const;
  const standing = standingDecisions([
    step(1, { kind: 'exclude', key: 'a', reason: '' }),
    step(2, { kind: 'exclude', key: 'b', reason: '' }),
    step(3, relabel),
    step(4, { kind: 'restore', key: 'b' }),
  ]);
  expect(standing).toEqual([relabel]);
});

/** Image k of a split has bytes k. */
function dataset(): Dataset {
  const split = (count: number, first: number) => ({
    count,
    images: Uint8Array.from({ length: 4 * count }, (_, at) => first + Math.floor(at / 4)),
    labels: Int32Array.from({ length: count }, (_, at) => at % 2),
    keys: Array.from({ length: count }, (_, at) => String(first + at)),
    groups: Int32Array.from({ length: count }, (_, at) => 100 + at),
  });
  return {
    name: 'pets',
    classes: ['cat', 'dog'],
    channels: 1,
    height: 2,
    width: 2,
    train: split(5, 0),
    test: split(2, 50),
    fingerprint: '',
    skipped: [],
  };
}

test('excluded images are not there, relabelled ones have their new class, and all that belongs to an image moves with it', () => {
  const { dataset: decided, ...counts } = applyDecisions(dataset(), [
    { kind: 'exclude', key: '1', reason: '' },
    { kind: 'relabel', key: '2', classes: ['dog'] },
    { kind: 'relabel', key: '3', classes: ['dog'] },
    { kind: 'exclude', key: '50', reason: '' },
    { kind: 'exclude', key: 'elsewhere', reason: '' },
  ]);
  expect(counts).toEqual({ excluded: 2, relabelled: 1, unknown: ['elsewhere'] });
  const { train, test: tested } = decided;
  expect(train.keys).toEqual(['0', '2', '3', '4']);
  expect([...train.images]).toEqual([0, 2, 3, 4].flatMap((value) => [value, value, value, value]));
  expect([...train.labels]).toEqual([0, 1, 1, 0]);
  expect([...(train.groups ?? [])]).toEqual([100, 102, 103, 104]);
  expect(tested).toMatchObject({ count: 1, keys: ['51'] });
  expect([...(tested?.images ?? [])]).toEqual([51, 51, 51, 51]);
});

test('of images with several classes the whole set is replaced', () => {
  const given = dataset();
  const labelSets = Uint8Array.of(1, 0, 0, 1, 1, 1, 0, 0, 1, 0);
  const several: Dataset = { ...given, task: 'multi-label', train: { ...given.train, labelSets } };
  const { dataset: decided } = applyDecisions(several, [
    { kind: 'relabel', key: '0', classes: ['cat', 'dog'] },
    { kind: 'relabel', key: '1', classes: [] },
    { kind: 'exclude', key: '2', reason: '' },
  ]);
  expect([...(decided.train.labelSets ?? [])]).toEqual([1, 1, 0, 0, 0, 0, 1, 0]);
  expect([...decided.train.labels]).toEqual([0, -1, 1, 0]);
});

test('an unknown class, and a data set with nothing left, are told in words', () => {
  expect(() => applyDecisions(dataset(), [{ kind: 'relabel', key: '2', classes: ['bird'] }])).toThrow(
    'It was decided that 2 is bird, but pets has no such class.',
  );
  expect(() => applyDecisions(dataset(), [{ kind: 'relabel', key: '2', classes: ['cat', 'dog'] }])).toThrow(
    /2 classes/,
  );
  const exclude = (keys: readonly string[]) => keys.map((key) => ({ kind: 'exclude', key, reason: '' }) as const);
  expect(() => applyDecisions(dataset(), exclude(['0', '2', '4']))).toThrow(/one class only/);
  expect(() => applyDecisions(dataset(), exclude(['0', '1', '2', '3', '4']))).toThrow(/All training images/);
});
