import { log1 } from './math';
import { arg, argAddress, at, splitAt } from './simd';
import { maximumOf, sumOfExponentials } from './softmax';

/**
 * Other reductions along the middle of (outer, reduced, inner). Arguments: which one (the order of `valueOf`), x, target,
 * outer, reduced, inner.
 */
export function reduce_lines(args: usize, part: i32, parts: i32): void {
  const code = arg(args, 0);
  const reduced = arg(args, 4);
  const inner = arg(args, 5);
  const lines = arg(args, 3) * inner;
  const end = splitAt(lines, part + 1, parts);
  for (let line = splitAt(lines, part, parts); line < end; line++) {
    const x = at(argAddress(args, 1), (line / inner) * reduced * inner + (line % inner));
    const to = at(argAddress(args, 2), line);
    if (code == 0) store<i32>(to, sumOfWords(x, reduced, inner));
    else if (code == 1) store<i32>(to, productOfWords(x, reduced, inner));
    else if (code == 2) store<f32>(to, f32(productOf(x, reduced, inner)));
    else store<f32>(to, logSumExp(x, reduced, inner));
  }
}

function sumOfWords(x: usize, count: i32, pitch: i32): i32 {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += load<i32>(at(x, i * pitch));
  return sum;
}

function productOfWords(x: usize, count: i32, pitch: i32): i32 {
  let product = 1;
  for (let i = 0; i < count; i++) product *= load<i32>(at(x, i * pitch));
  return product;
}

function productOf(x: usize, count: i32, pitch: i32): f64 {
  let product: f64 = 1;
  for (let i = 0; i < count; i++) product *= f64(load<f32>(at(x, i * pitch)));
  return product;
}

function logSumExp(x: usize, count: i32, pitch: i32): f32 {
  const shift = maximumOf(x, count, pitch);
  // Infinite ones are what the sum is; so is NaN.
  if (!(abs(shift) < f32(Infinity))) return shift;
  return log1(sumOfExponentials(x, count, pitch, shift)) + shift;
}

/**
 * dy times the product of the others. Arguments: dy, x, dx, outer, reduced, inner.
 */
export function product_grad(args: usize, part: i32, parts: i32): void {
  const reduced = arg(args, 4);
  const inner = arg(args, 5);
  const lines = arg(args, 3) * inner;
  const end = splitAt(lines, part + 1, parts);
  for (let line = splitAt(lines, part, parts); line < end; line++) {
    const first = (line / inner) * reduced * inner + (line % inner);
    const x = at(argAddress(args, 1), first);
    const dx = at(argAddress(args, 2), first);
    const dy = f64(load<f32>(at(argAddress(args, 0), line)));
    let zeros = 0;
    let product: f64 = 1;
    for (let r = 0; r < reduced; r++) {
      const value = load<f32>(at(x, r * inner));
      if (value == 0) zeros++;
      else product *= f64(value);
    }
    for (let r = 0; r < reduced; r++) {
      const value = load<f32>(at(x, r * inner));
      // Beside one zero only its own place has a gradient, beside several none.
      let others: f64 = 0;
      if (zeros == 0) others = product / f64(value);
      else if (zeros == 1 && value == 0) others = product;
      store<f32>(at(dx, r * inner), f32(dy * others));
    }
  }
}
