import { arg, argAddress, at, splitAt, zero } from './simd';

/**
 * Slices of volumes as channels of windows along the depth. Arguments of both: slices (N, C, depth, size), windows
 * (N, count, C, kernel, size), N, C, depth, count, size, kernel, stride, padding, dilation.
 */
const IMAGES = 2;
const CHANNELS = 3;
const DEPTH = 4;
const COUNT = 5;
const SIZE = 6;
const KERNEL = 7;
const STRIDE = 8;
const PADDING = 9;
const DILATION = 10;

export function depth_windows(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, CHANNELS);
  const depth = arg(args, DEPTH);
  const count = arg(args, COUNT);
  const size = arg(args, SIZE);
  const kernel = arg(args, KERNEL);
  const units = arg(args, IMAGES) * count * channels;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const above = unit / channels;
    const image = above / count;
    const x = at(argAddress(args, 0), (image * channels + unit - above * channels) * depth * size);
    let y = at(argAddress(args, 1), unit * kernel * size);
    let slice = (above - image * count) * arg(args, STRIDE) - arg(args, PADDING);
    for (let k = 0; k < kernel; k++) {
      if (slice < 0 || slice >= depth) zero(y, size);
      else memory.copy(y, at(x, slice * size), usize(size) << 2);
      y = at(y, size);
      slice += arg(args, DILATION);
    }
  }
}

/** Each slice is the sum of its places in the windows, the kernel's first place first. */
export function depth_windows_sum(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, CHANNELS);
  const depth = arg(args, DEPTH);
  const count = arg(args, COUNT);
  const size = arg(args, SIZE);
  const kernel = arg(args, KERNEL);
  const stride = arg(args, STRIDE);
  const units = arg(args, IMAGES) * channels * depth;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const above = unit / depth;
    const image = above / channels;
    const x = at(argAddress(args, 0), unit * size);
    let first = true;
    let start = unit - above * depth + arg(args, PADDING);
    for (let k = 0; k < kernel; k++) {
      const window = start / stride;
      if (start >= 0 && window < count && window * stride == start) {
        const row = ((image * count + window) * channels + above - image * channels) * kernel + k;
        const y = at(argAddress(args, 1), row * size);
        if (first) memory.copy(x, y, usize(size) << 2);
        else addRow(x, y, size);
        first = false;
      }
      start -= arg(args, DILATION);
    }
    if (first) zero(x, size);
  }
}

function addRow(to: usize, from: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(at(to, i), f32x4.add(v128.load(at(to, i)), v128.load(at(from, i))));
  for (; i < count; i++) store<f32>(at(to, i), load<f32>(at(to, i)) + load<f32>(at(from, i)));
}
