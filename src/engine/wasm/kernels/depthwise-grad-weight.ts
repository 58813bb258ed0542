import {
  GRID_ROWS,
  PHASE_PITCH,
  COLUMN_STRIDE,
  ROW_STRIDE,
  SCRATCH,
  SCRATCH_PITCH,
  SLAB_WORDS,
  STRIP_ROWS,
  fillSlab,
} from './depthwise-slab';
import { ownPart } from './own-part';
import { arg, argAddress, at, madd, splitAt, sumLanes } from './simd';

/** Argument words after those of the slab. */
const OUTPUT_GRADIENT = SLAB_WORDS;
const TARGET = SLAB_WORDS + 1;
const IMAGES = SLAB_WORDS + 2;
const GROUPS = SLAB_WORDS + 3;
/** Output channels of a group. */
const MULTIPLIER = SLAB_WORDS + 4;
const OUTPUT_WIDTH = SLAB_WORDS + 5;
const TAPS = SLAB_WORDS + 6;
/** Byte offset in the slab of each tap, as many as SLOTS. */
const OFFSETS = SLAB_WORDS + 7;
/** TAPS, up to the next multiple of 4. */
const SLOTS = SLAB_WORDS + 8;
/** 0: any taps. 1, 2: 3×3 taps of stride 1 or 2. */
const FORM = SLAB_WORDS + 9;
/** Bytes from a part's scratch: sums of four lanes for each (output channel, slot), and their totals in f64. */
const SUMS = SLAB_WORDS + 10;
const TOTALS = SLAB_WORDS + 11;
/** Groups whose sums are kept at hand while the images go by: their planes stand side by side. */
const BLOCK_GROUPS = SLAB_WORDS + 12;

/** Places that are added up in f32 before the sums go on in f64. */
const BLOCK_PLACES = 1024;

/** Each (group, tap) is the sum over all images of dy times what the tap sees; a group is one part's. */
export function depthwise_grad_weight(args: usize, part: i32, parts: i32): void {
  const slab = argAddress(args, SCRATCH) + usize(ownPart()) * argAddress(args, SCRATCH_PITCH);
  const sums = slab + argAddress(args, SUMS);
  const totals = slab + argAddress(args, TOTALS);
  const groups = arg(args, GROUPS);
  const blockGroups = arg(args, BLOCK_GROUPS);
  const slots = arg(args, MULTIPLIER) * arg(args, SLOTS);
  const end = splitAt(groups, part + 1, parts);
  for (let first = splitAt(groups, part, parts); first < end; first += blockGroups) {
    const count = min(blockGroups, end - first);
    memory.fill(sums, 0, usize(count * slots) << 4);
    memory.fill(totals, 0, usize(count * slots) << 3);
    let places = 0;
    for (let image = 0; image < arg(args, IMAGES); image++) {
      let summed = 0;
      for (let g = 0; g < count; g++) {
        const offset = usize(g * slots);
        summed = addImage(args, slab, image * groups + first + g, places, sums + (offset << 4), totals + (offset << 3));
      }
      places = summed;
    }
    flush(sums, totals, count * slots);
    for (let g = 0; g < count; g++) storeTotals(args, first + g, totals + (usize(g * slots) << 3));
  }
}

/** Adds one image's plane to a group's sums. Returns over how many places they go since they last went to the totals. */
function addImage(args: usize, slab: usize, plane: i32, places: i32, sums: usize, totals: usize): i32 {
  const multiplier = arg(args, MULTIPLIER);
  const slots = arg(args, SLOTS);
  const width = arg(args, OUTPUT_WIDTH);
  const gridRows = arg(args, GRID_ROWS);
  const stripRows = arg(args, STRIP_ROWS);
  for (let top = 0; top < gridRows; top += stripRows) {
    const rows = min(stripRows, gridRows - top);
    fillSlab(args, slab, plane, top, rows);
    for (let m = 0; m < multiplier; m++) {
      const row = (plane * multiplier + m) * gridRows + top;
      addStrip(args, slab, at(argAddress(args, OUTPUT_GRADIENT), row * width), rows, sums + (usize(m * slots) << 4));
    }
    places += rows * width;
    if (places >= BLOCK_PLACES) {
      flush(sums, totals, multiplier * slots);
      places = 0;
    }
  }
  return places;
}

