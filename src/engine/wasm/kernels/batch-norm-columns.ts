import { storeUpTo } from './local-response-norm';
import { arg, argAddress, argFloat, at, madd, splitAt } from './simd';

/*
 * Batch normalisation of [N, C]: what a channel has stands a row apart, so that four channels are worked on together.
 */

/** Mean and biased variance. Arguments: x, target (2, C), rows, channels. */
export function batch_norm_columns_stats(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const channels = arg(args, 3);
  const pitch = usize(channels) << 2;
  const count = f64x2.splat(f64(rows));
  const fours = (channels + 3) / 4;
  const end = splitAt(fours, part + 1, parts);
  for (let four = splitAt(fours, part, parts); four < end; four++) {
    const first = at(argAddress(args, 0), four * 4);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let row = 0; row < rows; row++) {
      const x = v128.load(first + usize(row) * pitch);
      low = f64x2.add(low, lowOf(x));
      high = f64x2.add(high, highOf(x));
    }
    low = f64x2.div(low, count);
    high = f64x2.div(high, count);
    let lowSquares = f64x2.splat(0);
    let highSquares = f64x2.splat(0);
    for (let row = 0; row < rows; row++) {
      const x = v128.load(first + usize(row) * pitch);
      const lowRest = f64x2.sub(lowOf(x), low);
      const highRest = f64x2.sub(highOf(x), high);
      lowSquares = f64x2.add(lowSquares, f64x2.mul(lowRest, lowRest));
      highSquares = f64x2.add(highSquares, f64x2.mul(highRest, highRest));
    }
    const target = at(argAddress(args, 1), four * 4);
    storeUpTo(target, narrow(low, high), channels - four * 4);
    const variances = narrow(f64x2.div(lowSquares, count), f64x2.div(highSquares, count));
    storeUpTo(at(target, channels), variances, channels - four * 4);
  }
}

/** Arguments: x, mean, variance, weight or 0, bias or 0, y, rows, channels, eps. */
export function batch_norm_columns_normalize(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 6);
  const channels = arg(args, 7);
  const pitch = usize(channels) << 2;
  const fours = (channels + 3) / 4;
  const end = splitAt(fours, part + 1, parts);
  for (let four = splitAt(fours, part, parts); four < end; four++) {
    const mean = v128.load(at(argAddress(args, 1), four * 4));
    const factor = factorsOf(at(argAddress(args, 2), four * 4), argAddress(args, 3), four, argFloat(args, 8));
    const shift = argAddress(args, 4) != 0 ? v128.load(at(argAddress(args, 4), four * 4)) : f32x4.splat(0);
    let x = at(argAddress(args, 0), four * 4);
    let y = at(argAddress(args, 5), four * 4);
    for (let row = 0; row < rows; row++) {
      storeUpTo(y, madd(f32x4.sub(v128.load(x), mean), factor, shift), channels - four * 4);
      x += pitch;
      y += pitch;
    }
  }
}

/** Σ dy and Σ dy·x̂. Arguments: dy, x, stats (2, C), target (2, C), rows, channels, eps. */
export function batch_norm_columns_grad_stats(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 4);
  const channels = arg(args, 5);
  const pitch = usize(channels) << 2;
  const fours = (channels + 3) / 4;
  const end = splitAt(fours, part + 1, parts);
  for (let four = splitAt(fours, part, parts); four < end; four++) {
    const stats = at(argAddress(args, 2), four * 4);
    const mean = v128.load(stats);
    let lowSum = f64x2.splat(0);
    let highSum = f64x2.splat(0);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let offset = usize(four) << 4;
    for (let row = 0; row < rows; row++) {
      const dy = v128.load(argAddress(args, 0) + offset);
      const centred = f32x4.sub(v128.load(argAddress(args, 1) + offset), mean);
      lowSum = f64x2.add(lowSum, lowOf(dy));
      highSum = f64x2.add(highSum, highOf(dy));
      low = f64x2.add(low, f64x2.mul(lowOf(dy), lowOf(centred)));
      high = f64x2.add(high, f64x2.mul(highOf(dy), highOf(centred)));
      offset += pitch;
    }
    const target = at(argAddress(args, 3), four * 4);
    const inverse = factorsOf(at(stats, channels), 0, four, argFloat(args, 6));
    storeUpTo(target, narrow(lowSum, highSum), channels - four * 4);
    storeUpTo(at(target, channels), f32x4.mul(narrow(low, high), inverse), channels - four * 4);
  }
}

/** dx = weight/σ·(dy − Σdy/m − x̂·Σ(dy·x̂)/m). Arguments: dy, x, stats, gradient stats, weight or 0, dx, rows, channels, eps. */
export function batch_norm_columns_grad_input(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 6);
  const channels = arg(args, 7);
  const pitch = usize(channels) << 2;
  const count = f32x4.splat(f32(rows));
  const fours = (channels + 3) / 4;
  const end = splitAt(fours, part + 1, parts);
  for (let four = splitAt(fours, part, parts); four < end; four++) {
    const stats = at(argAddress(args, 2), four * 4);
    const gradients = at(argAddress(args, 3), four * 4);
    const mean = v128.load(stats);
    const inverse = factorsOf(at(stats, channels), 0, four, argFloat(args, 8));
    const factor = factorsOf(at(stats, channels), argAddress(args, 4), four, argFloat(args, 8));
    const meanGradient = f32x4.div(v128.load(gradients), count);
    const slope = f32x4.neg(f32x4.mul(f32x4.div(v128.load(at(gradients, channels)), count), inverse));
    let offset = usize(four) << 4;
    for (let row = 0; row < rows; row++) {
      const centred = f32x4.sub(v128.load(argAddress(args, 1) + offset), mean);
      const rest = f32x4.sub(v128.load(argAddress(args, 0) + offset), meanGradient);
      const value = f32x4.mul(madd(centred, slope, rest), factor);
      storeUpTo(argAddress(args, 5) + offset, value, channels - four * 4);
      offset += pitch;
    }
  }
}

/** weight/√(variance + eps) of four channels. */
function factorsOf(variance: usize, weight: usize, four: i32, eps: f32): v128 {
  const one = f64x2.splat(1);
  const values = v128.load(variance);
  const low = f64x2.div(one, f64x2.sqrt(f64x2.add(lowOf(values), f64x2.splat(f64(eps)))));
  const high = f64x2.div(one, f64x2.sqrt(f64x2.add(highOf(values), f64x2.splat(f64(eps)))));
  const inverse = narrow(low, high);
  return weight != 0 ? f32x4.mul(inverse, v128.load(at(weight, four * 4))) : inverse;
}

function lowOf(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

function highOf(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
}

function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}
