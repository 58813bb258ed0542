import { arg, argAddress, at, splitAt, zero } from './simd';

/**
 * Arguments of both: input, output, planes, H, W, OH, OW, kernel h, w, stride h, w, padding h, w, dilation h, w, then scratch and
 * its bytes a part (max_pool2d: one row of the image) or dy's address (max_pool2d_grad: input is x, output is dx).
 */
const INPUT = 0;
const OUTPUT = 1;
const PLANES = 2;
const HEIGHT = 3;
const WIDTH = 4;
const OUTPUT_HEIGHT = 5;
const OUTPUT_WIDTH = 6;
const KERNEL_HEIGHT = 7;
const KERNEL_WIDTH = 8;
const STRIDE_HEIGHT = 9;
const STRIDE_WIDTH = 10;
const PADDING_HEIGHT = 11;
const PADDING_WIDTH = 12;
const DILATION_HEIGHT = 13;
const DILATION_WIDTH = 14;
const SCRATCH = 15;
const SCRATCH_PITCH = 16;
const OUTPUT_GRADIENT = 15;

/** The maximum of the window's rows first, for the whole width, then of its columns. */
export function max_pool2d(args: usize, part: i32, parts: i32): void {
  const width = arg(args, WIDTH);
  const height = arg(args, HEIGHT);
  const outputHeight = arg(args, OUTPUT_HEIGHT);
  const outputWidth = arg(args, OUTPUT_WIDTH);
  const buffer = argAddress(args, SCRATCH) + usize(part) * argAddress(args, SCRATCH_PITCH);
  const end = splitAt(arg(args, PLANES), part + 1, parts);
  for (let plane = splitAt(arg(args, PLANES), part, parts); plane < end; plane++) {
    const x = at(argAddress(args, INPUT), plane * height * width);
    let y = at(argAddress(args, OUTPUT), plane * outputHeight * outputWidth);
    for (let i = 0; i < outputHeight; i++) {
      const top = i * arg(args, STRIDE_HEIGHT) - arg(args, PADDING_HEIGHT);
      fill(buffer, width, f32(-Infinity));
      for (let k = 0; k < arg(args, KERNEL_HEIGHT); k++) {
        const row = top + k * arg(args, DILATION_HEIGHT);
        if (row >= 0 && row < height) maximumInto(buffer, at(x, row * width), width);
      }
      maximumOfColumns(args, buffer, y);
      y = at(y, outputWidth);
    }
  }
}

function fill(to: usize, count: i32, value: f32): void {
  const end = at(to, count);
  while (to < end) {
    v128.store(to, f32x4.splat(value));
    to += 16;
  }
}

/** In steps of four: the buffer has room for three floats too many. */
function maximumInto(to: usize, from: usize, count: i32): void {
  const end = at(to, count);
  while (to < end) {
    v128.store(to, f32x4.max(v128.load(to), v128.load(from)));
    to += 16;
    from += 16;
  }
}

function maximumOfColumns(args: usize, row: usize, to: usize): void {
  const width = arg(args, WIDTH);
  const outputWidth = arg(args, OUTPUT_WIDTH);
  const kernel = arg(args, KERNEL_WIDTH);
  const stride = arg(args, STRIDE_WIDTH);
  const padding = arg(args, PADDING_WIDTH);
  const dilation = arg(args, DILATION_WIDTH);
  // Windows in [inner, innerEnd) are wholly in the image.
  const inner = min((padding + stride - 1) / stride, outputWidth);
  const reach = width - 1 + padding - (kernel - 1) * dilation;
  const innerEnd = reach < 0 ? 0 : min(reach / stride + 1, outputWidth);
  let j = 0;
  while (j < outputWidth) {
    const first = j * stride - padding;
    if (stride <= 2 && j >= inner && j + 4 <= innerEnd) {
      let best = loadStrided(at(row, first), stride);
      for (let k = 1; k < kernel; k++) best = f32x4.max(best, loadStrided(at(row, first + k * dilation), stride));
      v128.store(at(to, j), best);
      j += 4;
      continue;
    }
    let best: f32 = f32(-Infinity);
    for (let k = 0; k < kernel; k++) {
      const column = first + k * dilation;
      if (column >= 0 && column < width) best = max(best, load<f32>(at(row, column)));
    }
    store<f32>(at(to, j), best);
    j++;
  }
}

/** Four floats, side by side or every second one. */
function loadStrided(from: usize, stride: i32): v128 {
  if (stride == 1) return v128.load(from);
  return v128.shuffle<f32>(v128.load(from), v128.load(from, 16), 0, 2, 4, 6);
}

