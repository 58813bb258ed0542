import { madd } from './simd';

/** What a tile of C starts from: zero, what C holds, one bias a row, one bias a column. */
export const START_ZERO = 0;
export const START_SUM = 1;
export const START_ROW_BIAS = 2;
export const START_COLUMN_BIAS = 3;

/** Columns of a register tile. */
export const TILE_COLUMNS = 8;

/**
 * C[6×8] = start + A·B over `depth`: A packed as [depth][6], B as [depth][8], C's rows `pitch` bytes apart.
 * `start` is one of the START_ constants; `bias` is read as it says.
 */
export function tile6x8(depth: i32, a: usize, b: usize, c: usize, pitch: usize, start: i32, bias: usize): void {
  let l0 = f32x4.splat(0);
  let h0 = f32x4.splat(0);
  let l1 = f32x4.splat(0);
  let h1 = f32x4.splat(0);
  let l2 = f32x4.splat(0);
  let h2 = f32x4.splat(0);
  let l3 = f32x4.splat(0);
  let h3 = f32x4.splat(0);
  let l4 = f32x4.splat(0);
  let h4 = f32x4.splat(0);
  let l5 = f32x4.splat(0);
  let h5 = f32x4.splat(0);
  if (start == START_SUM) {
    let row = c;
    l0 = v128.load(row);
    h0 = v128.load(row, 16);
    row += pitch;
    l1 = v128.load(row);
    h1 = v128.load(row, 16);
    row += pitch;
    l2 = v128.load(row);
    h2 = v128.load(row, 16);
    row += pitch;
    l3 = v128.load(row);
    h3 = v128.load(row, 16);
    row += pitch;
    l4 = v128.load(row);
    h4 = v128.load(row, 16);
    row += pitch;
    l5 = v128.load(row);
    h5 = v128.load(row, 16);
  } else if (start == START_ROW_BIAS) {
    l0 = v128.load32_splat(bias);
    h0 = l0;
    l1 = v128.load32_splat(bias, 4);
    h1 = l1;
    l2 = v128.load32_splat(bias, 8);
    h2 = l2;
    l3 = v128.load32_splat(bias, 12);
    h3 = l3;
    l4 = v128.load32_splat(bias, 16);
    h4 = l4;
    l5 = v128.load32_splat(bias, 20);
    h5 = l5;
  } else if (start == START_COLUMN_BIAS) {
    const low = v128.load(bias);
    const high = v128.load(bias, 16);
    l0 = low;
    h0 = high;
    l1 = low;
    h1 = high;
    l2 = low;
    h2 = high;
    l3 = low;
    h3 = high;
    l4 = low;
    h4 = high;
    l5 = low;
    h5 = high;
  }
  const end = a + usize(depth) * 24;
  while (a < end) {
    const low = v128.load(b);
    const high = v128.load(b, 16);
    let x = v128.load32_splat(a);
    l0 = madd(x, low, l0);
    h0 = madd(x, high, h0);
    x = v128.load32_splat(a, 4);
    l1 = madd(x, low, l1);
    h1 = madd(x, high, h1);
    x = v128.load32_splat(a, 8);
    l2 = madd(x, low, l2);
    h2 = madd(x, high, h2);
    x = v128.load32_splat(a, 12);
    l3 = madd(x, low, l3);
    h3 = madd(x, high, h3);
    x = v128.load32_splat(a, 16);
    l4 = madd(x, low, l4);
    h4 = madd(x, high, h4);
    x = v128.load32_splat(a, 20);
    l5 = madd(x, low, l5);
    h5 = madd(x, high, h5);
    a += 24;
    b += 32;
  }
  v128.store(c, l0);
  v128.store(c, h0, 16);
  c += pitch;
  v128.store(c, l1);
  v128.store(c, h1, 16);
  c += pitch;
  v128.store(c, l2);
  v128.store(c, h2, 16);
  c += pitch;
  v128.store(c, l3);
  v128.store(c, h3, 16);
  c += pitch;
  v128.store(c, l4);
  v128.store(c, h4, 16);
  c += pitch;
  v128.store(c, l5);
  v128.store(c, h5, 16);
}

