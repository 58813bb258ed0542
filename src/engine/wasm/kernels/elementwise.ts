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
  const grains = (count + GRAIN - 1) / GRAIN;
  const from = i32((i64(grains) * part) / parts) * GRAIN;
  const to = min(i32((i64(grains) * (part + 1)) / parts) * GRAIN, count);
  for (let begin = from; begin < to; begin += TILE) {
    runChain(args + 4, begin, min(begin + TILE, to));
  }
}

/** Runs a chain on elements [begin, end): the number of commands, then opcode and argument address of each. */
export function runChain(chain: usize, begin: i32, end: i32): void {
  const commands = arg(chain, 0);
  for (let i = 0; i < commands; i++) dispatchRange(arg(chain, 1 + 2 * i), argAddress(chain, 2 + 2 * i), begin, end);
}
