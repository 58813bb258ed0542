import { argAddress, argFloat, at } from './simd';

/** One more batch. Arguments: number (i32), target. */
export function batch_norm_count(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) store<i32>(at(argAddress(args, 1), i), load<i32>(at(argAddress(args, 0), i)) + 1);
}

/** running + (factor·stats − running)/batches. Arguments: running, stats row, target, number of batches (i32), factor. */
export function batch_norm_running_mean(args: usize, begin: i32, end: i32): void {
  const momentum = f32(1) / f32(load<i32>(argAddress(args, 3)));
  for (let i = begin; i < end; i++) {
    const kept = (f32(1) - momentum) * load<f32>(at(argAddress(args, 0), i));
    const newest = argFloat(args, 4) * load<f32>(at(argAddress(args, 1), i));
    store<f32>(at(argAddress(args, 2), i), kept + momentum * newest);
  }
}
