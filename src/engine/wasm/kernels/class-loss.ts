import { arg, argAddress, argFloat, at, splitAt } from './simd';
import { blocksOf, totalOf, weightOf } from './sum-blocks';

/*
 * Losses of scores and class indices. The first words of all kernels: scores, targets, weights of the classes (0: all are
 * 1), rows, classes; then of each loss its own.
 */

/**
 * −w·x at the target of each place; scores [images, classes, places]. More words: places of a row, ignored target, 1 if
 * one is ignored, losses.
 */
export function nll_rows(args: usize, part: i32, parts: i32): void {
  const classes = arg(args, 4);
  const places = arg(args, 5);
  const end = splitAt(arg(args, 3) * places, part + 1, parts);
  for (let place = splitAt(arg(args, 3) * places, part, parts); place < end; place++) {
    const target = load<i32>(at(argAddress(args, 1), place));
    let loss: f32 = 0;
    if (arg(args, 7) == 0 || target != arg(args, 6)) {
      loss = f32(NaN);
      if (u32(target) < u32(classes)) {
        const x = load<f32>(at(argAddress(args, 0), ((place / places) * classes + target) * places + (place % places)));
        loss = -weightOf(argAddress(args, 2), target, classes) * x;
      }
    }
    store<f32>(at(argAddress(args, 8), place), loss);
  }
}

/** More words: as nll_rows with the gradient in place of the losses, dloss, 1 if that is of each place, factor, divisors (f64 sums; 0: none). */
export function nll_grad(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 3);
  const classes = arg(args, 4);
  const places = arg(args, 5);
  const each = arg(args, 10) != 0;
  let factor = argFloat(args, 11);
  if (argAddress(args, 12) != 0) factor = f32(f64(factor) / totalOf(argAddress(args, 12), blocksOf(rows * places)));
  if (!each) factor *= load<f32>(argAddress(args, 9));
  const end = splitAt(rows, part + 1, parts);
  for (let row = splitAt(rows, part, parts); row < end; row++) {
    const dx = at(argAddress(args, 8), row * classes * places);
    memory.fill(dx, 0, usize(classes * places) << 2);
    for (let i = 0; i < places; i++) {
      const place = row * places + i;
      const target = load<i32>(at(argAddress(args, 1), place));
      if ((arg(args, 7) != 0 && target == arg(args, 6)) || u32(target) >= u32(classes)) continue;
      const dloss = each ? factor * load<f32>(at(argAddress(args, 9), place)) : factor;
      store<f32>(at(dx, target * places + i), -weightOf(argAddress(args, 2), target, classes) * dloss);
    }
  }
}

/** w[y]·Σ max(0, margin − x[y] + x[i])^p / classes over i ≠ y. More words: margin, 1 for p = 2, losses. */
export function multi_margin_rows(args: usize, part: i32, parts: i32): void {
  const classes = arg(args, 4);
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let row = splitAt(arg(args, 3), part, parts); row < end; row++) {
    const x = at(argAddress(args, 0), row * classes);
    const target = load<i32>(at(argAddress(args, 1), row));
    let sum = f32(NaN);
    if (u32(target) < u32(classes)) {
      sum = 0;
      const base = argFloat(args, 5) - load<f32>(at(x, target));
      for (let c = 0; c < classes; c++) {
        const excess = base + load<f32>(at(x, c));
        if (c == target || excess <= 0) continue;
        sum += arg(args, 6) != 0 ? excess * excess : excess;
      }
      sum *= weightOf(argAddress(args, 2), target, classes) / f32(classes);
    }
    store<f32>(at(argAddress(args, 7), row), sum);
  }
}

/** More words: margin, 1 for p = 2, gradient, dloss, 1 if that is of each row, factor. */
export function multi_margin_grad(args: usize, part: i32, parts: i32): void {
  const classes = arg(args, 4);
  const each = arg(args, 9) != 0;
  const factor = argFloat(args, 10) / f32(classes);
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let row = splitAt(arg(args, 3), part, parts); row < end; row++) {
    const x = at(argAddress(args, 0), row * classes);
    const dx = at(argAddress(args, 7), row * classes);
    const target = load<i32>(at(argAddress(args, 1), row));
    memory.fill(dx, 0, usize(classes) << 2);
    if (u32(target) >= u32(classes)) continue;
    const scale =
      factor * load<f32>(at(argAddress(args, 8), each ? row : 0)) * weightOf(argAddress(args, 2), target, classes);
    const base = argFloat(args, 5) - load<f32>(at(x, target));
    let sum: f32 = 0;
    for (let c = 0; c < classes; c++) {
      const excess = base + load<f32>(at(x, c));
      if (c == target || excess <= 0) continue;
      const slope = arg(args, 6) != 0 ? excess + excess : f32(1);
      store<f32>(at(dx, c), slope * scale);
      sum += slope;
    }
    store<f32>(at(dx, target), -sum * scale);
  }
}

/** Σ max(0, 1 − (x[y] − x[i])) / classes over the targets y, up to a −1, and all i that are none. More words: losses. */
export function multilabel_margin_rows(args: usize, part: i32, parts: i32): void {
  const classes = arg(args, 4);
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let row = splitAt(arg(args, 3), part, parts); row < end; row++) {
    const x = at(argAddress(args, 0), row * classes);
    const targets = at(argAddress(args, 1), row * classes);
    let sum: f32 = 0;
    for (let j = 0; j < classes && u32(load<i32>(at(targets, j))) < u32(classes); j++) {
      const base = f32(1) - load<f32>(at(x, load<i32>(at(targets, j))));
      for (let c = 0; c < classes; c++) {
        const excess = base + load<f32>(at(x, c));
        if (excess > 0 && !isAmong(targets, classes, c)) sum += excess;
      }
    }
    store<f32>(at(argAddress(args, 5), row), sum / f32(classes));
  }
}

/** More words: gradient, dloss, 1 if that is of each row, factor. */
export function multilabel_margin_grad(args: usize, part: i32, parts: i32): void {
  const classes = arg(args, 4);
  const each = arg(args, 7) != 0;
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let row = splitAt(arg(args, 3), part, parts); row < end; row++) {
    const x = at(argAddress(args, 0), row * classes);
    const dx = at(argAddress(args, 5), row * classes);
    const targets = at(argAddress(args, 1), row * classes);
    const scale = (argFloat(args, 8) / f32(classes)) * load<f32>(at(argAddress(args, 6), each ? row : 0));
    memory.fill(dx, 0, usize(classes) << 2);
    for (let j = 0; j < classes && u32(load<i32>(at(targets, j))) < u32(classes); j++) {
      const target = load<i32>(at(targets, j));
      const base = f32(1) - load<f32>(at(x, target));
      for (let c = 0; c < classes; c++) {
        if (base + load<f32>(at(x, c)) <= 0 || isAmong(targets, classes, c)) continue;
        store<f32>(at(dx, c), load<f32>(at(dx, c)) + scale);
        store<f32>(at(dx, target), load<f32>(at(dx, target)) - scale);
      }
    }
  }
}

/** Whether a class is among the targets, which end at a negative one. */
function isAmong(targets: usize, classes: i32, c: i32): bool {
  for (let j = 0; j < classes; j++) {
    const target = load<i32>(at(targets, j));
    if (target < 0) return false;
    if (target == c) return true;
  }
  return false;
}
