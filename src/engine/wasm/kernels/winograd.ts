import { ownPart } from './own-part';
import { panelHeight, panelRow, panelsOf, sixesOf } from './panels';
import { arg, argAddress, at, splitAt } from './simd';
import { fillStrips, locateTiles } from './strips';
import { START_ZERO, tile } from './tile';
import { TRANSFORM_BYTES, transformInput, transformKernel, transformOutput } from './winograd-transforms';

/** In a part's scratch: workspace of the transforms, then 36 vectors, or a quad of tiles, then 9 kernels. */
export const RESULT: usize = TRANSFORM_BYTES;
const KERNELS: usize = 2 * TRANSFORM_BYTES;

/** Depth of one unit of packing work, on four rows. */
const DEPTH_PIECE = 64;

/** Argument words of winograd_conv after those of the strips (see `strips.ts`). */
const PACKED = 9;
const TARGET = 10;
const BIAS = 11;
/** Output channels. */
export const ROWS = 12;
const TARGET_HEIGHT = 13;
const TARGET_WIDTH = 14;
/** Strips of one block, and parts that the output channels are shared out to. */
const BLOCK_STRIPS = 15;
const ROW_PARTS = 16;
const SCRATCH = 17;
const SCRATCH_PITCH = 18;
/** Byte offsets in a part's scratch: addresses of tiles, strips of one channel, transformed inputs, products. */
const SCRATCH_TILES = 19;
const SCRATCH_SLAB = 20;
const SCRATCH_INPUTS = 21;
const SCRATCH_PRODUCTS = 22;
/** Bytes between positions of the packed kernels. */
const PACKED_STEP = 23;

/**
 * Transforms kernels and packs them by position as [36][panel][depth][height]. Arguments: weights, target, rows, depth, float
 * strides of row and depth, 1 to turn kernels by 180°, scratch, bytes of scratch of each part, bytes between positions.
 */
export function winograd_kernels(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const depth = arg(args, 3);
  const scratch = argAddress(args, 7) + usize(ownPart()) * argAddress(args, 8);
  const quads = (rows + 3) / 4;
  const pieces = (depth + DEPTH_PIECE - 1) / DEPTH_PIECE;
  const end = splitAt(quads * pieces, part + 1, parts);
  for (let unit = splitAt(quads * pieces, part, parts); unit < end; unit++) {
    const first = (unit % pieces) * DEPTH_PIECE;
    for (let k = first; k < min(first + DEPTH_PIECE, depth); k++) packKernels(args, scratch, (unit / pieces) * 4, k);
  }
}

/** Kernels of rows r … r + 3 at depth k. */
function packKernels(args: usize, scratch: usize, row: i32, k: i32): void {
  const rows = arg(args, 2);
  const depth = arg(args, 3);
  const sixes = sixesOf(rows);
  const first = argAddress(args, 0) + usize(k) * (usize(arg(args, 5)) << 2);
  transformRows(first, row, rows, usize(arg(args, 4)) << 2, arg(args, 6) != 0, scratch);
  const low = packedAt(argAddress(args, 1), row, depth, k, sixes);
  const beyond = row + 2 >= panelRow(panelsOf(rows), sixes);
  const high = beyond ? low : packedAt(argAddress(args, 1), row + 2, depth, k, sixes);
  storePairs(scratch + RESULT, TRANSFORM_BYTES, low, high, argAddress(args, 9));
}

/**
 * Transforms the kernels of rows r … r + 3, `pitch` bytes apart, of which row 0's is at `first`: 36 vectors in the scratch.
 * Rows beyond the last take the last one's kernel: their results are never used.
 */
export function transformRows(first: usize, row: i32, rows: i32, pitch: usize, flip: bool, scratch: usize): void {
  const last = first + usize(rows - 1) * pitch;
  const p0 = min(first + usize(row) * pitch, last);
  const p1 = min(p0 + pitch, last);
  const p2 = min(p1 + pitch, last);
  const p3 = min(p2 + pitch, last);
  loadKernels(p0, p1, p2, p3, scratch + KERNELS);
  transformKernel(scratch + KERNELS, flip, scratch + RESULT, scratch);
}

