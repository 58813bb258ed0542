import { describe, expect, test } from 'vitest';
import type { Dataset, ImageSplit } from '../../../src/core/data/dataset';
import { parseRecordedSplit, recordSplit, restoreSplit } from '../../../src/core/data/recorded-split';
import { shuffle } from '../../../src/core/data/shuffle';
import { stratifiedSplit, type SplitConfig } from '../../../src/core/data/split-config';
import { datasetSplits, selectImages, validationIndices } from '../../../src/core/data/splits';
import { PhiloxStream } from '../../../src/core/rng/philox';

const classes = ['a', 'b', 'c', 'd'];

/** Images of one byte: their own number. */
function setOf(labels: Int32Array, more: Partial<ImageSplit> = {}): Dataset {
  const count = labels.length;
  const images = Uint8Array.from({ length: count }, (_, index) => index);
  const train: ImageSplit = { count, images, labels, ...more };
  return { name: 'set', classes, channels: 1, height: 1, width: 1, train, fingerprint: 'f', skipped: [] };
}

function labelsOf(...sizes: readonly number[]): Int32Array {
  const labels = Int32Array.from(sizes.flatMap((size, label) => Array<number>(size).fill(label)));
  shuffle(labels, new PhiloxStream(3, 99));
  return labels;
}

function configOf(kind: SplitConfig['kind'], more: Partial<SplitConfig> = {}): SplitConfig {
  return { ...stratifiedSplit, kind, ...more };
}

/** Validation images of each fold. */
function foldsOf(dataset: Dataset, config: SplitConfig, count: number, seed = 1): number[][] {
  return Array.from({ length: count }, (_, index) => [
    ...validationIndices(dataset, 0.1, seed, { ...config, fold: { number: index + 1, count } }),
  ]);
}

