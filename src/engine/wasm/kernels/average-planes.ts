import { sumOf } from './reduce';
import { arg, argAddress, argFloat, at, splitAt, zero } from './simd';

/** Mean of whole planes. Arguments: x, y, planes, size of a plane, divisor. */
export function plane_mean(args: usize, part: i32, parts: i32): void {
  const size = arg(args, 3);
  const divisor = argFloat(args, 4);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let plane = splitAt(arg(args, 2), part, parts); plane < end; plane++) {
    store<f32>(at(argAddress(args, 1), plane), f32(sumOf(at(argAddress(args, 0), plane * size), size)) / divisor);
  }
}

/** Arguments: dx, dy, planes, size of a plane, divisor. */
export function plane_mean_grad(args: usize, part: i32, parts: i32): void {
  const size = arg(args, 3);
  const divisor = argFloat(args, 4);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let plane = splitAt(arg(args, 2), part, parts); plane < end; plane++) {
    const share = load<f32>(at(argAddress(args, 1), plane)) / divisor;
    const dx = at(argAddress(args, 0), plane * size);
    const shares = f32x4.splat(share);
    let i = 0;
    for (; i + 4 <= size; i += 4) v128.store(at(dx, i), shares);
    for (; i < size; i++) store<f32>(at(dx, i), share);
  }
}

/**
 * Means of 2×2 elements side by side. Arguments of both: x (or dx), y (or dy), planes, H, W, OH, OW (at most half as much),
 * divisor.
 */
export function average_halves(args: usize, part: i32, parts: i32): void {
  const width = arg(args, 4);
  const outputWidth = arg(args, 6);
  const divisor = argFloat(args, 7);
  const pitch = usize(width) << 2;
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let plane = splitAt(arg(args, 2), part, parts); plane < end; plane++) {
    let x = at(argAddress(args, 0), plane * arg(args, 3) * width);
    let y = at(argAddress(args, 1), plane * arg(args, 5) * outputWidth);
    for (let i = 0; i < arg(args, 5); i++) {
      averageRow(x, pitch, y, outputWidth, divisor);
      x += 2 * pitch;
      y = at(y, outputWidth);
    }
  }
}

function averageRow(x: usize, pitch: usize, y: usize, count: i32, divisor: f32): void {
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const from = at(x, 2 * j);
    const low = f32x4.add(v128.load(from), v128.load(from + pitch));
    const high = f32x4.add(v128.load(from, 16), v128.load(from + pitch, 16));
    const sum = f32x4.add(v128.shuffle<f32>(low, high, 0, 2, 4, 6), v128.shuffle<f32>(low, high, 1, 3, 5, 7));
    v128.store(at(y, j), f32x4.div(sum, f32x4.splat(divisor)));
  }
  for (; j < count; j++) {
    const from = at(x, 2 * j);
    const left = load<f32>(from) + load<f32>(from + pitch);
    store<f32>(at(y, j), (left + (load<f32>(from, 4) + load<f32>(from + pitch, 4))) / divisor);
  }
}

export function average_halves_grad(args: usize, part: i32, parts: i32): void {
  const height = arg(args, 3);
  const width = arg(args, 4);
  const outputHeight = arg(args, 5);
  const outputWidth = arg(args, 6);
  const divisor = argFloat(args, 7);
  const pitch = usize(width) << 2;
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let plane = splitAt(arg(args, 2), part, parts); plane < end; plane++) {
    let dx = at(argAddress(args, 0), plane * height * width);
    let dy = at(argAddress(args, 1), plane * outputHeight * outputWidth);
    for (let i = 0; i < outputHeight; i++) {
      averageRowGrad(dx, pitch, dy, outputWidth, divisor);
      zero(at(dx, 2 * outputWidth), width - 2 * outputWidth);
      zero(at(dx, 2 * outputWidth) + pitch, width - 2 * outputWidth);
      dx += 2 * pitch;
      dy = at(dy, outputWidth);
    }
    zero(dx, (height - 2 * outputHeight) * width);
  }
}

function averageRowGrad(dx: usize, pitch: usize, dy: usize, count: i32, divisor: f32): void {
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const share = f32x4.div(v128.load(at(dy, j)), f32x4.splat(divisor));
    const low = v128.shuffle<f32>(share, share, 0, 0, 1, 1);
    const high = v128.shuffle<f32>(share, share, 2, 2, 3, 3);
    const to = at(dx, 2 * j);
    v128.store(to, low);
    v128.store(to, high, 16);
    v128.store(to + pitch, low);
    v128.store(to + pitch, high, 16);
  }
  for (; j < count; j++) {
    const share = load<f32>(at(dy, j)) / divisor;
    const to = at(dx, 2 * j);
    store<f32>(to, share);
    store<f32>(to, share, 4);
    store<f32>(to + pitch, share);
    store<f32>(to + pitch, share, 4);
  }
}
