import { arg, at, zero } from './simd';
import {
  DILATION_HEIGHT,
  DILATION_WIDTH,
  HEIGHT,
  KERNEL_DEPTH,
  KERNEL_HEIGHT,
  KERNEL_WIDTH,
  OUTPUT_DEPTH,
  OUTPUT_HEIGHT,
  OUTPUT_WIDTH,
  PADDING_HEIGHT,
  PADDING_WIDTH,
  STRIDE_DEPTH,
  STRIDE_HEIGHT,
  STRIDE_WIDTH,
  WIDTH,
} from './pool-window';

/** Windows of 2×2 side by side: every element is in one at most. */
export function isHalving(args: usize): bool {
  return (
    arg(args, KERNEL_DEPTH) * arg(args, STRIDE_DEPTH) == 1 &&
    arg(args, KERNEL_HEIGHT) == 2 &&
    arg(args, KERNEL_WIDTH) == 2 &&
    arg(args, STRIDE_HEIGHT) == 2 &&
    arg(args, STRIDE_WIDTH) == 2 &&
    (arg(args, PADDING_HEIGHT) | arg(args, PADDING_WIDTH)) == 0 &&
    arg(args, DILATION_HEIGHT) == 1 &&
    arg(args, DILATION_WIDTH) == 1 &&
    arg(args, OUTPUT_HEIGHT) * 2 <= arg(args, HEIGHT) &&
    arg(args, OUTPUT_WIDTH) * 2 <= arg(args, WIDTH)
  );
}

/** `winners` 0: they are not wanted. */
export function halvedPlane(args: usize, x: usize, y: usize, winners: usize): void {
  const width = arg(args, WIDTH);
  const outputWidth = arg(args, OUTPUT_WIDTH);
  const rows = arg(args, OUTPUT_HEIGHT);
  const pitch = usize(width) << 2;
  for (let slice = 0; slice < arg(args, OUTPUT_DEPTH); slice++) {
    let row = at(x, slice * arg(args, HEIGHT) * width);
    for (let i = 0; i < rows; i++) {
      halvedRow(row, pitch, outputWidth, y, winners);
      row += 2 * pitch;
      y = at(y, outputWidth);
      if (winners != 0) winners += usize(outputWidth);
    }
  }
}

function halvedRow(x: usize, pitch: usize, count: i32, y: usize, winners: usize): void {
  let j = 0;
  if (count >= 4) {
    while (j < count) {
      // The last four may overlap those before.
      j = min(j, count - 4);
      const from = at(x, 2 * j);
      const a = v128.load(from);
      const b = v128.load(from, 16);
      const c = v128.load(from + pitch);
      const d = v128.load(from + pitch, 16);
      // A NaN stays in a sum (and infinities of both signs look like one, which costs time alone).
      const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
      if (v128.any_true(f32x4.ne(sum, sum))) {
        for (let k = j; k < j + 4; k++) halvedWindow(at(x, 2 * k), pitch, at(y, k), winners, k);
      } else {
        const first = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
        const second = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
        const third = v128.shuffle<f32>(c, d, 0, 2, 4, 6);
        const fourth = v128.shuffle<f32>(c, d, 1, 3, 5, 7);
        const top = f32x4.pmax(first, second);
        const bottom = f32x4.pmax(third, fourth);
        v128.store(at(y, j), f32x4.pmax(top, bottom));
        if (winners != 0) {
          const isRight = v128.bitselect(f32x4.gt(fourth, third), f32x4.gt(second, first), f32x4.gt(bottom, top));
          // 1 in the right column, and 2 more below: −mask is 1 where it is set.
          const winner = i32x4.neg(i32x4.add(i32x4.shl(f32x4.gt(bottom, top), 1), isRight));
          const shorts = i16x8.narrow_i32x4_u(winner, winner);
          v128.store32_lane(winners + usize(j), i8x16.narrow_i16x8_u(shorts, shorts), 0);
        }
      }
      j += 4;
    }
    return;
  }
  for (; j < count; j++) halvedWindow(at(x, 2 * j), pitch, at(y, j), winners, j);
}

function halvedWindow(x: usize, pitch: usize, y: usize, winners: usize, index: i32): void {
  let best = load<f32>(x);
  let winner = 0;
  for (let k = 1; k < 4; k++) {
    const value = load<f32>(x + usize(k >> 1) * pitch + (usize(k & 1) << 2));
    if (value > best || value != value) {
      best = value;
      winner = k;
    }
  }
  store<f32>(y, best);
  if (winners != 0) store<u8>(winners + usize(index), u8(winner));
}

export function halvedPlaneGrad(args: usize, dy: usize, winners: usize, dx: usize): void {
  const width = arg(args, WIDTH);
  const outputWidth = arg(args, OUTPUT_WIDTH);
  const slices = arg(args, OUTPUT_DEPTH);
  const rows = arg(args, OUTPUT_HEIGHT);
  const unseen = arg(args, HEIGHT) - 2 * rows;
  const pitch = usize(width) << 2;
  for (let slice = 0; slice < slices; slice++) {
    for (let i = 0; i < rows; i++) {
      halvedRowGrad(dy, winners, dx, pitch, outputWidth);
      if (2 * outputWidth < width) {
        zero(at(dx, 2 * outputWidth), width - 2 * outputWidth);
        zero(at(dx, 2 * outputWidth) + pitch, width - 2 * outputWidth);
      }
      dy = at(dy, outputWidth);
      winners += usize(outputWidth);
      dx += 2 * pitch;
    }
    zero(dx, unseen * width);
    dx = at(dx, unseen * width);
  }
}

function halvedRowGrad(dy: usize, winners: usize, dx: usize, pitch: usize, count: i32): void {
  let j = 0;
  if (count >= 4) {
    while (j < count) {
      // The last four may overlap those before.
      j = min(j, count - 4);
      const gradient = v128.load(at(dy, j));
      const winner = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(winners + usize(j))));
      const first = v128.and(gradient, i32x4.eq(winner, i32x4.splat(0)));
      const second = v128.and(gradient, i32x4.eq(winner, i32x4.splat(1)));
      const third = v128.and(gradient, i32x4.eq(winner, i32x4.splat(2)));
      const fourth = v128.and(gradient, i32x4.eq(winner, i32x4.splat(3)));
      const to = at(dx, 2 * j);
      v128.store(to, v128.shuffle<f32>(first, second, 0, 4, 1, 5));
      v128.store(to, v128.shuffle<f32>(first, second, 2, 6, 3, 7), 16);
      v128.store(to + pitch, v128.shuffle<f32>(third, fourth, 0, 4, 1, 5));
      v128.store(to + pitch, v128.shuffle<f32>(third, fourth, 2, 6, 3, 7), 16);
      j += 4;
    }
    return;
  }
  for (; j < count; j++) {
    const gradient = load<f32>(at(dy, j));
    const winner = load<u8>(winners + usize(j));
    const to = at(dx, 2 * j);
    store<f32>(to, winner == 0 ? gradient : 0);
    store<f32>(to, winner == 1 ? gradient : 0, 4);
    store<f32>(to + pitch, winner == 2 ? gradient : 0);
    store<f32>(to + pitch, winner == 3 ? gradient : 0, 4);
  }
}
