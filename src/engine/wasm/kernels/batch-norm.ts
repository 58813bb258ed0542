import { productsOf, squaresOf, sumOf } from './reduce';
import { arg, argAddress, argFloat, at, madd, splitAt } from './simd';

/**
 * Count, mean and Σ(x − mean)² of chunks of images, joined plane by plane (Chan, Golub and LeVeque, 1983).
 * Arguments: x, partial f64 (chunks, C, 3), images, channels, places, chunks.
 */
export function batch_norm_stats(args: usize, part: i32, parts: i32): void {
  const images = arg(args, 2);
  const channels = arg(args, 3);
  const places = arg(args, 4);
  const chunks = arg(args, 5);
  const end = splitAt(channels * chunks, part + 1, parts);
  for (let unit = splitAt(channels * chunks, part, parts); unit < end; unit++) {
    const chunk = unit / channels;
    const record = argAddress(args, 1) + usize(unit) * 24;
    store<f64>(record, 0);
    store<f64>(record, 0, 8);
    store<f64>(record, 0, 16);
    for (let image = splitAt(images, chunk, chunks); image < splitAt(images, chunk + 1, chunks); image++) {
      const x = at(argAddress(args, 0), (image * channels + (unit % channels)) * places);
      const mean = sumOf(x, places) / f64(places);
      const rounding = mean - f64(f32(mean));
      join(record, f64(places), mean, squaresOf(x, places, f32(mean)) - f64(places) * rounding * rounding);
    }
  }
}

/** Adds `count` more values with this mean and sum of squares to a record. */
function join(record: usize, count: f64, mean: f64, squares: f64): void {
  const before = load<f64>(record);
  const total = before + count;
  const difference = mean - load<f64>(record, 8);
  store<f64>(record, total);
  store<f64>(record, load<f64>(record, 8) + (difference * count) / total, 8);
  store<f64>(record, load<f64>(record, 16) + squares + (difference * difference * before * count) / total, 16);
}

/** Arguments: partial (chunks, C, 3), target (2, C): mean and biased variance, channels, chunks. */
export function batch_norm_stats_finish(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 2);
  const chunks = arg(args, 3);
  const end = splitAt(channels, part + 1, parts);
  for (let channel = splitAt(channels, part, parts); channel < end; channel++) {
    const record = argAddress(args, 0) + usize(channel) * 24;
    for (let chunk = 1; chunk < chunks; chunk++) {
      const other = record + usize(chunk * channels) * 24;
      join(record, load<f64>(other), load<f64>(other, 8), load<f64>(other, 16));
    }
    store<f32>(at(argAddress(args, 1), channel), f32(load<f64>(record, 8)));
    store<f32>(at(argAddress(args, 1), channels + channel), f32(max(load<f64>(record, 16), 0) / load<f64>(record)));
  }
}

/**
 * Σ dy and Σ dy·(x − mean) of chunks of images. Arguments: dy, x, stats (2, C), partial f64 (chunks, C, 2), images,
 * channels, places, chunks.
 */
export function batch_norm_grad_stats(args: usize, part: i32, parts: i32): void {
  const images = arg(args, 4);
  const channels = arg(args, 5);
  const places = arg(args, 6);
  const chunks = arg(args, 7);
  const end = splitAt(channels * chunks, part + 1, parts);
  for (let unit = splitAt(channels * chunks, part, parts); unit < end; unit++) {
    const chunk = unit / channels;
    const channel = unit % channels;
    const mean = load<f32>(at(argAddress(args, 2), channel));
    let sum: f64 = 0;
    let products: f64 = 0;
    for (let image = splitAt(images, chunk, chunks); image < splitAt(images, chunk + 1, chunks); image++) {
      const plane = (image * channels + channel) * places;
      const dy = at(argAddress(args, 0), plane);
      sum += sumOf(dy, places);
      products += productsOf(dy, at(argAddress(args, 1), plane), places, mean);
    }
    const record = argAddress(args, 3) + (usize(unit) << 4);
    store<f64>(record, sum);
    store<f64>(record, products, 8);
  }
}

/** Arguments: partial (chunks, C, 2), stats (2, C), target (2, C): Σ dy and Σ dy·x̂, channels, chunks, eps. */
export function batch_norm_grad_stats_finish(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 3);
  const chunks = arg(args, 4);
  const end = splitAt(channels, part + 1, parts);
  for (let channel = splitAt(channels, part, parts); channel < end; channel++) {
    let sum: f64 = 0;
    let products: f64 = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      const record = argAddress(args, 0) + (usize(chunk * channels + channel) << 4);
      sum += load<f64>(record);
      products += load<f64>(record, 8);
    }
    const variance = load<f32>(at(argAddress(args, 1), channels + channel));
    store<f32>(at(argAddress(args, 2), channel), f32(sum));
    const inverse = f64(1) / sqrt(f64(variance) + f64(argFloat(args, 5)));
    store<f32>(at(argAddress(args, 2), channels + channel), f32(products * inverse));
  }
}

