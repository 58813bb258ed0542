/**
 * How validation images are cut from the training images, where the data set brings none of its own. With a fold, the images are
 * cut into that many parts of like size, of which one is for validation; else the validation share says how many.
 */
export interface SplitConfig {
  readonly kind: SplitKind;
  /**
   * Of grouped kinds: a regular expression on the images' keys; images belong together whose first capture group (or whole match,
   * where there is none) is the same. Null: the data set says which belong together.
   */
  readonly groupPattern: string | null;
  readonly fold: FoldConfig | null;
}

export const splitKinds = ['stratified', 'random', 'grouped', 'stratified-grouped'] as const;

/**
 * `stratified`: the same share of every class. `random`: whatever their classes. `grouped`: images that belong together stay
 * together. `stratified-grouped`: those too, the shares of the classes as alike as whole groups allow.
 */
export type SplitKind = (typeof splitKinds)[number];

export interface FoldConfig {
  /** Which part is for validation: 1 … count. */
  readonly number: number;
  /** At least 2. */
  readonly count: number;
}

/** What runs of earlier versions did. */
export const stratifiedSplit: SplitConfig = { kind: 'stratified', groupPattern: null, fold: null };

export function isGrouped({ kind }: SplitConfig): boolean {
  return kind === 'grouped' || kind === 'stratified-grouped';
}

/** `stratified, fold 2 of 5`, `grouped by ^(\w+)_` */
export function describeSplit({ kind, groupPattern, fold }: SplitConfig): string {
  const by = groupPattern === null ? '' : ` by ${groupPattern}`;
  return `${kind}${by}${fold ? `, fold ${fold.number} of ${fold.count}` : ''}`;
}
