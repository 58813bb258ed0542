import {
  GRID_ROWS,
  PHASE_PITCH,
  SCRATCH,
  SCRATCH_PITCH,
  SLAB_WORDS,
  SOURCES,
  STRIP_ROWS,
  fillSlab,
} from './depthwise-slab';
import { ownPart } from './own-part';
import { arg, argAddress, at, madd, splitAt } from './simd';

/** Argument words after those of the slab. */
const WEIGHT = SLAB_WORDS;
const BIAS = SLAB_WORDS + 1;
const TARGET = SLAB_WORDS + 2;
/** (image, group) pairs, and groups. */
const UNITS = SLAB_WORDS + 3;
const GROUPS = SLAB_WORDS + 4;
/** Target planes of a unit, and floats of each. */
const TARGETS = SLAB_WORDS + 5;
const TARGET_PLANE = SLAB_WORDS + 6;
/** Weights of a group, and those of one of its targets. */
const GROUP_WEIGHTS = SLAB_WORDS + 7;
const TARGET_WEIGHTS = SLAB_WORDS + 8;
/** Bytes of the target from one output row to the next. */
const TARGET_PITCH = SLAB_WORDS + 9;
/** Three words for each block of a strip's output rows: byte offset in the slab, byte offset in the target, floats of it. */
const BLOCKS = SLAB_WORDS + 10;
const ROW_BLOCKS = SLAB_WORDS + 11;
/** 0: blocks of 4 places, any taps. 1, 2: the same, 3×3 taps of stride 1 or 2. 3: blocks of 8 places, each other one with taps of its own. */
const FORM = SLAB_WORDS + 12;
/** Rows of the target that have the same taps; five words for each: rows, byte offset in the target, taps, how many, how many of other places. */
const ROW_PHASES = SLAB_WORDS + 13;
const ROW_PHASE_COUNT = SLAB_WORDS + 14;

/** A tap: byte offset in the slab, index of its weight. */
const TAP_BYTES: usize = 8;
const BLOCK_BYTES: usize = 12;

/**
 * Each target place is the bias plus the sum over its taps of weight times slab element: convolutions with one input channel in
 * each group, and their gradients with respect to the input.
 */
export function depthwise(args: usize, part: i32, parts: i32): void {
  const slab = argAddress(args, SCRATCH) + usize(ownPart()) * argAddress(args, SCRATCH_PITCH);
  const bias = argAddress(args, BIAS);
  const targets = arg(args, TARGETS);
  const gridRows = arg(args, GRID_ROWS);
  const stripRows = arg(args, STRIP_ROWS);
  const end = splitAt(arg(args, UNITS), part + 1, parts);
  for (let unit = splitAt(arg(args, UNITS), part, parts); unit < end; unit++) {
    const group = unit % arg(args, GROUPS);
    for (let top = 0; top < gridRows; top += stripRows) {
      const rows = min(stripRows, gridRows - top);
      fillSlab(args, slab, unit * arg(args, SOURCES), top, rows);
      for (let t = 0; t < targets; t++) {
        const weights = at(argAddress(args, WEIGHT), group * arg(args, GROUP_WEIGHTS) + t * arg(args, TARGET_WEIGHTS));
        const plane = at(argAddress(args, TARGET), (unit * targets + t) * arg(args, TARGET_PLANE));
        const start: f32 = bias != 0 ? load<f32>(at(bias, group * targets + t)) : 0;
        sumStrip(args, slab, plane + usize(top * arg(args, TARGET_PITCH)), top, rows, weights, f32x4.splat(start));
      }
    }
  }
}