function storeTotals(args: usize, group: i32, totals: usize): void {
  const taps = arg(args, TAPS);
  const slots = arg(args, SLOTS);
  for (let m = 0; m < arg(args, MULTIPLIER); m++) {
    const to = at(argAddress(args, TARGET), (group * arg(args, MULTIPLIER) + m) * taps);
    for (let tap = 0; tap < taps; tap++) {
      store<f32>(at(to, tap), f32(load<f64>(totals + (usize(m * slots + tap) << 3))));
    }
  }
}

function flush(sums: usize, totals: usize, count: i32): void {
  for (let i: usize = 0; i < usize(count); i++) {
    const total = totals + (i << 3);
    store<f64>(total, load<f64>(total) + f64(sumLanes(v128.load(sums + (i << 4)))));
    v128.store(sums + (i << 4), f32x4.splat(0));
  }
}

function addStrip(args: usize, slab: usize, dy: usize, rows: i32, sums: usize): void {
  const form = arg(args, FORM);
  const phase = usize(arg(args, PHASE_PITCH)) << 2;
  const pitch = phase * usize(arg(args, COLUMN_STRIDE));
  const step = pitch * usize(arg(args, ROW_STRIDE));
  const width = arg(args, OUTPUT_WIDTH);
  if (form == 1) {
    addStrip3x3(slab, dy, rows, width, pitch, step, sums);
  } else if (form == 2) {
    addStrip3x3Stride2(slab, dy, rows, width, phase, pitch, step, sums);
  } else {
    const offsets = argAddress(args, OFFSETS);
    const end = at(offsets, arg(args, SLOTS));
    for (let four = offsets; four < end; four += 16) {
      addStrip4(slab, dy, rows, width, step, four, sums);
      sums += 64;
    }
  }
}

/** Ones in the lanes of a block of which `count` places are in the row. */
// @inline
function maskOf(count: i32): v128 {
  return i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3));
}

function addStrip3x3(slab: usize, dy: usize, rows: i32, width: i32, pitch: usize, step: usize, sums: usize): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64);
  let s5 = v128.load(sums, 80);
  let s6 = v128.load(sums, 96);
  let s7 = v128.load(sums, 112);
  let s8 = v128.load(sums, 128);
  for (; rows > 0; rows--) {
    let a = slab;
    let b = a + pitch;
    let c = b + pitch;
    let j = width;
    for (; j >= 4; j -= 4) {
      const d = v128.load(dy);
      s0 = madd(d, v128.load(a), s0);
      s1 = madd(d, v128.load(a, 4), s1);
      s2 = madd(d, v128.load(a, 8), s2);
      s3 = madd(d, v128.load(b), s3);
      s4 = madd(d, v128.load(b, 4), s4);
      s5 = madd(d, v128.load(b, 8), s5);
      s6 = madd(d, v128.load(c), s6);
      s7 = madd(d, v128.load(c, 4), s7);
      s8 = madd(d, v128.load(c, 8), s8);
      a += 16;
      b += 16;
      c += 16;
      dy += 16;
    }
    if (j > 0) {
      const mask = maskOf(j);
      const d = v128.and(v128.load(dy), mask);
      s0 = madd(d, v128.and(v128.load(a), mask), s0);
      s1 = madd(d, v128.and(v128.load(a, 4), mask), s1);
      s2 = madd(d, v128.and(v128.load(a, 8), mask), s2);
      s3 = madd(d, v128.and(v128.load(b), mask), s3);
      s4 = madd(d, v128.and(v128.load(b, 4), mask), s4);
      s5 = madd(d, v128.and(v128.load(b, 8), mask), s5);
      s6 = madd(d, v128.and(v128.load(c), mask), s6);
      s7 = madd(d, v128.and(v128.load(c, 4), mask), s7);
      s8 = madd(d, v128.and(v128.load(c, 8), mask), s8);
      dy += usize(j) << 2;
    }
    slab += step;
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
  v128.store(sums, s8, 128);
}

