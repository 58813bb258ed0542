/**
 * 3×3 convolution of images of 2×2 with a padding of 1, by 9 multiplications instead of the 16 that do not meet the padding.
 * In one dimension, y₀ = w₁x₀ + w₂x₁ and y₁ = w₀x₀ + w₁x₁ are P₁ + P₂ and P₁ + P₀ of the products P₀ = (w₀ − w₁)·x₀,
 * P₁ = w₁·(x₀ + x₁), P₂ = (w₂ − w₁)·x₁; in two, one within the other. Kernels turned by 180° and images turned by 180° have
 * the same 9 values in reverse. Each of the 9 positions is a product of matrices.
 */
import { ownPart } from './own-part';
import { panelHeight, panelRow, panelsOf, sixesOf } from './panels';
import { arg, argAddress, at, splitAt } from './simd';
import { START_ZERO, TILE_COLUMNS, tile } from './tile';
import { storeKernels, storeSomeKernels } from './winograd-grad-weight';
import { loadKernels, packedAt, storePairs } from './winograd';

const POSITIONS = 9;
/** Depth of one unit of packing work, on four rows. */
const DEPTH_PIECE = 64;
/** In a part's scratch: 9 vectors, then what stores need to work on them. */
const VALUES_BYTES: usize = 144;

/**
 * Transforms kernels and packs them as [9][panel][depth][height]. Arguments: weights, target, rows, depth, float strides of row
 * and depth, scratch (320 bytes for each part), bytes between positions.
 */
export function two_by_two_kernels(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const depth = arg(args, 3);
  const pitch = usize(arg(args, 4)) << 2;
  const sixes = sixesOf(rows);
  const values = argAddress(args, 6) + usize(ownPart()) * 320;
  const pieces = (depth + DEPTH_PIECE - 1) / DEPTH_PIECE;
  const units = ((rows + 3) / 4) * pieces;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const row = (unit / pieces) * 4;
    const first = (unit % pieces) * DEPTH_PIECE;
    for (let k = first; k < min(first + DEPTH_PIECE, depth); k++) {
      const from = at(argAddress(args, 0), k * arg(args, 5));
      // Rows beyond the last take the last one's kernel: their results are never used.
      const last = from + usize(rows - 1) * pitch;
      const p0 = from + usize(row) * pitch;
      loadKernels(p0, min(p0 + pitch, last), min(p0 + 2 * pitch, last), min(p0 + 3 * pitch, last), values);
      for (let line: usize = 0; line < 48; line += 16) differences(values + line, 48);
      for (let line: usize = 0; line < 144; line += 48) differences(values + line, 16);
      storeRows(args, values, row, k, sixes, argAddress(args, 7));
    }
  }
}

/** One dimension of the kernel's: (w₀ − w₁, w₁, w₂ − w₁), vectors `step` bytes apart, in place. */
// @inline
function differences(values: usize, step: usize): void {
  const middle = v128.load(values + step);
  v128.store(values, f32x4.sub(v128.load(values), middle));
  v128.store(values + 2 * step, f32x4.sub(v128.load(values + 2 * step), middle));
}

/** Puts 9 vectors, lane by lane, where rows r … r + 3 are packed. */
function storeRows(args: usize, values: usize, row: i32, k: i32, sixes: i32, step: usize): void {
  const rows = arg(args, 2);
  const depth = arg(args, 3);
  const low = packedAt(argAddress(args, 1), row, depth, k, sixes);
  const beyond = row + 2 >= panelRow(panelsOf(rows), sixes);
  const high = beyond ? low : packedAt(argAddress(args, 1), row + 2, depth, k, sixes);
  storePairs(values, VALUES_BYTES, low, high, step);
}

/**
 * Transforms images and packs them as rows: [9][panel][depth][height]. Arguments: source, target, rows, depth, float strides of
 * row and depth, scratch (320 bytes for each part), bytes between positions.
 */
export function two_by_two_rows(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const depth = arg(args, 3);
  const pitch = usize(arg(args, 4)) << 2;
  const sixes = sixesOf(rows);
  const values = argAddress(args, 6) + usize(ownPart()) * 320;
  const quads = (rows + 3) / 4;
  const end = splitAt(quads * depth, part + 1, parts);
  for (let unit = splitAt(quads * depth, part, parts); unit < end; unit++) {
    const row = (unit / depth) * 4;
    const k = unit % depth;
    const from = at(argAddress(args, 0), k * arg(args, 5));
    transformImages(from + usize(row) * pitch, from + usize(rows - 1) * pitch, pitch, values, 16);
    storeRows(args, values, row, k, sixes, argAddress(args, 7));
  }
}

