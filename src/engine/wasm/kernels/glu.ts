import { storeLanes } from './lanes';
import { sigmoid4 } from './math';
import { arg, argAddress, at, splitAt } from './simd';

/**
 * a·sigmoid(b), where each block of `length` a's is followed by as many b's. Arguments: x, y, elements of y, length.
 */
export function glu(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 3);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let i = splitAt(arg(args, 2), part, parts); i < end;) {
    const block = i / length;
    const count = min((block + 1) * length, end) - i;
    const a = at(argAddress(args, 0), i + block * length);
    const b = at(a, length);
    const y = at(argAddress(args, 1), i);
    for (let j = 0; j < count; j += 4) {
      storeLanes(at(y, j), f32x4.mul(v128.load(at(a, j)), sigmoid4(v128.load(at(b, j)))), count - j);
    }
    i += count;
  }
}

/** dy·s for a and dy·a·s·(1 − s) for b, s = sigmoid(b). Arguments: dy, x, dx, elements of dy, length. */
export function glu_grad(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 4);
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let i = splitAt(arg(args, 3), part, parts); i < end;) {
    const block = i / length;
    const count = min((block + 1) * length, end) - i;
    const dy = at(argAddress(args, 0), i);
    const a = at(argAddress(args, 1), i + block * length);
    const b = at(a, length);
    const da = at(argAddress(args, 2), i + block * length);
    const db = at(da, length);
    for (let j = 0; j < count; j += 4) {
      const s = sigmoid4(v128.load(at(b, j)));
      const slope = f32x4.mul(v128.load(at(dy, j)), s);
      const rest = f32x4.sub(f32x4.splat(1), s);
      storeLanes(at(da, j), slope, count - j);
      storeLanes(at(db, j), f32x4.mul(f32x4.mul(slope, v128.load(at(a, j))), rest), count - j);
    }
    i += count;
  }
}
