import {
  CLASSES,
  IGNORED,
  IGNORES,
  INNER,
  OUTER,
  OWN,
  SCORES,
  SMOOTHING,
  SOFT,
  TARGETS,
  WEIGHTS,
  gradientFactor,
  isPlain,
} from './cross-entropy';
import { exp4, log4 } from './math';
import { arg, argAddress, argFloat, at, splitAt, storeFew } from './simd';
import { weightOf } from './sum-blocks';

/*
 * Cross-entropy where a class's scores are a plane (segmentation): four neighbouring places at once. Arguments are those
 * of the kernels for rows.
 */

/** See cross_entropy_rows. */
export function cross_entropy_planes(args: usize, part: i32, parts: i32): void {
  const inner = arg(args, INNER);
  const classes = arg(args, CLASSES);
  const plain = isPlain(args);
  const fours = (inner + 3) / 4;
  const end = splitAt(arg(args, OUTER) * fours, part + 1, parts);
  for (let unit = splitAt(arg(args, OUTER) * fours, part, parts); unit < end; unit++) {
    const outer = unit / fours;
    const first = (unit % fours) * 4;
    const place = outer * inner + first;
    const start = outer * classes * inner + first;
    const x = at(argAddress(args, SCORES), start);
    const shift = maximum4(x, classes, inner);
    const logarithm = log4(sum4(x, classes, inner, shift));
    let losses = f32x4.splat(0);
    for (let c = 0; c < classes; c++) {
      const own = f32x4.add(logarithm, f32x4.sub(shift, v128.load(at(x, c * inner))));
      if (plain) {
        // Chosen, not multiplied: the scores of other classes may be infinite.
        const weighted = f32x4.mul(f32x4.splat(weightOf(argAddress(args, WEIGHTS), c, classes)), own);
        losses = f32x4.add(losses, v128.and(weighted, isTarget(args, place, c)));
      } else {
        losses = f32x4.add(losses, f32x4.mul(share4(args, place, start, c), own));
      }
    }
    storeFew(at(argAddress(args, OWN), place), withoutIgnored(args, place, losses), inner - first);
  }
}

/** See cross_entropy_grad_rows. */
export function cross_entropy_grad_planes(args: usize, part: i32, parts: i32): void {
  const inner = arg(args, INNER);
  const classes = arg(args, CLASSES);
  const factor = f32x4.splat(gradientFactor(args));
  const fours = (inner + 3) / 4;
  const end = splitAt(arg(args, OUTER) * fours, part + 1, parts);
  for (let unit = splitAt(arg(args, OUTER) * fours, part, parts); unit < end; unit++) {
    const outer = unit / fours;
    const first = (unit % fours) * 4;
    const place = outer * inner + first;
    const start = outer * classes * inner + first;
    const x = at(argAddress(args, SCORES), start);
    const dx = at(argAddress(args, OWN), start);
    const count = inner - first;
    const each = arg(args, OWN + 2) != 0;
    const dloss = each ? f32x4.mul(factor, v128.load(at(argAddress(args, OWN + 1), place))) : factor;
    const shift = maximum4(x, classes, inner);
    const sum = sum4(x, classes, inner, shift);
    let total = f32x4.splat(0);
    for (let c = 0; c < classes; c++) total = f32x4.add(total, share4(args, place, start, c));
    const share = f32x4.div(f32x4.mul(total, dloss), sum);
    for (let c = 0; c < classes; c++) {
      const term = f32x4.mul(exp4(f32x4.sub(v128.load(at(x, c * inner)), shift)), share);
      const gradient = f32x4.sub(term, f32x4.mul(share4(args, place, start, c), dloss));
      storeFew(at(dx, c * inner), withoutIgnored(args, place, gradient), count);
    }
  }
}

function maximum4(x: usize, classes: i32, inner: i32): v128 {
  let best = v128.load(x);
  for (let c = 1; c < classes; c++) best = f32x4.max(best, v128.load(at(x, c * inner)));
  return best;
}

function sum4(x: usize, classes: i32, inner: i32, shift: v128): v128 {
  let sum = f32x4.splat(0);
  for (let c = 0; c < classes; c++) sum = f32x4.add(sum, exp4(f32x4.sub(v128.load(at(x, c * inner)), shift)));
  return sum;
}

function isTarget(args: usize, place: i32, c: i32): v128 {
  return i32x4.eq(v128.load(at(argAddress(args, TARGETS), place)), i32x4.splat(c));
}

/** Weight times smoothed probability of a class. */
function share4(args: usize, place: i32, start: i32, c: i32): v128 {
  const classes = arg(args, CLASSES);
  const smoothing = argFloat(args, SMOOTHING);
  const weight = f32x4.splat(weightOf(argAddress(args, WEIGHTS), c, classes));
  const even = f32x4.splat(smoothing / f32(classes));
  const rest = f32x4.splat(1 - smoothing);
  const q =
    arg(args, SOFT) != 0
      ? f32x4.mul(rest, v128.load(at(argAddress(args, TARGETS), start + c * arg(args, INNER))))
      : v128.and(rest, isTarget(args, place, c));
  return f32x4.mul(weight, f32x4.add(q, even));
}

/** 0 where the target is the ignored one; NaN where it is no class. */
function withoutIgnored(args: usize, place: i32, values: v128): v128 {
  if (arg(args, SOFT) != 0) return values;
  const targets = v128.load(at(argAddress(args, TARGETS), place));
  const wrong = i32x4.ge_u(targets, i32x4.splat(arg(args, CLASSES)));
  const checked = v128.or(values, v128.and(f32x4.splat(f32(NaN)), wrong));
  return arg(args, IGNORES) != 0 ? v128.andnot(checked, i32x4.eq(targets, i32x4.splat(arg(args, IGNORED)))) : checked;
}
