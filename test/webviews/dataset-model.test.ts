import { describe, expect, test } from 'vitest';
import type { DatasetDescription, DatasetScan } from '../../src/protocol/dataset-inspection';
import { countClasses, describeBalance } from '../../src/webviews/dataset/class-counts';
import { DatasetModel } from '../../src/webviews/dataset/dataset-model';
import { findImages, wholeQuery } from '../../src/webviews/dataset/image-query';

/** Six images: two of them tested, one of two classes, one of none. */
function model(labelSets: Uint8Array | null = null): DatasetModel {
  const description: DatasetDescription = {
    name: 'pets',
    path: '/pets',
    format: 'image folder',
    task: labelSets ? 'multi-label' : 'multi-class',
    classes: ['cat', 'dog'],
    items: {
      keys: [
        'train/cat/2.png',
        'train/cat/10.png',
        'train/dog/1.png',
        'train/dog/3.png',
        'test/cat/4.png',
        'test/dog/5.png',
      ],
      splits: Uint8Array.of(0, 0, 0, 0, 2, 2),
      labels: labelSets ? Int32Array.of(0, 0, 1, -1, 0, 1) : Int32Array.of(0, 0, 1, 1, 0, 1),
      labelSets,
    },
    decisions: {
      file: '/pets/cnn-lab-decisions.tsv',
      canUndo: true,
      decisions: [
        { kind: 'exclude', key: 'train/cat/2.png', reason: 'blurred' },
        { kind: 'relabel', key: 'train/cat/10.png', classes: ['dog'] },
        { kind: 'exclude', key: 'gone.png', reason: 'of a file that is no longer there' },
      ],
    },
    skipped: [],
    fingerprint: 'f',
  };
  return new DatasetModel('/pets', description);
}

const scan: DatasetScan = {
  widths: Int32Array.of(10, 20, 30, 0, 40, 20),
  heights: Int32Array.of(10, 10, 10, 0, 10, 40),
  channels: Uint8Array.of(3, 3, 3, 0, 3, 3),
  bytes: new Float64Array(6),
  means: Float32Array.from({ length: 18 }, (_, at) => [0.5, 0.25, 0.75, 0, 1, 0.125][Math.floor(at / 3)] ?? 0),
  deviations: new Float32Array(18),
  histograms: [],
  odd: [{ index: 3, kind: 'corrupt', reason: 'is cut off' }],
};

describe('what the dataset panel knows of images', () => {
  test('is what the files say with the decisions applied', () => {
    const pets = model();
    expect([0, 1, 2].map((item) => pets.stateOf(item))).toEqual(['excluded', 'relabelled', 'used']);
    expect(pets.classesOf(1)).toEqual(['dog']);
    expect(pets.givenClassesOf(1)).toEqual(['cat']);
    expect(pets.describe(0)).toBe('train/cat/2.png: cat, Training; excluded (blurred)');
    expect(pets.describe(1)).toBe('train/cat/10.png: dog, relabelled from cat, Training');
    pets.applyDecisions({ file: '', canUndo: false, decisions: [] });
    expect([0, 1].map((item) => pets.stateOf(item))).toEqual(['used', 'used']);
    expect(pets.labelOf(1)).toBe(0);
  });

  test('counts the images that are used, and says how even the classes are', () => {
    const counts = countClasses(model());
    expect(counts).toMatchObject([
      { name: 'cat', counts: [0, 0, 1], total: 1 },
      { name: 'dog', counts: [3, 0, 1], total: 4 },
    ]);
    expect(describeBalance(counts)).toMatch(/^Imbalanced: dog has 4\.0 times as many images as cat \(4 and 1\)\./);
    const even = counts.map((each) => ({ ...each, total: 7 }));
    expect(describeBalance(even)).toBe('Balanced: each class has 7 images.');
    expect(describeBalance(counts.map((each, at) => ({ ...each, total: at })))).toBe('1 class without images: cat.');
  });

  test('counts an image of several classes for each', () => {
    const pets = model(Uint8Array.of(1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 1));
    pets.applyDecisions({ file: '', canUndo: false, decisions: [] });
    expect(countClasses(pets).map(({ total }) => total)).toEqual([3, 3]);
    expect(pets.classesOf(1)).toEqual(['cat', 'dog']);
    expect([...findImages(pets, { ...wholeQuery, label: '' })]).toEqual([3]);
    expect([...findImages(pets, { ...wholeQuery, label: 'dog' })]).toEqual([1, 2, 5]);
    expect([...findImages(pets, { ...wholeQuery, sort: 'labels', descending: true })][0]).toBe(1);
  });

  test('finds images by split, class, decision and name', () => {
    const pets = model();
    pets.applyScan(scan);
    const found = (query: Partial<typeof wholeQuery>) => [...findImages(pets, { ...wholeQuery, ...query })];
    expect(found({ split: 2 })).toEqual([4, 5]);
    expect(found({ label: 'dog' })).toEqual([1, 2, 3, 5]);
    expect(found({ state: 'excluded' })).toEqual([0]);
    expect(found({ odd: 'any' })).toEqual([3]);
    expect(found({ odd: 'tiny' })).toEqual([]);
    expect(found({ search: 'CAT' })).toEqual([0, 1, 4]);
    expect(found({ search: '/^t.*[1-3]\\.png$/' })).toEqual([0, 2, 3]);
    expect(() => found({ search: '/[/' })).toThrow('This is no regular expression');
  });

  test('sorts by what is known of them; what is not known comes last, either way', () => {
    const pets = model();
    pets.applyScan(scan);
    const sorted = (sort: typeof wholeQuery.sort, descending = false) => [
      ...findImages(pets, { ...wholeQuery, sort, descending }),
    ];
    expect(sorted('name')).toEqual([4, 5, 0, 1, 2, 3]);
    expect(sorted('size')).toEqual([0, 1, 2, 4, 5, 3]);
    expect(sorted('size', true)).toEqual([5, 4, 2, 1, 0, 3]);
    expect(sorted('aspect')).toEqual([5, 0, 1, 2, 4, 3]);
    expect(sorted('brightness', true)).toEqual([4, 2, 0, 1, 5, 3]);
    expect(sorted('label')).toEqual([0, 4, 1, 2, 3, 5]);
  });
});
