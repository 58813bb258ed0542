import { UserError } from '../errors';
import type { Dataset, ImageSplit, ItemKey } from './dataset';
import type { StandingDecision } from './decisions';

export interface AppliedDecisions {
  readonly dataset: Dataset;
  /** Images that are left out, and that have other classes than their files say. */
  readonly excluded: number;
  readonly relabelled: number;
  /** Decisions about images that are not there. */
  readonly unknown: readonly ItemKey[];
}

/**
 * The data set as it was decided. Where images are left out, the others move up in the memory that they have: the data set that was
 * given is not to be used any more.
 * @throws UserError where a class is given that the data set has not, or nothing is left to train on.
 */
export function applyDecisions(dataset: Dataset, decisions: readonly StandingDecision[]): AppliedDecisions {
  const byKey = new Map(decisions.map((decision) => [decision.key, decision]));
  const met = new Set<ItemKey>();
  let excluded = 0;
  let relabelled = 0;
  const apply = (split: ImageSplit): ImageSplit => {
    const kept: number[] = [];
    const labels = split.labels.slice();
    const labelSets = split.labelSets?.slice();
    for (let index = 0; index < split.count; index++) {
      const decision = byKey.get(split.keys?.[index] ?? '');
      if (decision) met.add(decision.key);
      if (decision?.kind === 'exclude') {
        excluded++;
        continue;
      }
      kept.push(index);
      if (decision?.kind !== 'relabel') continue;
      const before = labelSets ? rowOf(labelSets, index, dataset.classes.length).join() : labels[index];
      relabel(dataset, decision, index, labels, labelSets);
      const after = labelSets ? rowOf(labelSets, index, dataset.classes.length).join() : labels[index];
      if (before !== after) relabelled++;
    }
    return keepImages({ ...split, labels, ...(labelSets && { labelSets }) }, kept);
  };
  const { train: allTrain, val: allVal, test: allTest, ...others } = dataset;
  const train = apply(allTrain);
  const val = allVal && apply(allVal);
  const test = allTest && apply(allTest);
  if (train.count === 0) {
    throw new UserError(`All training images of ${dataset.name} are excluded.`, 'Restore some of them.');
  }
  if (dataset.task !== 'multi-label' && new Set(train.labels).size < 2) {
    throw new UserError(
      `As it was decided, ${dataset.name} has training images of one class only: there is nothing to tell apart.`,
      'Restore images of another class.',
    );
  }
  return {
    // A split that has lost its last image is as good as not there.
    dataset: { ...others, train, ...(val && val.count > 0 && { val }), ...(test && test.count > 0 && { test }) },
    excluded,
    relabelled,
    unknown: decisions.map(({ key }) => key).filter((key) => !met.has(key)),
  };
}

function rowOf(labelSets: Uint8Array, index: number, classCount: number): Uint8Array {
  return labelSets.subarray(index * classCount, (index + 1) * classCount);
}

function relabel(
  { name, classes }: Dataset,
  { key, classes: given }: Extract<StandingDecision, { readonly kind: 'relabel' }>,
  index: number,
  labels: Int32Array,
  labelSets: Uint8Array | undefined,
): void {
  const numbers = given.map((each) => classes.indexOf(each));
  const unknown = given.find((_, at) => numbers[at] === -1);
  if (unknown !== undefined) {
    throw new UserError(
      `It was decided that ${key} is ${unknown}, but ${name} has no such class.`,
      `Restore the image, or give it one of ${classes.slice(0, 20).join(', ')}.`,
    );
  }
  if (!labelSets && numbers.length !== 1) {
    throw new UserError(
      `It was decided that ${key} is of ${numbers.length} classes, but each image of ${name} has one.`,
      'Restore the image, or give it one class.',
    );
  }
  labels[index] = numbers.length === 0 ? -1 : Math.min(...numbers);
  if (!labelSets) return;
  const row = rowOf(labelSets, index, classes.length).fill(0);
  for (const number of numbers) row[number] = 1;
}

/** Those at `kept`, ascending. */
function keepImages(split: ImageSplit, kept: readonly number[]): ImageSplit {
  if (kept.length === split.count) return split;
  const { count, images, labels, labelSets, keys, groups } = split;
  const imageLength = images.length / count;
  const setLength = (labelSets?.length ?? 0) / count;
  kept.forEach((from, to) => {
    if (from !== to) images.copyWithin(to * imageLength, from * imageLength, (from + 1) * imageLength);
    labelSets?.copyWithin(to * setLength, from * setLength, (from + 1) * setLength);
  });
  return {
    count: kept.length,
    images: images.subarray(0, kept.length * imageLength),
    labels: Int32Array.from(kept, (index) => labels[index] ?? 0),
    ...(labelSets && { labelSets: labelSets.subarray(0, kept.length * setLength) }),
    ...(keys && { keys: kept.map((index) => keys[index] ?? '') }),
    ...(groups && { groups: Int32Array.from(kept, (index) => groups[index] ?? 0) }),
  };
}