function sumStrip(args: usize, slab: usize, target: usize, top: i32, rows: i32, weights: usize, start: v128): void {
  const form = arg(args, FORM);
  const blocks = argAddress(args, BLOCKS);
  for (let i = 0; i < arg(args, ROW_PHASE_COUNT); i++) {
    const phase = argAddress(args, ROW_PHASES) + usize(i) * 20;
    const count = (min(top + rows, load<i32>(phase)) - top) * arg(args, ROW_BLOCKS);
    if (count <= 0) continue;
    const end = blocks + usize(count) * BLOCK_BYTES;
    const to = target + load<usize>(phase, 4);
    const taps = load<usize>(phase, 8);
    if (form == 0) sumBlocks(blocks, end, slab, to, taps, load<i32>(phase, 12), weights, start);
    else if (form == 3) sumPairs(blocks, end, slab, to, taps, load<i32>(phase, 12), load<i32>(phase, 16), weights);
    else {
      const pitch = usize(arg(args, PHASE_PITCH)) << 2;
      if (form == 1) sumBlocks3x3(blocks, end, slab, to, taps, weights, start, pitch);
      else sumBlocks3x3Stride2(blocks, end, slab, to, taps, weights, start, pitch);
    }
  }
}

// @inline
function weightOf(weights: usize, taps: usize, tap: usize): v128 {
  return v128.load_splat<f32>(at(weights, load<i32>(taps + tap * TAP_BYTES, 4)));
}

/** 3×3 taps, side by side in three slab rows. */
function sumBlocks3x3(
  block: usize,
  end: usize,
  slab: usize,
  target: usize,
  taps: usize,
  weights: usize,
  start: v128,
  pitch: usize,
): void {
  const w0 = weightOf(weights, taps, 0);
  const w1 = weightOf(weights, taps, 1);
  const w2 = weightOf(weights, taps, 2);
  const w3 = weightOf(weights, taps, 3);
  const w4 = weightOf(weights, taps, 4);
  const w5 = weightOf(weights, taps, 5);
  const w6 = weightOf(weights, taps, 6);
  const w7 = weightOf(weights, taps, 7);
  const w8 = weightOf(weights, taps, 8);
  for (; block < end; block += BLOCK_BYTES) {
    const a = slab + load<usize>(block);
    const b = a + pitch;
    const c = b + pitch;
    let sum = madd(w0, v128.load(a), start);
    sum = madd(w1, v128.load(a, 4), sum);
    sum = madd(w2, v128.load(a, 8), sum);
    sum = madd(w3, v128.load(b), sum);
    sum = madd(w4, v128.load(b, 4), sum);
    sum = madd(w5, v128.load(b, 8), sum);
    sum = madd(w6, v128.load(c), sum);
    sum = madd(w7, v128.load(c, 4), sum);
    sum = madd(w8, v128.load(c, 8), sum);
    storeFloats(target + load<usize>(block, 4), sum, load<i32>(block, 8));
  }
}

/** The middle column of the taps is the first of the odd ones. */
function sumBlocks3x3Stride2(
  block: usize,
  end: usize,
  slab: usize,
  target: usize,
  taps: usize,
  weights: usize,
  start: v128,
  pitch: usize,
): void {
  const w0 = weightOf(weights, taps, 0);
  const w1 = weightOf(weights, taps, 1);
  const w2 = weightOf(weights, taps, 2);
  const w3 = weightOf(weights, taps, 3);
  const w4 = weightOf(weights, taps, 4);
  const w5 = weightOf(weights, taps, 5);
  const w6 = weightOf(weights, taps, 6);
  const w7 = weightOf(weights, taps, 7);
  const w8 = weightOf(weights, taps, 8);
  const row = pitch << 1;
  for (; block < end; block += BLOCK_BYTES) {
    const a = slab + load<usize>(block);
    const b = a + row;
    const c = b + row;
    let sum = madd(w0, v128.load(a), start);
    sum = madd(w1, v128.load(a + pitch), sum);
    sum = madd(w2, v128.load(a, 4), sum);
    sum = madd(w3, v128.load(b), sum);
    sum = madd(w4, v128.load(b + pitch), sum);
    sum = madd(w5, v128.load(b, 4), sum);
    sum = madd(w6, v128.load(c), sum);
    sum = madd(w7, v128.load(c + pitch), sum);
    sum = madd(w8, v128.load(c, 4), sum);
    storeFloats(target + load<usize>(block, 4), sum, load<i32>(block, 8));
  }
}

