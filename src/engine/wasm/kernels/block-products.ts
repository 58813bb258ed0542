import { panelHeight, panelRow, panelsOf, sixesOf } from './panels';
import { arg, argAddress, at, splitAt } from './simd';
import { START_SUM, START_ZERO, TILE_COLUMNS, tile } from './tile';

/**
 * A tensor seen as blocks, each of which is a matrix: element (row, column, block) of the tensor is at row·pitch +
 * column·pitch + block floats. The places of an image are blocks of (image, channel); the taps of kernels are blocks of
 * (output, input channel).
 */

/** Depth of one unit of packing work. */
const DEPTH_PIECE = 64;
/** Rows packed at once: their elements of one depth lie near each other where a weight's input channels are rows. */
const PACKED_ROWS = 12;

/**
 * Packs rows into panels: [block][panel][depth][height]. Arguments: source, target, rows, depth, blocks, float pitches of row
 * and depth, bytes between target blocks.
 */
export function pack_block_rows(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const depth = arg(args, 3);
  const sixes = sixesOf(rows);
  const padded = panelRow(panelsOf(rows), sixes);
  const bands = (padded + PACKED_ROWS - 1) / PACKED_ROWS;
  const pieces = (depth + DEPTH_PIECE - 1) / DEPTH_PIECE;
  const end = splitAt(bands * pieces, part + 1, parts);
  for (let unit = splitAt(bands * pieces, part, parts); unit < end; unit++) {
    const row = (unit / pieces) * PACKED_ROWS;
    const first = (unit % pieces) * DEPTH_PIECE;
    const endRow = min(row + PACKED_ROWS, padded);
    for (let k = first; k < min(first + DEPTH_PIECE, depth); k++) packRows(args, k, row, endRow, sixes);
  }
}

/** One depth of rows [row, end), pair by pair: pairs never straddle panels. */
function packRows(args: usize, k: i32, row: i32, end: i32, sixes: i32): void {
  const rows = arg(args, 2);
  const depth = arg(args, 3);
  const rowPitch = usize(arg(args, 5)) << 2;
  const source = argAddress(args, 0) + usize(k) * (usize(arg(args, 6)) << 2);
  for (; row < end; row += 2) {
    const beyond = row - sixes * 6;
    const panel = beyond < 0 ? row / 6 : sixes + beyond / 4;
    const first = panelRow(panel, sixes);
    const to = at(argAddress(args, 1), first * depth + k * panelHeight(panel, sixes) + row - first);
    // Rows beyond the last repeat it: their results are never used.
    const from = source + usize(min(row, rows - 1)) * rowPitch;
    packPair(from, from + (row + 1 < rows ? rowPitch : 0), to, arg(args, 4), argAddress(args, 7));
  }
}

