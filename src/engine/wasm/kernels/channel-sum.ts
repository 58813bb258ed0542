import { runChain } from './elementwise';
import { sumOf } from './reduce';
import { arg, argAddress, at, splitAt } from './simd';

/**
 * Sums over chunks of images, so that few channels still keep all parts busy; `channel_sum_finish` adds the chunks.
 * Arguments: x, partial f64 (chunks, C), images, channels, places, chunks, then a chain of element-wise commands that makes x.
 */
export function channel_sum(args: usize, part: i32, parts: i32): void {
  const images = arg(args, 2);
  const channels = arg(args, 3);
  const places = arg(args, 4);
  const chunks = arg(args, 5);
  const end = splitAt(channels * chunks, part + 1, parts);
  for (let unit = splitAt(channels * chunks, part, parts); unit < end; unit++) {
    const chunk = unit / channels;
    const channel = unit % channels;
    let sum: f64 = 0;
    for (let image = splitAt(images, chunk, chunks); image < splitAt(images, chunk + 1, chunks); image++) {
      const plane = (image * channels + channel) * places;
      runChain(args + 24, plane, plane + places);
      sum += sumOf(at(argAddress(args, 0), plane), places);
    }
    store<f64>(argAddress(args, 1) + (usize(unit) << 3), sum);
  }
}

/** Arguments: partial, target (C), channels, chunks. */
export function channel_sum_finish(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 2);
  const chunks = arg(args, 3);
  const end = splitAt(channels, part + 1, parts);
  for (let channel = splitAt(channels, part, parts); channel < end; channel++) {
    let sum: f64 = 0;
    for (let chunk = 0; chunk < chunks; chunk++) {
      sum += load<f64>(argAddress(args, 0) + (usize(chunk * channels + channel) << 3));
    }
    store<f32>(at(argAddress(args, 1), channel), f32(sum));
  }
}

/** The sum of each column of x (rows, C), four at a time. Arguments: x, target (C), rows, channels. */
export function column_sum(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 2);
  const channels = arg(args, 3);
  const pitch = usize(channels) << 2;
  const fours = (channels + 3) / 4;
  const end = splitAt(fours, part + 1, parts);
  for (let four = splitAt(fours, part, parts); four < end; four++) {
    let from = at(argAddress(args, 0), four * 4);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let row = 0; row < rows; row++) {
      const x = v128.load(from);
      low = f64x2.add(low, f64x2.promote_low_f32x4(x));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3)));
      from += pitch;
    }
    const sums = v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
    const to = at(argAddress(args, 1), four * 4);
    if (four * 4 + 4 <= channels) {
      v128.store(to, sums);
      continue;
    }
    for (let i = four * 4; i < channels; i++) {
      const lane = i - four * 4;
      const sum =
        lane == 0 ? f32x4.extract_lane(sums, 0) : lane == 1 ? f32x4.extract_lane(sums, 1) : f32x4.extract_lane(sums, 2);
      store<f32>(at(argAddress(args, 1), i), sum);
    }
  }
}
