import type { ItemKey } from './dataset';

/** What a user has decided about an image of a data set. The files themselves stay as they are. */
export type Decision =
  | { readonly kind: 'exclude'; readonly key: ItemKey; readonly reason: string }
  /** `classes`: the names of its classes from now on; one where the data set has one for each image. */
  | { readonly kind: 'relabel'; readonly key: ItemKey; readonly classes: readonly string[] }
  /** Takes back what was decided about it before. */
  | { readonly kind: 'restore'; readonly key: ItemKey };
