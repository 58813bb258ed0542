import { arg, argAddress, argFloat, at, madd, storeFew } from './simd';

/*
 * One pass over flat arrays. The first words of all: parameters, gradients, hyper (f32), factor that gradients are
 * multiplied by (its address; 0: 1), and the largest magnitude that is left of them (infinity: any).
 */
const PARAMETERS = 0;
const GRADIENTS = 1;
const HYPER = 2;
const FACTOR = 3;
const LIMIT = 4;
const OWN = 5;

/**
 * torch.optim.SGD. Hyper: learning rate, weight decay, momentum, 1 at the first step. More words: momentum buffer (0: no
 * momentum), 1 for Nesterov.
 */
export function sgd(args: usize, begin: i32, end: i32): void {
  const parameters = argAddress(args, PARAMETERS);
  const gradients = argAddress(args, GRADIENTS);
  const hyper = argAddress(args, HYPER);
  const buffer = argAddress(args, OWN);
  const nesterov = arg(args, OWN + 1) != 0;
  const factor = factorOf(args);
  const limit = f32x4.splat(argFloat(args, LIMIT));
  const step = f32x4.splat(-load<f32>(hyper));
  const decay = f32x4.splat(load<f32>(hyper, 4));
  const momentum = f32x4.splat(load<f32>(hyper, 8));
  const isFirst = load<f32>(hyper, 12) != 0;
  for (let i = begin; i < end; i += 4) {
    const p = v128.load(at(parameters, i));
    let g = madd(decay, p, clipped(v128.load(at(gradients, i)), factor, limit));
    if (buffer != 0) {
      const b = isFirst ? g : madd(momentum, v128.load(at(buffer, i)), g);
      storeFew(at(buffer, i), b, end - i);
      g = nesterov ? madd(momentum, b, g) : b;
    }
    storeFew(at(parameters, i), madd(step, g, p), end - i);
  }
}

/**
 * torch.optim.Adam and AdamW. Hyper: learning rate, 1 − beta1, 1 − beta2, eps, weight decay, 1 − beta1^t, √(1 − beta2^t).
 * More words: m, v, the largest v so far (0: not AMSGrad), 1 for AdamW.
 */
export function adam(args: usize, begin: i32, end: i32): void {
  const parameters = argAddress(args, PARAMETERS);
  const gradients = argAddress(args, GRADIENTS);
  const hyper = argAddress(args, HYPER);
  const first = argAddress(args, OWN);
  const second = argAddress(args, OWN + 1);
  const largest = argAddress(args, OWN + 2);
  const decoupled = arg(args, OWN + 3) != 0;
  const factor = factorOf(args);
  const limit = f32x4.splat(argFloat(args, LIMIT));
  const rate = load<f32>(hyper);
  const decay = load<f32>(hyper, 16);
  const rest1 = f32x4.splat(load<f32>(hyper, 4));
  const rest2 = f32x4.splat(load<f32>(hyper, 8));
  const beta1 = f32x4.splat(f32(f64(1) - f64(load<f32>(hyper, 4))));
  const beta2 = f32x4.splat(f32(f64(1) - f64(load<f32>(hyper, 8))));
  const eps = f32x4.splat(load<f32>(hyper, 12));
  const step = f32x4.splat(rate / load<f32>(hyper, 20));
  const inverseCorrection = f32x4.splat(1 / load<f32>(hyper, 24));
  // Of the two kinds of decay, one does nothing.
  const kept = f32x4.splat(decoupled ? 1 - rate * decay : 1);
  const added = f32x4.splat(decoupled ? 0 : decay);
  for (let i = begin; i < end; i += 4) {
    const p = v128.load(at(parameters, i));
    const g = madd(added, p, clipped(v128.load(at(gradients, i)), factor, limit));
    const m = madd(beta1, v128.load(at(first, i)), f32x4.mul(rest1, g));
    let v = madd(beta2, v128.load(at(second, i)), f32x4.mul(rest2, f32x4.mul(g, g)));
    storeFew(at(first, i), m, end - i);
    storeFew(at(second, i), v, end - i);
    if (largest != 0) {
      v = f32x4.max(v, v128.load(at(largest, i)));
      storeFew(at(largest, i), v, end - i);
    }
    const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(v), inverseCorrection), eps);
    const moved = f32x4.sub(f32x4.mul(p, kept), f32x4.div(f32x4.mul(step, m), denominator));
    storeFew(at(parameters, i), moved, end - i);
  }
}

/**
 * torch.optim.RMSprop. Hyper: learning rate, 1 − alpha, eps, weight decay, momentum. More words: mean square, momentum
 * buffer (0: no momentum), mean gradient (0: not centred).
 */
export function rmsprop(args: usize, begin: i32, end: i32): void {
  const parameters = argAddress(args, PARAMETERS);
  const gradients = argAddress(args, GRADIENTS);
  const hyper = argAddress(args, HYPER);
  const square = argAddress(args, OWN);
  const buffer = argAddress(args, OWN + 1);
  const mean = argAddress(args, OWN + 2);
  const factor = factorOf(args);
  const limit = f32x4.splat(argFloat(args, LIMIT));
  const step = f32x4.splat(-load<f32>(hyper));
  const rest = f32x4.splat(load<f32>(hyper, 4));
  const alpha = f32x4.splat(f32(f64(1) - f64(load<f32>(hyper, 4))));
  const eps = f32x4.splat(load<f32>(hyper, 8));
  const decay = f32x4.splat(load<f32>(hyper, 12));
  const momentum = f32x4.splat(load<f32>(hyper, 16));
  for (let i = begin; i < end; i += 4) {
    const p = v128.load(at(parameters, i));
    const g = madd(decay, p, clipped(v128.load(at(gradients, i)), factor, limit));
    const s = madd(alpha, v128.load(at(square, i)), f32x4.mul(rest, f32x4.mul(g, g)));
    storeFew(at(square, i), s, end - i);
    let variance = s;
    if (mean != 0) {
      const a = madd(alpha, v128.load(at(mean, i)), f32x4.mul(rest, g));
      storeFew(at(mean, i), a, end - i);
      variance = f32x4.sub(s, f32x4.mul(a, a));
    }
    let direction = f32x4.div(g, f32x4.add(f32x4.sqrt(variance), eps));
    if (buffer != 0) {
      direction = madd(momentum, v128.load(at(buffer, i)), direction);
      storeFew(at(buffer, i), direction, end - i);
    }
    storeFew(at(parameters, i), madd(step, direction, p), end - i);
  }
}

function factorOf(args: usize): v128 {
  return f32x4.splat(argAddress(args, FACTOR) == 0 ? 1 : load<f32>(argAddress(args, FACTOR)));
}

/** A gradient as the optimiser sees it; NaN stays NaN. */
function clipped(g: v128, factor: v128, limit: v128): v128 {
  return f32x4.max(f32x4.min(f32x4.mul(g, factor), limit), f32x4.neg(limit));
}
