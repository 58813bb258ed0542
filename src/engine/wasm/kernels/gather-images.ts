import { arg, argAddress, at, splitAt } from './simd';

/**
 * y[n, c, row, column] = value of a byte of image `picks[n]`. A pixel outside of it is byte 0; an image that is not there
 * is NaN. Of picks of 8 words, the last four name a piece of y that has the value of a byte instead. Arguments: images (bytes), picks (i32:
 * image, dy, dx, flip; top, left, bottom, right), y, values (f32 [channels, 256]), batch, count, channels, height, width, words of a pick,
 * bytes that pieces are filled with (i32 [channels]).
 */
export function gather_images(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 6);
  const height = arg(args, 7);
  const width = arg(args, 8);
  const words = arg(args, 9);
  const planes = arg(args, 4) * channels;
  const plane = usize(height) * usize(width);
  const end = splitAt(planes * height, part + 1, parts);
  for (let i = splitAt(planes * height, part, parts); i < end; i++) {
    const n = i / height;
    const y = i - n * height;
    const image = n / channels;
    const channel = n - image * channels;
    const pick = at(argAddress(args, 1), words * image);
    const index = load<u32>(pick);
    const to = at(argAddress(args, 2), i * width);
    const values = at(argAddress(args, 3), 256 * channel);
    const row = y + load<i32>(pick, 4);
    const dx = load<i32>(pick, 8);
    if (index >= u32(arg(args, 5))) fill(to, width, f32(NaN));
    else if (row < 0 || row >= height || dx <= -width || dx >= width) fill(to, width, load<f32>(values));
    else {
      const first = usize(index) * usize(channels) + usize(channel);
      const from = argAddress(args, 0) + first * plane + usize(row * width);
      if (load<i32>(pick, 12) == 0) gatherRow(to, from, values, width, dx);
      else gatherMirroredRow(to, from, values, width, dx);
    }
    if (words == 8 && y >= load<i32>(pick, 16) && y < load<i32>(pick, 24)) {
      const left = max(0, load<i32>(pick, 20));
      const byte = load<u32>(at(argAddress(args, 10), channel));
      fill(at(to, left), min(width, load<i32>(pick, 28)) - left, valueOf(values, byte));
    }
  }
}

function gatherRow(to: usize, from: usize, values: usize, width: i32, dx: i32): void {
  const first = max(0, -dx);
  const end = min(width, width - dx);
  fill(to, first, load<f32>(values));
  fill(at(to, end), width - end, load<f32>(values));
  from += usize(dx);
  let x = first;
  for (; x + 8 <= end; x += 8) {
    const bytes = load<u64>(from + usize(x));
    const target = at(to, x);
    store<f32>(target, valueOf(values, u32(bytes)));
    store<f32>(target, valueOf(values, u32(bytes >> 8)), 4);
    store<f32>(target, valueOf(values, u32(bytes >> 16)), 8);
    store<f32>(target, valueOf(values, u32(bytes >> 24)), 12);
    store<f32>(target, valueOf(values, u32(bytes >> 32)), 16);
    store<f32>(target, valueOf(values, u32(bytes >> 40)), 20);
    store<f32>(target, valueOf(values, u32(bytes >> 48)), 24);
    store<f32>(target, valueOf(values, u32(bytes >> 56)), 28);
  }
  for (; x < end; x++) store<f32>(at(to, x), valueOf(values, load<u8>(from + usize(x))));
}

/** The row that `gatherRow` makes, from its end to its start. */
function gatherMirroredRow(to: usize, from: usize, values: usize, width: i32, dx: i32): void {
  const first = max(0, dx);
  const end = min(width, width + dx);
  fill(to, first, load<f32>(values));
  fill(at(to, end), width - end, load<f32>(values));
  const last = from + usize(width - 1 + dx);
  for (let x = first; x < end; x++) store<f32>(at(to, x), valueOf(values, load<u8>(last - usize(x))));
}

/** Of the low byte. */
function valueOf(values: usize, byte: u32): f32 {
  return load<f32>(values + (usize(byte & 255) << 2));
}

function fill(to: usize, count: i32, value: f32): void {
  for (let i = 0; i < count; i++) store<f32>(at(to, i), value);
}
