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

const POSITIONS: usize = 9;
/** In a part's scratch: 9 vectors, then what stores need to work on them; then what is packed of a unit's rows. */
const VALUES_BYTES: usize = 144;
const PACKED: usize = 320;

/**
 * Argument words of both products. Source of the rows (weights or output gradients), packed columns, target, address of each
 * row's bias or 0, rows, columns, depth, float strides of the source's rows and depth.
 */
const SOURCE = 0;
const COLUMNS_AT = 1;
const TARGET = 2;
const BIAS = 3;
const ROWS = 4;
const COLUMNS = 5;
const DEPTH = 6;
const ROW_STRIDE = 7;
const DEPTH_STRIDE = 8;
/** 1 where the columns' positions meet those of the rows in reverse: what the rows are made from is turned by 180°. */
const REVERSED = 9;
/** Bytes between positions of the columns. */
const COLUMN_STEP = 10;
/** Panels of a unit of work. */
const UNIT_PANELS = 11;
const SCRATCH = 12;
const SCRATCH_PITCH = 13;
/** Byte offset of the products in a part's scratch. */
const SCRATCH_PRODUCTS = 14;
/** Kernels that are packed already, or 0, and bytes between the units'. */
const KEPT = 15;
const KEPT_PITCH = 16;

/**
 * The convolution, or the gradient of its input, panel by panel: kernels are transformed, multiplied with the columns, which are
 * images, and the products transformed back while all is in cache.
 */
export function two_by_two_conv(args: usize, part: i32, parts: i32): void {
  const panels = panelsOf(arg(args, ROWS));
  const unitPanels = arg(args, UNIT_PANELS);
  const units = (panels + unitPanels - 1) / unitPanels;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const endPanel = min((unit + 1) * unitPanels, panels);
    let packed = scratchOf(args) + PACKED;
    if (argAddress(args, KEPT) != 0) packed = argAddress(args, KEPT) + usize(unit) * argAddress(args, KEPT_PITCH);
    else packKernels(args, unit * unitPanels, endPanel, packed);
    multiplyPanels(args, unit * unitPanels, endPanel, packed);
    storeOutputs(args, unit * unitPanels, endPanel);
  }
}

/** What `two_by_two_conv` needs of the kernels, once for all runs: its arguments. */
export function two_by_two_kernels(args: usize, part: i32, parts: i32): void {
  const panels = panelsOf(arg(args, ROWS));
  const unitPanels = arg(args, UNIT_PANELS);
  const units = (panels + unitPanels - 1) / unitPanels;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const packed = argAddress(args, KEPT) + usize(unit) * argAddress(args, KEPT_PITCH);
    packKernels(args, unit * unitPanels, min((unit + 1) * unitPanels, panels), packed);
  }
}

/** The gradient of the weights, panel by panel: rows are output channels, columns input channels, the depth is images. */
export function two_by_two_grad_weight(args: usize, part: i32, parts: i32): void {
  const panels = panelsOf(arg(args, ROWS));
  const unitPanels = arg(args, UNIT_PANELS);
  const units = (panels + unitPanels - 1) / unitPanels;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const endPanel = min((unit + 1) * unitPanels, panels);
    const packed = scratchOf(args) + PACKED;
    packGradients(args, unit * unitPanels, endPanel, packed);
    multiplyPanels(args, unit * unitPanels, endPanel, packed);
    storeWeights(args, unit * unitPanels, endPanel);
  }
}

function scratchOf(args: usize): usize {
  return argAddress(args, SCRATCH) + usize(ownPart()) * argAddress(args, SCRATCH_PITCH);
}

/** One cache line more than the data: positions a power of two apart would share cache sets. */
function stepOf(rows: i32, columns: i32): usize {
  return (usize(rows * columns) << 2) + 64;
}

