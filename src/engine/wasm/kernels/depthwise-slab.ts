import { arg, argAddress, at } from './simd';

/**
 * The first argument words of depthwise kernels: how rows of image planes are laid out in a part's scratch memory, with
 * their zero padding, so that no loop over them meets an edge. Columns are sorted by their remainder modulo the stride:
 * what output places side by side read is side by side. `encode/depthwise.ts` writes them.
 */
export const SOURCE = 0;
/** Planes that one unit of work reads. */
export const SOURCES = 1;
export const HEIGHT = 2;
export const WIDTH = 3;
export const COLUMN_STRIDE = 4;
/** Floats of the columns of one remainder; a slab row has COLUMN_STRIDE times as many. */
export const PHASE_PITCH = 5;
/** Three words for each remainder: zeros before the first column of the image, columns, and which is the first. */
export const PHASES = 6;
/** Source row that output row 0 reads first, source rows between output rows, and rows that one output row reads. */
export const ORIGIN_ROW = 7;
export const ROW_STRIDE = 8;
export const ROW_SPAN = 9;
/** Output rows, and how many of them are done at once: what they read stays in the first-level cache. */
export const GRID_ROWS = 10;
export const STRIP_ROWS = 11;
/** Floats from one plane to the next. */
export const PLANE_PITCH = 12;
export const SCRATCH = 13;
export const SCRATCH_PITCH = 14;
export const SLAB_WORDS = 15;

/** Fills the slab with what `rows` output rows from `top` on read of the planes from `plane` on. */
export function fillSlab(args: usize, slab: usize, plane: i32, top: i32, rows: i32): void {
  const height = arg(args, HEIGHT);
  const width = arg(args, WIDTH);
  const stride = arg(args, COLUMN_STRIDE);
  const pitch = arg(args, PHASE_PITCH);
  const phases = argAddress(args, PHASES);
  const first = top * arg(args, ROW_STRIDE) + arg(args, ORIGIN_ROW);
  const end = first + (rows - 1) * arg(args, ROW_STRIDE) + arg(args, ROW_SPAN);
  for (let s = 0; s < arg(args, SOURCES); s++) {
    const x = at(argAddress(args, SOURCE), (plane + s) * height * width);
    let to = at(slab, s * arg(args, PLANE_PITCH));
    for (let row = first; row < end; row++) {
      if (row < 0 || row >= height) {
        zeroTo(to, at(to, stride * pitch));
        to = at(to, stride * pitch);
        continue;
      }
      const from = at(x, row * width);
      for (let phase = phases; phase < phases + 12 * usize(stride); phase += 12) {
        const begin = at(to, load<i32>(phase));
        const stop = at(begin, load<i32>(phase, 4));
        zeroTo(to, begin);
        copyTo(begin, stop, at(from, load<i32>(phase, 8)), stride);
        to = at(to, pitch);
        zeroTo(stop, to);
      }
    }
  }
}

/** In steps of four: writes up to three floats too many, which what follows in the slab writes over. */
// @inline
function zeroTo(to: usize, end: usize): void {
  for (; to < end; to += 16) v128.store(to, f32x4.splat(0));
}

/** Every `stride`-th float; in steps of four, too. */
// @inline
function copyTo(to: usize, end: usize, from: usize, stride: i32): void {
  if (stride == 1) {
    for (; to < end; to += 16) {
      v128.store(to, v128.load(from));
      from += 16;
    }
  } else if (stride == 2) {
    for (; to < end; to += 16) {
      v128.store(to, v128.shuffle<f32>(v128.load(from), v128.load(from, 16), 0, 2, 4, 6));
      from += 32;
    }
  } else {
    for (; to < end; to += 4) {
      store<f32>(to, load<f32>(from));
      from += usize(stride) << 2;
    }
  }
}
