import { arg, at } from './simd';

/**
 * Arguments that the kernels of max pools begin with: what is read, what is written, planes, input sizes, output sizes, kernel,
 * stride, padding, dilation; sizes are depth, height, width.
 */
export const INPUT = 0;
export const OUTPUT = 1;
export const PLANES = 2;
export const DEPTH = 3;
export const HEIGHT = 4;
export const WIDTH = 5;
export const OUTPUT_DEPTH = 6;
export const OUTPUT_HEIGHT = 7;
export const OUTPUT_WIDTH = 8;
export const KERNEL_DEPTH = 9;
export const KERNEL_HEIGHT = 10;
export const KERNEL_WIDTH = 11;
export const STRIDE_DEPTH = 12;
export const STRIDE_HEIGHT = 13;
export const STRIDE_WIDTH = 14;
export const PADDING_DEPTH = 15;
export const PADDING_HEIGHT = 16;
export const PADDING_WIDTH = 17;
export const DILATION_DEPTH = 18;
export const DILATION_HEIGHT = 19;
export const DILATION_WIDTH = 20;
/** Of the kernels that go by rows: memory for a list of rows, and its bytes a part. */
export const ROWS = 21;
export const ROWS_PITCH = 22;

/** Bytes of an entry of a list of rows: address of the row, and the window's element (row-major) that its first one is. */
export const ROW = 8;

export function sizeOfPlane(args: usize): i32 {
  return arg(args, DEPTH) * arg(args, HEIGHT) * arg(args, WIDTH);
}

export function sizeOfOutput(args: usize): i32 {
  return arg(args, OUTPUT_DEPTH) * arg(args, OUTPUT_HEIGHT) * arg(args, OUTPUT_WIDTH);
}

/** Lists the rows of plane x in the windows of output row `index` (depth·height), in order; returns their number. */
export function listRows(args: usize, x: usize, index: i32, list: usize): i32 {
  const outputHeight = arg(args, OUTPUT_HEIGHT);
  const depth = arg(args, OUTPUT_DEPTH) == 1 ? 0 : index / outputHeight;
  const front = depth * arg(args, STRIDE_DEPTH) - arg(args, PADDING_DEPTH);
  const top = (index - depth * outputHeight) * arg(args, STRIDE_HEIGHT) - arg(args, PADDING_HEIGHT);
  const height = arg(args, HEIGHT);
  const width = arg(args, WIDTH);
  const kernelHeight = arg(args, KERNEL_HEIGHT);
  let entry = list;
  for (let i = 0; i < arg(args, KERNEL_DEPTH); i++) {
    const slice = front + i * arg(args, DILATION_DEPTH);
    if (u32(slice) >= u32(arg(args, DEPTH))) continue;
    for (let j = 0; j < kernelHeight; j++) {
      const row = top + j * arg(args, DILATION_HEIGHT);
      if (u32(row) >= u32(height)) continue;
      store<usize>(entry, at(x, (slice * height + row) * width));
      store<i32>(entry, (i * kernelHeight + j) * arg(args, KERNEL_WIDTH), 4);
      entry += ROW;
    }
  }
  return i32(entry - list) / ROW;
}

/** First of the windows along a row that begin in the row. */
export function firstInner(args: usize): i32 {
  const stride = arg(args, STRIDE_WIDTH);
  return min((arg(args, PADDING_WIDTH) + stride - 1) / stride, arg(args, OUTPUT_WIDTH));
}

/** End of the windows that end in the row. */
export function endInner(args: usize): i32 {
  const span = (arg(args, KERNEL_WIDTH) - 1) * arg(args, DILATION_WIDTH);
  const reach = arg(args, WIDTH) - 1 + arg(args, PADDING_WIDTH) - span;
  return reach < 0 ? 0 : min(reach / arg(args, STRIDE_WIDTH) + 1, arg(args, OUTPUT_WIDTH));
}

/** Four floats, each `stride` after the one before. */
export function loadStrided(from: usize, stride: i32): v128 {
  if (stride == 1) return v128.load(from);
  if (stride == 2) return v128.shuffle<f32>(v128.load(from), v128.load(from, 16), 0, 2, 4, 6);
  const step = usize(stride) << 2;
  let four = v128.load32_zero(from);
  four = v128.load32_lane(from + step, four, 1);
  four = v128.load32_lane(from + 2 * step, four, 2);
  return v128.load32_lane(from + 3 * step, four, 3);
}

/** The first `count` (4 or fewer) lanes. */
export function storeLanes(to: usize, four: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, four);
    return;
  }
  store<f32>(to, f32x4.extract_lane(four, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(four, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(four, 2), 8);
}