/** Transforms kernels and packs them as [9][panel][depth][height]. */
function packKernels(args: usize, firstPanel: i32, endPanel: i32, to: usize): void {
  const rows = arg(args, ROWS);
  const depth = arg(args, DEPTH);
  const pitch = usize(arg(args, ROW_STRIDE)) << 2;
  const sixes = sixesOf(rows);
  const firstRow = panelRow(firstPanel, sixes);
  const endRow = panelRow(endPanel, sixes);
  const values = scratchOf(args);
  for (let k = 0; k < depth; k++) {
    const from = at(argAddress(args, SOURCE), k * arg(args, DEPTH_STRIDE));
    // Rows beyond the last take the last one's kernel: their results are never used.
    const last = from + usize(rows - 1) * pitch;
    for (let row = firstRow; row < endRow; row += 4) {
      const p0 = min(from + usize(row) * pitch, last);
      loadKernels(p0, min(p0 + pitch, last), min(p0 + 2 * pitch, last), min(p0 + 3 * pitch, last), values);
      for (let line: usize = 0; line < 48; line += 16) differences(values + line, 48);
      for (let line: usize = 0; line < 144; line += 48) differences(values + line, 16);
      storeRows(args, values, to, row, k, firstRow, endRow, sixes);
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
function storeRows(
  args: usize,
  values: usize,
  to: usize,
  row: i32,
  k: i32,
  firstRow: i32,
  endRow: i32,
  sixes: i32,
): void {
  const depth = arg(args, DEPTH);
  // Where row 0 would be.
  const base = to - (usize(firstRow * depth) << 2);
  const low = packedAt(base, row, depth, k, sixes);
  const high = row + 2 < endRow ? packedAt(base, row + 2, depth, k, sixes) : low;
  storePairs(values, VALUES_BYTES, low, high, stepOf(endRow - firstRow, depth));
}

/** Transforms output gradients and packs them as [9][panel][depth][height]. */
function packGradients(args: usize, firstPanel: i32, endPanel: i32, to: usize): void {
  const rows = arg(args, ROWS);
  const depth = arg(args, DEPTH);
  const pitch = usize(arg(args, ROW_STRIDE)) << 2;
  const sixes = sixesOf(rows);
  const firstRow = panelRow(firstPanel, sixes);
  const endRow = panelRow(endPanel, sixes);
  const values = scratchOf(args);
  for (let k = 0; k < depth; k++) {
    const from = at(argAddress(args, SOURCE), k * arg(args, DEPTH_STRIDE));
    const last = from + usize(rows - 1) * pitch;
    for (let row = firstRow; row < endRow; row += 4) {
      transformImages(min(from + usize(row) * pitch, last), last, pitch, values, 16);
      storeRows(args, values, to, row, k, firstRow, endRow, sixes);
    }
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

/** The products of a unit's rows with all columns: [9][rows][columns, padded to 8]. */
function multiplyPanels(args: usize, firstPanel: i32, endPanel: i32, packed: usize): void {
  const groups = (arg(args, COLUMNS) + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const depth = arg(args, DEPTH);
  const sixes = sixesOf(arg(args, ROWS));
  const firstRow = panelRow(firstPanel, sixes);
  const rows = panelRow(endPanel, sixes) - firstRow;
  const pitch = usize(groups) << 5;
  const products = scratchOf(args) + argAddress(args, SCRATCH_PRODUCTS);
  for (let position: usize = 0; position < POSITIONS; position++) {
    const meets = arg(args, REVERSED) != 0 ? POSITIONS - 1 - position : position;
    const columns = argAddress(args, COLUMNS_AT) + meets * argAddress(args, COLUMN_STEP);
    const target = products + meets * stepOf(rows, groups * TILE_COLUMNS);
    for (let panel = firstPanel; panel < endPanel; panel++) {
      const row = panelRow(panel, sixes) - firstRow;
      const height = panelHeight(panel, sixes);
      const a = at(packed + position * stepOf(rows, depth), row * depth);
      let b = columns;
      let c = target + usize(row) * pitch;
      for (let group = 0; group < groups; group++) {
        tile(height, depth, a, b, c, pitch, START_ZERO, 0);
        b += usize(depth) << 5;
        c += 32;
      }
    }
  }
}

/** Transforms products back to images: rows are the target's channels, columns its images. */
function storeOutputs(args: usize, firstPanel: i32, endPanel: i32): void {
  const rows = arg(args, ROWS);
  const columns = arg(args, COLUMNS);
  const padded = (columns + 7) & ~7;
  const pitch = usize(rows) << 4;
  const bias = argAddress(args, BIAS);
  const sixes = sixesOf(rows);
  const firstRow = panelRow(firstPanel, sixes);
  const endRow = panelRow(endPanel, sixes);
  const step = stepOf(endRow - firstRow, padded);
  const products = scratchOf(args) + argAddress(args, SCRATCH_PRODUCTS);
  for (let row = firstRow; row < min(endRow, rows); row++) {
    const biases = bias != 0 ? v128.load32_splat(at(bias, row)) : f32x4.splat(0);
    let to = at(argAddress(args, TARGET), row * 4);
    for (let column = 0; column < columns; column += 4) {
      const from = at(products, (row - firstRow) * padded + column);
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

/** Transforms products back to kernels: (S₀, S₁ − S₀ − S₂, S₂) in both dimensions. */
function storeWeights(args: usize, firstPanel: i32, endPanel: i32): void {
  const rows = arg(args, ROWS);
  const columns = arg(args, COLUMNS);
  const padded = (columns + 7) & ~7;
  const sixes = sixesOf(rows);
  const firstRow = panelRow(firstPanel, sixes);
  const endRow = panelRow(endPanel, sixes);
  const step = stepOf(endRow - firstRow, padded);
  const values = scratchOf(args);
  const products = values + argAddress(args, SCRATCH_PRODUCTS);
  for (let row = firstRow; row < min(endRow, rows); row++) {
    for (let column = 0; column < columns; column += 4) {
      let from = at(products, (row - firstRow) * padded + column);
      for (let position: usize = 0; position < VALUES_BYTES; position += 16) {
        v128.store(values + position, v128.load(from));
        from += step;
      }
      for (let line: usize = 0; line < 48; line += 16) takeEnds(values + line, 48);
      for (let line: usize = 0; line < 144; line += 48) takeEnds(values + line, 16);
      const to = at(argAddress(args, TARGET), (row * columns + column) * 9);
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
