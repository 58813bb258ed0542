import type { ImageSplit } from '../data/dataset';
import { UserError } from '../errors';
import type { ClassWeights } from './config';
import type { Head } from './head';

/** Whose classes are weighted. */
export interface WeightedClasses {
  readonly head: Head;
  readonly split: ImageSplit;
  readonly classes: readonly string[];
  readonly outputs: number;
}

/**
 * The plan input `classWeights` [outputs], by which the loss of a head weighs classes; undefined where all count alike. Of a softmax
 * what the images of a class count; of logits what a yes counts, against 1 for a no.
 * @throws UserError for a name that no class has, and where the weights of two classes have no ratio.
 */
export function classWeightsFor(weights: ClassWeights, of: WeightedClasses): Float32Array | undefined {
  const { head, split, classes, outputs } = of;
  if (weights === 'none') return undefined;
  const ofClasses =
    weights === 'balanced' ? undefined : namedWeights(weights, classes, Math.max(outputs, classes.length));
  switch (head) {
    case 'multi-class':
      return ofClasses ?? balancedClassWeights(split.labels, classes.length, outputs);
    case 'multi-label':
      return ofClasses ?? balancedPositiveWeights(split.labelSets ?? new Uint8Array(), classes.length, outputs);
    case 'binary': {
      if (!ofClasses) return balancedPositiveWeights(Uint8Array.from(split.labels), 1, outputs);
      const [no = 1, yes = 1] = ofClasses;
      if (no > 0) return Float32Array.of(yes / no);
      throw new UserError(
        `With a single output, the class ${classes[0] ?? ''} can't weigh 0: only the ratio of both weights counts.`,
      );
    }
  }
}

function namedWeights(
  weights: Readonly<Record<string, number>>,
  classes: readonly string[],
  outputs: number,
): Float32Array {
  const unknown = Object.keys(weights).find((name) => !classes.includes(name));
  if (unknown !== undefined) {
    const some = classes.slice(0, 12).join(', ');
    throw new UserError(
      `There is no class ${unknown} that could have a weight.`,
      `The classes are ${some}${classes.length > 12 ? ', …' : ''}.`,
    );
  }
  const weightOf = (name: string | undefined) => (name === undefined ? 1 : (weights[name] ?? 1));
  return Float32Array.from({ length: outputs }, (_, output) => weightOf(classes[output]));
}

/**
 * What a yes weighs for each output, so that its images count as much as all others together: images without / images with. Classes
 * without images, and outputs beyond the classes, weigh 1. `labelSets` [images, classes], 0 or 1.
 * Source: PyTorch, BCEWithLogitsLoss (pos_weight).
 */
export function balancedPositiveWeights(labelSets: Uint8Array, classes: number, outputs: number): Float32Array {
  const images = labelSets.length / classes;
  const counts = new Float64Array(outputs);
  labelSets.forEach((set, index) => (counts[index % classes] = (counts[index % classes] ?? 0) + set));
  return Float32Array.from(counts, (count) => (count === 0 ? 1 : (images - count) / count));
}

/**
 * Weights by which all classes count alike however many images they have: images / (classes · images of the class), so
 * that a batch's weights are 1 on average. Classes without images, and outputs beyond the classes, weigh 1.
 */
export function balancedClassWeights(labels: Iterable<number>, classes: number, outputs: number): Float32Array {
  const counts = new Float64Array(outputs);
  let images = 0;
  for (const label of labels) {
    counts[label] = (counts[label] ?? 0) + 1;
    images++;
  }
  return Float32Array.from(counts, (count) => (count === 0 ? 1 : images / (classes * count)));
}