function addStrip3x3Stride2(
  slab: usize,
  dy: usize,
  rows: i32,
  width: i32,
  phase: usize,
  pitch: usize,
  step: usize,
  sums: usize,
): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64);
  let s5 = v128.load(sums, 80);
  let s6 = v128.load(sums, 96);
  let s7 = v128.load(sums, 112);
  let s8 = v128.load(sums, 128);
  for (; rows > 0; rows--) {
    let a = slab;
    let b = a + pitch;
    let c = b + pitch;
    let j = width;
    for (; j >= 4; j -= 4) {
      const d = v128.load(dy);
      s0 = madd(d, v128.load(a), s0);
      s1 = madd(d, v128.load(a + phase), s1);
      s2 = madd(d, v128.load(a, 4), s2);
      s3 = madd(d, v128.load(b), s3);
      s4 = madd(d, v128.load(b + phase), s4);
      s5 = madd(d, v128.load(b, 4), s5);
      s6 = madd(d, v128.load(c), s6);
      s7 = madd(d, v128.load(c + phase), s7);
      s8 = madd(d, v128.load(c, 4), s8);
      a += 16;
      b += 16;
      c += 16;
      dy += 16;
    }
    if (j > 0) {
      const mask = maskOf(j);
      const d = v128.and(v128.load(dy), mask);
      s0 = madd(d, v128.and(v128.load(a), mask), s0);
      s1 = madd(d, v128.and(v128.load(a + phase), mask), s1);
      s2 = madd(d, v128.and(v128.load(a, 4), mask), s2);
      s3 = madd(d, v128.and(v128.load(b), mask), s3);
      s4 = madd(d, v128.and(v128.load(b + phase), mask), s4);
      s5 = madd(d, v128.and(v128.load(b, 4), mask), s5);
      s6 = madd(d, v128.and(v128.load(c), mask), s6);
      s7 = madd(d, v128.and(v128.load(c + phase), mask), s7);
      s8 = madd(d, v128.and(v128.load(c, 4), mask), s8);
      dy += usize(j) << 2;
    }
    slab += step;
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
  v128.store(sums, s8, 128);
}

/** Four taps, wherever they are in the slab. */
function addStrip4(slab: usize, dy: usize, rows: i32, width: i32, step: usize, offsets: usize, sums: usize): void {
  const o0 = load<usize>(offsets);
  const o1 = load<usize>(offsets, 4);
  const o2 = load<usize>(offsets, 8);
  const o3 = load<usize>(offsets, 12);
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  for (; rows > 0; rows--) {
    let x = slab;
    let j = width;
    for (; j >= 4; j -= 4) {
      const d = v128.load(dy);
      s0 = madd(d, v128.load(x + o0), s0);
      s1 = madd(d, v128.load(x + o1), s1);
      s2 = madd(d, v128.load(x + o2), s2);
      s3 = madd(d, v128.load(x + o3), s3);
      x += 16;
      dy += 16;
    }
    if (j > 0) {
      const mask = maskOf(j);
      const d = v128.and(v128.load(dy), mask);
      s0 = madd(d, v128.and(v128.load(x + o0), mask), s0);
      s1 = madd(d, v128.and(v128.load(x + o1), mask), s1);
      s2 = madd(d, v128.and(v128.load(x + o2), mask), s2);
      s3 = madd(d, v128.and(v128.load(x + o3), mask), s3);
      dy += usize(j) << 2;
    }
    slab += step;
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
}