/** Four blocks at once; where fewer are left, the last one more than once. */
function sumBlocks(
  blocks: usize,
  end: usize,
  slab: usize,
  target: usize,
  taps: usize,
  tapCount: i32,
  weights: usize,
  start: v128,
): void {
  const last = end - BLOCK_BYTES;
  const tapsEnd = taps + usize(tapCount) * TAP_BYTES;
  for (let block = blocks; block < end; block += 4 * BLOCK_BYTES) {
    const block1 = min(block + BLOCK_BYTES, last);
    const block2 = min(block + 2 * BLOCK_BYTES, last);
    const block3 = min(block + 3 * BLOCK_BYTES, last);
    const x0 = slab + load<usize>(block);
    const x1 = slab + load<usize>(block1);
    const x2 = slab + load<usize>(block2);
    const x3 = slab + load<usize>(block3);
    let sum0 = start;
    let sum1 = start;
    let sum2 = start;
    let sum3 = start;
    for (let tap = taps; tap < tapsEnd; tap += TAP_BYTES) {
      const offset = load<usize>(tap);
      const weight = v128.load_splat<f32>(at(weights, load<i32>(tap, 4)));
      sum0 = madd(weight, v128.load(x0 + offset), sum0);
      sum1 = madd(weight, v128.load(x1 + offset), sum1);
      sum2 = madd(weight, v128.load(x2 + offset), sum2);
      sum3 = madd(weight, v128.load(x3 + offset), sum3);
    }
    storeFloats(target + load<usize>(block, 4), sum0, load<i32>(block, 8));
    storeFloats(target + load<usize>(block1, 4), sum1, load<i32>(block1, 8));
    storeFloats(target + load<usize>(block2, 4), sum2, load<i32>(block2, 8));
    storeFloats(target + load<usize>(block3, 4), sum3, load<i32>(block3, 8));
  }
}

/** The even places of a block have the first taps, the odd ones those after them. Two blocks at once. */
function sumPairs(
  blocks: usize,
  end: usize,
  slab: usize,
  target: usize,
  taps: usize,
  evenCount: i32,
  oddCount: i32,
  weights: usize,
): void {
  const last = end - BLOCK_BYTES;
  const evenEnd = taps + usize(evenCount) * TAP_BYTES;
  const oddEnd = evenEnd + usize(oddCount) * TAP_BYTES;
  for (let block = blocks; block < end; block += 2 * BLOCK_BYTES) {
    const block1 = min(block + BLOCK_BYTES, last);
    const x0 = slab + load<usize>(block);
    const x1 = slab + load<usize>(block1);
    let even0 = f32x4.splat(0);
    let even1 = f32x4.splat(0);
    let odd0 = f32x4.splat(0);
    let odd1 = f32x4.splat(0);
    let tap = taps;
    for (; tap < evenEnd; tap += TAP_BYTES) {
      const offset = load<usize>(tap);
      const weight = v128.load_splat<f32>(at(weights, load<i32>(tap, 4)));
      even0 = madd(weight, v128.load(x0 + offset), even0);
      even1 = madd(weight, v128.load(x1 + offset), even1);
    }
    for (; tap < oddEnd; tap += TAP_BYTES) {
      const offset = load<usize>(tap);
      const weight = v128.load_splat<f32>(at(weights, load<i32>(tap, 4)));
      odd0 = madd(weight, v128.load(x0 + offset), odd0);
      odd1 = madd(weight, v128.load(x1 + offset), odd1);
    }
    storePair(target + load<usize>(block, 4), even0, odd0, load<i32>(block, 8));
    storePair(target + load<usize>(block1, 4), even1, odd1, load<i32>(block1, 8));
  }
}

// @inline
function storePair(to: usize, even: v128, odd: v128, count: i32): void {
  storeFloats(to, v128.shuffle<f32>(even, odd, 0, 4, 1, 5), count);
  if (count > 4) storeFloats(to + 16, v128.shuffle<f32>(even, odd, 2, 6, 3, 7), count - 4);
}

/** The first `count` floats, at most four. */
// @inline
function storeFloats(to: usize, values: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, values);
  } else {
    store<f32>(to, f32x4.extract_lane(values, 0));
    if (count > 1) store<f32>(to, f32x4.extract_lane(values, 1), 4);
    if (count > 2) store<f32>(to, f32x4.extract_lane(values, 2), 8);
  }
}
