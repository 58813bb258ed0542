import { arg, argAddress, argFloat, at, madd } from './simd';

/**
 * What batch normalisation does to each element, as element-wise kernels, so that what comes before or after it is done in
 * the same pass. Elements go through vectors wherever they lie: each is rounded in the same way however the work is cut.
 */

/**
 * y = (x − mean)/√(variance + eps)·weight + bias. Arguments: x, mean, variance, weight or 0, bias or 0, y, channels, places,
 * eps.
 */
export function batch_norm_normalize(args: usize, begin: i32, end: i32): void {
  const channels = arg(args, 6);
  const places = arg(args, 7);
  const weight = argAddress(args, 3);
  const bias = argAddress(args, 4);
  let plane = begin / places;
  for (let from = begin; from < end;) {
    const to = min((plane + 1) * places, end);
    const channel = plane % channels;
    const mean = f32x4.splat(load<f32>(at(argAddress(args, 1), channel)));
    const scale = weight != 0 ? load<f32>(at(weight, channel)) : 1;
    const factor = f32x4.splat(inverseDeviation(argAddress(args, 2), channel, argFloat(args, 8)) * scale);
    const shift = f32x4.splat(bias != 0 ? load<f32>(at(bias, channel)) : 0);
    const last = at(argAddress(args, 0), to);
    let x = at(argAddress(args, 0), from);
    let y = at(argAddress(args, 5), from);
    for (; x + 16 <= last; x += 16) {
      v128.store(y, madd(f32x4.sub(v128.load(x), mean), factor, shift));
      y += 16;
    }
    for (; x < last; x += 4) {
      v128.store32_lane(y, madd(f32x4.sub(v128.load32_splat(x), mean), factor, shift), 0);
      y += 4;
    }
    from = to;
    plane++;
  }
}

/**
 * dx = weight/σ·(dy − Σdy/m − x̂·Σ(dy·x̂)/m). Arguments: dy, x, stats (2, C), gradient stats (2, C), weight or 0, dx,
 * channels, places, eps, m.
 */
export function batch_norm_grad_input(args: usize, begin: i32, end: i32): void {
  const channels = arg(args, 6);
  const places = arg(args, 7);
  const weight = argAddress(args, 4);
  const count = f32(arg(args, 9));
  let plane = begin / places;
  for (let from = begin; from < end;) {
    const to = min((plane + 1) * places, end);
    const channel = plane % channels;
    const stats = argAddress(args, 2);
    const gradients = at(argAddress(args, 3), channel);
    const mean = f32x4.splat(load<f32>(at(stats, channel)));
    const inverse = inverseDeviation(at(stats, channels), channel, argFloat(args, 8));
    const factor = f32x4.splat(inverse * (weight != 0 ? load<f32>(at(weight, channel)) : 1));
    const meanGradient = f32x4.splat(load<f32>(gradients) / count);
    const slope = f32x4.splat((-load<f32>(at(gradients, channels)) / count) * inverse);
    const last = at(argAddress(args, 0), to);
    let dy = at(argAddress(args, 0), from);
    let x = at(argAddress(args, 1), from);
    let dx = at(argAddress(args, 5), from);
    for (; dy + 16 <= last; dy += 16) {
      const rest = f32x4.sub(v128.load(dy), meanGradient);
      v128.store(dx, f32x4.mul(madd(f32x4.sub(v128.load(x), mean), slope, rest), factor));
      x += 16;
      dx += 16;
    }
    for (; dy < last; dy += 4) {
      const rest = f32x4.sub(v128.load32_splat(dy), meanGradient);
      const value = f32x4.mul(madd(f32x4.sub(v128.load32_splat(x), mean), slope, rest), factor);
      v128.store32_lane(dx, value, 0);
      x += 4;
      dx += 4;
    }
    from = to;
    plane++;
  }
}

/** dx = dy·weight/√(variance + eps). Arguments: dy, variance, weight or 0, dx, channels, places, eps. */
export function batch_norm_inference_grad_input(args: usize, begin: i32, end: i32): void {
  const channels = arg(args, 4);
  const places = arg(args, 5);
  const weight = argAddress(args, 2);
  let plane = begin / places;
  for (let from = begin; from < end;) {
    const to = min((plane + 1) * places, end);
    const channel = plane % channels;
    const scale = weight != 0 ? load<f32>(at(weight, channel)) : 1;
    const factor = f32x4.splat(inverseDeviation(argAddress(args, 1), channel, argFloat(args, 6)) * scale);
    const last = at(argAddress(args, 0), to);
    let dy = at(argAddress(args, 0), from);
    let dx = at(argAddress(args, 3), from);
    for (; dy + 16 <= last; dy += 16) {
      v128.store(dx, f32x4.mul(v128.load(dy), factor));
      dx += 16;
    }
    for (; dy < last; dy += 4) {
      v128.store32_lane(dx, f32x4.mul(v128.load32_splat(dy), factor), 0);
      dx += 4;
    }
    from = to;
    plane++;
  }
}

function inverseDeviation(variance: usize, channel: i32, eps: f32): f32 {
  return f32(f64(1) / sqrt(f64(load<f32>(at(variance, channel))) + f64(eps)));
}
