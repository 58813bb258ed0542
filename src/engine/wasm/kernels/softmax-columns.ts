import { storeLanes } from './lanes';
import { exp4, log4 } from './math';
import { arg, argAddress, at, splitAt } from './simd';

// Softmax and its like along lines whose elements are not neighbours: four lines side by side, one in each lane.
// Arguments: see softmax.

/** Four lines, or what is left of them, that begin at neighbouring elements. */
function unitsOf(args: usize): i32 {
  const pitch = arg(args, 5);
  return (arg(args, 3) / pitch) * ((pitch + 3) >> 2);
}

/** Element where the `unit`-th four lines begin. */
function startOf(args: usize, unit: i32): i32 {
  const pitch = arg(args, 5);
  const groups = (pitch + 3) >> 2;
  const outer = unit / groups;
  return outer * arg(args, 4) * pitch + (unit - outer * groups) * 4;
}

/** How many of them there are. */
function linesOf(args: usize, unit: i32): i32 {
  const pitch = arg(args, 5);
  const groups = (pitch + 3) >> 2;
  return pitch - (unit % groups) * 4;
}

export function softmaxColumns(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 4);
  const step = usize(arg(args, 5)) << 2;
  const end = splitAt(unitsOf(args), part + 1, parts);
  for (let unit = splitAt(unitsOf(args), part, parts); unit < end; unit++) {
    const start = startOf(args, unit);
    const count = linesOf(args, unit);
    const x = at(argAddress(args, 0), start);
    const y = at(argAddress(args, 1), start);
    const shift = columnMaximum(x, length, step);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let i = 0; i < length; i++) {
      const term = exp4(f32x4.sub(v128.load(x + usize(i) * step), shift));
      storeLanes(y + usize(i) * step, term, count);
      low = f64x2.add(low, f64x2.promote_low_f32x4(term));
      high = f64x2.add(high, f64x2.promote_low_f32x4(upperLanes(term)));
    }
    const inverse = f32x4.div(f32x4.splat(1), joined(low, high));
    for (let i = 0; i < length; i++) {
      storeLanes(y + usize(i) * step, f32x4.mul(v128.load(y + usize(i) * step), inverse), count);
    }
  }
}

export function softmaxGradColumns(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 4);
  const step = usize(arg(args, 5)) << 2;
  const end = splitAt(unitsOf(args), part + 1, parts);
  for (let unit = splitAt(unitsOf(args), part, parts); unit < end; unit++) {
    const start = startOf(args, unit);
    const count = linesOf(args, unit);
    const dy = at(argAddress(args, 0), start);
    const y = at(argAddress(args, 1), start);
    const dx = at(argAddress(args, 2), start);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let i = 0; i < length; i++) {
      const product = f32x4.mul(v128.load(dy + usize(i) * step), v128.load(y + usize(i) * step));
      low = f64x2.add(low, f64x2.promote_low_f32x4(product));
      high = f64x2.add(high, f64x2.promote_low_f32x4(upperLanes(product)));
    }
    const mean = joined(low, high);
    for (let i = 0; i < length; i++) {
      const rest = f32x4.sub(v128.load(dy + usize(i) * step), mean);
      storeLanes(dx + usize(i) * step, f32x4.mul(v128.load(y + usize(i) * step), rest), count);
    }
  }
}

export function logSoftmaxColumns(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 4);
  const step = usize(arg(args, 5)) << 2;
  const end = splitAt(unitsOf(args), part + 1, parts);
  for (let unit = splitAt(unitsOf(args), part, parts); unit < end; unit++) {
    const start = startOf(args, unit);
    const count = linesOf(args, unit);
    const x = at(argAddress(args, 0), start);
    const y = at(argAddress(args, 1), start);
    const shift = columnMaximum(x, length, step);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let i = 0; i < length; i++) {
      const term = exp4(f32x4.sub(v128.load(x + usize(i) * step), shift));
      low = f64x2.add(low, f64x2.promote_low_f32x4(term));
      high = f64x2.add(high, f64x2.promote_low_f32x4(upperLanes(term)));
    }
    const logarithm = log4(joined(low, high));
    for (let i = 0; i < length; i++) {
      const shifted = f32x4.sub(v128.load(x + usize(i) * step), shift);
      storeLanes(y + usize(i) * step, f32x4.sub(shifted, logarithm), count);
    }
  }
}

export function logSoftmaxGradColumns(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 4);
  const step = usize(arg(args, 5)) << 2;
  const end = splitAt(unitsOf(args), part + 1, parts);
  for (let unit = splitAt(unitsOf(args), part, parts); unit < end; unit++) {
    const start = startOf(args, unit);
    const count = linesOf(args, unit);
    const dy = at(argAddress(args, 0), start);
    const y = at(argAddress(args, 1), start);
    const dx = at(argAddress(args, 2), start);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let i = 0; i < length; i++) {
      const term = v128.load(dy + usize(i) * step);
      low = f64x2.add(low, f64x2.promote_low_f32x4(term));
      high = f64x2.add(high, f64x2.promote_low_f32x4(upperLanes(term)));
    }
    const total = joined(low, high);
    for (let i = 0; i < length; i++) {
      const share = f32x4.mul(exp4(v128.load(y + usize(i) * step)), total);
      storeLanes(dx + usize(i) * step, f32x4.sub(v128.load(dy + usize(i) * step), share), count);
    }
  }
}

/** The largest of each line; NaN if there is one. */
function columnMaximum(x: usize, length: i32, step: usize): v128 {
  let best = v128.load(x);
  for (let i = 1; i < length; i++) best = f32x4.max(best, v128.load(x + usize(i) * step));
  return best;
}

function upperLanes(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 2, 3, 2, 3);
}

function joined(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}
