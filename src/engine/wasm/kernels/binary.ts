import { binaryFloats } from './binary-floats';
import { binaryNumbers } from './binary-numbers';
import { binaryWords } from './binary-words';
import { arg, argAddress, at, splitAt } from './simd';

/** From these codes on: functions of floats one by one, and of whole numbers. The codes are those of `encode/arithmetic/binary-codes.ts`. */
const FIRST_NUMBERS = 32;
const FIRST_WORDS = 96;

/** y = f(a, b) of `count` elements. The operands' elements are `stepOfA` and `stepOfB` (0 or 1) apart. */
function binaryRun(code: i32, a: usize, stepOfA: i32, b: usize, stepOfB: i32, y: usize, count: i32): void {
  if (code < FIRST_NUMBERS) binaryFloats(code, a, stepOfA, b, stepOfB, y, count);
  else if (code < FIRST_WORDS) binaryNumbers(code - FIRST_NUMBERS, a, stepOfA, b, stepOfB, y, count);
  else binaryWords(code - FIRST_WORDS, a, stepOfA, b, stepOfB, y, count);
}

/** Of tensors of one shape, or a tensor and a number. Arguments: code, a, b, y, steps of a and of b. */
export function binary(args: usize, begin: i32, end: i32): void {
  const stepOfA = arg(args, 4);
  const stepOfB = arg(args, 5);
  binaryRun(
    arg(args, 0),
    at(argAddress(args, 1), begin * stepOfA),
    stepOfA,
    at(argAddress(args, 2), begin * stepOfB),
    stepOfB,
    at(argAddress(args, 3), begin),
    end - begin,
  );
}

/**
 * Of tensors that are broadcast. Arguments: code, a, b, y, number of dimensions, then for each one, the last one first:
 * its size and the steps of a and b along it, in elements (0: broadcast). There are two dimensions at least.
 */
export function binary_broadcast(args: usize, part: i32, parts: i32): void {
  const code = arg(args, 0);
  const a = argAddress(args, 1);
  const b = argAddress(args, 2);
  const y = argAddress(args, 3);
  const dims = arg(args, 4);
  const inner = arg(args, 5);
  const innerOfA = arg(args, 6);
  const innerOfB = arg(args, 7);
  const middle = arg(args, 8);
  const middleOfA = arg(args, 9);
  const middleOfB = arg(args, 10);
  let count = 1;
  for (let dim = 0; dim < dims; dim++) count *= arg(args, 5 + 3 * dim);
  const end = splitAt(count, part + 1, parts);
  let i = splitAt(count, part, parts);
  while (i < end) {
    let row = i / inner;
    let first = i - row * inner;
    let m = row % middle;
    let rest = row / middle;
    let offsetOfA = m * middleOfA;
    let offsetOfB = m * middleOfB;
    for (let dim = 2; dim < dims; dim++) {
      const size = arg(args, 5 + 3 * dim);
      const index = rest % size;
      rest /= size;
      offsetOfA += index * arg(args, 6 + 3 * dim);
      offsetOfB += index * arg(args, 7 + 3 * dim);
    }
    // Rows of one block of the middle dimension: their places follow from each other.
    for (; m < middle && i < end; m++) {
      const length = min(inner - first, end - i);
      binaryRun(
        code,
        at(a, offsetOfA + first * innerOfA),
        innerOfA,
        at(b, offsetOfB + first * innerOfB),
        innerOfB,
        at(y, i),
        length,
      );
      i += length;
      first = 0;
      offsetOfA += middleOfA;
      offsetOfB += middleOfB;
    }
  }
}
