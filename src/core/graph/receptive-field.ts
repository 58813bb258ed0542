/**
 * How far one element of a node's output sees in the network's input. Arrays are over the spatial dimensions of the
 * input (height, width; depth first where there is one). Source of the terms: Araujo, Norris and Sim, 'Computing
 * Receptive Fields of Convolutional Neural Networks', Distill, 2019.
 */
export type ReceptiveField =
  | {
      readonly kind: 'window';
      /** Pixels of the input that the largest path covers: the union of all paths. */
      readonly size: readonly number[];
      /** Of the smallest path, where several paths differ. */
      readonly smallest?: readonly number[];
      /** Pixels of the input between neighbouring elements; a fraction after upsampling. */
      readonly jump: readonly number[];
      /** First pixel that the first element sees (negative: in the padding). */
      readonly start: readonly number[];
    }
  /** Every element sees the whole input. */
  | {
      readonly kind: 'global';
      /** What it sees without the paths that see everything, where there are others: a gate of squeeze-and-excitation sees the whole image, the maps that it weighs do not. */
      readonly local?: LocalField;
    };

/** Like a window's, in pixels of the input. */
export interface LocalField {
  readonly size: readonly number[];
  readonly smallest?: readonly number[];
  readonly jump: readonly number[];
  readonly start: readonly number[];
}
