/**
 * Winograd's convolution where kernels are many and tiles few: the whole input is transformed once; then, panel by panel of
 * output channels, kernels are transformed, multiplied, and the products transformed back, all within a core's cache.
 * Transformed kernels, which are four times as large, never go to memory.
 */
import { ownPart } from './own-part';
import { panelHeight, panelRow, panelsOf, sixesOf } from './panels';
import { arg, argAddress, at, splitAt } from './simd';
import { fillStrips, locateTiles } from './strips';
import { START_SUM, START_ZERO, tile } from './tile';
import { RESULT, ROWS, packedAt, storePairs, storeRow, transformRows, transformTiles } from './winograd';
import { TRANSFORM_BYTES } from './winograd-transforms';

/** Argument words of both after those of the strips (see `strips.ts`): the transformed input, and, after winograd_conv's of the target, … */
const INPUTS = 9;
/** Bytes between positions of the transformed input. */
const INPUT_STEP = 15;
const SCRATCH = 16;
const SCRATCH_PITCH = 17;
/** Byte offsets in a part's scratch: addresses of tiles and strips of one channel; or transformed kernels, and products. */
const SCRATCH_FIRST = 18;
const SCRATCH_SECOND = 19;
const WEIGHTS = 20;
/** Float strides of the weights, and 1 to turn kernels by 180°. */
const ROW_STRIDE = 21;
const DEPTH_STRIDE = 22;
const FLIP = 23;
/** Panels of one unit of work, and the depth of the kernels that are transformed at once. */
const UNIT_PANELS = 24;
const BLOCK_DEPTH = 25;
/** Kernels that are transformed already, or 0; bytes between those of units. */
const KEPT = 26;
const KEPT_PITCH = 27;

/** Transforms the input: [36][8 tiles][channel][8]. */
export function winograd_tiles(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 2);
  const strips = arg(args, 1) * arg(args, 5);
  const tileGroups = (strips * arg(args, 6) + 7) / 8;
  const scratch = argAddress(args, SCRATCH) + usize(ownPart()) * argAddress(args, SCRATCH_PITCH);
  const tiles = scratch + argAddress(args, SCRATCH_FIRST);
  const slab = scratch + argAddress(args, SCRATCH_SECOND);
  locateTiles(args, tiles, slab, strips, tileGroups * 8);
  const end = splitAt(channels, part + 1, parts);
  for (let channel = splitAt(channels, part, parts); channel < end; channel++) {
    fillStrips(args, slab, channel, 0, strips, 6);
    const to = argAddress(args, INPUTS) + (usize(channel) << 5);
    transformTiles(args, tiles, tileGroups, to, argAddress(args, INPUT_STEP), scratch);
  }
}

export function winograd_panels(args: usize, part: i32, parts: i32): void {
  const panels = panelsOf(arg(args, ROWS));
  const unitPanels = arg(args, UNIT_PANELS);
  const units = (panels + unitPanels - 1) / unitPanels;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const kept = argAddress(args, KEPT) != 0 ? keptOf(args, unit) : 0;
    multiplyPanels(args, unit * unitPanels, min((unit + 1) * unitPanels, panels), kept);
  }
}

/** What `winograd_panels` needs of the kernels, once for all runs: its arguments. */
export function winograd_panel_kernels(args: usize, part: i32, parts: i32): void {
  const panels = panelsOf(arg(args, ROWS));
  const sixes = sixesOf(arg(args, ROWS));
  const unitPanels = arg(args, UNIT_PANELS);
  const depth = arg(args, 2);
  const scratch = argAddress(args, SCRATCH) + usize(ownPart()) * argAddress(args, SCRATCH_PITCH);
  const units = (panels + unitPanels - 1) / unitPanels;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const firstRow = panelRow(unit * unitPanels, sixes);
    const endRow = panelRow(min((unit + 1) * unitPanels, panels), sixes);
    let to = keptOf(args, unit);
    for (let from = 0; from < depth; from += arg(args, BLOCK_DEPTH)) {
      const count = min(arg(args, BLOCK_DEPTH), depth - from);
      const step = stepOf(endRow - firstRow, count);
      packPanels(args, scratch, to, step, from, count, firstRow, endRow);
      to += 36 * step;
    }
  }
}

