import { squaresOf } from './reduce';
import { arg, argAddress, argFloat, splitAt } from './simd';
import { totalOf } from './sum-blocks';

/** Σ x² of each block. Arguments: table (address and length of each block), sums (f64), blocks. */
export function square_blocks(args: usize, part: i32, parts: i32): void {
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let block = splitAt(arg(args, 2), part, parts); block < end; block++) {
    const entry = argAddress(args, 0) + (usize(block) << 3);
    store<f64>(argAddress(args, 1) + (usize(block) << 3), squaresOf(load<usize>(entry), load<i32>(entry, 4), 0));
  }
}

/**
 * min(1, maximum / (√Σ sums + 1e-6)), NaN if the sum is; by the first part. Arguments: sums (f64), blocks, maximum, factor.
 * Source: torch.nn.utils.clip_grad_norm_.
 */
export function clip_norm_finish(args: usize, part: i32, parts: i32): void {
  if (part != 0) return;
  const norm = sqrt<f64>(totalOf(argAddress(args, 0), arg(args, 1)));
  const factor = f64(argFloat(args, 2)) / (norm + 1e-6);
  store<f32>(argAddress(args, 3), factor > 1 ? f32(1) : f32(factor));
}