function countsOf(values: readonly number[], size: number): number[] {
  const counts = Array<number>(size).fill(0);
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

function expectPartition(folds: readonly (readonly number[])[], count: number): void {
  expect(folds.flat().sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
}

/** Groups of 1 … 12 images, most of one class each. */
function groupedSet(): { readonly dataset: Dataset; readonly groups: Int32Array } {
  const stream = new PhiloxStream(5, 99);
  const rows = Array.from({ length: 60 }, (_, group) => {
    const main = stream.nextBelow(4);
    return Array.from({ length: 1 + stream.nextBelow(12) }, () => ({
      group,
      label: stream.nextBelow(10) === 0 ? stream.nextBelow(4) : main,
    }));
  }).flat();
  const groups = Int32Array.from(rows, ({ group }) => group);
  return {
    dataset: setOf(
      Int32Array.from(rows, ({ label }) => label),
      { groups },
    ),
    groups,
  };
}

describe('folds', () => {
  test('every image is for validation in one of them; sizes differ by one at most', () => {
    const dataset = setOf(labelsOf(50, 31, 13, 9));
    for (const kind of ['random', 'stratified'] as const) {
      const folds = foldsOf(dataset, configOf(kind), 5);
      expectPartition(folds, 103);
      expect(spread(folds.map(({ length }) => length))).toBeLessThanOrEqual(1);
    }
  });

  test('stratified ones have as many images of each class, up to one', () => {
    const dataset = setOf(labelsOf(50, 31, 13, 9));
    const perFold = foldsOf(dataset, configOf('stratified'), 5).map((fold) =>
      countsOf(
        fold.map((index) => dataset.train.labels[index] ?? 0),
        4,
      ),
    );
    for (const label of [0, 1, 2, 3]) {
      expect(spread(perFold.map((counts) => counts[label] ?? 0))).toBeLessThanOrEqual(1);
    }
  });

  test('the seed alone decides which images are in which', () => {
    const dataset = setOf(labelsOf(20, 20));
    for (const kind of ['random', 'stratified'] as const) {
      expect(foldsOf(dataset, configOf(kind), 4, 7)).toEqual(foldsOf(dataset, configOf(kind), 4, 7));
      expect(foldsOf(dataset, configOf(kind), 4, 7)).not.toEqual(foldsOf(dataset, configOf(kind), 4, 8));
    }
  });

  test('grouped ones keep groups together and are of like size', () => {
    const { dataset, groups } = groupedSet();
    for (const kind of ['grouped', 'stratified-grouped'] as const) {
      const folds = foldsOf(dataset, configOf(kind), 5);
      expectPartition(folds, dataset.train.count);
      const foldsOfGroup = new Map<number, Set<number>>();
      folds.forEach((fold, number) => {
        for (const index of fold) {
          const group = groups[index] ?? 0;
          foldsOfGroup.set(group, (foldsOfGroup.get(group) ?? new Set()).add(number));
        }
      });
      expect([...foldsOfGroup.values()].every(({ size }) => size === 1)).toBe(true);
      // No fold is off by as much as a whole large group.
      expect(spread(folds.map(({ length }) => length))).toBeLessThan(12);
    }
  });

  test('stratified groups give folds whose classes are more alike than plain groups do', () => {
    const { dataset } = groupedSet();
    const unevenness = (kind: SplitConfig['kind']) => {
      const perFold = foldsOf(dataset, configOf(kind), 5).map((fold) =>
        countsOf(
          fold.map((index) => dataset.train.labels[index] ?? 0),
          4,
        ),
      );
      return [0, 1, 2, 3].reduce((sum, label) => sum + spread(perFold.map((counts) => counts[label] ?? 0)), 0);
    };
    expect(unevenness('stratified-grouped')).toBeLessThan(0.6 * unevenness('grouped'));
  });

  test('what can’t be cut so is said', () => {
    const few = setOf(labelsOf(20, 3));
    expect(() => foldsOf(few, configOf('stratified'), 5)).toThrow('The class b has 3 training image(s), too few for 5');
    expect(() => foldsOf(few, configOf('random'), 24)).toThrow('23 training images can');
    expect(() => foldsOf(few, configOf('grouped'), 2)).toThrow('does not say which of its images belong together');
    const two = setOf(labelsOf(4), { groups: Int32Array.of(1, 1, 2, 2) });
    expect(() => foldsOf(two, configOf('grouped'), 3)).toThrow("2 group(s) of images can't be cut into 3 folds");
    const given = { ...few, val: few.train };
    expect(() => datasetSplits(given, 0.1, 1, configOf('random', { fold: { number: 1, count: 2 } }))).toThrow(
      'validation images of its own',
    );
  });
});

describe('a share', () => {
  test('drawn at random takes round(share · count) images, whatever their classes', () => {
    const dataset = setOf(labelsOf(30, 30));
    const counts = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const indices = validationIndices(dataset, 0.33, seed, configOf('random'));
      expect(indices.length).toBe(20);
      const labels = [...indices].map((index) => dataset.train.labels[index] ?? 0);
      counts.add(countsOf(labels, 2).join());
    }
    expect(counts.size).toBeGreaterThan(3);
  });

  test('of groups is about the share of the images; none is in both parts', () => {
    const { dataset, groups } = groupedSet();
    for (const kind of ['grouped', 'stratified-grouped'] as const) {
      for (const share of [0.1, 0.3, 0.5]) {
        const val = [...validationIndices(dataset, share, 2, configOf(kind))];
        const inVal = new Set(val.map((index) => groups[index]));
        const isVal = new Set(val);
        for (const [index, group] of groups.entries()) expect(isVal.has(index)).toBe(inVal.has(group));
        expect(Math.abs(val.length - share * groups.length)).toBeLessThan(20);
      }
    }
  });

  test('of two groups takes one, however large it is', () => {
    const dataset = setOf(labelsOf(10), { groups: Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 1) });
    expect([...validationIndices(dataset, 0.5, 1, configOf('grouped'))]).toHaveLength(1);
    const one = setOf(labelsOf(4), { groups: new Int32Array(4) });
    expect(() => validationIndices(one, 0.5, 1, configOf('grouped'))).toThrow('belong to one group');
  });

  test('of images with several classes is the same of every class, up to an image', () => {
    const stream = new PhiloxStream(8, 99);
    const count = 400;
    const odds = [2, 5, 10, 25];
    const labelSets = Uint8Array.from({ length: count * 4 }, (_, index) =>
      Number(stream.nextBelow(odds[index % 4] ?? 1) === 0),
    );
    const dataset = setOf(new Int32Array(count), { labelSets });
    const totals = [0, 1, 2, 3].map(
      (label) => labelSets.filter((set, index) => index % 4 === label && set === 1).length,
    );
    for (const share of [0.1, 0.25]) {
      const val = validationIndices(dataset, share, 3, configOf('stratified'));
      expect(Math.abs(val.length - share * count)).toBeLessThanOrEqual(4);
      for (const label of [0, 1, 2, 3]) {
        const inVal = val.filter((index) => labelSets[4 * index + label] === 1).length;
        expect(Math.abs(inVal - share * (totals[label] ?? 0))).toBeLessThanOrEqual(1.5);
      }
    }
  });
});

