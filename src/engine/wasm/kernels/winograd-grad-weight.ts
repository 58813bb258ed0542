import { ownPart } from './own-part';
import { panelHeight, panelRow, panelsOf, sixesOf } from './panels';
import { arg, argAddress, at, splitAt } from './simd';
import { fillStrips } from './strips';
import { START_SUM, START_ZERO, tile } from './tile';
import { packedAt, panelOf, storePairs, transpose } from './winograd';
import { TRANSFORM_BYTES, gatherKernel, spreadOutput, transformInput } from './winograd-transforms';

/** Argument words after those of the strips (see `strips.ts`), of both transforms. */
const PACKED = 9;
const PACKED_STEP = 10;
/** Strips of a unit of work; first strip, and strips, of this chunk. */
const UNIT_STRIPS = 11;
const FIRST_STRIP = 12;
const CHUNK_STRIPS = 13;
const SCRATCH = 14;
const SCRATCH_PITCH = 15;
/** In a part's scratch: workspace, 36 vectors, then the strips of four channels. */
const RESULT: usize = TRANSFORM_BYTES;
const SLABS: usize = 2 * TRANSFORM_BYTES;

/** Transforms the input tiles of a chunk of strips: [36][8 channels][tile][8]. */
export function winograd_weight_inputs(args: usize, part: i32, parts: i32): void {
  transformChunk(args, part, parts, 6);
}

/** Transforms the output gradient's tiles of a chunk of strips: [36][panel][tile][height]. */
export function winograd_weight_outputs(args: usize, part: i32, parts: i32): void {
  transformChunk(args, part, parts, 4);
}

/** Four channels at a time, lane by lane; `rows` of a strip tell inputs (6) from output gradients (4). */
function transformChunk(args: usize, part: i32, parts: i32, rows: i32): void {
  const channels = arg(args, 2);
  const tiles = arg(args, 6);
  const unitStrips = arg(args, UNIT_STRIPS);
  const chunkStrips = arg(args, CHUNK_STRIPS);
  const scratch = argAddress(args, SCRATCH) + usize(ownPart()) * argAddress(args, SCRATCH_PITCH);
  const quads = (channels + 3) / 4;
  const units = (chunkStrips + unitStrips - 1) / unitStrips;
  const slabFloats = unitStrips * rows * arg(args, 7) + 16;
  const end = splitAt(quads * units, part + 1, parts);
  for (let unit = splitAt(quads * units, part, parts); unit < end; unit++) {
    const channel = (unit / units) * 4;
    const strip = (unit % units) * unitStrips;
    const count = min(unitStrips, chunkStrips - strip);
    const from = arg(args, FIRST_STRIP) + strip;
    for (let lane = 0; lane < 4; lane++) {
      // Channels beyond the last repeat it: their results are never used.
      const slab = scratch + SLABS + (usize(lane * slabFloats) << 2);
      fillStrips(args, slab, min(channel + lane, channels - 1), from, from + count, rows);
    }
    transformStrips(args, scratch, slabFloats, count, rows, channel, strip * tiles, chunkStrips * tiles);
  }
}

function transformStrips(
  args: usize,
  scratch: usize,
  slabFloats: i32,
  strips: i32,
  rows: i32,
  channel: i32,
  firstTile: i32,
  tiles: i32,
): void {
  const pitch = usize(arg(args, 7)) << 2;
  const slabBytes = usize(slabFloats) << 2;
  const packed = argAddress(args, PACKED);
  const step = argAddress(args, PACKED_STEP);
  const sixes = sixesOf(arg(args, 2));
  const padded = panelRow(panelsOf(arg(args, 2)), sixes);
  let t = firstTile;
  for (let strip = 0; strip < strips; strip++) {
    let p = scratch + SLABS + usize(strip * rows) * pitch;
    for (let column = 0; column < arg(args, 6); column++) {
      const p1 = p + slabBytes;
      const p2 = p1 + slabBytes;
      const p3 = p2 + slabBytes;
      if (rows == 6) {
        const to = packed + (usize((channel >> 3) * tiles + t) << 5) + (usize(channel & 4) << 2);
        transformInput(p, p1, p2, p3, pitch, to, step, scratch);
      } else {
        spreadOutput(p, p1, p2, p3, pitch, scratch + RESULT, scratch);
        const low = packedAt(packed, channel, tiles, t, sixes);
        const high = channel + 2 < padded ? packedAt(packed, channel + 2, tiles, t, sixes) : low;
        storePairs(scratch + RESULT, TRANSFORM_BYTES, low, high, step);
      }
      p += 16;
      t++;
    }
  }
}

