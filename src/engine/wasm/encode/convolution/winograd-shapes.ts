import type { PlanTensor } from '../../../plan';

/** Positions of a transformed tile: F(4×4, 3×3). */
export const POSITIONS = 36;
/** A part's workspace before what its arguments place: two sets of 36 vectors and four kernels. */
export const FIXED_BYTES = 2 * 576 + 192;

/** How an image is cut, with the argument words for it (see `kernels/strips.ts`). */
export interface Strips {
  readonly words: readonly number[];
  readonly strips: number;
  readonly tilesOfStrip: number;
  readonly pitch: number;
}

/** The kernels of a convolution, by output and input channel or the other way round. */
export interface Kernels {
  readonly weight: PlanTensor;
  readonly rows: number;
  readonly depth: number;
  /** In floats. */
  readonly rowStride: number;
  readonly depthStride: number;
  readonly flip: boolean;
}
