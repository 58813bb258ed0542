import {
  BLOCK_CHANNELS,
  CHANNELS,
  COLUMN_WORDS,
  GRID_HEIGHT,
  GRID_WIDTH,
  GROUPS,
  OFFSETS,
  RUN_BYTES,
  TAPS,
  columnCount,
  prepareColumns,
} from './columns';
import { ownPart } from './own-part';
import { panelHeight, panelRow, panelsOf, sixesOf } from './panels';
import { arg, argAddress, at, splitAt } from './simd';
import { START_ROW_BIAS, START_SUM, START_ZERO, TILE_COLUMNS, tile } from './tile';

/** Argument words of conv_gemm after those of the columns. */
const PACKED = COLUMN_WORDS;
const TARGET = COLUMN_WORDS + 1;
const BIAS = COLUMN_WORDS + 2;
/** Rows of A in each group: target channels. */
const ROWS = COLUMN_WORDS + 3;
const TARGET_IMAGE = COLUMN_WORDS + 4;
const TARGET_CHANNEL = COLUMN_WORDS + 5;
const TARGET_ROW = COLUMN_WORDS + 6;
const TARGET_COLUMN = COLUMN_WORDS + 7;
const BLOCK_TILES = COLUMN_WORDS + 8;
const ROW_PARTS = COLUMN_WORDS + 9;
const SCRATCH = COLUMN_WORDS + 10;
const SCRATCH_PITCH = COLUMN_WORDS + 11;
/** Byte offsets in a part's scratch. */
const SCRATCH_TARGETS = COLUMN_WORDS + 12;
const SCRATCH_RUNS = COLUMN_WORDS + 13;
const SCRATCH_SLAB = COLUMN_WORDS + 14;
const SCRATCH_PANELS = COLUMN_WORDS + 15;

/** Bytes that say where a tile's columns go: 8 element offsets, then the number of columns, negative where they do not lie side by side. */
const TARGET_BYTES: usize = 36;
/** In a part's scratch: a tile on its way to scattered places, then the runs of one tile. */
const TILE_RUNS: usize = 192;

/**
 * Convolution as implicit GEMM: target = A·columns + bias. A is packed by group as [panel][channel, tap][height]; the target's
 * element for (image, row m of group g, grid i, j) lies at image·TARGET_IMAGE + (g·ROWS + m)·TARGET_CHANNEL + i·TARGET_ROW + j·TARGET_COLUMN floats.
 */