/** Depth of a block of a product: its panels of A and B stay in the first-level cache. */
const BLOCK_DEPTH = 384;

/**
 * S += A·B for each of the 36 positions: A packed as [36][panel][tile][height], B as [36][8 channels][tile][8], S as
 * [panel][36][height][channels, padded to 8]. Arguments: A, B, S, rows, channels, tiles, 1 to start from zero, bytes between
 * the positions of A and of B.
 */
export function winograd_weight_products(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 3);
  const channelGroups = (arg(args, 4) + 7) / 8;
  const depth = arg(args, 5);
  const sixes = sixesOf(rows);
  const panels = panelsOf(rows);
  const pitch = usize(channelGroups) << 5;
  const end = splitAt(36 * panels, part + 1, parts);
  for (let unit = splitAt(36 * panels, part, parts); unit < end; unit++) {
    const position = usize(unit / panels);
    const panel = unit % panels;
    const row = panelRow(panel, sixes);
    const height = panelHeight(panel, sixes);
    const a = argAddress(args, 0) + position * argAddress(args, 7) + (usize(row * depth) << 2);
    const b = argAddress(args, 1) + position * argAddress(args, 8);
    const s = sumsAt(argAddress(args, 2), panel, channelGroups * 8, sixes);
    const to = s + position * sumBytes(height, channelGroups * 8);
    for (let from = 0; from < depth; from += BLOCK_DEPTH) {
      const count = min(BLOCK_DEPTH, depth - from);
      const start = from == 0 && arg(args, 6) != 0 ? START_ZERO : START_SUM;
      for (let group = 0; group < channelGroups; group++) {
        const columns = b + (usize(group * depth + from) << 5);
        tile(height, count, at(a, from * height), columns, to + (usize(group) << 5), pitch, start, 0);
      }
    }
  }
}

/**
 * Bytes of a panel's sums at one position. One cache line more than the data: positions, which are read side by side in the
 * end, would share cache sets.
 */
function sumBytes(height: i32, pitch: i32): usize {
  return (usize(height * pitch) << 2) + 64;
}

/** Where the sums of a panel begin; `pitch`: floats of a row. */
function sumsAt(base: usize, panel: i32, pitch: i32, sixes: i32): usize {
  return base + 36 * ((usize(panelRow(panel, sixes) * pitch) << 2) + usize(panel) * 64);
}

/** Transforms S back to kernels. Arguments: S, target [rows, channels, 3, 3], rows, channels, scratch, its bytes for each part. */
export function winograd_weight_finish(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const channels = arg(args, 3);
  const scratch = argAddress(args, 4) + usize(ownPart()) * argAddress(args, 5);
  const pitch = (channels + 7) & ~7;
  const sixes = sixesOf(rows);
  const end = splitAt(rows, part + 1, parts);
  for (let row = splitAt(rows, part, parts); row < end; row++) {
    const panel = panelOf(row, sixes);
    const sums = at(sumsAt(argAddress(args, 0), panel, pitch, sixes), (row - panelRow(panel, sixes)) * pitch);
    const step = sumBytes(panelHeight(panel, sixes), pitch);
    for (let channel = 0; channel < channels; channel += 4) {
      gatherKernel(at(sums, channel), step, scratch + RESULT, scratch);
      const to = at(argAddress(args, 1), (row * channels + channel) * 9);
      if (channel + 4 <= channels) storeKernels(scratch + RESULT, to);
      else storeSomeKernels(scratch + RESULT, to, channels - channel);
    }
  }
}

/** 9 vectors to four kernels of 9 elements, one after the other; the 128 bytes after the vectors are workspace. */
export function storeKernels(from: usize, to: usize): void {
  const work = from + 144;
  transpose(v128.load(from), v128.load(from, 16), v128.load(from, 32), v128.load(from, 48), work);
  transpose(v128.load(from, 64), v128.load(from, 80), v128.load(from, 96), v128.load(from, 112), work + 64);
  for (let lane: usize = 0; lane < 4; lane++) {
    v128.store(to, v128.load(work + lane * 16));
    v128.store(to, v128.load(work + lane * 16, 64), 16);
    store<f32>(to, load<f32>(from + lane * 4, 128), 32);
    to += 36;
  }
}

export function storeSomeKernels(from: usize, to: usize, count: i32): void {
  for (let lane = 0; lane < count; lane++) {
    for (let i = 0; i < 9; i++) store<f32>(at(to, lane * 9 + i), load<f32>(at(from, i * 4 + lane)));
  }
}
