import { ownPart } from './own-part';
import { arg, argAddress, at, madd, splitAt, sumLanes } from './simd';

/**
 * 3×3 kernels of stride 1 and padding 1, one input and one output channel a group: what most depthwise convolutions are. Planes
 * are read where they are, two rows of the result at a time; rows beyond a plane are a row of zeros, columns are masked.
 */

/** Lanes from `first` to before `end`. */
// @inline
function lanes(first: i32, end: i32): v128 {
  const lane = i32x4(0, 1, 2, 3);
  return v128.and(i32x4.ge_s(lane, i32x4.splat(first)), i32x4.lt_s(lane, i32x4.splat(end)));
}

// @inline
function sum3(x0: v128, x1: v128, x2: v128, w0: v128, w1: v128, w2: v128, sum: v128): v128 {
  return madd(w2, x2, madd(w1, x1, madd(w0, x0, sum)));
}

/**
 * Arguments: x, weight, bias or 0, y, planes, channels, H (at least 2), W, a row of zeros with 16 floats beyond it on either
 * side, and where the kernel begins: 0, or 8 when it is turned round (the gradient of the input).
 */
export function depthwise_3x3(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 5);
  const height = arg(args, 6);
  const width = arg(args, 7);
  const zeros = argAddress(args, 8);
  const bias = argAddress(args, 2);
  const first = usize(arg(args, 9)) << 2;
  const step: usize = first == 0 ? 4 : -4;
  const end = splitAt(arg(args, 4), part + 1, parts);
  for (let plane = splitAt(arg(args, 4), part, parts); plane < end; plane++) {
    const channel = plane % channels;
    const weights = at(argAddress(args, 1), channel * 9) + first;
    const start: f32 = bias != 0 ? load<f32>(at(bias, channel)) : 0;
    const place = plane * height * width;
    const x = at(argAddress(args, 0), place);
    const y = at(argAddress(args, 3), place);
    sumPlane(x, y, height, width, zeros, weights, step, f32x4.splat(start));
  }
}

function sumPlane(
  x: usize,
  y: usize,
  height: i32,
  width: i32,
  zeros: usize,
  weights: usize,
  step: usize,
  start: v128,
): void {
  const w0 = v128.load_splat<f32>(weights);
  const w1 = v128.load_splat<f32>(weights + step);
  const w2 = v128.load_splat<f32>(weights + 2 * step);
  const w3 = v128.load_splat<f32>(weights + 3 * step);
  const w4 = v128.load_splat<f32>(weights + 4 * step);
  const w5 = v128.load_splat<f32>(weights + 5 * step);
  const w6 = v128.load_splat<f32>(weights + 6 * step);
  const w7 = v128.load_splat<f32>(weights + 7 * step);
  const w8 = v128.load_splat<f32>(weights + 8 * step);
  const pitch = usize(width) << 2;
  // The last block does some places again.
  const last: usize = width > 4 ? pitch - 16 : 0;
  for (let row = 0; row < height; row += 2) {
    const i = min(row, height - 2);
    const b = x + usize(i) * pitch;
    const c = b + pitch;
    const a = i > 0 ? b - pitch : zeros;
    const d = i + 2 < height ? c + pitch : zeros;
    const top = y + usize(i) * pitch;
    const bottom = top + pitch;
    for (let o: usize = 16; o < last; o += 16) {
      let x0 = v128.load(a + o - 4);
      let x1 = v128.load(a + o);
      let x2 = v128.load(a + o, 4);
      let upper = sum3(x0, x1, x2, w0, w1, w2, start);
      x0 = v128.load(b + o - 4);
      x1 = v128.load(b + o);
      x2 = v128.load(b + o, 4);
      upper = sum3(x0, x1, x2, w3, w4, w5, upper);
      let lower = sum3(x0, x1, x2, w0, w1, w2, start);
      x0 = v128.load(c + o - 4);
      x1 = v128.load(c + o);
      x2 = v128.load(c + o, 4);
      upper = sum3(x0, x1, x2, w6, w7, w8, upper);
      lower = sum3(x0, x1, x2, w3, w4, w5, lower);
      x0 = v128.load(d + o - 4);
      x1 = v128.load(d + o);
      x2 = v128.load(d + o, 4);
      lower = sum3(x0, x1, x2, w6, w7, w8, lower);
      v128.store(top + o, upper);
      v128.store(bottom + o, lower);
    }
    let o: usize = 0;
    while (true) {
      // Lanes of the row whose neighbours are in it.
      const left = lanes(o == 0 ? 1 : 0, 4);
      const right = lanes(0, o == last ? min(width, 4) - 1 : 4);
      let x0 = v128.and(v128.load(a + o - 4), left);
      let x1 = v128.load(a + o);
      let x2 = v128.and(v128.load(a + o, 4), right);
      let upper = sum3(x0, x1, x2, w0, w1, w2, start);
      x0 = v128.and(v128.load(b + o - 4), left);
      x1 = v128.load(b + o);
      x2 = v128.and(v128.load(b + o, 4), right);
      upper = sum3(x0, x1, x2, w3, w4, w5, upper);
      let lower = sum3(x0, x1, x2, w0, w1, w2, start);
      x0 = v128.and(v128.load(c + o - 4), left);
      x1 = v128.load(c + o);
      x2 = v128.and(v128.load(c + o, 4), right);
      upper = sum3(x0, x1, x2, w6, w7, w8, upper);
      lower = sum3(x0, x1, x2, w3, w4, w5, lower);
      x0 = v128.and(v128.load(d + o - 4), left);
      x1 = v128.load(d + o);
      x2 = v128.and(v128.load(d + o, 4), right);
      lower = sum3(x0, x1, x2, w6, w7, w8, lower);
      if (width >= 4) {
        v128.store(top + o, upper);
        v128.store(bottom + o, lower);
      } else {
        storeNarrow(top, upper, width);
        storeNarrow(bottom, lower, width);
      }
      if (o == last) break;
      o = last;
    }
  }
}

