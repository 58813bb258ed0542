import { floorDivideDims, multiplyDims, type Dim } from '../../graph/dim';
import { OpUnsupported } from '../op';

/** 2^10: finer fractions than 1/1024 of a size are taken for inexact. */
const finest = 1024;

/**
 * ⌊size·scale⌋ in double precision, as PyTorch computes it. For a symbolic size only where the scale is a whole number
 * of halves, quarters, …: others (1/3) are rounded before they are multiplied, so that no formula gives all results.
 */
export function scaledSize(title: string, size: Dim, scale: number): Dim {
  if (typeof size === 'number') return Math.trunc(size * scale);
  for (let parts = 1; parts <= finest; parts *= 2) {
    if (Number.isInteger(scale * parts)) return floorDivideDims(multiplyDims(size, scale * parts), parts);
  }
  throw new OpUnsupported(`${title}: ${scale} times the size ${size} cannot be written as a formula.`);
}