describe('a pattern', () => {
  const keys = ['p1_a.png', 'p2_a.png', 'p1_b.png', 'p3_a.png', 'p2_b.png'];
  const dataset = setOf(labelsOf(5), { keys });

  test('groups images by what its parentheses find', () => {
    const config = configOf('grouped', { groupPattern: '^(p\\d)_' });
    for (let seed = 0; seed < 5; seed++) {
      const val = validationIndices(dataset, 0.4, seed, config);
      expect(val.includes(0)).toBe(val.includes(2));
      expect(val.includes(1)).toBe(val.includes(4));
      expect(val.length % 5).not.toBe(0);
    }
  });

  test('that misses a name is refused, with the name', () => {
    const config = configOf('grouped', { groupPattern: '^(p[12])_' });
    expect(() => validationIndices(dataset, 0.4, 1, config)).toThrow('1 of 5 image names, such as p3_a.png');
    expect(() => validationIndices(setOf(labelsOf(5)), 0.4, 1, config)).toThrow('have no names');
  });
});

test('what is known of images goes with them', () => {
  const { train } = setOf(labelsOf(3), {
    keys: ['x', 'y', 'z'],
    groups: Int32Array.of(4, 5, 6),
    labelSets: Uint8Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0),
  });
  expect(selectImages(train, Int32Array.of(2, 0))).toMatchObject({
    keys: ['z', 'x'],
    groups: Int32Array.of(6, 4),
    labelSets: Uint8Array.of(0, 0, 1, 0, 1, 0, 0, 0),
  });
});

describe('a recorded split', () => {
  const keys = Array.from({ length: 10 }, (_, index) => `${index}.png`);
  const named = setOf(labelsOf(10), { keys });
  const recorded = recordSplit(named, Int32Array.of(2, 5));

  test('is what it was, through JSON', () => {
    expect(parseRecordedSplit(JSON.parse(JSON.stringify(recorded)))).toEqual(recorded);
    expect(parseRecordedSplit({ ...recorded, validation: [2, 10] })).toBeUndefined();
    expect(parseRecordedSplit({ ...recorded, keys: ['2.png'] })).toBeUndefined();
    expect(restoreSplit(named, recorded)?.val.keys).toEqual(['2.png', '5.png']);
    expect(restoreSplit(named, recorded)?.train.count).toBe(8);
  });

  test('goes by the names of the images, where there are more or fewer now', () => {
    const fewer = { ...named, train: selectImages(named.train, Int32Array.of(0, 2, 3, 5, 6)) };
    expect(restoreSplit(fewer, recorded)?.val.keys).toEqual(['2.png', '5.png']);
    const without = { ...named, train: selectImages(named.train, Int32Array.of(0, 2, 3)) };
    expect(restoreSplit(without, recorded)?.val.keys).toEqual(['2.png']);
    expect(restoreSplit({ ...named, train: selectImages(named.train, Int32Array.of(0, 1)) }, recorded)).toBeUndefined();
  });

  test('without names holds for as many images only', () => {
    const nameless = setOf(labelsOf(10));
    const places = recordSplit(nameless, Int32Array.of(2, 5));
    expect([...(restoreSplit(nameless, places)?.val.images ?? [])]).toEqual([2, 5]);
    expect(restoreSplit(setOf(labelsOf(11)), places)).toBeUndefined();
  });
});
