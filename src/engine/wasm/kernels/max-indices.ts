import { philox4 } from './philox';
import { placeOfDraw } from './place-of-draw';
import { arg, argAddress, at, splitAt } from './simd';
import {
  DEPTH,
  DILATION_DEPTH,
  DILATION_HEIGHT,
  DILATION_WIDTH,
  HEIGHT,
  INPUT,
  KERNEL_DEPTH,
  KERNEL_HEIGHT,
  KERNEL_WIDTH,
  OUTPUT,
  OUTPUT_DEPTH,
  OUTPUT_HEIGHT,
  OUTPUT_WIDTH,
  PADDING_DEPTH,
  PADDING_HEIGHT,
  PADDING_WIDTH,
  PLANES,
  STRIDE_DEPTH,
  STRIDE_HEIGHT,
  STRIDE_WIDTH,
  WIDTH,
  sizeOfOutput,
  sizeOfPlane,
} from './pool-window';

/** Where in its plane each window's maximum stands (i32): the first of equal ones, of NaNs the last. Arguments: see pool-window. */
export function max_pool_indices(args: usize, part: i32, parts: i32): void {
  const end = splitAt(arg(args, PLANES), part + 1, parts);
  for (let plane = splitAt(arg(args, PLANES), part, parts); plane < end; plane++) {
    const x = at(argAddress(args, INPUT), plane * sizeOfPlane(args));
    let to = at(argAddress(args, OUTPUT), plane * sizeOfOutput(args));
    for (let i = 0; i < arg(args, OUTPUT_DEPTH); i++) {
      const front = i * arg(args, STRIDE_DEPTH) - arg(args, PADDING_DEPTH);
      for (let j = 0; j < arg(args, OUTPUT_HEIGHT); j++) {
        const top = j * arg(args, STRIDE_HEIGHT) - arg(args, PADDING_HEIGHT);
        for (let k = 0; k < arg(args, OUTPUT_WIDTH); k++) {
          const left = k * arg(args, STRIDE_WIDTH) - arg(args, PADDING_WIDTH);
          const index = maximumOfBox(
            args,
            x,
            inside(front, arg(args, DILATION_DEPTH)),
            min(front + arg(args, KERNEL_DEPTH) * arg(args, DILATION_DEPTH), arg(args, DEPTH)),
            arg(args, DILATION_DEPTH),
            inside(top, arg(args, DILATION_HEIGHT)),
            min(top + arg(args, KERNEL_HEIGHT) * arg(args, DILATION_HEIGHT), arg(args, HEIGHT)),
            arg(args, DILATION_HEIGHT),
            inside(left, arg(args, DILATION_WIDTH)),
            min(left + arg(args, KERNEL_WIDTH) * arg(args, DILATION_WIDTH), arg(args, WIDTH)),
            arg(args, DILATION_WIDTH),
          );
          store<i32>(to, index);
          to += 4;
        }
      }
    }
  }
}

/** The first place of a window that is not before the input. */
function inside(first: i32, dilation: i32): i32 {
  return first < 0 ? first + ((dilation - 1 - first) / dilation) * dilation : first;
}

/**
 * The same for bins: tables of [first, end) for slices, rows and columns follow the sizes. Arguments: x, indices, planes,
 * D, H, W, OD, OH, OW, addresses of the tables.
 */
export function adaptive_max_indices(args: usize, part: i32, parts: i32): void {
  const end = splitAt(arg(args, PLANES), part + 1, parts);
  for (let plane = splitAt(arg(args, PLANES), part, parts); plane < end; plane++) {
    const x = at(argAddress(args, INPUT), plane * sizeOfPlane(args));
    let to = at(argAddress(args, OUTPUT), plane * sizeOfOutput(args));
    for (let i = 0; i < arg(args, OUTPUT_DEPTH); i++) {
      const slices = argAddress(args, 9) + usize(i) * 8;
      for (let j = 0; j < arg(args, OUTPUT_HEIGHT); j++) {
        const rows = argAddress(args, 10) + usize(j) * 8;
        for (let k = 0; k < arg(args, OUTPUT_WIDTH); k++) {
          const columns = argAddress(args, 11) + usize(k) * 8;
          const index = maximumOfBox(
            args,
            x,
            load<i32>(slices),
            load<i32>(slices, 4),
            1,
            load<i32>(rows),
            load<i32>(rows, 4),
            1,
            load<i32>(columns),
            load<i32>(columns, 4),
            1,
          );
          store<i32>(to, index);
          to += 4;
        }
      }
    }
  }
}

/**
 * The same for windows whose places are drawn. Arguments: x, indices, planes, D, H, W, OD, OH, OW, kernel d, h, w, samples
 * [planes, 2 or 3], how many samples a plane has.
 */
