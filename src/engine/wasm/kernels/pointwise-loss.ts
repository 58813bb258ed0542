import { exp4, log4, logOnePlus4, sigmoid4 } from './math';
import { arg, argAddress, argFloat, at, splitAt, storeFew, sumLanes } from './simd';
import { SUM_BLOCK, blocksOf } from './sum-blocks';

/*
 * Losses of each value by itself. The first words of all three kernels: x, y, third and fourth tensor (0: ones), kind,
 * two numbers a and b. `encode/loss/pointwise-loss.ts` writes them and says what they are for each kind.
 */
const KIND = 4;
const A = 5;
const B = 6;

const MSE = 0;
const L1 = 1;
const SMOOTH_L1 = 2;
const HUBER = 3;
const SOFT_MARGIN = 4;
const HINGE_EMBEDDING = 5;
const POISSON_LOG = 6;
const POISSON = 7;
const KL_DIV = 8;
const KL_DIV_LOG = 9;
const BCE = 10;
const BCE_LOGITS = 11;
const GAUSSIAN = 12;
const MARGIN_RANKING = 13;

/** Floats that are added up in f32 before the sum goes on in f64. */
const RUN = 512;

/** The loss of each element. More words: losses. */
export function loss_values(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) storeFew(at(argAddress(args, 7), i), valueAt(args, i), end - i);
}

/** The sums of blocks of losses. More words: sums (f64), count. */
export function loss_blocks(args: usize, part: i32, parts: i32): void {
  const count = arg(args, 8);
  const last = splitAt(blocksOf(count), part + 1, parts);
  for (let block = splitAt(blocksOf(count), part, parts); block < last; block++) {
    const blockEnd = min((block + 1) * SUM_BLOCK, count);
    let total: f64 = 0;
    for (let run = block * SUM_BLOCK; run < blockEnd; run += RUN) {
      const end = min(run + RUN, blockEnd);
      let sums = f32x4.splat(0);
      let i = run;
      for (; i + 4 <= end; i += 4) sums = f32x4.add(sums, valueAt(args, i));
      if (i < end) sums = f32x4.add(sums, v128.and(valueAt(args, i), firstLanes(end - i)));
      total += f64(sumLanes(sums));
    }
    store<f64>(argAddress(args, 7) + (usize(block) << 3), total);
  }
}

/**
 * The gradient of one of the tensors. More words: gradient, dloss, 1 if that is of each element, factor, and which
 * tensor: 0 x, 1 y, 2 the third.
 */
export function loss_gradient(args: usize, begin: i32, end: i32): void {
  const target = argAddress(args, 7);
  const dloss = argAddress(args, 8);
  const each = arg(args, 9) != 0;
  const which = arg(args, 11);
  // In place, the single loss's gradient may lie where the first result goes.
  const factor = f32x4.splat(argFloat(args, 10) * (each ? 1 : load<f32>(dloss)));
  for (let i = begin; i < end; i += 4) {
    const scale = each ? f32x4.mul(factor, v128.load(at(dloss, i))) : factor;
    storeFew(at(target, i), f32x4.mul(scale, derivativeAt(args, i, which)), end - i);
  }
}

