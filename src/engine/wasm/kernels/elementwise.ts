import { dispatchRange } from './dispatch';
import { arg, argAddress } from './simd';

/** A multiple of 16, so that vector tails are at the end of the tensor alone, whatever the number of parts. */
const TILE = 4096;
const GRAIN = 16;

/**
 * Runs a chain of element-wise commands tile by tile, so that what one writes is still in cache for the next.
 * Arguments: element count, number of commands, then opcode and argument address of each.
 */
export function elementwise(args: usize, part: i32, parts: i32): void {
  const count = arg(args, 0);
  const commands = arg(args, 1);
  const grains = (count + GRAIN - 1) / GRAIN;
  const from = i32((i64(grains) * part) / parts) * GRAIN;
  const to = min(i32((i64(grains) * (part + 1)) / parts) * GRAIN, count);
  for (let begin = from; begin < to; begin += TILE) {
    const end = min(begin + TILE, to);
    for (let i = 0; i < commands; i++) {
      dispatchRange(arg(args, 2 + 2 * i), argAddress(args, 3 + 2 * i), begin, end);
    }
  }
}