/** The panel that a row is in. */
export function panelOf(row: i32, sixes: i32): i32 {
  const beyond = row - sixes * 6;
  return beyond < 0 ? row / 6 : sixes + beyond / 4;
}

/** Address of a row's element `k` within the panels. */
export function packedAt(base: usize, row: i32, depth: i32, k: i32, sixes: i32): usize {
  const panel = panelOf(row, sixes);
  const first = panelRow(panel, sixes);
  return at(base, first * depth + k * panelHeight(panel, sixes) + row - first);
}

/** Lanes 0 and 1 of the vectors go to `low`, lanes 2 and 3 to `high`: pairs of rows lie side by side in any panel. */
export function storePairs(from: usize, bytes: usize, low: usize, high: usize, step: usize): void {
  const end = from + bytes;
  while (from < end) {
    const values = v128.load(from);
    v128.store64_lane(high, values, 1);
    v128.store64_lane(low, values, 0);
    low += step;
    high += step;
    from += 16;
  }
}

/** The 9 elements of four kernels as 9 vectors. */
export function loadKernels(p0: usize, p1: usize, p2: usize, p3: usize, to: usize): void {
  transpose(v128.load(p0), v128.load(p1), v128.load(p2), v128.load(p3), to);
  transpose(v128.load(p0, 16), v128.load(p1, 16), v128.load(p2, 16), v128.load(p3, 16), to + 64);
  let last = v128.load32_zero(p0, 32);
  last = v128.load32_lane(p1, last, 1, 32);
  last = v128.load32_lane(p2, last, 2, 32);
  v128.store(to, v128.load32_lane(p3, last, 3, 32), 128);
}

/** Rows a … d as columns, 16 bytes apart. */
export function transpose(a: v128, b: v128, c: v128, d: v128, to: usize): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 16);
  v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), 32);
  v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7), 48);
}

/**
 * Convolution 3×3, stride 1, by Winograd's F(4×4, 3×3): block by block of strips, the input transformed, 36 products of
 * matrices, the output transformed back. The target is [images, ROWS, TARGET_HEIGHT, TARGET_WIDTH].
 */
export function winograd_conv(args: usize, part: i32, parts: i32): void {
  const rowParts = arg(args, ROW_PARTS);
  const stripParts = parts / rowParts;
  if (part >= rowParts * stripParts) return;
  const panels = panelsOf(arg(args, ROWS));
  const firstPanel = splitAt(panels, part % rowParts, rowParts);
  const endPanel = splitAt(panels, (part % rowParts) + 1, rowParts);
  const strips = arg(args, 1) * arg(args, 5);
  const blocks = (strips + arg(args, BLOCK_STRIPS) - 1) / arg(args, BLOCK_STRIPS);
  const end = splitAt(blocks, part / rowParts + 1, stripParts);
  const scratch = argAddress(args, SCRATCH) + usize(ownPart()) * argAddress(args, SCRATCH_PITCH);
  for (let block = splitAt(blocks, part / rowParts, stripParts); block < end; block++) {
    const from = block * arg(args, BLOCK_STRIPS);
    convolveBlock(args, scratch, from, min(from + arg(args, BLOCK_STRIPS), strips), firstPanel, endPanel);
  }
}