function valueAt(args: usize, i: i32): v128 {
  const x = v128.load(at(argAddress(args, 0), i));
  const y = v128.load(at(argAddress(args, 1), i));
  const a = f32x4.splat(argFloat(args, A));
  const b = f32x4.splat(argFloat(args, B));
  const half = f32x4.splat(0.5);
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const difference = f32x4.sub(x, y);
  const distance = f32x4.abs(difference);
  switch (arg(args, KIND)) {
    case MSE:
      return f32x4.mul(difference, difference);
    case L1:
      return distance;
    case SMOOTH_L1: {
      const near = f32x4.div(f32x4.mul(half, f32x4.mul(distance, distance)), a);
      return v128.bitselect(near, f32x4.sub(distance, f32x4.mul(half, a)), f32x4.lt(distance, a));
    }
    case HUBER: {
      const near = f32x4.mul(half, f32x4.mul(distance, distance));
      const far = f32x4.mul(a, f32x4.sub(distance, f32x4.mul(half, a)));
      return v128.bitselect(near, far, f32x4.le(distance, a));
    }
    case SOFT_MARGIN:
      return softplus(f32x4.neg(f32x4.mul(x, y)));
    case HINGE_EMBEDDING: {
      const apart = v128.and(f32x4.max(f32x4.sub(a, x), zero), f32x4.ne(y, one));
      return f32x4.add(apart, v128.and(x, f32x4.ne(y, f32x4.splat(-1))));
    }
    case POISSON_LOG:
      return f32x4.add(f32x4.sub(exp4(x), f32x4.mul(x, y)), stirling(y, b));
    case POISSON:
      return f32x4.add(f32x4.sub(x, f32x4.mul(y, log4(f32x4.add(x, a)))), stirling(y, b));
    case KL_DIV:
      return f32x4.sub(v128.and(f32x4.mul(y, log4(y)), f32x4.ne(y, zero)), f32x4.mul(y, x));
    case KL_DIV_LOG:
      return f32x4.mul(exp4(y), f32x4.neg(difference));
    case BCE: {
      const least = f32x4.splat(-100);
      const ofOne = f32x4.mul(y, f32x4.max(log4(x), least));
      const ofZero = f32x4.mul(f32x4.sub(one, y), f32x4.max(logOnePlus4(f32x4.neg(x)), least));
      return f32x4.mul(factorAt(args, 2, i), f32x4.neg(f32x4.add(ofOne, ofZero)));
    }
    case BCE_LOGITS: {
      const positive = f32x4.add(one, f32x4.mul(f32x4.sub(factorAt(args, 3, i), one), y));
      // The large parts first, which cancel where the answer is right.
      const share = f32x4.mul(f32x4.sub(one, y), x);
      const large = f32x4.add(share, f32x4.mul(positive, f32x4.max(f32x4.neg(x), zero)));
      const loss = f32x4.add(large, f32x4.mul(positive, logOnePlus4(exp4(f32x4.neg(f32x4.abs(x))))));
      return f32x4.mul(factorAt(args, 2, i), loss);
    }
    case GAUSSIAN: {
      const variance = f32x4.max(factorAt(args, 2, i), a);
      const terms = f32x4.add(log4(variance), f32x4.div(f32x4.mul(difference, difference), variance));
      return f32x4.add(f32x4.mul(half, terms), b);
    }
    default:
      return f32x4.max(f32x4.sub(a, f32x4.mul(factorAt(args, 2, i), difference)), zero);
  }
}

