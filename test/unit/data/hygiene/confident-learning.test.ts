import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  calibratedCounts,
  confidentJoint,
  confidentThresholds,
  findMislabels,
} from '../../../../src/core/data/hygiene/confident-learning';

interface Case {
  readonly classes: number;
  readonly labels: readonly number[];
  readonly probabilities: readonly number[];
  readonly thresholds: readonly number[];
  readonly joint: readonly number[];
  readonly calibrated: readonly number[];
  readonly suspects: readonly number[];
  readonly suggested: readonly number[];
}

const fixtures = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'hygiene');
const cases = JSON.parse(await readFile(join(fixtures, 'confident-learning.json'), 'utf8')) as readonly Case[];

test.each(cases)('thresholds, counts and suspects are those of NumPy ($classes classes)', (given) => {
  const labels = Int32Array.from(given.labels);
  const scores = { labels, probabilities: Float32Array.from(given.probabilities), classes: given.classes };
  confidentThresholds(scores).forEach((value, label) => expect(value).toBeCloseTo(given.thresholds[label] ?? 0, 6));
  const joint = confidentJoint(scores);
  expect([...joint]).toEqual(given.joint);
  calibratedCounts(joint, labels, given.classes).forEach((value, cell) =>
    expect(value).toBeCloseTo(given.calibrated[cell] ?? 0, 9),
  );
  const suspects = findMislabels(scores);
  expect(suspects.map(({ index }) => index)).toEqual(given.suspects);
  expect(suspects.map(({ suggested }) => suggested)).toEqual(given.suggested);
});

test('by hand: of two classes, the one image that is surely of the other is the suspect', () => {
  const rows = [
    [0.9, 0.1],
    [0.8, 0.2],
    [0.1, 0.9],
    [0.2, 0.8],
    [0.3, 0.7],
    [0.45, 0.55],
  ];
  const labels = Int32Array.of(0, 0, 0, 1, 1, 1);
  const scores = { labels, probabilities: Float32Array.from(rows.flat()), classes: 2 };
  // Means of their own: (0.9 + 0.8 + 0.1) / 3 and (0.8 + 0.7 + 0.55) / 3.
  expect(confidentThresholds(scores)[0]).toBeCloseTo(0.6, 6);
  expect(confidentThresholds(scores)[1]).toBeCloseTo(0.6833, 4);
  expect([...confidentJoint(scores)]).toEqual([2, 1, 0, 2]);
  const [suspect, ...others] = findMislabels(scores);
  expect(others).toEqual([]);
  expect(suspect).toMatchObject({ index: 2, given: 0, suggested: 1 });
  expect(suspect?.suggestedProbability).toBeCloseTo(0.9, 6);
});

test('a class without images, and one whose images are sure of nothing, make no suspects', () => {
  const labels = Int32Array.of(0, 0, 2);
  const probabilities = Float32Array.of(0.6, 0.2, 0.2, 0.6, 0.2, 0.2, 0.1, 0.1, 0.8);
  expect(findMislabels({ labels, probabilities, classes: 3 })).toEqual([]);
});
