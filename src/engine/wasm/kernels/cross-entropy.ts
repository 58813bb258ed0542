import { log1 } from './math';
import { arg, argAddress, argFloat, at, splitAt } from './simd';
import { exponentials, maximumOf, sumOfExponentials } from './softmax';
import { blocksOf, totalOf, weightOf } from './sum-blocks';

/*
 * Scores are [outer, classes, inner]: a place is one of outer·inner, its scores lie `inner` elements apart. Here they lie
 * side by side (inner is 1); `cross-entropy-planes.ts` is for the others. The first words of all these kernels; targets
 * are whole numbers for each place, or probabilities that lie as the scores do.
 */
export const SCORES = 0;
export const TARGETS = 1;
/** Of each class; 0: all are 1. */
export const WEIGHTS = 2;
export const OUTER = 3;
export const CLASSES = 4;
export const INNER = 5;
/** The target that counts for nothing, and 1 if there is one. */
export const IGNORED = 6;
export const IGNORES = 7;
export const SMOOTHING = 8;
/** 1: targets are probabilities. */
export const SOFT = 9;
export const OWN = 10;

/** The loss of each place. More words: losses. */
export function cross_entropy_rows(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, OUTER);
  const end = splitAt(rows, part + 1, parts);
  for (let row = splitAt(rows, part, parts); row < end; row++) {
    store<f32>(at(argAddress(args, OWN), row), isIgnored(args, row) ? 0 : lossOfRow(args, row));
  }
}

/** The gradient of the scores. More words: gradient, dloss, 1 if that is of each place, factor, divisors (f64 sums; 0: none). */
export function cross_entropy_grad_rows(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, OUTER);
  const classes = arg(args, CLASSES);
  const factor = gradientFactor(args);
  const end = splitAt(rows, part + 1, parts);
  for (let row = splitAt(rows, part, parts); row < end; row++) {
    const dx = at(argAddress(args, OWN), row * classes);
    if (isIgnored(args, row)) {
      memory.fill(dx, 0, usize(classes) << 2);
      continue;
    }
    const x = at(argAddress(args, SCORES), row * classes);
    const dloss = arg(args, OWN + 2) != 0 ? factor * load<f32>(at(argAddress(args, OWN + 1), row)) : factor;
    const sum = exponentials(x, dx, classes, 1, maximumOf(x, classes, 1));
    if (isPlain(args)) {
      const target = load<i32>(at(argAddress(args, TARGETS), row));
      const weight = weightOf(argAddress(args, WEIGHTS), target, classes) * dloss;
      scale(dx, classes, weight / sum);
      if (u32(target) < u32(classes)) store<f32>(at(dx, target), load<f32>(at(dx, target)) - weight);
      continue;
    }
    let total: f32 = 0;
    for (let c = 0; c < classes; c++) total += shareOf(args, row, c);
    scale(dx, classes, (total * dloss) / sum);
    for (let c = 0; c < classes; c++) store<f32>(at(dx, c), load<f32>(at(dx, c)) - shareOf(args, row, c) * dloss);
  }
}

/** The gradient of probabilities, wherever they lie. More words: as cross_entropy_grad_rows. */
export function cross_entropy_grad_target(args: usize, part: i32, parts: i32): void {
  const classes = arg(args, CLASSES);
  const inner = arg(args, INNER);
  const places = arg(args, OUTER) * inner;
  const factor = gradientFactor(args) * (argFloat(args, SMOOTHING) - 1);
  const end = splitAt(places, part + 1, parts);
  for (let place = splitAt(places, part, parts); place < end; place++) {
    const start = (place / inner) * classes * inner + (place % inner);
    const x = at(argAddress(args, SCORES), start);
    const dq = at(argAddress(args, OWN), start);
    const dloss = arg(args, OWN + 2) != 0 ? factor * load<f32>(at(argAddress(args, OWN + 1), place)) : factor;
    const shift = maximumOf(x, classes, inner);
    const logarithm = log1(sumOfExponentials(x, classes, inner, shift));
    for (let c = 0; c < classes; c++) {
      const logProbability = load<f32>(at(x, c * inner)) - shift - logarithm;
      store<f32>(at(dq, c * inner), dloss * weightOf(argAddress(args, WEIGHTS), c, classes) * logProbability);
    }
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

/** Whether targets are classes and nothing is smoothed. */
export function isPlain(args: usize): bool {
  return arg(args, SOFT) == 0 && argFloat(args, SMOOTHING) == 0;
}

/** What a gradient is multiplied by, but for the gradient of each place. */
export function gradientFactor(args: usize): f32 {
  let factor = argFloat(args, OWN + 3);
  if (argAddress(args, OWN + 4) != 0) {
    factor = f32(f64(factor) / totalOf(argAddress(args, OWN + 4), blocksOf(arg(args, OUTER) * arg(args, INNER))));
  }
  return arg(args, OWN + 2) != 0 ? factor : factor * load<f32>(argAddress(args, OWN + 1));
}

function isIgnored(args: usize, row: i32): bool {
  return arg(args, IGNORES) != 0 && load<i32>(at(argAddress(args, TARGETS), row)) == arg(args, IGNORED);
}

/** Every term is positive: nothing cancels, however large the scores are. */
function lossOfRow(args: usize, row: i32): f32 {
  const classes = arg(args, CLASSES);
  const x = at(argAddress(args, SCORES), row * classes);
  const shift = maximumOf(x, classes, 1);
  const logarithm = log1(sumOfExponentials(x, classes, 1, shift));
  if (isPlain(args)) {
    const target = load<i32>(at(argAddress(args, TARGETS), row));
    // A target that is no class has no loss: the weight is NaN, which shows it.
    const weight = weightOf(argAddress(args, WEIGHTS), target, classes);
    if (weight != weight) return weight;
    return weight * (logarithm + (shift - load<f32>(at(x, target))));
  }
  let loss: f32 = 0;
  for (let c = 0; c < classes; c++) loss += shareOf(args, row, c) * (logarithm + (shift - load<f32>(at(x, c))));
  return loss;
}

/** Weight times smoothed probability of a class. */
function shareOf(args: usize, row: i32, c: i32): f32 {
  const classes = arg(args, CLASSES);
  const smoothing = argFloat(args, SMOOTHING);
  const weight = weightOf(argAddress(args, WEIGHTS), c, classes);
  const even = smoothing / f32(classes);
  if (arg(args, SOFT) != 0) {
    return weight * ((1 - smoothing) * load<f32>(at(argAddress(args, TARGETS), row * classes + c)) + even);
  }
  const target = load<i32>(at(argAddress(args, TARGETS), row));
  if (u32(target) >= u32(classes)) return f32(NaN);
  return weight * (c == target ? 1 - smoothing + even : even);
}

/** Multiplies `count` floats. */
function scale(x: usize, count: i32, factor: f32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(at(x, i), f32x4.mul(v128.load(at(x, i)), f32x4.splat(factor)));
  for (; i < count; i++) store<f32>(at(x, i), load<f32>(at(x, i)) * factor);
}