function derivativeAt(args: usize, i: i32, which: i32): v128 {
  const x = v128.load(at(argAddress(args, 0), i));
  const y = v128.load(at(argAddress(args, 1), i));
  const a = f32x4.splat(argFloat(args, A));
  const b = f32x4.splat(argFloat(args, B));
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const difference = f32x4.sub(x, y);
  const distance = f32x4.abs(difference);
  const kind = arg(args, KIND);
  switch (kind) {
    case MSE:
      return mirrored(f32x4.add(difference, difference), which);
    case L1:
      return mirrored(sign(difference), which);
    case SMOOTH_L1:
      return mirrored(v128.bitselect(f32x4.div(difference, a), sign(difference), f32x4.lt(distance, a)), which);
    case HUBER:
      return mirrored(v128.bitselect(difference, f32x4.mul(a, sign(difference)), f32x4.le(distance, a)), which);
    case SOFT_MARGIN:
      return f32x4.neg(f32x4.mul(which == 0 ? y : x, sigmoid4(f32x4.neg(f32x4.mul(x, y)))));
    case HINGE_EMBEDDING: {
      const closer = v128.and(f32x4.ge(f32x4.sub(a, x), zero), f32x4.ne(y, one));
      return f32x4.sub(v128.and(one, f32x4.ne(y, f32x4.splat(-1))), v128.and(one, closer));
    }
    case POISSON_LOG:
      if (which == 0) return f32x4.sub(exp4(x), y);
      return f32x4.sub(stirlingDerivative(y, b), x);
    case POISSON:
      if (which == 0) return f32x4.sub(one, f32x4.div(y, f32x4.add(x, a)));
      return f32x4.sub(stirlingDerivative(y, b), log4(f32x4.add(x, a)));
    case KL_DIV:
      if (which == 0) return f32x4.neg(y);
      return v128.and(f32x4.add(log4(y), f32x4.sub(one, x)), f32x4.ne(y, zero));
    case KL_DIV_LOG:
      if (which == 0) return f32x4.neg(exp4(y));
      return f32x4.mul(exp4(y), f32x4.sub(one, difference));
    case BCE: {
      const weight = factorAt(args, 2, i);
      if (which == 1) return f32x4.mul(weight, f32x4.sub(logOnePlus4(f32x4.neg(x)), log4(x)));
      const denominator = f32x4.max(f32x4.mul(f32x4.sub(one, x), x), f32x4.splat(1e-12));
      return f32x4.div(f32x4.mul(weight, difference), denominator);
    }
    case BCE_LOGITS: {
      const weight = factorAt(args, 2, i);
      const positive = factorAt(args, 3, i);
      if (which == 1) {
        const more = f32x4.mul(f32x4.sub(positive, one), softplus(f32x4.neg(x)));
        return f32x4.mul(weight, f32x4.sub(more, x));
      }
      const share = f32x4.mul(positive, y);
      const all = f32x4.sub(f32x4.add(share, one), y);
      return f32x4.mul(weight, f32x4.sub(f32x4.mul(all, sigmoid4(x)), share));
    }
    case GAUSSIAN: {
      // The guard against small variances is none of the function that is differentiated, as in torch.
      const variance = f32x4.max(factorAt(args, 2, i), a);
      const slope = f32x4.div(difference, variance);
      if (which < 2) return mirrored(slope, which);
      const rest = f32x4.sub(f32x4.div(one, variance), f32x4.mul(slope, slope));
      return f32x4.mul(f32x4.splat(0.5), rest);
    }
    default: {
      const target = factorAt(args, 2, i);
      const wrong = f32x4.ge(f32x4.sub(a, f32x4.mul(target, difference)), zero);
      return mirrored(v128.and(f32x4.neg(target), wrong), which);
    }
  }
}

/** What depends on x − y alone has opposite gradients. */
function mirrored(derivative: v128, which: i32): v128 {
  return which == 0 ? derivative : f32x4.neg(derivative);
}

/** The third or fourth tensor; 1 where there is none. */
function factorAt(args: usize, index: i32, i: i32): v128 {
  const tensor = argAddress(args, index);
  return tensor == 0 ? f32x4.splat(1) : v128.load(at(tensor, i));
}

/** y·log y − y + log4(2πy)/2 where y > 1 and b is not 0. Source: PyTorch, PoissonNLLLoss. */
function stirling(y: v128, b: v128): v128 {
  const logarithm = log4(f32x4.mul(y, f32x4.splat(6.283185307179586)));
  const terms = f32x4.add(f32x4.sub(f32x4.mul(y, log4(y)), y), f32x4.mul(f32x4.splat(0.5), logarithm));
  return v128.and(terms, v128.and(f32x4.gt(y, f32x4.splat(1)), f32x4.ne(b, f32x4.splat(0))));
}

function stirlingDerivative(y: v128, b: v128): v128 {
  const slope = f32x4.add(log4(y), f32x4.div(f32x4.splat(0.5), y));
  return v128.and(slope, v128.and(f32x4.gt(y, f32x4.splat(1)), f32x4.ne(b, f32x4.splat(0))));
}

/** −1, 0 or 1; NaN stays. */
function sign(x: v128): v128 {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const value = f32x4.sub(v128.and(one, f32x4.gt(x, zero)), v128.and(one, f32x4.lt(x, zero)));
  return v128.bitselect(value, x, f32x4.eq(x, x));
}

/** log(1 + e^x), for any x. */
function softplus(x: v128): v128 {
  return f32x4.add(f32x4.max(x, f32x4.splat(0)), logOnePlus4(exp4(f32x4.neg(f32x4.abs(x)))));
}

function firstLanes(count: i32): v128 {
  return i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3));
}
