import { epochOrder } from '../data/batches';
import type { ImageSplit } from '../data/dataset';
import { PhiloxStream, streams } from '../rng/philox';
import type { TrainConfig } from './config';

/** Which training images an epoch (0-based) takes, in which order: drawn by seed and epoch alone. */
export function trainingOrder(
  split: ImageSplit,
  { sampler, seed }: Pick<TrainConfig, 'sampler' | 'seed'>,
  epoch: number,
): Int32Array {
  switch (sampler) {
    case 'shuffle':
      return epochOrder(split.count, seed, epoch);
    case 'balanced':
      return balancedOrder(split, seed, epoch);
  }
}

/**
 * As many images as there are, each drawn by itself: a class first, every one that has images as likely, then one of its images. So
 * an image is drawn with a weight of 1 / images of its class, as by torch's WeightedRandomSampler with replacement. An image of
 * several classes counts for its rarest; images of no class are one more.
 */
function balancedOrder(split: ImageSplit, seed: number, epoch: number): Int32Array {
  const members = [...membersByClass(split).values()];
  const stream = new PhiloxStream(seed, streams.sampler, epoch);
  return Int32Array.from({ length: split.count }, () => {
    const images = members[stream.nextBelow(members.length)] ?? [];
    return images[stream.nextBelow(images.length)] ?? 0;
  });
}

/** Classes in ascending order. */
function membersByClass({ labels, labelSets, count }: ImageSplit): ReadonlyMap<number, readonly number[]> {
  const classOf = labelSets ? rarestClass(labelSets, count) : labels;
  const members = new Map<number, number[]>();
  classOf.forEach((label, image) => {
    const list = members.get(label);
    if (list) list.push(image);
    else members.set(label, [image]);
  });
  return new Map([...members].sort(([a], [b]) => a - b));
}

/** Of each image [count]; −1: it has none. */
function rarestClass(labelSets: Uint8Array, count: number): Int32Array {
  const classes = count === 0 ? 0 : labelSets.length / count;
  const totals = new Float64Array(classes);
  labelSets.forEach((set, index) => (totals[index % classes] = (totals[index % classes] ?? 0) + set));
  return Int32Array.from({ length: count }, (_, image) => {
    let rarest = -1;
    for (let label = 0; label < classes; label++) {
      if (labelSets[image * classes + label] !== 1) continue;
      if (rarest < 0 || (totals[label] ?? 0) < (totals[rarest] ?? 0)) rarest = label;
    }
    return rarest;
  });
}
