import { arg, argAddress, at, madd } from './simd';

/**
 * torch.optim.SGD over flat arrays. Arguments: parameters, gradients, momentum buffer (used if `momentum`), hyper (f32: learning
 * rate, weight decay, momentum, 1 at the first step), 1 for momentum, 1 for Nesterov.
 */
export function sgd(args: usize, begin: i32, end: i32): void {
  const parameters = argAddress(args, 0);
  const gradients = argAddress(args, 1);
  const buffer = argAddress(args, 2);
  const hyper = argAddress(args, 3);
  const hasMomentum = arg(args, 4) != 0;
  const nesterov = arg(args, 5) != 0;
  const step = f32x4.splat(-load<f32>(hyper));
  const decay = f32x4.splat(load<f32>(hyper, 4));
  const momentum = f32x4.splat(load<f32>(hyper, 8));
  const isFirst = load<f32>(hyper, 12) != 0;
  for (let i = begin; i < end; i += 4) {
    const p = v128.load(at(parameters, i));
    let g = madd(decay, p, v128.load(at(gradients, i)));
    if (hasMomentum) {
      const b = isFirst ? g : madd(momentum, v128.load(at(buffer, i)), g);
      storeFew(at(buffer, i), b, end - i);
      g = nesterov ? madd(momentum, b, g) : b;
    }
    storeFew(at(parameters, i), madd(step, g, p), end - i);
  }
}

/**
 * torch.optim.Adam and AdamW over flat arrays. Arguments: parameters, gradients, m, v, hyper (f32: learning rate, 1 − beta1,
 * 1 − beta2, eps, weight decay, 1 − beta1^t, √(1 − beta2^t)), 1 for AdamW.
 */
export function adam(args: usize, begin: i32, end: i32): void {
  const parameters = argAddress(args, 0);
  const gradients = argAddress(args, 1);
  const first = argAddress(args, 2);
  const second = argAddress(args, 3);
  const hyper = argAddress(args, 4);
  const decoupled = arg(args, 5) != 0;
  const rate = load<f32>(hyper);
  const decay = load<f32>(hyper, 16);
  const rest1 = f32x4.splat(load<f32>(hyper, 4));
  const rest2 = f32x4.splat(load<f32>(hyper, 8));
  const beta1 = f32x4.splat(f32(f64(1) - f64(load<f32>(hyper, 4))));
  const beta2 = f32x4.splat(f32(f64(1) - f64(load<f32>(hyper, 8))));
  const eps = f32x4.splat(load<f32>(hyper, 12));
  const step = f32x4.splat(rate / load<f32>(hyper, 20));
  const inverseCorrection = f32x4.splat(1 / load<f32>(hyper, 24));
  const kept = f32x4.splat(1 - rate * decay);
  for (let i = begin; i < end; i += 4) {
    let p = v128.load(at(parameters, i));
    let g = v128.load(at(gradients, i));
    if (decoupled) p = f32x4.mul(p, kept);
    else g = madd(f32x4.splat(decay), p, g);
    const m = madd(beta1, v128.load(at(first, i)), f32x4.mul(rest1, g));
    const v = madd(beta2, v128.load(at(second, i)), f32x4.mul(rest2, f32x4.mul(g, g)));
    storeFew(at(first, i), m, end - i);
    storeFew(at(second, i), v, end - i);
    const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(v), inverseCorrection), eps);
    storeFew(at(parameters, i), f32x4.sub(p, f32x4.div(f32x4.mul(step, m), denominator)), end - i);
  }
}

/** The first `count` lanes; reading the others was harmless, writing them would not be. */
function storeFew(to: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, value);
    return;
  }
  store<f32>(to, f32x4.extract_lane(value, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(value, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(value, 2), 8);
}
