import { runChain } from './elementwise';
import { addMoments, addProducts, sumOf } from './reduce';
import { arg, argAddress, argFloat, at, splitAt } from './simd';

/**
 * Σ(x − shift) and Σ(x − shift)² of chunks of images, in one pass; the shift is the mean of the channel's first plane, so that
 * little cancels (Chan, Golub and LeVeque, 1983). Arguments: x, partial f64 (chunks, C, 3: shift and the sums), images,
 * channels, places, chunks.
 */
export function batch_norm_stats(args: usize, part: i32, parts: i32): void {
  const images = arg(args, 2);
  const channels = arg(args, 3);
  const places = arg(args, 4);
  const chunks = arg(args, 5);
  const end = splitAt(channels * chunks, part + 1, parts);
  for (let unit = splitAt(channels * chunks, part, parts); unit < end; unit++) {
    const chunk = unit / channels;
    const channel = unit % channels;
    const record = argAddress(args, 1) + usize(unit) * 24;
    const shift = f32(sumOf(at(argAddress(args, 0), channel * places), places) / f64(places));
    store<f64>(record, f64(shift));
    store<f64>(record, 0, 8);
    store<f64>(record, 0, 16);
    for (let image = splitAt(images, chunk, chunks); image < splitAt(images, chunk + 1, chunks); image++) {
      addMoments(at(argAddress(args, 0), (image * channels + channel) * places), places, shift, record + 8);
    }
  }
}

/** Arguments: partial (chunks, C, 3), target (2, C): mean and biased variance, channels, chunks, values per channel. */
export function batch_norm_stats_finish(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 2);
  const chunks = arg(args, 3);
  const end = splitAt(channels, part + 1, parts);
  for (let channel = splitAt(channels, part, parts); channel < end; channel++) {
    let sum: f64 = 0;
    let squares: f64 = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      const record = argAddress(args, 0) + usize(chunk * channels + channel) * 24;
      sum += load<f64>(record, 8);
      squares += load<f64>(record, 16);
    }
    const shift = load<f64>(argAddress(args, 0) + usize(channel) * 24);
    const difference = sum / f64(arg(args, 4));
    const variance = squares / f64(arg(args, 4)) - difference * difference;
    store<f32>(at(argAddress(args, 1), channel), f32(shift + difference));
    // Not max, which would make 0 of NaN.
    store<f32>(at(argAddress(args, 1), channels + channel), f32(variance < 0 ? 0 : variance));
  }
}

/**
 * Σ dy and Σ dy·(x − mean) of chunks of images. Arguments: dy, x, stats (2, C), partial f64 (chunks, C, 2), images,
 * channels, places, chunks, then a chain of element-wise commands that makes dy (see `elementwise.ts`).
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
    const record = argAddress(args, 3) + (usize(unit) << 4);
    store<f64>(record, 0);
    store<f64>(record, 0, 8);
    for (let image = splitAt(images, chunk, chunks); image < splitAt(images, chunk + 1, chunks); image++) {
      const plane = (image * channels + channel) * places;
      runChain(args + 32, plane, plane + places);
      addProducts(at(argAddress(args, 0), plane), at(argAddress(args, 1), plane), places, mean, record);
    }
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

/** running = (1 − momentum)·running + momentum·factor·stats. Arguments: running, stats row, target, 1 − momentum, momentum·factor. */
export function batch_norm_running(args: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    const kept = argFloat(args, 3) * load<f32>(at(argAddress(args, 0), i));
    store<f32>(at(argAddress(args, 2), i), kept + argFloat(args, 4) * load<f32>(at(argAddress(args, 1), i)));
  }
}