/** One to three floats. */
// @inline
function storeNarrow(to: usize, values: v128, count: i32): void {
  store<f32>(to, f32x4.extract_lane(values, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(values, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(values, 2), 8);
}

/** Places that are added up in f32 before the sums go on in f64. */
const BLOCK_PLACES = 1024;
/** Channels whose sums are kept at hand while the images go by: their planes stand side by side. */
const BLOCK_CHANNELS: i32 = 64;
const SUMS_BYTES: usize = 9 * 16;
const TOTALS_BYTES: usize = 9 * 8;

/**
 * The gradient of the weights. Arguments: x, dy, dweight, images, channels, H, W, a row of zeros as above, scratch and its bytes
 * a part: for each channel of a block, sums of four lanes, then totals in f64.
 */
export function depthwise_3x3_grad_weight(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 4);
  const height = arg(args, 5);
  const width = arg(args, 6);
  const places = height * width;
  const sums = argAddress(args, 8) + usize(ownPart()) * argAddress(args, 9);
  const totals = sums + usize(BLOCK_CHANNELS) * SUMS_BYTES;
  const end = splitAt(channels, part + 1, parts);
  for (let first = splitAt(channels, part, parts); first < end; first += BLOCK_CHANNELS) {
    const count = min(BLOCK_CHANNELS, end - first);
    memory.fill(sums, 0, usize(count) * SUMS_BYTES);
    memory.fill(totals, 0, usize(count) * TOTALS_BYTES);
    let summed = 0;
    for (let image = 0; image < arg(args, 3); image++) {
      for (let c = 0; c < count; c++) {
        const place = (image * channels + first + c) * places;
        const x = at(argAddress(args, 0), place);
        addPlane(x, at(argAddress(args, 1), place), height, width, argAddress(args, 7), sums + usize(c) * SUMS_BYTES);
      }
      summed += places;
      if (summed >= BLOCK_PLACES) {
        flush(sums, totals, 9 * count);
        summed = 0;
      }
    }
    flush(sums, totals, 9 * count);
    for (let i = 0; i < 9 * count; i++) {
      store<f32>(at(argAddress(args, 2), first * 9 + i), f32(load<f64>(totals + (usize(i) << 3))));
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

function addPlane(x: usize, dy: usize, height: i32, width: i32, zeros: usize, sums: usize): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64);
  let s5 = v128.load(sums, 80);
  let s6 = v128.load(sums, 96);
  let s7 = v128.load(sums, 112);
  let s8 = v128.load(sums, 128);
  const pitch = usize(width) << 2;
  const last = usize((width - 1) & ~3) << 2;
  const lastLanes = width - i32(last >> 2);
  for (let i = 0; i < height; i += 2) {
    const b = x + usize(i) * pitch;
    const c = i + 1 < height ? b + pitch : zeros;
    const a = i > 0 ? b - pitch : zeros;
    const d = i + 2 < height ? c + pitch : zeros;
    const top = dy + usize(i) * pitch;
    const bottom = i + 1 < height ? top + pitch : zeros;
    for (let o: usize = 16; o < last; o += 16) {
      const upper = v128.load(top + o);
      const lower = v128.load(bottom + o);
      s0 = madd(upper, v128.load(a + o - 4), s0);
      s1 = madd(upper, v128.load(a + o), s1);
      s2 = madd(upper, v128.load(a + o, 4), s2);
      let x0 = v128.load(b + o - 4);
      let x1 = v128.load(b + o);
      let x2 = v128.load(b + o, 4);
      s3 = madd(upper, x0, s3);
      s4 = madd(upper, x1, s4);
      s5 = madd(upper, x2, s5);
      s0 = madd(lower, x0, s0);
      s1 = madd(lower, x1, s1);
      s2 = madd(lower, x2, s2);
      x0 = v128.load(c + o - 4);
      x1 = v128.load(c + o);
      x2 = v128.load(c + o, 4);
      s6 = madd(upper, x0, s6);
      s7 = madd(upper, x1, s7);
      s8 = madd(upper, x2, s8);
      s3 = madd(lower, x0, s3);
      s4 = madd(lower, x1, s4);
      s5 = madd(lower, x2, s5);
      s6 = madd(lower, v128.load(d + o - 4), s6);
      s7 = madd(lower, v128.load(d + o), s7);
      s8 = madd(lower, v128.load(d + o, 4), s8);
    }
    let o: usize = 0;
    while (true) {
      const count = o == last ? lastLanes : 4;
      const left = lanes(o == 0 ? 1 : 0, count);
      const middle = lanes(0, count);
      const right = lanes(0, o == last ? count - 1 : 4);
      const upper = v128.and(v128.load(top + o), middle);
      const lower = v128.and(v128.load(bottom + o), middle);
      s0 = madd(upper, v128.and(v128.load(a + o - 4), left), s0);
      s1 = madd(upper, v128.and(v128.load(a + o), middle), s1);
      s2 = madd(upper, v128.and(v128.load(a + o, 4), right), s2);
      let x0 = v128.and(v128.load(b + o - 4), left);
      let x1 = v128.and(v128.load(b + o), middle);
      let x2 = v128.and(v128.load(b + o, 4), right);
      s3 = madd(upper, x0, s3);
      s4 = madd(upper, x1, s4);
      s5 = madd(upper, x2, s5);
      s0 = madd(lower, x0, s0);
      s1 = madd(lower, x1, s1);
      s2 = madd(lower, x2, s2);
      x0 = v128.and(v128.load(c + o - 4), left);
      x1 = v128.and(v128.load(c + o), middle);
      x2 = v128.and(v128.load(c + o, 4), right);
      s6 = madd(upper, x0, s6);
      s7 = madd(upper, x1, s7);
      s8 = madd(upper, x2, s8);
      s3 = madd(lower, x0, s3);
      s4 = madd(lower, x1, s4);
      s5 = madd(lower, x2, s5);
      s6 = madd(lower, v128.and(v128.load(d + o - 4), left), s6);
      s7 = madd(lower, v128.and(v128.load(d + o), middle), s7);
      s8 = madd(lower, v128.and(v128.load(d + o, 4), right), s8);
      if (o == last) break;
      o = last;
    }
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