function keptOf(args: usize, unit: i32): usize {
  return argAddress(args, KEPT) + usize(unit) * argAddress(args, KEPT_PITCH);
}

/** Bytes between positions. One cache line more than the data: positions a power of two apart would share cache sets. */
function stepOf(rows: i32, depth: i32): usize {
  return (usize(rows * depth) << 2) + 64;
}

/** `kept`: the unit's kernels, or 0 where they are still to be transformed. */
function multiplyPanels(args: usize, firstPanel: i32, endPanel: i32, kept: usize): void {
  const scratch = argAddress(args, SCRATCH) + usize(ownPart()) * argAddress(args, SCRATCH_PITCH);
  let kernels = kept != 0 ? kept : scratch + argAddress(args, SCRATCH_FIRST);
  const products = scratch + argAddress(args, SCRATCH_SECOND);
  const depth = arg(args, 2);
  const rows = arg(args, ROWS);
  const tiles = arg(args, 1) * arg(args, 5) * arg(args, 6);
  const tileGroups = (tiles + 7) / 8;
  const pitch = usize(tileGroups) << 5;
  const sixes = sixesOf(rows);
  const firstRow = panelRow(firstPanel, sixes);
  const endRow = panelRow(endPanel, sixes);
  const productStep = usize(endRow - firstRow) * pitch + 64;
  const blockDepth = arg(args, BLOCK_DEPTH);

  for (let from = 0; from < depth; from += blockDepth) {
    const count = min(blockDepth, depth - from);
    const kernelStep = stepOf(endRow - firstRow, count);
    if (kept == 0) packPanels(args, scratch, kernels, kernelStep, from, count, firstRow, endRow);
    const start = from == 0 ? START_ZERO : START_SUM;
    for (let position: usize = 0; position < 36; position++) {
      const columns = argAddress(args, INPUTS) + position * argAddress(args, INPUT_STEP) + (usize(from) << 5);
      for (let panel = firstPanel; panel < endPanel; panel++) {
        const row = panelRow(panel, sixes) - firstRow;
        const height = panelHeight(panel, sixes);
        const a = at(kernels + position * kernelStep, row * count);
        let c = products + position * productStep + usize(row) * pitch;
        let b = columns;
        for (let g = 0; g < tileGroups; g++) {
          tile(height, count, a, b, c, pitch, start, 0);
          b += usize(depth) << 5;
          c += 32;
        }
      }
    }
    if (kept != 0) kernels += 36 * kernelStep;
  }

  for (let row = firstRow; row < min(endRow, rows); row++) {
    storeRow(args, scratch, row, 0, tiles, products + usize(row - firstRow) * pitch, productStep);
  }
}

/** Transforms the kernels of some rows and `count` depths into [36][panel][depth][height]. */
function packPanels(
  args: usize,
  scratch: usize,
  to: usize,
  step: usize,
  from: i32,
  count: i32,
  firstRow: i32,
  endRow: i32,
): void {
  const rows = arg(args, ROWS);
  const sixes = sixesOf(rows);
  const rowPitch = usize(arg(args, ROW_STRIDE)) << 2;
  const depthPitch = usize(arg(args, DEPTH_STRIDE)) << 2;
  // Where row 0 would be.
  const base = to - (usize(firstRow * count) << 2);
  for (let k = 0; k < count; k++) {
    const first = argAddress(args, WEIGHTS) + usize(from + k) * depthPitch;
    for (let row = firstRow; row < endRow; row += 4) {
      transformRows(first, row, rows, rowPitch, arg(args, FLIP) != 0, scratch);
      const low = packedAt(base, row, count, k, sixes);
      const high = row + 2 < endRow ? packedAt(base, row + 2, count, k, sixes) : low;
      storePairs(scratch + RESULT, TRANSFORM_BYTES, low, high, step);
    }
  }
}
