import { UserError } from '../errors';
import { PhiloxStream, streams } from '../rng/philox';
import type { ImageSplit } from './dataset';
import { fillBins, type BinItem } from './fill-bins';
import { imageGroups } from './image-groups';
import { shuffle } from './shuffle';
import type { FoldConfig, SplitConfig } from './split-config';

/** What a cut is made of. */
export interface CutMaterial {
  readonly split: ImageSplit;
  readonly classes: readonly string[];
  readonly config: SplitConfig;
  readonly seed: number;
}

/**
 * The fold of each image, 0 … count − 1: sizes differ by one at most, except where groups stay together. Folds of one seed are the
 * same whichever of them is for validation.
 * @throws UserError where there are too few images, groups or images of a class.
 */
export function foldsOf(material: CutMaterial, { count }: FoldConfig): Int32Array {
  const { split, config, seed } = material;
  if (split.count < count) {
    throw new UserError(`${split.count} training images can't be cut into ${count} folds.`, 'Ask for fewer folds.');
  }
  switch (config.kind) {
    case 'random':
      return dealt([shuffledIndices(split.count, new PhiloxStream(seed, streams.split))], split.count, count);
    case 'stratified':
      return split.labelSets
        ? binned(material, evenShares(count), singleImages(split))
        : dealt(shuffledClasses(material, count), split.count, count);
    case 'grouped':
    case 'stratified-grouped': {
      const groups = imageGroups(split, config);
      if (groups.length < count) {
        throw new UserError(
          `${groups.length} group(s) of images can't be cut into ${count} folds: a group stays together.`,
          groups.length < 2 ? 'Choose another way to group.' : `Ask for at most ${groups.length} folds.`,
        );
      }
      return binned(material, evenShares(count), groups);
    }
  }
}

/**
 * Which images are for validation, 1, or for training, 0: about `share` of them. For all that is not drawn image by image from
 * a class or from all.
 */
export function sharedOut(material: CutMaterial, share: number): Int32Array {
  const { split, config } = material;
  const groups = config.kind === 'stratified' ? singleImages(split) : imageGroups(split, config);
  if (groups.length < 2) {
    throw new UserError(
      `All ${split.count} training images belong to one group, which stays together: none are left for validation.`,
      'Choose another way to group, or split by class.',
    );
  }
  const parts = binned(material, [1 - share, share], groups);
  for (const part of [0, 1]) {
    if (parts.includes(part)) continue;
    const smallest = groups.reduce((least, group) => (group.length < least.length ? group : least));
    for (const image of smallest) parts[image] = part;
  }
  return parts;
}

/** Cards dealt to `count` players, list after list. */
function dealt(lists: readonly Int32Array[], images: number, count: number): Int32Array {
  const folds = new Int32Array(images);
  let next = 0;
  for (const list of lists) for (const image of list) folds[image] = next++ % count;
  return folds;
}

/** The members of each class, shuffled. */
function shuffledClasses({ split, classes, seed }: CutMaterial, count: number): Int32Array[] {
  const stream = new PhiloxStream(seed, streams.split);
  return classes.map((name, label) => {
    const members = Int32Array.from(indicesWhere(split.labels, label));
    if (members.length > 0 && members.length < count) {
      throw new UserError(
        `The class ${name} has ${members.length} training image(s), too few for ${count} folds that each have some.`,
        `Ask for at most ${members.length} folds, or split at random.`,
      );
    }
    shuffle(members, stream);
    return members;
  });
}

function* indicesWhere(labels: Int32Array, wanted: number): Generator<number> {
  for (let index = 0; index < labels.length; index++) if (labels[index] === wanted) yield index;
}

function shuffledIndices(count: number, stream: PhiloxStream): Int32Array {
  const indices = Int32Array.from({ length: count }, (_, index) => index);
  shuffle(indices, stream);
  return indices;
}

/** The bin of each image where groups go into bins as wholes. */
function binned(material: CutMaterial, shares: readonly number[], groups: readonly Int32Array[]): Int32Array {
  const { split, classes, config, seed } = material;
  const stream = new PhiloxStream(seed, streams.split);
  const drawn = Array.from(shuffledIndices(groups.length, stream), (index) => groups[index] ?? new Int32Array());
  const stratified = config.kind !== 'grouped';
  const items = drawn.map((group) => itemOf(group, split, classes.length, stratified));
  const places = orderOf(items, config.fold !== null, classes.length + 1);
  const bins = fillBins(
    places.map((place) => items[place] ?? { kinds: [], amounts: [] }),
    shares,
    classes.length + 1,
  );
  const result = new Int32Array(split.count);
  places.forEach((place, index) => {
    for (const image of drawn[place] ?? []) result[image] = bins[index] ?? 0;
  });
  return result;
}

/** Kind 0: images; kind 1 + c: images of class c. */
function itemOf(group: Int32Array, split: ImageSplit, classCount: number, stratified: boolean): BinItem {
  const counts = new Map<number, number>([[0, group.length]]);
  for (const image of stratified ? group : []) {
    for (const label of labelsOf(split, image, classCount)) counts.set(label + 1, (counts.get(label + 1) ?? 0) + 1);
  }
  return { kinds: [...counts.keys()], amounts: [...counts.values()] };
}

function labelsOf({ labels, labelSets }: ImageSplit, image: number, classCount: number): readonly number[] {
  if (!labelSets) return [labels[image] ?? 0];
  const row = labelSets.subarray(image * classCount, (image + 1) * classCount);
  return Array.from(row.keys()).filter((label) => row[label] === 1);
}

/**
 * In which order bins are filled. What is hard to place comes first: an image with a rare class, as in Sechidis, Tsoumakas, Vlahavas,
 * On the Stratification of Multi-Label Data (2011), and, for folds, large groups. Else as drawn.
 */
function orderOf(items: readonly BinItem[], largestFirst: boolean, kindCount: number): number[] {
  const totals = new Float64Array(kindCount);
  for (const { kinds, amounts } of items) {
    kinds.forEach((kind, index) => (totals[kind] = (totals[kind] ?? 0) + (amounts[index] ?? 0)));
  }
  const singles = items.every(({ amounts }) => amounts[0] === 1);
  const rarity = items.map(({ kinds }) => kinds.reduce((least, kind) => Math.min(least, totals[kind] ?? 0), Infinity));
  const difficulty = (place: number): number =>
    singles ? (rarity[place] ?? 0) : largestFirst ? -(items[place]?.amounts[0] ?? 0) : 0;
  return [...items.keys()].sort((a, b) => difficulty(a) - difficulty(b) || a - b);
}

function singleImages({ count }: ImageSplit): readonly Int32Array[] {
  return Array.from({ length: count }, (_, index) => Int32Array.of(index));
}

function evenShares(count: number): number[] {
  return Array<number>(count).fill(1 / count);
}