/**
 * Transforms images and packs them as columns: [9][8 columns][depth][8]. Arguments: source, target, columns, depth, float
 * strides of column and depth, bytes between positions.
 */
export function two_by_two_columns(args: usize, part: i32, parts: i32): void {
  const columns = arg(args, 2);
  const depth = arg(args, 3);
  const pitch = usize(arg(args, 4)) << 2;
  const fours = ((columns + 7) / 8) * 2;
  const end = splitAt(fours * depth, part + 1, parts);
  for (let unit = splitAt(fours * depth, part, parts); unit < end; unit++) {
    const four = unit / depth;
    const k = unit - four * depth;
    const from = at(argAddress(args, 0), k * arg(args, 5));
    const last = from + usize(columns - 1) * pitch;
    const to = at(argAddress(args, 1), ((four >> 1) * depth + k) * 8 + (four & 1) * 4);
    transformImages(min(from + usize(four * 4) * pitch, last), last, pitch, to, argAddress(args, 6));
  }
}

/** (x₀, x₀ + x₁, x₁) in both dimensions of four images `pitch` bytes apart, up to the `last`: 9 vectors `step` bytes apart. */
function transformImages(p0: usize, last: usize, pitch: usize, to: usize, step: usize): void {
  const p1 = min(p0 + pitch, last);
  const p2 = min(p1 + pitch, last);
  const p3 = min(p2 + pitch, last);
  const ab = v128.shuffle<f32>(v128.load(p0), v128.load(p1), 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(v128.load(p2), v128.load(p3), 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(v128.load(p0), v128.load(p1), 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(v128.load(p2), v128.load(p3), 2, 6, 3, 7);
  const x00 = v128.shuffle<f32>(ab, cd, 0, 1, 4, 5);
  const x01 = v128.shuffle<f32>(ab, cd, 2, 3, 6, 7);
  const x10 = v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5);
  const x11 = v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7);
  const left = f32x4.add(x00, x10);
  const right = f32x4.add(x01, x11);
  v128.store(to, x00);
  v128.store(to + step, f32x4.add(x00, x01));
  v128.store(to + 2 * step, x01);
  v128.store(to + 3 * step, left);
  v128.store(to + 4 * step, f32x4.add(left, right));
  v128.store(to + 5 * step, right);
  v128.store(to + 6 * step, x10);
  v128.store(to + 7 * step, f32x4.add(x10, x11));
  v128.store(to + 8 * step, x11);
}

/**
 * C = A·B for each position of B, C as [9][padded rows][padded columns]. Arguments: A, B, C, rows, columns, depth, 1 where B's
 * positions meet those of A in reverse, bytes between the positions of A, of B and of C.
 */
export function two_by_two_products(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 3);
  const groups = (arg(args, 4) + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const depth = arg(args, 5);
  const sixes = sixesOf(rows);
  const panels = panelsOf(rows);
  const pitch = usize(groups) << 5;
  const end = splitAt(POSITIONS * panels, part + 1, parts);
  for (let unit = splitAt(POSITIONS * panels, part, parts); unit < end; unit++) {
    const position = unit / panels;
    const panel = unit % panels;
    const row = panelRow(panel, sixes);
    const height = panelHeight(panel, sixes);
    const a = at(argAddress(args, 0) + usize(position) * argAddress(args, 7), row * depth);
    const meets = usize(arg(args, 6) != 0 ? 8 - position : position);
    let b = argAddress(args, 1) + meets * argAddress(args, 8);
    let c = argAddress(args, 2) + meets * argAddress(args, 9) + usize(row) * pitch;
    for (let group = 0; group < groups; group++) {
      tile(height, depth, a, b, c, pitch, START_ZERO, 0);
      b += usize(depth) << 5;
      c += 32;
    }
  }
}

/**
 * Transforms products back to images: row r of column c goes to r·4 + c·pitch floats. Arguments: products, target, rows,
 * columns, float pitch of a column, bias of each row or 0, bytes between positions.
 */
export function two_by_two_outputs(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const columns = arg(args, 3);
  const pitch = usize(arg(args, 4)) << 2;
  const bias = argAddress(args, 5);
  const step = argAddress(args, 6);
  const end = splitAt(rows, part + 1, parts);
  for (let row = splitAt(rows, part, parts); row < end; row++) {
    const biases = bias != 0 ? v128.load32_splat(at(bias, row)) : f32x4.splat(0);
    let to = at(argAddress(args, 1), row * 4);
    for (let column = 0; column < columns; column += 4) {
      const from = at(argAddress(args, 0), row * ((columns + 7) & ~7) + column);
      storeImages(from, step, biases, to, pitch, min(4, columns - column));
      to += 4 * pitch;
    }
  }
}

/** (P₁ + P₂, P₁ + P₀) in both dimensions, plus bias, of four columns, of which `count` are stored. */
function storeImages(from: usize, step: usize, bias: v128, to: usize, pitch: usize, count: i32): void {
  const middle0 = v128.load(from + 3 * step);
  const middle1 = v128.load(from + 4 * step);
  const middle2 = v128.load(from + 5 * step);
  const above0 = f32x4.add(middle0, v128.load(from + 6 * step));
  const above1 = f32x4.add(f32x4.add(middle1, v128.load(from + 7 * step)), bias);
  const above2 = f32x4.add(middle2, v128.load(from + 8 * step));
  const below0 = f32x4.add(middle0, v128.load(from));
  const below1 = f32x4.add(f32x4.add(middle1, v128.load(from + step)), bias);
  const below2 = f32x4.add(middle2, v128.load(from + 2 * step));
  const y00 = f32x4.add(above1, above2);
  const y01 = f32x4.add(above1, above0);
  const y10 = f32x4.add(below1, below2);
  const y11 = f32x4.add(below1, below0);
  const top = v128.shuffle<f32>(y00, y01, 0, 4, 1, 5);
  const bottom = v128.shuffle<f32>(y10, y11, 0, 4, 1, 5);
  v128.store(to, v128.shuffle<f32>(top, bottom, 0, 1, 4, 5));
  if (count > 1) v128.store(to + pitch, v128.shuffle<f32>(top, bottom, 2, 3, 6, 7));
  const topHigh = v128.shuffle<f32>(y00, y01, 2, 6, 3, 7);
  const bottomHigh = v128.shuffle<f32>(y10, y11, 2, 6, 3, 7);
  if (count > 2) v128.store(to + 2 * pitch, v128.shuffle<f32>(topHigh, bottomHigh, 0, 1, 4, 5));
  if (count > 3) v128.store(to + 3 * pitch, v128.shuffle<f32>(topHigh, bottomHigh, 2, 3, 6, 7));
}

/**
 * Transforms products back to kernels: (S₀, S₁ − S₀ − S₂, S₂) in both dimensions. Arguments: products, target [rows, columns,
 * 3, 3], rows, columns, scratch (320 bytes for each part), bytes between positions.
 */
export function two_by_two_weights(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const columns = arg(args, 3);
  const values = argAddress(args, 4) + usize(ownPart()) * 320;
  const step = argAddress(args, 5);
  const end = splitAt(rows, part + 1, parts);
  for (let row = splitAt(rows, part, parts); row < end; row++) {
    for (let column = 0; column < columns; column += 4) {
      let from = at(argAddress(args, 0), row * ((columns + 7) & ~7) + column);
      for (let position: usize = 0; position < VALUES_BYTES; position += 16) {
        v128.store(values + position, v128.load(from));
        from += step;
      }
      for (let line: usize = 0; line < 48; line += 16) takeEnds(values + line, 48);
      for (let line: usize = 0; line < 144; line += 48) takeEnds(values + line, 16);
      const to = at(argAddress(args, 1), (row * columns + column) * 9);
      if (column + 4 <= columns) storeKernels(values, to);
      else storeSomeKernels(values, to, columns - column);
    }
  }
}

/** One dimension of the kernel gradient's, vectors `step` bytes apart, in place. */
// @inline
function takeEnds(values: usize, step: usize): void {
  const ends = f32x4.add(v128.load(values), v128.load(values + 2 * step));
  v128.store(values + step, f32x4.sub(v128.load(values + step), ends));
}
