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
import { START_SUM, START_ZERO, TILE_COLUMNS, partialTile, tile } from './tile';
import { interleave8, interleaveRows } from './transpose';

/** Argument words after those of the columns. */
const OUTPUT_GRADIENT = COLUMN_WORDS;
/** (chunks, weights): the sums over each chunk of places. */
const TARGET = COLUMN_WORDS + 1;
/** Output channels of one group. */
const ROWS = COLUMN_WORDS + 2;
const CHUNKS = COLUMN_WORDS + 3;
/** Places of one chunk, and of the block that is packed at once. */
const CHUNK_PLACES = COLUMN_WORDS + 4;
const BLOCK_PLACES = COLUMN_WORDS + 5;
/** How many ways output channels and input channels are shared out; changes who computes, not what. */
const ROW_SPLITS = COLUMN_WORDS + 6;
const CHANNEL_SPLITS = COLUMN_WORDS + 7;
const SCRATCH = COLUMN_WORDS + 8;
const SCRATCH_PITCH = COLUMN_WORDS + 9;
const SCRATCH_RUNS = COLUMN_WORDS + 10;
const SCRATCH_SLAB = COLUMN_WORDS + 11;
const SCRATCH_ROWS = COLUMN_WORDS + 12;
const SCRATCH_PANELS = COLUMN_WORDS + 13;

/** In a part's scratch: a partial tile, then the offsets of a tile's 8 columns. */
const TILE_OFFSETS: usize = 192;

/**
 * Gradient of the weights: dy (rows: output channels, depth: places of all images) times the transposed columns of x.
 * The places are cut into chunks by the shape alone; each chunk is summed in order into an output of its own.
 */
export function conv_grad_weight(args: usize, part: i32, parts: i32): void {
  const chunks = arg(args, CHUNKS);
  const rowSplits = arg(args, ROW_SPLITS);
  const channelSplits = arg(args, CHANNEL_SPLITS);
  const channels = arg(args, CHANNELS);
  const scratch = argAddress(args, SCRATCH) + usize(ownPart()) * argAddress(args, SCRATCH_PITCH);
  const panels = panelsOf(arg(args, ROWS));
  const units = arg(args, GROUPS) * chunks * rowSplits * channelSplits;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const channelSplit = unit % channelSplits;
    const rowSplit = (unit / channelSplits) % rowSplits;
    const chunk = (unit / (channelSplits * rowSplits)) % chunks;
    sumChunk(
      args,
      scratch,
      unit / (channelSplits * rowSplits * chunks),
      chunk,
      splitAt(panels, rowSplit, rowSplits),
      splitAt(panels, rowSplit + 1, rowSplits),
      splitAt(channels, channelSplit, channelSplits),
      splitAt(channels, channelSplit + 1, channelSplits),
    );
  }
}

function sumChunk(
  args: usize,
  scratch: usize,
  group: i32,
  chunk: i32,
  firstPanel: i32,
  endPanel: i32,
  firstChannel: i32,
  endChannel: i32,
): void {
  const m = arg(args, ROWS);
  const taps = arg(args, TAPS);
  const sixes = sixesOf(m);
  const columns = arg(args, CHANNELS) * taps;
  const pitch = usize(columns) << 2;
  const chunkPlaces = arg(args, CHUNK_PLACES);
  const blockPlaces = arg(args, BLOCK_PLACES);
  const blockChannels = arg(args, BLOCK_CHANNELS);
  const runs = scratch + argAddress(args, SCRATCH_RUNS);
  const rowsAt = scratch + argAddress(args, SCRATCH_ROWS);
  const panelsAt = scratch + argAddress(args, SCRATCH_PANELS);
  const target = at(argAddress(args, TARGET), (chunk * arg(args, GROUPS) + group) * m * columns);
  const begin = chunk * chunkPlaces;
  const end = min(begin + chunkPlaces, columnCount(args));
  const firstRow = panelRow(firstPanel, sixes);

  for (let from = begin; from < end; from += blockPlaces) {
    const depth = min(blockPlaces, end - from);
    const start = from == begin ? START_ZERO : START_SUM;
    packGradients(args, rowsAt, group, from, depth, firstPanel, endPanel);
    for (let channel = firstChannel; channel < endChannel; channel += blockChannels) {
      const count = min(blockChannels, endChannel - channel);
      const width = count * taps;
      const slab = scratch + argAddress(args, SCRATCH_SLAB);
      const runCount = prepareColumns(args, group, channel, count, from, from + depth, slab, runs);
      packTransposed(panelsAt, width, depth, argAddress(args, OFFSETS), runs, runCount, scratch + TILE_OFFSETS);
      for (let panel = firstPanel; panel < endPanel; panel++) {
        const row = panelRow(panel, sixes);
        const height = panelHeight(panel, sixes);
        const rows = min(height, m - row);
        const a = at(rowsAt, (row - firstRow) * depth);
        let to = at(target, row * columns + channel * taps);
        let b = panelsAt;
        for (let column = 0; column < width; column += TILE_COLUMNS) {
          const valid = min(TILE_COLUMNS, width - column);
          if (valid == TILE_COLUMNS && rows == height) tile(height, depth, a, b, to, pitch, start, 0);
          else partialTile(height, depth, a, b, to, pitch, start, 0, rows, valid, scratch);
          b += usize(depth) << 5;
          to += 32;
        }
      }
    }
  }
}

