import { arg, argAddress, at } from './simd';

/**
 * The first argument words of the kernels that read an image as the columns of a matrix: column j is grid place
 * (image, i, j) in row-major order, row k is (channel, tap); the element is
 * source[image, channel, i·strideH + tapRow, j·strideW + tapColumn], zero outside of the image.
 * `encode/columns.ts` writes them.
 */
export const SOURCE = 0;
export const GROUPS = 1;
/** Source channels of one group. */
export const CHANNELS = 2;
export const TAPS = 3;
export const IMAGES = 4;
export const GRID_HEIGHT = 5;
export const GRID_WIDTH = 6;
export const SOURCE_HEIGHT = 7;
export const SOURCE_WIDTH = 8;
export const STRIDE_HEIGHT = 9;
export const STRIDE_WIDTH = 10;
/** The smallest tapRow and tapColumn. */
export const ORIGIN_ROW = 11;
export const ORIGIN_COLUMN = 12;
/** All source channels of an image. */
export const IMAGE_CHANNELS = 13;
/** 1: rows are copied with their zero padding into a slab first, columns sorted by their remainder modulo strideW. */
export const USE_SLAB = 14;
/** Most rows that the slab of one image and channel can need. */
export const SLAB_ROWS = 15;
/** Floats of the slab columns of one remainder; a slab row has strideW times as many. */
export const SLAB_PHASE = 16;
/** The largest tapRow minus the smallest. */
export const TAP_ROW_SPAN = 17;
/** Channels that are packed at once. */
export const BLOCK_CHANNELS = 18;
/** Address of the byte offset of each (channel of the block, tap) from a column's base. */
export const OFFSETS = 19;
/** Number of these words. */
export const COLUMN_WORDS = 20;

/** A run: columns whose elements lie side by side, for every row of the matrix. Words: first column, length, base address. */
export const RUN_BYTES: usize = 12;

/** Number of columns: places of the grid in all images. */
export function columnCount(args: usize): i32 {
  return arg(args, IMAGES) * arg(args, GRID_HEIGHT) * arg(args, GRID_WIDTH);
}

/**
 * Makes ready columns [from, to) of channels [channel, channel + channels) of a group: fills the slab, if there is one, and
 * writes the runs, in order, first columns counted from `from`. Returns the number of runs.
 */
export function prepareColumns(
  args: usize,
  group: i32,
  channel: i32,
  channels: i32,
  from: i32,
  to: i32,
  slab: usize,
  runs: usize,
): i32 {
  const gridWidth = arg(args, GRID_WIDTH);
  const places = arg(args, GRID_HEIGHT) * gridWidth;
  const strideHeight = arg(args, STRIDE_HEIGHT);
  const sourceHeight = arg(args, SOURCE_HEIGHT);
  const sourceWidth = arg(args, SOURCE_WIDTH);
  const originRow = arg(args, ORIGIN_ROW);
  const useSlab = arg(args, USE_SLAB) != 0;
  const slabPitch = arg(args, SLAB_PHASE) * arg(args, STRIDE_WIDTH);
  const segmentFloats = arg(args, BLOCK_CHANNELS) * arg(args, SLAB_ROWS) * slabPitch;
  const rowPitch = useSlab ? slabPitch : sourceWidth;
  const joined = rowPitch * strideHeight == gridWidth;
  const firstImage = from / places;
  let run = runs;

  for (let image = firstImage; image * places < to; image++) {
    const first = max(from - image * places, 0);
    const end = min(to - image * places, places);
    const row = first / gridWidth;
    const planes = at(
      argAddress(args, SOURCE),
      (image * arg(args, IMAGE_CHANNELS) + group * arg(args, CHANNELS) + channel) * sourceHeight * sourceWidth,
    );
    let base: usize;
    if (useSlab) {
      base = at(slab, (image - firstImage) * segmentFloats);
      const rows = ((end - 1) / gridWidth - row) * strideHeight + arg(args, TAP_ROW_SPAN) + 1;
      fillSlab(args, base, planes, channels, row * strideHeight + originRow, rows);
    } else {
      base = at(planes, (row * strideHeight + originRow) * sourceWidth + arg(args, ORIGIN_COLUMN));
    }
    let place = first;
    while (place < end) {
      const i = place / gridWidth;
      const j = place - i * gridWidth;
      const length = joined ? end - place : min(gridWidth - j, end - place);
      store<i32>(run, image * places + place - from);
      store<i32>(run, length, 4);
      store<usize>(run, at(base, (i - row) * strideHeight * rowPitch + j), 8);
      run += RUN_BYTES;
      place += length;
    }
  }
  return i32((run - runs) / RUN_BYTES);
}

/** Copies source rows [top, top + rows) of some channels into one image's slab. Writes up to 3 floats beyond it. */
function fillSlab(args: usize, slab: usize, planes: usize, channels: i32, top: i32, rows: i32): void {
  const height = arg(args, SOURCE_HEIGHT);
  const width = arg(args, SOURCE_WIDTH);
  const stride = arg(args, STRIDE_WIDTH);
  const origin = arg(args, ORIGIN_COLUMN);
  const phase = arg(args, SLAB_PHASE);
  const pitch = phase * stride;
  const channelPitch = arg(args, SLAB_ROWS) * pitch;
  for (let c = 0; c < channels; c++) {
    let to = at(slab, c * channelPitch);
    for (let r = top; r < top + rows; r++) {
      if (r < 0 || r >= height) {
        zeroFloats(to, pitch);
        to = at(to, pitch);
        continue;
      }
      const from = at(planes, (c * height + r) * width);
      for (let remainder = 0; remainder < stride; remainder++) {
        // Slab place q of this remainder is the source column origin + remainder + q·stride.
        const column = origin + remainder;
        const first = min(column < 0 ? (stride - 1 - column) / stride : 0, phase);
        const end = max(min(column < width ? (width - 1 - column) / stride + 1 : 0, phase), first);
        zeroFloats(to, first);
        copyStrided(at(to, first), at(from, column + first * stride), end - first, stride);
        zeroFloats(at(to, end), phase - end);
        to = at(to, phase);
      }
    }
  }
}

/** In steps of four: writes up to three zeros too many. */
function zeroFloats(to: usize, count: i32): void {
  const end = at(to, count);
  while (to < end) {
    v128.store(to, f32x4.splat(0));
    to += 16;
  }
}

/** Every `stride`-th float. In steps of four: writes up to three floats too many. */
function copyStrided(to: usize, from: usize, count: i32, stride: i32): void {
  const end = at(to, count);
  if (stride == 1) {
    while (to < end) {
      v128.store(to, v128.load(from));
      to += 16;
      from += 16;
    }
  } else if (stride == 2) {
    while (to < end) {
      v128.store(to, v128.shuffle<f32>(v128.load(from), v128.load(from, 16), 0, 2, 4, 6));
      to += 16;
      from += 32;
    }
  } else {
    while (to < end) {
      store<f32>(to, load<f32>(from));
      to += 4;
      from += usize(stride) << 2;
    }
  }
}