/**
 * y = (x − mean)/√(variance + eps)·weight + bias. Arguments: x, mean, variance, weight or 0, bias or 0, y, images,
 * channels, places, eps.
 */
export function batch_norm_normalize(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 7);
  const places = arg(args, 8);
  const weight = argAddress(args, 3);
  const bias = argAddress(args, 4);
  const planes = arg(args, 6) * channels;
  const end = splitAt(planes, part + 1, parts);
  for (let plane = splitAt(planes, part, parts); plane < end; plane++) {
    const channel = plane % channels;
    const mean = load<f32>(at(argAddress(args, 1), channel));
    const factor =
      inverseDeviation(argAddress(args, 2), channel, argFloat(args, 9)) *
      (weight != 0 ? load<f32>(at(weight, channel)) : 1);
    const shift: f32 = bias != 0 ? load<f32>(at(bias, channel)) : 0;
    let x = at(argAddress(args, 0), plane * places);
    let y = at(argAddress(args, 5), plane * places);
    let i = 0;
    for (; i + 4 <= places; i += 4) {
      const centred = f32x4.sub(v128.load(x), f32x4.splat(mean));
      v128.store(y, madd(centred, f32x4.splat(factor), f32x4.splat(shift)));
      x += 16;
      y += 16;
    }
    for (; i < places; i++) {
      store<f32>(y, (load<f32>(x) - mean) * factor + shift);
      x += 4;
      y += 4;
    }
  }
}

/**
 * dx = weight/σ·(dy − Σdy/m − x̂·Σ(dy·x̂)/m). Arguments: dy, x, stats (2, C), gradient stats (2, C), weight or 0, dx,
 * images, channels, places, eps.
 */
export function batch_norm_grad_input(args: usize, part: i32, parts: i32): void {
  const images = arg(args, 6);
  const channels = arg(args, 7);
  const places = arg(args, 8);
  const weight = argAddress(args, 4);
  const count = f32(images * places);
  const planes = images * channels;
  const end = splitAt(planes, part + 1, parts);
  for (let plane = splitAt(planes, part, parts); plane < end; plane++) {
    const channel = plane % channels;
    const stats = argAddress(args, 2);
    const gradients = at(argAddress(args, 3), channel);
    const mean = load<f32>(at(stats, channel));
    const inverse = inverseDeviation(at(stats, channels), channel, argFloat(args, 9));
    const factor = inverse * (weight != 0 ? load<f32>(at(weight, channel)) : 1);
    const meanGradient = load<f32>(gradients) / count;
    const slope = (load<f32>(at(gradients, channels)) / count) * inverse;
    let dy = at(argAddress(args, 0), plane * places);
    let x = at(argAddress(args, 1), plane * places);
    let dx = at(argAddress(args, 5), plane * places);
    let i = 0;
    for (; i + 4 <= places; i += 4) {
      const centred = f32x4.sub(v128.load(x), f32x4.splat(mean));
      const rest = f32x4.sub(v128.load(dy), f32x4.splat(meanGradient));
      v128.store(dx, f32x4.mul(madd(centred, f32x4.splat(-slope), rest), f32x4.splat(factor)));
      dy += 16;
      x += 16;
      dx += 16;
    }
    for (; i < places; i++) {
      store<f32>(dx, (load<f32>(dy) - meanGradient - (load<f32>(x) - mean) * slope) * factor);
      dy += 4;
      x += 4;
      dx += 4;
    }
  }
}

/** dx = dy·weight/√(variance + eps). Arguments: dy, variance, weight or 0, dx, images, channels, places, eps. */
export function batch_norm_inference_grad_input(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 5);
  const places = arg(args, 6);
  const weight = argAddress(args, 2);
  const planes = arg(args, 4) * channels;
  const end = splitAt(planes, part + 1, parts);
  for (let plane = splitAt(planes, part, parts); plane < end; plane++) {
    const channel = plane % channels;
    const factor =
      inverseDeviation(argAddress(args, 1), channel, argFloat(args, 7)) *
      (weight != 0 ? load<f32>(at(weight, channel)) : 1);
    const dy = at(argAddress(args, 0), plane * places);
    const dx = at(argAddress(args, 3), plane * places);
    let i = 0;
    for (; i + 4 <= places; i += 4) {
      v128.store(at(dx, i), f32x4.mul(v128.load(at(dy, i)), f32x4.splat(factor)));
    }
    for (; i < places; i++) store<f32>(at(dx, i), load<f32>(at(dy, i)) * factor);
  }
}

function inverseDeviation(variance: usize, channel: i32, eps: f32): f32 {
  return f32(f64(1) / sqrt(f64(load<f32>(at(variance, channel))) + f64(eps)));
}

/** running = (1 − momentum)·running + momentum·factor·stats. Arguments: running, stats row, target, 1 − momentum, momentum·factor. */
export function batch_norm_running(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    const kept = argFloat(args, 3) * load<f32>(at(argAddress(args, 0), i));
    store<f32>(at(argAddress(args, 2), i), kept + argFloat(args, 4) * load<f32>(at(argAddress(args, 1), i)));
  }
}