/**
 * C[4×8] = start + A·B over `depth`: A packed as [depth][4], B as [depth][8], C's rows `pitch` bytes apart.
 * `start` is one of the START_ constants; `bias` is read as it says.
 */
export function tile4x8(depth: i32, a: usize, b: usize, c: usize, pitch: usize, start: i32, bias: usize): void {
  let l0 = f32x4.splat(0);
  let h0 = f32x4.splat(0);
  let l1 = f32x4.splat(0);
  let h1 = f32x4.splat(0);
  let l2 = f32x4.splat(0);
  let h2 = f32x4.splat(0);
  let l3 = f32x4.splat(0);
  let h3 = f32x4.splat(0);
  if (start == START_SUM) {
    let row = c;
    l0 = v128.load(row);
    h0 = v128.load(row, 16);
    row += pitch;
    l1 = v128.load(row);
    h1 = v128.load(row, 16);
    row += pitch;
    l2 = v128.load(row);
    h2 = v128.load(row, 16);
    row += pitch;
    l3 = v128.load(row);
    h3 = v128.load(row, 16);
  } else if (start == START_ROW_BIAS) {
    l0 = v128.load32_splat(bias);
    h0 = l0;
    l1 = v128.load32_splat(bias, 4);
    h1 = l1;
    l2 = v128.load32_splat(bias, 8);
    h2 = l2;
    l3 = v128.load32_splat(bias, 12);
    h3 = l3;
  } else if (start == START_COLUMN_BIAS) {
    const low = v128.load(bias);
    const high = v128.load(bias, 16);
    l0 = low;
    h0 = high;
    l1 = low;
    h1 = high;
    l2 = low;
    h2 = high;
    l3 = low;
    h3 = high;
  }
  const end = a + usize(depth) * 16;
  while (a < end) {
    const low = v128.load(b);
    const high = v128.load(b, 16);
    let x = v128.load32_splat(a);
    l0 = madd(x, low, l0);
    h0 = madd(x, high, h0);
    x = v128.load32_splat(a, 4);
    l1 = madd(x, low, l1);
    h1 = madd(x, high, h1);
    x = v128.load32_splat(a, 8);
    l2 = madd(x, low, l2);
    h2 = madd(x, high, h2);
    x = v128.load32_splat(a, 12);
    l3 = madd(x, low, l3);
    h3 = madd(x, high, h3);
    a += 16;
    b += 32;
  }
  v128.store(c, l0);
  v128.store(c, h0, 16);
  c += pitch;
  v128.store(c, l1);
  v128.store(c, h1, 16);
  c += pitch;
  v128.store(c, l2);
  v128.store(c, h2, 16);
  c += pitch;
  v128.store(c, l3);
  v128.store(c, h3, 16);
}

/** tile6x8 or tile4x8. */
export function tile(
  height: i32,
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  pitch: usize,
  start: i32,
  bias: usize,
): void {
  if (height == 6) tile6x8(depth, a, b, c, pitch, start, bias);
  else tile4x8(depth, a, b, c, pitch, start, bias);
}

/** A tile of which only `rows` × `columns` are in C: computed in `temporary` (192 bytes). */
export function partialTile(
  height: i32,
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  pitch: usize,
  start: i32,
  bias: usize,
  rows: i32,
  columns: i32,
  temporary: usize,
): void {
  const bytes = usize(columns) << 2;
  if (start == START_SUM) {
    for (let r: usize = 0; r < usize(rows); r++) memory.copy(temporary + r * 32, c + r * pitch, bytes);
  }
  tile(height, depth, a, b, temporary, 32, start, bias);
  for (let r: usize = 0; r < usize(rows); r++) memory.copy(c + r * pitch, temporary + r * 32, bytes);
}