/** The first maximum of each window, in row-major order, gets the window's gradient; of NaNs the last, as in PyTorch. */
export function max_pool2d_grad(args: usize, part: i32, parts: i32): void {
  const width = arg(args, WIDTH);
  const height = arg(args, HEIGHT);
  const outputHeight = arg(args, OUTPUT_HEIGHT);
  const outputWidth = arg(args, OUTPUT_WIDTH);
  const kernelHeight = arg(args, KERNEL_HEIGHT);
  const kernelWidth = arg(args, KERNEL_WIDTH);
  const strideHeight = arg(args, STRIDE_HEIGHT);
  const strideWidth = arg(args, STRIDE_WIDTH);
  const paddingHeight = arg(args, PADDING_HEIGHT);
  const paddingWidth = arg(args, PADDING_WIDTH);
  const dilationHeight = arg(args, DILATION_HEIGHT);
  const dilationWidth = arg(args, DILATION_WIDTH);
  const isHalving =
    kernelHeight == 2 &&
    kernelWidth == 2 &&
    strideHeight == 2 &&
    strideWidth == 2 &&
    (paddingHeight | paddingWidth) == 0 &&
    dilationHeight == 1 &&
    dilationWidth == 1;
  const end = splitAt(arg(args, PLANES), part + 1, parts);
  for (let plane = splitAt(arg(args, PLANES), part, parts); plane < end; plane++) {
    const x = at(argAddress(args, INPUT), plane * height * width);
    const dx = at(argAddress(args, OUTPUT), plane * height * width);
    const dy = at(argAddress(args, OUTPUT_GRADIENT), plane * outputHeight * outputWidth);
    zero(dx, height * width);
    for (let i = 0; i < outputHeight; i++) {
      const top = i * strideHeight - paddingHeight;
      let j = 0;
      if (isHalving && 2 * i + 1 < height) {
        const wide = min(outputWidth, width / 2) & ~3;
        for (; j < wide; j += 4) {
          const corner = 2 * i * width + 2 * j;
          scatterHalved(at(x, corner), at(dx, corner), usize(width) << 2, v128.load(at(dy, i * outputWidth + j)));
        }
      }
      for (; j < outputWidth; j++) {
        const left = j * strideWidth - paddingWidth;
        const index = maximumIndex(
          x,
          height,
          width,
          top,
          left,
          kernelHeight,
          kernelWidth,
          dilationHeight,
          dilationWidth,
        );
        if (index < 0) continue;
        const to = at(dx, index);
        store<f32>(to, load<f32>(to) + load<f32>(at(dy, i * outputWidth + j)));
      }
    }
  }
}

/** Element that the window of kernel h × w at (top, left) gives its gradient to; −1: none is in the image. */
function maximumIndex(
  x: usize,
  height: i32,
  width: i32,
  top: i32,
  left: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
): i32 {
  const endRow = min(top + kernelHeight * dilationHeight, height);
  const endColumn = min(left + kernelWidth * dilationWidth, width);
  const firstColumn = left < 0 ? left + ((dilationWidth - 1 - left) / dilationWidth) * dilationWidth : left;
  let best: f32 = f32(-Infinity);
  let bestIndex = -1;
  for (let row = top; row < endRow; row += dilationHeight) {
    if (row < 0) continue;
    for (let column = firstColumn; column < endColumn; column += dilationWidth) {
      const value = load<f32>(at(x, row * width + column));
      if (value > best || bestIndex < 0 || value != value) {
        best = value;
        bestIndex = row * width + column;
      }
    }
  }
  return bestIndex;
}

/** Four windows of 2×2 side by side. */
function scatterHalved(x: usize, dx: usize, pitch: usize, dy: v128): void {
  const a0 = v128.load(x);
  const a1 = v128.load(x, 16);
  const b0 = v128.load(x + pitch);
  const b1 = v128.load(x + pitch, 16);
  let best = v128.shuffle<f32>(a0, a1, 0, 2, 4, 6);
  const second = v128.shuffle<f32>(a0, a1, 1, 3, 5, 7);
  const third = v128.shuffle<f32>(b0, b1, 0, 2, 4, 6);
  const fourth = v128.shuffle<f32>(b0, b1, 1, 3, 5, 7);
  const takesSecond = exceeds(second, best);
  best = v128.bitselect(second, best, takesSecond);
  const takesThird = exceeds(third, best);
  best = v128.bitselect(third, best, takesThird);
  const takesFourth = exceeds(fourth, best);
  const toFourth = v128.and(dy, takesFourth);
  let rest = v128.andnot(dy, takesFourth);
  const toThird = v128.and(rest, takesThird);
  rest = v128.andnot(rest, takesThird);
  const toSecond = v128.and(rest, takesSecond);
  const toFirst = v128.andnot(rest, takesSecond);
  v128.store(dx, v128.shuffle<f32>(toFirst, toSecond, 0, 4, 1, 5));
  v128.store(dx, v128.shuffle<f32>(toFirst, toSecond, 2, 6, 3, 7), 16);
  v128.store(dx + pitch, v128.shuffle<f32>(toThird, toFourth, 0, 4, 1, 5));
  v128.store(dx + pitch, v128.shuffle<f32>(toThird, toFourth, 2, 6, 3, 7), 16);
}

/** Lanes where `value` is greater than `best` or NaN. */
function exceeds(value: v128, best: v128): v128 {
  return v128.or(f32x4.gt(value, best), f32x4.ne(value, value));
}
