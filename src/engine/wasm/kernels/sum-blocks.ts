import { sumOf } from './reduce';
import { arg, argAddress, argFloat, at, splitAt } from './simd';

/** Elements that one sum of a reduced loss is made of. `encode/loss/reduce-loss.ts` knows it too. */
export const SUM_BLOCK = 4096;

/** Number of blocks of `count` elements. */
export function blocksOf(count: i32): i32 {
  return (count + SUM_BLOCK - 1) / SUM_BLOCK;
}

/** Σ x of each block. Arguments: x, sums (f64), count. */
export function sum_blocks(args: usize, part: i32, parts: i32): void {
  const x = argAddress(args, 0);
  const sums = argAddress(args, 1);
  const count = arg(args, 2);
  const end = splitAt(blocksOf(count), part + 1, parts);
  for (let block = splitAt(blocksOf(count), part, parts); block < end; block++) {
    const first = block * SUM_BLOCK;
    store<f64>(sums + (usize(block) << 3), sumOf(at(x, first), min(SUM_BLOCK, count - first)));
  }
}

/**
 * The weights of the classes that targets name, summed over each block; targets that are ignored weigh nothing.
 * Arguments: targets, weights (0: all are 1), sums (f64), count, ignored target, 1 if one is ignored, classes.
 */
export function class_weight_blocks(args: usize, part: i32, parts: i32): void {
  const count = arg(args, 3);
  const end = splitAt(blocksOf(count), part + 1, parts);
  for (let block = splitAt(blocksOf(count), part, parts); block < end; block++) {
    const last = min((block + 1) * SUM_BLOCK, count);
    let sum: f64 = 0;
    for (let i = block * SUM_BLOCK; i < last; i++) {
      const target = load<i32>(at(argAddress(args, 0), i));
      if (arg(args, 5) != 0 && target == arg(args, 4)) continue;
      sum += f64(weightOf(argAddress(args, 1), target, arg(args, 6)));
    }
    store<f64>(argAddress(args, 2) + (usize(block) << 3), sum);
  }
}

/** The weight of a class; NaN if there is no such class. */
export function weightOf(weights: usize, target: i32, classes: i32): f32 {
  if (u32(target) >= u32(classes)) return f32(NaN);
  return weights == 0 ? 1 : load<f32>(at(weights, target));
}

/** The sum of blocks' sums, in order. */
export function totalOf(sums: usize, blocks: i32): f64 {
  let total: f64 = 0;
  for (let i = 0; i < blocks; i++) total += load<f64>(sums + (usize(i) << 3));
  return total;
}

/** factor·Σ sums / Σ divisors, by the first part. Arguments: sums, divisors (0: none), blocks, factor, target. */
export function sum_blocks_finish(args: usize, part: i32, parts: i32): void {
  if (part != 0) return;
  const blocks = arg(args, 2);
  let total = totalOf(argAddress(args, 0), blocks) * f64(argFloat(args, 3));
  if (argAddress(args, 1) != 0) total /= totalOf(argAddress(args, 1), blocks);
  store<f32>(argAddress(args, 4), f32(total));
}