export function conv_gemm(args: usize, part: i32, parts: i32): void {
  const rowParts = arg(args, ROW_PARTS);
  const columnParts = parts / rowParts;
  if (part >= rowParts * columnParts) return;
  const panels = panelsOf(arg(args, ROWS));
  const firstPanel = splitAt(panels, part % rowParts, rowParts);
  const endPanel = splitAt(panels, (part % rowParts) + 1, rowParts);
  const tiles = (columnCount(args) + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const scratch = argAddress(args, SCRATCH) + usize(ownPart()) * argAddress(args, SCRATCH_PITCH);
  const units = arg(args, GROUPS) * tiles;
  const end = splitAt(units, part / rowParts + 1, columnParts);
  let unit = splitAt(units, part / rowParts, columnParts);
  while (unit < end) {
    const group = unit / tiles;
    const first = unit - group * tiles;
    const count = min(min(arg(args, BLOCK_TILES), tiles - first), end - unit);
    multiplyBlock(args, scratch, group, first * TILE_COLUMNS, count, firstPanel, endPanel);
    unit += count;
  }
}

function multiplyBlock(
  args: usize,
  scratch: usize,
  group: i32,
  from: i32,
  tiles: i32,
  firstPanel: i32,
  endPanel: i32,
): void {
  const channels = arg(args, CHANNELS);
  const taps = arg(args, TAPS);
  const m = arg(args, ROWS);
  const k = channels * taps;
  const blockChannels = arg(args, BLOCK_CHANNELS);
  const to = min(from + tiles * TILE_COLUMNS, columnCount(args));
  const targets = scratch + argAddress(args, SCRATCH_TARGETS);
  const panelsAt = scratch + argAddress(args, SCRATCH_PANELS);
  const runs = scratch + argAddress(args, SCRATCH_RUNS);
  const channelPitch = usize(arg(args, TARGET_CHANNEL)) << 2;
  const target = argAddress(args, TARGET) + usize(group * m) * channelPitch;
  const bias = argAddress(args, BIAS);
  const sixes = sixesOf(m);
  const groupPacked = at(argAddress(args, PACKED), group * panelRow(panelsOf(m), sixes) * k);

  locateTiles(args, targets, from, to);
  for (let channel = 0; channel == 0 || channel < channels; channel += blockChannels) {
    const depth = min(blockChannels, channels - channel) * taps;
    const slab = scratch + argAddress(args, SCRATCH_SLAB);
    const runCount = prepareColumns(args, group, channel, min(blockChannels, channels - channel), from, to, slab, runs);
    packColumns(panelsAt, tiles, depth, argAddress(args, OFFSETS), runs, runCount, scratch + TILE_RUNS);
    const start = channel > 0 ? START_SUM : bias != 0 ? START_ROW_BIAS : START_ZERO;
    for (let panel = firstPanel; panel < endPanel; panel++) {
      const row = panelRow(panel, sixes);
      const height = panelHeight(panel, sixes);
      const rows = min(height, m - row);
      const a = at(groupPacked, row * k + channel * taps * height);
      const panelBias = at(bias, group * m + row);
      const panelTarget = target + usize(row) * channelPitch;
      let b = panelsAt;
      let place = targets;
      for (let t = 0; t < tiles; t++) {
        const columns = load<i32>(place, 32);
        if (columns == TILE_COLUMNS && rows == height) {
          tile(height, depth, a, b, at(panelTarget, load<i32>(place)), channelPitch, start, panelBias);
        } else {
          if (start == START_SUM) gatherTile(scratch, panelTarget, channelPitch, rows, abs(columns), place);
          tile(height, depth, a, b, scratch, 32, start, panelBias);
          scatterTile(scratch, panelTarget, channelPitch, rows, abs(columns), place);
        }
        b += usize(depth) << 5;
        place += TARGET_BYTES;
      }
    }
  }
}

/** Finds where the columns of each tile go. */
function locateTiles(args: usize, targets: usize, from: i32, to: i32): void {
  const gridWidth = arg(args, GRID_WIDTH);
  const places = arg(args, GRID_HEIGHT) * gridWidth;
  const image = arg(args, TARGET_IMAGE);
  const row = arg(args, TARGET_ROW);
  const column = arg(args, TARGET_COLUMN);
  let record = targets;
  for (let start = from; start < to; start += TILE_COLUMNS) {
    const count = min(TILE_COLUMNS, to - start);
    let n = start / places;
    let i = (start - n * places) / gridWidth;
    let j = start - n * places - i * gridWidth;
    for (let lane = 0; lane < count; lane++) {
      store<i32>(at(record, lane), n * image + i * row + j * column);
      if (++j == gridWidth) {
        j = 0;
        if (++i * gridWidth == places) {
          i = 0;
          n++;
        }
      }
    }
    const sideBySide = load<i32>(at(record, count - 1)) - load<i32>(record) == count - 1;
    store<i32>(record, sideBySide ? count : -count, 32);
    record += TARGET_BYTES;
  }
}

function gatherTile(tileAt: usize, target: usize, pitch: usize, rows: i32, columns: i32, place: usize): void {
  for (let r = 0; r < rows; r++) {
    for (let lane = 0; lane < columns; lane++) {
      store<f32>(at(tileAt, r * 8 + lane), load<f32>(at(target, load<i32>(at(place, lane)))));
    }
    target += pitch;
  }
}

function scatterTile(tileAt: usize, target: usize, pitch: usize, rows: i32, columns: i32, place: usize): void {
  for (let r = 0; r < rows; r++) {
    for (let lane = 0; lane < columns; lane++) {
      store<f32>(at(target, load<i32>(at(place, lane))), load<f32>(at(tileAt, r * 8 + lane)));
    }
    target += pitch;
  }
}

/**
 * Packs the columns of some tiles as [tile][depth][8]. A tile is made of one or more runs; each run is written 8 floats
 * wide, in the order of its lanes, so that the next run, or the next row, overwrites what was too much.
 */
function packColumns(
  to: usize,
  tiles: i32,
  depth: i32,
  offsets: usize,
  runs: usize,
  runCount: i32,
  tileRuns: usize,
): void {
  const runsEnd = runs + usize(runCount) * RUN_BYTES;
  const offsetsEnd = at(offsets, depth);
  let run = runs;
  for (let t = 0; t < tiles; t++) {
    const start = t * TILE_COLUMNS;
    let tileRunsEnd = tileRuns;
    while (run < runsEnd && load<i32>(run) < start + TILE_COLUMNS) {
      const first = max(load<i32>(run), start);
      store<usize>(tileRunsEnd, usize(first - start) << 2);
      store<usize>(tileRunsEnd, at(load<usize>(run, 8), first - load<i32>(run)), 4);
      tileRunsEnd += 8;
      const end = load<i32>(run) + load<i32>(run, 4);
      if (end > start + TILE_COLUMNS) break;
      run += RUN_BYTES;
      if (end == start + TILE_COLUMNS) break;
    }
    if (tileRunsEnd == tileRuns + 8) packOneRun(to, load<usize>(tileRuns, 4), offsets, offsetsEnd);
    else if (tileRunsEnd == tileRuns + 16) packTwoRuns(to, tileRuns, offsets, offsetsEnd);
    else packRuns(to, tileRuns, tileRunsEnd, offsets, offsetsEnd);
    to += usize(depth) << 5;
  }
}

function packOneRun(to: usize, base: usize, offset: usize, end: usize): void {
  while (offset < end) {
    const from = base + load<usize>(offset);
    const low = v128.load(from);
    const high = v128.load(from, 16);
    v128.store(to, low);
    v128.store(to, high, 16);
    offset += 4;
    to += 32;
  }
}

function packTwoRuns(to: usize, tileRuns: usize, offset: usize, end: usize): void {
  const base = load<usize>(tileRuns, 4);
  const secondBase = load<usize>(tileRuns, 12);
  let second = to + load<usize>(tileRuns, 8);
  while (offset < end) {
    const from = base + load<usize>(offset);
    const secondFrom = secondBase + load<usize>(offset);
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    v128.store(second, v128.load(secondFrom));
    v128.store(second, v128.load(secondFrom, 16), 16);
    offset += 4;
    to += 32;
    second += 32;
  }
}

function packRuns(to: usize, tileRuns: usize, tileRunsEnd: usize, offset: usize, end: usize): void {
  while (offset < end) {
    for (let run = tileRuns; run < tileRunsEnd; run += 8) {
      const from = load<usize>(run, 4) + load<usize>(offset);
      const lane = to + load<usize>(run);
      v128.store(lane, v128.load(from));
      v128.store(lane, v128.load(from, 16), 16);
    }
    offset += 4;
    to += 32;
  }
}

/**
 * Packs A from weights in any order: A[m][k = (channel, tap)] of group g is weights[g·2] … Arguments: weights, target, groups,
 * rows, channels, taps, then the float strides of group, row and channel, and the address of each tap's float offset.
 */
export function pack_taps(args: usize, part: i32, parts: i32): void {
  const groups = arg(args, 2);
  const m = arg(args, 3);
  const channels = arg(args, 4);
  const taps = arg(args, 5);
  const sixes = sixesOf(m);
  const panels = panelsOf(m);
  const padded = panelRow(panels, sixes);
  const rowPitch = usize(arg(args, 7)) << 2;
  const tapOffsets = argAddress(args, 9);
  const units = groups * panels * channels;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const channel = unit % channels;
    const panel = (unit / channels) % panels;
    const group = unit / (channels * panels);
    const row = panelRow(panel, sixes);
    const height = panelHeight(panel, sixes);
    const valid = min(height, m - row);
    const source = at(argAddress(args, 0), group * arg(args, 6) + row * arg(args, 7) + channel * arg(args, 8));
    let to = at(argAddress(args, 1), (group * padded + row) * channels * taps + channel * taps * height);
    for (let tap = 0; tap < taps; tap++) {
      let from = at(source, load<i32>(at(tapOffsets, tap)));
      for (let r = 0; r < valid; r++) {
        store<f32>(at(to, r), load<f32>(from));
        from += rowPitch;
      }
      to = at(to, height);
    }
  }
}
