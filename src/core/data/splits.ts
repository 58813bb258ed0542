import { UserError } from '../errors';
import { PhiloxStream, streams } from '../rng/philox';
import type { Dataset, ImageSplit } from './dataset';
import { foldsOf, sharedOut } from './folds';
import { shuffle } from './shuffle';
import { isGrouped, stratifiedSplit, type SplitConfig } from './split-config';

/** The three parts that a run works with. */
export interface DatasetSplits {
  readonly train: ImageSplit;
  readonly val: ImageSplit;
  readonly test: ImageSplit | undefined;
}

/**
 * The parts of a data set. Where it brings no validation images, some of the training images are set aside by `seed`: a fold, or
 * `validationShare` of them.
 * @throws UserError where the images can't be split so, and where folds are asked for of a data set with validation images.
 */
export function datasetSplits(
  dataset: Dataset,
  validationShare: number,
  seed: number,
  config: SplitConfig = stratifiedSplit,
): DatasetSplits {
  if (dataset.val) {
    if (config.fold) {
      throw new UserError(
        `${dataset.name} has validation images of its own, so there is nothing to cut into folds.`,
        'Train without folds, or put its validation images among the training images.',
      );
    }
    return { train: dataset.train, val: dataset.val, test: dataset.test };
  }
  return splitBy(dataset, validationIndices(dataset, validationShare, seed, config));
}

/** Which training images (ascending) are set aside for validation: see `datasetSplits`. */
export function validationIndices(
  { train, classes }: Dataset,
  validationShare: number,
  seed: number,
  config: SplitConfig,
): Int32Array {
  const material = { split: train, classes, config, seed };
  if (config.fold) {
    const chosen = config.fold.number - 1;
    const folds = foldsOf(material, config.fold);
    return Int32Array.from(folds.keys()).filter((index) => folds[index] === chosen);
  }
  if (isGrouped(config) || (config.kind === 'stratified' && train.labelSets)) {
    checkShare(validationShare, train.count);
    const parts = sharedOut(material, validationShare);
    return Int32Array.from(parts.keys()).filter((index) => parts[index] === 1);
  }
  const labels = config.kind === 'random' ? new Int32Array(train.count) : train.labels;
  return splitIndices(labels, classes.length, validationShare, seed).val;
}

/** The training images at `validation` (ascending) are set aside. */
export function splitBy({ train, test }: Dataset, validation: Int32Array): DatasetSplits {
  const isVal = new Uint8Array(train.count);
  for (const index of validation) isVal[index] = 1;
  const rest = Int32Array.from(isVal.keys()).filter((index) => isVal[index] === 0);
  return { train: selectImages(train, rest), val: selectImages(train, validation), test };
}

/**
 * Which images stay for training and which are for validation: `round(share · count)` in all, at least one each,
 * shared out among the classes by largest remainder, drawn without replacement. Both lists ascend.
 * The same labels, share and seed give the same lists everywhere.
 */
export function splitIndices(
  labels: Int32Array,
  classCount: number,
  share: number,
  seed: number,
): { readonly train: Int32Array; readonly val: Int32Array } {
  checkShare(share, labels.length);
  const members = membersByClass(labels, classCount);
  const valCount = Math.min(labels.length - 1, Math.max(1, Math.round(share * labels.length)));
  const quotas = largestRemainder(
    members.map((list) => list.length),
    valCount,
  );
  const isVal = new Uint8Array(labels.length);
  const stream = new PhiloxStream(seed, streams.split);
  members.forEach((list, label) => {
    const quota = quotas[label] ?? 0;
    shuffle(list, stream);
    for (let i = 0; i < quota; i++) isVal[list[i] ?? 0] = 1;
  });
  const train = new Int32Array(labels.length - valCount);
  const val = new Int32Array(valCount);
  let trainEnd = 0;
  let valEnd = 0;
  for (let index = 0; index < labels.length; index++) {
    if (isVal[index] === 1) val[valEnd++] = index;
    else train[trainEnd++] = index;
  }
  return { train, val };
}

/** A split of its own with copies of these images and of all that is known of them, in this order. */
export function selectImages(split: ImageSplit, indices: Int32Array): ImageSplit {
  const { images, labelSets, keys, groups, count } = split;
  const outside = indices.find((index) => index < 0 || index >= count);
  if (outside !== undefined) throw new RangeError(`Image ${outside} of ${count}`);
  return {
    count: indices.length,
    images: selectRows(images, count, indices),
    labels: indices.map((index) => split.labels[index] ?? 0),
    ...(labelSets ? { labelSets: selectRows(labelSets, count, indices) } : {}),
    ...(keys ? { keys: Array.from(indices, (index) => keys[index] ?? '') } : {}),
    ...(groups ? { groups: indices.map((index) => groups[index] ?? 0) } : {}),
  };
}

function selectRows(rows: Uint8Array, count: number, indices: Int32Array): Uint8Array {
  const length = count === 0 ? 0 : rows.length / count;
  // What threads see they see of a part, too; in a browser the shared kind may have no name.
  const Memory = rows.buffer.constructor as new (bytes: number) => ArrayBufferLike;
  const selected = new Uint8Array(new Memory(indices.length * length));
  indices.forEach((index, position) => {
    selected.set(rows.subarray(index * length, (index + 1) * length), position * length);
  });
  return selected;
}

function checkShare(share: number, images: number): void {
  if (!(share > 0 && share < 1)) {
    throw new UserError(`The validation share is ${share}.`, 'Give a number between 0 and 1, such as 0.1.');
  }
  if (images < 2) {
    throw new UserError(
      `${images} training image(s) can't be split into training and validation images.`,
      'Add images.',
    );
  }
}

/** How many images each class has: label k is counted in place k. */
export function countLabels(labels: ArrayLike<number>, classCount: number): number[] {
  const counts = new Array<number>(classCount).fill(0);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? -1;
    const count = counts[label];
    if (count === undefined) throw new RangeError(`Label ${label} of ${classCount} classes`);
    counts[label] = count + 1;
  }
  return counts;
}

function membersByClass(labels: Int32Array, classCount: number): Int32Array[] {
  const members = countLabels(labels, classCount).map((count) => new Int32Array(count));
  const ends = new Int32Array(classCount);
  labels.forEach((label, index) => {
    const list = members[label];
    const end = ends[label] ?? 0;
    if (list) list[end] = index;
    ends[label] = end + 1;
  });
  return members;
}

/**
 * `total` shared out in proportion to `sizes`: each gets the whole part of its due, the largest remainders one more.
 * No class is emptied while another can give.
 */
function largestRemainder(sizes: readonly number[], total: number): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const quotas = sizes.map((size) => Math.floor((size * total) / all));
  let missing = total - quotas.reduce((sum, quota) => sum + quota, 0);
  const remainders = sizes
    .map((size, label) => ({ label, remainder: (size * total) % all }))
    .sort((a, b) => b.remainder - a.remainder || a.label - b.label);
  for (const leave of [1, 0]) {
    for (const { label } of remainders) {
      if (missing === 0) return quotas;
      const quota = quotas[label] ?? 0;
      if (quota + leave < (sizes[label] ?? 0)) {
        quotas[label] = quota + 1;
        missing--;
      }
    }
  }
  return quotas;
}