/** Two rows of `blocks` floats, as pairs `step` bytes apart. */
function packPair(a: usize, b: usize, to: usize, blocks: i32, step: usize): void {
  let block = 0;
  for (; block + 4 <= blocks; block += 4) {
    const x = v128.load(at(a, block));
    const y = v128.load(at(b, block));
    const low = v128.shuffle<f32>(x, y, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
    v128.store64_lane(to, low, 0);
    v128.store64_lane(to + step, low, 1);
    v128.store64_lane(to + 2 * step, high, 0);
    v128.store64_lane(to + 3 * step, high, 1);
    to += 4 * step;
  }
  for (; block < blocks; block++) {
    store<f32>(to, load<f32>(at(a, block)));
    store<f32>(to, load<f32>(at(b, block)), 4);
    to += step;
  }
}

/**
 * Packs columns by eights: [block][8 columns][depth][8]. Arguments: source, target, columns, depth, blocks, float pitches of
 * column and depth, bytes between target blocks.
 */
export function pack_block_columns(args: usize, part: i32, parts: i32): void {
  const columns = arg(args, 2);
  const depth = arg(args, 3);
  const blocks = arg(args, 4);
  const columnPitch = usize(arg(args, 5)) << 2;
  const depthPitch = usize(arg(args, 6)) << 2;
  const step = argAddress(args, 7);
  const fours = ((columns + 7) / 8) * 2;
  const end = splitAt(fours * depth, part + 1, parts);
  for (let unit = splitAt(fours * depth, part, parts); unit < end; unit++) {
    const four = unit / depth;
    const k = unit - four * depth;
    const from = argAddress(args, 0) + usize(k) * depthPitch;
    const last = from + usize(columns - 1) * columnPitch;
    const p0 = min(from + usize(four * 4) * columnPitch, last);
    const p1 = min(p0 + columnPitch, last);
    const p2 = min(p1 + columnPitch, last);
    const p3 = min(p2 + columnPitch, last);
    packFour(p0, p1, p2, p3, at(argAddress(args, 1), ((four >> 1) * depth + k) * 8 + (four & 1) * 4), blocks, step);
  }
}

/** Four rows of `blocks` floats, as vectors `step` bytes apart. */
function packFour(p0: usize, p1: usize, p2: usize, p3: usize, to: usize, blocks: i32, step: usize): void {
  for (let block = 0; block < blocks; block += 4) {
    const a = v128.load(at(p0, block));
    const b = v128.load(at(p1, block));
    const c = v128.load(at(p2, block));
    const d = v128.load(at(p3, block));
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
    if (block + 1 == blocks) return;
    v128.store(to + step, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
    if (block + 2 == blocks) return;
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to + 2 * step, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
    if (block + 3 == blocks) return;
    v128.store(to + 3 * step, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
    to += 4 * step;
  }
}

/**
 * C[t] = Σ A[a]·B[b] over the pairs (a, b) of each target block t: A, B as packed above, C as [block][padded rows][padded
 * columns]. Arguments: A, B, C, rows, columns, depth, targets, table (targets + 1 words: where each target's pairs begin,
 * counted in pairs), pairs (two words each), bytes between the blocks of A, B and C.
 */
export function block_products(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 3);
  const groups = (arg(args, 4) + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const depth = arg(args, 5);
  const table = argAddress(args, 7);
  const sixes = sixesOf(rows);
  const panels = panelsOf(rows);
  const pitch = usize(groups) << 5;
  const units = arg(args, 6) * panels;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    // Panel by panel: its kernels stay in cache while the targets change.
    const panel = unit / arg(args, 6);
    const target = unit - panel * arg(args, 6);
    const row = panelRow(panel, sixes);
    const height = panelHeight(panel, sixes);
    const firstPair = argAddress(args, 8) + (usize(load<i32>(at(table, target))) << 3);
    const endPair = argAddress(args, 8) + (usize(load<i32>(at(table, target), 4)) << 3);
    const a = at(argAddress(args, 0), row * depth);
    let b = argAddress(args, 1);
    let c = argAddress(args, 2) + usize(target) * argAddress(args, 11) + usize(row) * pitch;
    if (firstPair == endPair) {
      for (let r = 0; r < height; r++) memory.fill(c + usize(r) * pitch, 0, pitch);
      continue;
    }
    for (let group = 0; group < groups; group++) {
      let start = START_ZERO;
      for (let pair = firstPair; pair < endPair; pair += 8) {
        const rowsAt = a + load<usize>(pair) * argAddress(args, 9);
        tile(height, depth, rowsAt, b + load<usize>(pair, 4) * argAddress(args, 10), c, pitch, start, 0);
        start = START_SUM;
      }
      b += usize(depth) << 5;
      c += 32;
    }
  }
}

/**
 * Puts C back: element (row, column, block) goes to row·pitch + column·pitch + block. Arguments: C, target, rows, columns,
 * blocks, float pitches of row and column, bytes between the blocks of C, bias of each row or 0.
 */
export function unpack_blocks(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const columns = arg(args, 3);
  const blocks = arg(args, 4);
  const step = argAddress(args, 7);
  const bias = argAddress(args, 8);
  const pitch = ((columns + 7) & ~7) << 2;
  const end = splitAt(rows, part + 1, parts);
  for (let row = splitAt(rows, part, parts); row < end; row++) {
    const from = argAddress(args, 0) + usize(row * pitch);
    const to = at(argAddress(args, 1), row * arg(args, 5));
    const biases = bias != 0 ? v128.load32_splat(at(bias, row)) : f32x4.splat(0);
    for (let column = 0; column < columns; column += 4) {
      unpackFour(
        at(from, column),
        step,
        blocks,
        biases,
        at(to, column * arg(args, 6)),
        arg(args, 6),
        min(4, columns - column),
      );
    }
  }
}

function unpackFour(from: usize, step: usize, blocks: i32, bias: v128, to: usize, pitch: i32, columns: i32): void {
  for (let block = 0; block < blocks; block += 4) {
    const count = min(4, blocks - block);
    // Blocks beyond the last are not read: they may lie beyond the memory.
    const a = f32x4.add(v128.load(from), bias);
    const b = f32x4.add(v128.load(from + (count > 1 ? step : 0)), bias);
    const c = f32x4.add(v128.load(from + (count > 2 ? 2 * step : 0)), bias);
    const d = f32x4.add(v128.load(from + (count > 3 ? 3 * step : 0)), bias);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    storeSome(at(to, block), v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), count);
    if (columns > 1) storeSome(at(to, pitch + block), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), count);
    if (columns > 2) storeSome(at(to, 2 * pitch + block), v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), count);
    if (columns > 3) storeSome(at(to, 3 * pitch + block), v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7), count);
    from += 4 * step;
  }
}

function storeSome(to: usize, values: v128, count: i32): void {
  if (count == 4) {
    v128.store(to, values);
    return;
  }
  if (count == 1) {
    v128.store32_lane(to, values, 0);
    return;
  }
  v128.store64_lane(to, values, 0);
  if (count == 3) v128.store32_lane(to, values, 2, 8);
}
