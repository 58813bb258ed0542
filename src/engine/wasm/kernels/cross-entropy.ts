import { log1 } from './math';
import { arg, argAddress, argFloat, at, splitAt } from './simd';
import { exponentials, maximumOf, sumOfExponentials } from './softmax';

/** −log softmax at the target, of each row. Arguments: logits, targets (i32), losses (rows), rows, classes. */
export function cross_entropy_rows(args: usize, part: i32, parts: i32): void {
  const classes = arg(args, 4);
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let row = splitAt(arg(args, 3), part, parts); row < end; row++) {
    const x = at(argAddress(args, 0), row * classes);
    const target = load<i32>(at(argAddress(args, 1), row));
    let loss = f32(NaN); // A target that is no class has no loss: NaN shows it.
    if (u32(target) < u32(classes)) {
      const shift = maximumOf(x, classes, 1);
      loss = log1(sumOfExponentials(x, classes, 1, shift)) + shift - load<f32>(at(x, target));
    }
    store<f32>(at(argAddress(args, 2), row), loss);
  }
}

/** 1 for each row whose first largest logit is the target's, else 0. Arguments: logits, targets (i32), hits (rows), rows, classes. */
export function count_correct_rows(args: usize, part: i32, parts: i32): void {
  const classes = arg(args, 4);
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let row = splitAt(arg(args, 3), part, parts); row < end; row++) {
    const x = at(argAddress(args, 0), row * classes);
    let best = load<f32>(x);
    let index = 0;
    for (let i = 1; i < classes; i++) {
      const value = load<f32>(at(x, i));
      // NaN counts as the largest, as in PyTorch.
      if (value > best || (value != value && best == best)) {
        best = value;
        index = i;
      }
    }
    store<f32>(at(argAddress(args, 2), row), index == load<i32>(at(argAddress(args, 1), row)) ? 1 : 0);
  }
}

/** factor·Σ x, added in order by the first part. Arguments: x, target (one float), count, factor. */
export function sum_all(args: usize, part: i32, parts: i32): void {
  if (part != 0) return;
  let sum: f64 = 0;
  for (let i = 0; i < arg(args, 2); i++) sum += f64(load<f32>(at(argAddress(args, 0), i)));
  store<f32>(argAddress(args, 1), f32(sum * f64(argFloat(args, 3))));
}

/** (softmax − one-hot target)·dloss/rows. Arguments: dloss, logits, targets (i32), dlogits, rows, classes. */
export function cross_entropy_grad(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 4);
  const classes = arg(args, 5);
  const factor = load<f32>(argAddress(args, 0)) / f32(rows);
  const end = splitAt(rows, part + 1, parts);
  for (let row = splitAt(rows, part, parts); row < end; row++) {
    const x = at(argAddress(args, 1), row * classes);
    const dx = at(argAddress(args, 3), row * classes);
    const target = load<i32>(at(argAddress(args, 2), row));
    const shift = maximumOf(x, classes, 1);
    const share = factor / exponentials(x, dx, classes, 1, shift);
    let i = 0;
    for (; i + 4 <= classes; i += 4) v128.store(at(dx, i), f32x4.mul(v128.load(at(dx, i)), f32x4.splat(share)));
    for (; i < classes; i++) store<f32>(at(dx, i), load<f32>(at(dx, i)) * share);
    if (u32(target) < u32(classes)) store<f32>(at(dx, target), load<f32>(at(dx, target)) - factor);
  }
}
