import { arg, argAddress, at, madd, splitAt } from './simd';

/**
 * y = others inside of a box, λ·images + (1 − λ)·others outside of it. Arguments: images, others, mix (f32 for each image: λ, top,
 * bottom, left, right), y, batch, channels, height, width.
 */
export function mix_images(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 5);
  const height = arg(args, 6);
  const width = arg(args, 7);
  const rows = arg(args, 4) * channels * height;
  const end = splitAt(rows, part + 1, parts);
  for (let row = splitAt(rows, part, parts); row < end; row++) {
    const mix = at(argAddress(args, 2), 5 * (row / (channels * height)));
    const images = at(argAddress(args, 0), row * width);
    const others = at(argAddress(args, 1), row * width);
    const to = at(argAddress(args, 3), row * width);
    const share = load<f32>(mix);
    const place = f32(row % height);
    let left = 0;
    let right = 0;
    if (place >= load<f32>(mix, 4) && place < load<f32>(mix, 8)) {
      left = min(width, max(0, i32(load<f32>(mix, 12))));
      right = min(width, max(left, i32(load<f32>(mix, 16))));
    }
    blend(to, images, others, left, share);
    memory.copy(at(to, left), at(others, left), usize(right - left) << 2);
    blend(at(to, right), at(images, right), at(others, right), width - right, share);
  }
}

/** share·images + (1 − share)·others; a share of 1 takes the image as it is, whatever is in the other. */
function blend(to: usize, images: usize, others: usize, count: i32, share: f32): void {
  if (share == 1) {
    memory.copy(to, images, usize(count) << 2);
    return;
  }
  const rest = f32(1) - share;
  const shares = f32x4.splat(share);
  const rests = f32x4.splat(rest);
  let x = 0;
  for (; x + 4 <= count; x += 4) {
    const other = f32x4.mul(rests, v128.load(at(others, x)));
    v128.store(at(to, x), madd(shares, v128.load(at(images, x)), other));
  }
  for (; x < count; x++) {
    store<f32>(at(to, x), share * load<f32>(at(images, x)) + rest * load<f32>(at(others, x)));
  }
}
