import { storeLanes } from './lanes';
import { exp1, exp4, log1 } from './math';
import { productsOf, sumOf } from './reduce';
import { arg, argAddress, at, splitAt, sumLanes } from './simd';
import { logSoftmaxColumns, logSoftmaxGradColumns, softmaxColumns, softmaxGradColumns } from './softmax-columns';

/** The largest of `count` floats `pitch` elements apart; NaN if there is one. */
export function maximumOf(x: usize, count: i32, pitch: i32): f32 {
  let best: f32 = f32(-Infinity);
  let i = 0;
  if (pitch == 1 && count >= 4) {
    let lanes = v128.load(x);
    for (i = 4; i + 4 <= count; i += 4) lanes = f32x4.max(lanes, v128.load(at(x, i)));
    lanes = f32x4.max(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 0, 1));
    best = max(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1));
  }
  for (; i < count; i++) best = max(best, load<f32>(at(x, i * pitch)));
  return best;
}

/** Σ e^(x − shift) over `count` floats `pitch` elements apart. */
export function sumOfExponentials(x: usize, count: i32, pitch: i32, shift: f32): f32 {
  return exponentials(x, 0, count, pitch, shift);
}

/** The same sum; its terms go to y, unless that is 0. */
export function exponentials(x: usize, y: usize, count: i32, pitch: i32, shift: f32): f32 {
  let sum: f32 = 0;
  let i = 0;
  if (pitch == 1) {
    let sums = f32x4.splat(0);
    for (; i + 4 <= count; i += 4) {
      const terms = exp4(f32x4.sub(v128.load(at(x, i)), f32x4.splat(shift)));
      if (y != 0) v128.store(at(y, i), terms);
      sums = f32x4.add(sums, terms);
    }
    sum = sumLanes(sums);
  }
  for (; i < count; i++) {
    const term = exp1(load<f32>(at(x, i * pitch)) - shift);
    if (y != 0) store<f32>(at(y, i * pitch), term);
    sum += term;
  }
  return sum;
}

/**
 * Arguments of all four: x (or dy), y, dx (of the gradients), lines, length of a line, elements between its elements. Line l starts at
 * element (l / pitch)·length·pitch + l mod pitch. Lines of neighbouring elements are rows; others are done four at a time.
 */
export function softmax(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 4);
  if (arg(args, 5) > 1) {
    softmaxColumns(args, part, parts);
    return;
  }
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let line = splitAt(arg(args, 3), part, parts); line < end; line++) {
    const x = at(argAddress(args, 0), line * length);
    const y = at(argAddress(args, 1), line * length);
    const inverse = f32x4.splat(f32(1) / exponentials(x, y, length, 1, maximumOf(x, length, 1)));
    for (let i = 0; i < length; i += 4) storeLanes(at(y, i), f32x4.mul(v128.load(at(y, i)), inverse), length - i);
  }
}

/** y·(dy − Σ dy·y) */
export function softmax_grad(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 4);
  if (arg(args, 5) > 1) {
    softmaxGradColumns(args, part, parts);
    return;
  }
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let line = splitAt(arg(args, 3), part, parts); line < end; line++) {
    const dy = at(argAddress(args, 0), line * length);
    const y = at(argAddress(args, 1), line * length);
    const dx = at(argAddress(args, 2), line * length);
    const mean = f32x4.splat(f32(productsOf(dy, y, length, 0)));
    for (let i = 0; i < length; i += 4) {
      const rest = f32x4.sub(v128.load(at(dy, i)), mean);
      storeLanes(at(dx, i), f32x4.mul(v128.load(at(y, i)), rest), length - i);
    }
  }
}

export function log_softmax(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 4);
  if (arg(args, 5) > 1) {
    logSoftmaxColumns(args, part, parts);
    return;
  }
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let line = splitAt(arg(args, 3), part, parts); line < end; line++) {
    const x = at(argAddress(args, 0), line * length);
    const y = at(argAddress(args, 1), line * length);
    const most = maximumOf(x, length, 1);
    const shift = f32x4.splat(most);
    const logarithm = f32x4.splat(log1(sumOfExponentials(x, length, 1, most)));
    for (let i = 0; i < length; i += 4) {
      const shifted = f32x4.sub(v128.load(at(x, i)), shift);
      storeLanes(at(y, i), f32x4.sub(shifted, logarithm), length - i);
    }
  }
}

/** dy − e^y·Σ dy */
export function log_softmax_grad(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 4);
  if (arg(args, 5) > 1) {
    logSoftmaxGradColumns(args, part, parts);
    return;
  }
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let line = splitAt(arg(args, 3), part, parts); line < end; line++) {
    const dy = at(argAddress(args, 0), line * length);
    const y = at(argAddress(args, 1), line * length);
    const dx = at(argAddress(args, 2), line * length);
    const total = f32x4.splat(f32(sumOf(dy, length)));
    for (let i = 0; i < length; i += 4) {
      const share = f32x4.mul(exp4(v128.load(at(y, i))), total);
      storeLanes(at(dx, i), f32x4.sub(v128.load(at(dy, i)), share), length - i);
    }
  }
}