/** Packs dy at `depth` places from place `from` on, as [panel][place][height]. */
function packGradients(
  args: usize,
  to: usize,
  group: i32,
  from: i32,
  depth: i32,
  firstPanel: i32,
  endPanel: i32,
): void {
  const m = arg(args, ROWS);
  const places = arg(args, GRID_HEIGHT) * arg(args, GRID_WIDTH);
  const sixes = sixesOf(m);
  for (let panel = firstPanel; panel < endPanel; panel++) {
    const row = panelRow(panel, sixes);
    const height = panelHeight(panel, sixes);
    let place = from;
    while (place < from + depth) {
      const image = place / places;
      const length = min((image + 1) * places, from + depth) - place;
      const channel = (image * arg(args, GROUPS) + group) * m + row;
      const source = at(argAddress(args, OUTPUT_GRADIENT), channel * places + (place - image * places));
      interleaveRows(to, height, min(height, m - row), length, source, usize(places) << 2);
      to = at(to, length * height);
      place += length;
    }
  }
}

/** Packs the transposed columns as [tile of 8 (channel, tap)][place][8]; writes up to 3 places beyond the last tile. */
function packTransposed(
  to: usize,
  width: i32,
  depth: i32,
  offsets: usize,
  runs: usize,
  runCount: i32,
  tileOffsets: usize,
): void {
  const runsEnd = runs + usize(runCount) * RUN_BYTES;
  for (let column = 0; column < width; column += TILE_COLUMNS) {
    for (let i = 0; i < TILE_COLUMNS; i++) {
      store<u32>(at(tileOffsets, i), load<u32>(at(offsets, min(column + i, width - 1))));
    }
    for (let run = runs; run < runsEnd; run += RUN_BYTES) {
      const first = load<i32>(run);
      interleave8(to + (usize(first) << 5), load<i32>(run, 4), load<usize>(run, 8), tileOffsets);
    }
    to += usize(depth) << 5;
  }
}

/** target[i] = the sum of `chunks` arrays at i, in order. Arguments: source, target, chunks, floats of each. */
export function sum_chunks(args: usize, begin: i32, end: i32): void {
  const chunks = arg(args, 2);
  const pitch = usize(arg(args, 3)) << 2;
  const to = argAddress(args, 1);
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    let from = at(argAddress(args, 0), i);
    let sum = v128.load(from);
    for (let chunk = 1; chunk < chunks; chunk++) {
      from += pitch;
      sum = f32x4.add(sum, v128.load(from));
    }
    v128.store(at(to, i), sum);
  }
  for (; i < end; i++) {
    let from = at(argAddress(args, 0), i);
    let sum = load<f32>(from);
    for (let chunk = 1; chunk < chunks; chunk++) {
      from += pitch;
      sum += load<f32>(from);
    }
    store<f32>(at(to, i), sum);
  }
}
