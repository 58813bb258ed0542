import { arg, argAddress, at, splitAt } from './simd';

/** Arguments: source, target; any 4-byte elements. */
export function copy(args: usize, begin: i32, end: i32): void {
  memory.copy(at(argAddress(args, 1), begin), at(argAddress(args, 0), begin), usize(end - begin) << 2);
}

/** Copies `blocks` blocks of `length` elements. Arguments: source, target, blocks, length, source pitch, target pitch in elements. */
export function copy_blocks(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 3);
  const elements = arg(args, 2) * length;
  const end = splitAt(elements, part + 1, parts);
  let i = splitAt(elements, part, parts);
  while (i < end) {
    const block = i / length;
    const first = i - block * length;
    const count = min(length - first, end - i);
    memory.copy(
      at(argAddress(args, 1), block * arg(args, 5) + first),
      at(argAddress(args, 0), block * arg(args, 4) + first),
      usize(count) << 2,
    );
    i += count;
  }
}
