import { UserError } from '../errors';
import { PhiloxStream, streams } from '../rng/philox';
import type { Dataset, ImageSplit } from './dataset';

/**
 * The three parts that a run works with. Where the data set brings no validation images, `validationShare` of the
 * training images is set aside by `seed`, the same share of every class.
 * @throws UserError where there are too few images to split.
 */
export function datasetSplits(
  dataset: Dataset,
  validationShare: number,
  seed: number,
): { readonly train: ImageSplit; readonly val: ImageSplit; readonly test: ImageSplit | undefined } {
  if (dataset.val) return { train: dataset.train, val: dataset.val, test: dataset.test };
  const { train, val } = splitIndices(dataset.train.labels, dataset.classes.length, validationShare, seed);
  return {
    train: selectImages(dataset.train, train),
    val: selectImages(dataset.train, val),
    test: dataset.test,
  };
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
  if (!(share > 0 && share < 1)) {
    throw new UserError(`The validation share is ${share}.`, 'Give a number between 0 and 1, such as 0.1.');
  }
  if (labels.length < 2) {
    throw new UserError(
      `${labels.length} training image(s) can't be split into training and validation images.`,
      'Add images.',
    );
  }
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

/** A split of its own with copies of these images, in this order. */
export function selectImages(split: ImageSplit, indices: Int32Array): ImageSplit {
  const imageLength = split.count === 0 ? 0 : split.images.length / split.count;
  const images = new Uint8Array(indices.length * imageLength);
  const labels = new Int32Array(indices.length);
  indices.forEach((index, position) => {
    if (index < 0 || index >= split.count) throw new RangeError(`Image ${index} of ${split.count}`);
    images.set(split.images.subarray(index * imageLength, (index + 1) * imageLength), position * imageLength);
    labels[position] = split.labels[index] ?? 0;
  });
  return { count: indices.length, images, labels };
}

/** Fisher and Yates: every order as likely. In place. */
export function shuffle(values: Int32Array, stream: PhiloxStream): void {
  for (let last = values.length - 1; last > 0; last--) {
    const chosen = stream.nextBelow(last + 1);
    const kept = values[last] ?? 0;
    values[last] = values[chosen] ?? 0;
    values[chosen] = kept;
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