export function fractional_max_indices(args: usize, part: i32, parts: i32): void {
  const kernelDepth = arg(args, KERNEL_DEPTH);
  const kernelHeight = arg(args, KERNEL_HEIGHT);
  const kernelWidth = arg(args, KERNEL_WIDTH);
  const perPlane = arg(args, 13);
  const end = splitAt(arg(args, PLANES), part + 1, parts);
  for (let plane = splitAt(arg(args, PLANES), part, parts); plane < end; plane++) {
    const x = at(argAddress(args, INPUT), plane * sizeOfPlane(args));
    let to = at(argAddress(args, OUTPUT), plane * sizeOfOutput(args));
    // PyTorch's order: width, height of images; depth, height, width of volumes.
    const samples = at(argAddress(args, 12), plane * perPlane);
    const forDepth: f32 = perPlane == 3 ? load<f32>(samples) : 0;
    const forHeight = load<f32>(samples, 4);
    const forWidth = perPlane == 3 ? load<f32>(samples, 8) : load<f32>(samples);
    for (let i = 0; i < arg(args, OUTPUT_DEPTH); i++) {
      const slice = drawnPlace(i, forDepth, arg(args, DEPTH), arg(args, OUTPUT_DEPTH), kernelDepth);
      for (let j = 0; j < arg(args, OUTPUT_HEIGHT); j++) {
        const row = drawnPlace(j, forHeight, arg(args, HEIGHT), arg(args, OUTPUT_HEIGHT), kernelHeight);
        for (let k = 0; k < arg(args, OUTPUT_WIDTH); k++) {
          const column = drawnPlace(k, forWidth, arg(args, WIDTH), arg(args, OUTPUT_WIDTH), kernelWidth);
          const index = maximumOfBox(
            args,
            x,
            slice,
            slice + kernelDepth,
            1,
            row,
            row + kernelHeight,
            1,
            column,
            column + kernelWidth,
            1,
          );
          store<i32>(to, index);
          to += 4;
        }
      }
    }
  }
}

/** Where window `index` of `count` begins: ⌊(index + u)·α⌋ − ⌊u·α⌋, the last one at the end (Graham, 2014; in float32, as PyTorch). */
function drawnPlace(index: i32, sample: f32, size: i32, count: i32, kernel: i32): i32 {
  if (index == count - 1) return size - kernel;
  const alpha = f32(size - kernel) / f32(count - 1);
  const place = i32((f32(index) + sample) * alpha) - i32(sample * alpha);
  // Samples that are given may be any numbers.
  return max(0, min(place, size - kernel));
}

/** Three draws of each plane, or two. Arguments: random (i32 [4]), samples, planes, draws of a plane, key. */
export function fractional_pool_samples(args: usize, part: i32, parts: i32): void {
  const random = argAddress(args, 0);
  const count = arg(args, 3);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let plane = splitAt(arg(args, 2), part, parts); plane < end; plane++) {
    const place = placeOfDraw(random, arg(args, 5), arg(args, 6), plane);
    const words = philox4(place, 0, arg(args, 4), load<u32>(random, 8), load<u32>(random), load<u32>(random, 4));
    const draws = f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(words, 8)), f32x4.splat(1.0 / 16777216.0));
    const to = at(argAddress(args, 1), plane * count);
    store<f32>(to, f32x4.extract_lane(draws, 0));
    store<f32>(to, f32x4.extract_lane(draws, 1), 4);
    if (count == 3) store<f32>(to, f32x4.extract_lane(draws, 2), 8);
  }
}

/** Index in its plane x of the largest element of a box; −1 where the box is empty. */
function maximumOfBox(
  args: usize,
  x: usize,
  firstSlice: i32,
  endSlice: i32,
  sliceStep: i32,
  firstRow: i32,
  endRow: i32,
  rowStep: i32,
  firstColumn: i32,
  endColumn: i32,
  columnStep: i32,
): i32 {
  const height = arg(args, HEIGHT);
  const width = arg(args, WIDTH);
  if (firstSlice >= endSlice || firstRow >= endRow || firstColumn >= endColumn) return -1;
  const isLong = columnStep == 1 && endColumn - firstColumn >= 16;
  let index = (firstSlice * height + firstRow) * width + firstColumn;
  let best = load<f32>(at(x, index));
  for (let slice = firstSlice; slice < endSlice; slice += sliceStep) {
    for (let row = firstRow; row < endRow; row += rowStep) {
      const start = (slice * height + row) * width;
      if (isLong) {
        const largest = maximumOfSpan(at(x, start + firstColumn), endColumn - firstColumn);
        if (largest <= best) continue;
        if (largest > best) {
          best = largest;
          index = start + firstColumn + placeOf(at(x, start + firstColumn), largest);
          continue;
        }
      }
      for (let column = firstColumn; column < endColumn; column += columnStep) {
        const value = load<f32>(at(x, start + column));
        if (value > best || value != value) {
          best = value;
          index = start + column;
        }
      }
    }
  }
  return index;
}

/** Largest of `count` ≥ 4 floats; NaN where one of them may be NaN. */
function maximumOfSpan(x: usize, count: i32): f32 {
  const last = at(x, count - 4);
  let best = v128.load(last);
  let sum = best;
  for (let from = x; from < last; from += 16) {
    const value = v128.load(from);
    best = f32x4.pmax(best, value);
    sum = f32x4.add(sum, value);
  }
  if (v128.any_true(f32x4.ne(sum, sum))) return f32(NaN);
  const pairs = f32x4.pmax(best, v128.shuffle<f32>(best, best, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** Index of the first float that is equal to `value`, which is among them. */
function placeOf(x: usize, value: f32): i32 {
  const values = f32x4.splat(value);
  let from = x;
  while (!v128.any_true(f32x4.eq(v128.load(from), values))) from += 16;
  while (load<f32>(from) != value) from += 4;
  return i32(from - x) >> 2;
}