function convolveBlock(args: usize, scratch: usize, from: i32, to: i32, firstPanel: i32, endPanel: i32): void {
  const channels = arg(args, 2);
  const tiles = (to - from) * arg(args, 6);
  const rows = arg(args, ROWS);
  const tileGroups = (tiles + 7) / 8;
  const tileAddresses = scratch + argAddress(args, SCRATCH_TILES);
  const slab = scratch + argAddress(args, SCRATCH_SLAB);
  const inputs = scratch + argAddress(args, SCRATCH_INPUTS);
  const products = scratch + argAddress(args, SCRATCH_PRODUCTS);
  // One cache line more than the data: positions a power of two apart would share cache sets.
  const inputStep = (usize(tileGroups * channels) << 5) + 64;
  const productPitch = usize(tileGroups) << 5;
  const sixes = sixesOf(rows);
  const productStep = usize(panelRow(panelsOf(rows), sixes)) * productPitch + 64;

  locateTiles(args, tileAddresses, slab, to - from, tileGroups * 8);
  for (let channel = 0; channel < channels; channel++) {
    fillStrips(args, slab, channel, from, to, 6);
    transformTiles(args, tileAddresses, tileGroups, inputs + (usize(channel) << 5), inputStep, scratch);
  }

  const packedStep = argAddress(args, PACKED_STEP);
  for (let position = 0; position < 36; position++) {
    const packed = argAddress(args, PACKED) + usize(position) * packedStep;
    const columns = inputs + usize(position) * inputStep;
    const target = products + usize(position) * productStep;
    for (let panel = firstPanel; panel < endPanel; panel++) {
      const row = panelRow(panel, sixes);
      const height = panelHeight(panel, sixes);
      const a = at(packed, row * channels);
      let c = target + usize(row) * productPitch;
      let b = columns;
      for (let g = 0; g < tileGroups; g++) {
        tile(height, channels, a, b, c, productPitch, START_ZERO, 0);
        b += usize(channels) << 5;
        c += 32;
      }
    }
  }

  const endRow = min(panelRow(endPanel, sixes), rows);
  for (let row = panelRow(firstPanel, sixes); row < endRow; row++) {
    storeRow(args, scratch, row, from, tiles, products + usize(row) * productPitch, productStep);
  }
}

/** Transforms a channel's tiles, of which the `addresses` are given, to [36][8 tiles][channel][8]. */
export function transformTiles(args: usize, addresses: usize, groups: i32, to: usize, step: usize, work: usize): void {
  const pitch = usize(arg(args, 7)) << 2;
  const groupBytes = usize(arg(args, 2)) << 5;
  for (let group = 0; group < groups; group++) {
    for (let half: usize = 0; half < 32; half += 16) {
      transformInput(
        load<usize>(addresses),
        load<usize>(addresses, 4),
        load<usize>(addresses, 8),
        load<usize>(addresses, 12),
        pitch,
        to + half,
        step,
        work,
      );
      addresses += 16;
    }
    to += groupBytes;
  }
}

/** Transforms the products of one output channel and writes the tiles, cut at the image's edge. */
export function storeRow(
  args: usize,
  scratch: usize,
  row: i32,
  from: i32,
  tiles: i32,
  products: usize,
  step: usize,
): void {
  const height = arg(args, TARGET_HEIGHT);
  const width = arg(args, TARGET_WIDTH);
  const tileRows = arg(args, 5);
  const tileColumns = arg(args, 6);
  const bias = argAddress(args, BIAS);
  const biases = bias != 0 ? v128.load32_splat(at(bias, row)) : f32x4.splat(0);
  const pitch = usize(width) << 2;
  let strip = from;
  let column = 0;
  for (let t = 0; t < tiles; t += 4) {
    transformOutput(products + (usize(t) << 2), step, biases, scratch + RESULT, scratch);
    const count = min(4, tiles - t);
    for (let lane = 0; lane < count; lane++) {
      const image = strip / tileRows;
      const top = (strip - image * tileRows) * 4;
      const left = column * 4;
      let to = at(argAddress(args, TARGET), ((image * arg(args, ROWS) + row) * height + top) * width + left);
      let source = scratch + RESULT + (usize(lane) << 4);
      const bottom = min(4, height - top);
      const right = min(4, width - left);
      for (let r = 0; r < bottom; r++) {
        const values = v128.load(source);
        if (right == 4) v128.store(to, values);
        else storePart(to, values, right);
        to += pitch;
        source += 64;
      }
      if (++column == tileColumns) {
        column = 0;
        strip++;
      }
    }
  }
}

/** The first 1 to 3 lanes. */
function storePart(to: usize, values: v128, count: i32): void {
  if (count == 1) {
    v128.store32_lane(to, values, 0);
    return;
  }
  v128.store64_lane(to, values, 0);
  if (count == 3) v128.store32_lane(to, values, 2, 8);
}
