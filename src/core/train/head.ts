import type { LabelTask } from '../data/dataset';

/**
 * What a model's outputs mean and what loss they have. `multi-class`: a score for each class, softmax and cross-entropy. `binary`: one
 * logit, that of the second of two classes; `multi-label`: a logit for each class, by itself; both: sigmoid and binary cross-entropy.
 */
export type Head = 'multi-class' | 'binary' | 'multi-label';

/** Runs of earlier versions do not say it. */
export const defaultHead: Head = 'multi-class';

/** Decided by the data set and by how many outputs the model has (undefined: not known). */
export function headFor(task: LabelTask | undefined, classCount: number, outputs: number | undefined): Head {
  if (task === 'multi-label') return 'multi-label';
  return classCount === 2 && outputs === 1 ? 'binary' : 'multi-class';
}

export function isHead(value: unknown): value is Head {
  return value === 'multi-class' || value === 'binary' || value === 'multi-label';
}
