import { arg, argAddress, at, madd, splitAt, sumLanes, zero } from './simd';

/**
 * Convolutions with one input channel in each group. Arguments of all three: x, weight, bias or 0, y (or their gradients),
 * images, groups, output channels of a group, H, W, OH, OW, kernel h, w, stride h, w, dilation h, w, padding top, left.
 */
const X = 0;
const WEIGHT = 1;
const BIAS = 2;
const Y = 3;
const IMAGES = 4;
const GROUPS = 5;
const MULTIPLIER = 6;
const HEIGHT = 7;
const WIDTH = 8;
const OUTPUT_HEIGHT = 9;
const OUTPUT_WIDTH = 10;
const KERNEL_HEIGHT = 11;
const KERNEL_WIDTH = 12;
const STRIDE_HEIGHT = 13;
const STRIDE_WIDTH = 14;
const DILATION_HEIGHT = 15;
const DILATION_WIDTH = 16;
const PADDING_TOP = 17;
const PADDING_LEFT = 18;

/** y = bias, then one pass over the plane for each kernel element: rows are long, kernels small. */
export function depthwise(args: usize, part: i32, parts: i32): void {
  const outputs = arg(args, GROUPS) * arg(args, MULTIPLIER);
  const planes = arg(args, IMAGES) * outputs;
  const taps = arg(args, KERNEL_HEIGHT) * arg(args, KERNEL_WIDTH);
  const width = arg(args, OUTPUT_WIDTH);
  const places = arg(args, OUTPUT_HEIGHT) * width;
  const stride = arg(args, STRIDE_WIDTH);
  const bias = argAddress(args, BIAS);
  const end = splitAt(planes, part + 1, parts);
  for (let plane = splitAt(planes, part, parts); plane < end; plane++) {
    const x = at(argAddress(args, X), (plane / arg(args, MULTIPLIER)) * arg(args, HEIGHT) * arg(args, WIDTH));
    const y = at(argAddress(args, Y), plane * places);
    const start: f32 = bias != 0 ? load<f32>(at(bias, plane % outputs)) : 0;
    for (let i = 0; i < places; i++) store<f32>(at(y, i), start);
    for (let tap = 0; tap < taps; tap++) {
      const row = firstRow(args, tap);
      const column = firstColumn(args, tap);
      const count = endColumn(args, tap) - column;
      const weight = f32x4.splat(load<f32>(at(argAddress(args, WEIGHT), (plane % outputs) * taps + tap)));
      let from = sourceAt(args, x, tap, row, column);
      let to = at(y, row * width + column);
      for (let rows = endRow(args, tap) - row; rows > 0; rows--) {
        addScaled(to, from, weight, count, stride);
        from = at(from, arg(args, STRIDE_HEIGHT) * arg(args, WIDTH));
        to = at(to, width);
      }
    }
  }
}

export function depthwise_grad_input(args: usize, part: i32, parts: i32): void {
  const multiplier = arg(args, MULTIPLIER);
  const groups = arg(args, GROUPS);
  const planes = arg(args, IMAGES) * groups;
  const size = arg(args, HEIGHT) * arg(args, WIDTH);
  const taps = arg(args, KERNEL_HEIGHT) * arg(args, KERNEL_WIDTH);
  const width = arg(args, OUTPUT_WIDTH);
  const stride = arg(args, STRIDE_WIDTH);
  const end = splitAt(planes, part + 1, parts);
  for (let plane = splitAt(planes, part, parts); plane < end; plane++) {
    const dx = at(argAddress(args, X), plane * size);
    zero(dx, size);
    for (let m = 0; m < multiplier; m++) {
      const dy = at(argAddress(args, Y), (plane * multiplier + m) * arg(args, OUTPUT_HEIGHT) * width);
      const weights = at(argAddress(args, WEIGHT), ((plane % groups) * multiplier + m) * taps);
      for (let tap = 0; tap < taps; tap++) {
        const row = firstRow(args, tap);
        const column = firstColumn(args, tap);
        const count = endColumn(args, tap) - column;
        const weight = f32x4.splat(load<f32>(at(weights, tap)));
        let to = sourceAt(args, dx, tap, row, column);
        let from = at(dy, row * width + column);
        for (let rows = endRow(args, tap) - row; rows > 0; rows--) {
          if (stride == 1) addScaled(to, from, weight, count, 1);
          else scatterScaled(to, from, f32x4.extract_lane(weight, 0), count, stride);
          to = at(to, arg(args, STRIDE_HEIGHT) * arg(args, WIDTH));
          from = at(from, width);
        }
      }
    }
  }
}

export function depthwise_grad_weight(args: usize, part: i32, parts: i32): void {
  const multiplier = arg(args, MULTIPLIER);
  const groups = arg(args, GROUPS);
  const outputs = groups * multiplier;
  const size = arg(args, HEIGHT) * arg(args, WIDTH);
  const taps = arg(args, KERNEL_HEIGHT) * arg(args, KERNEL_WIDTH);
  const width = arg(args, OUTPUT_WIDTH);
  const places = arg(args, OUTPUT_HEIGHT) * width;
  const stride = arg(args, STRIDE_WIDTH);
  const end = splitAt(outputs * taps, part + 1, parts);
  for (let unit = splitAt(outputs * taps, part, parts); unit < end; unit++) {
    const output = unit / taps;
    const tap = unit % taps;
    const row = firstRow(args, tap);
    const column = firstColumn(args, tap);
    const count = endColumn(args, tap) - column;
    let sum: f64 = 0;
    for (let image = 0; image < arg(args, IMAGES); image++) {
      const x = at(argAddress(args, X), (image * groups + output / multiplier) * size);
      let from = sourceAt(args, x, tap, row, column);
      let dy = at(argAddress(args, Y), (image * outputs + output) * places + row * width + column);
      for (let rows = endRow(args, tap) - row; rows > 0; rows--) {
        sum += f64(dot(dy, from, count, stride));
        from = at(from, arg(args, STRIDE_HEIGHT) * arg(args, WIDTH));
        dy = at(dy, width);
      }
    }
    store<f32>(at(argAddress(args, WEIGHT), unit), f32(sum));
  }
}

/** First output place of an axis whose source place, `offset` before or after place·stride, is in the image. */
function firstPlace(offset: i32, stride: i32): i32 {
  return offset < 0 ? (stride - 1 - offset) / stride : 0;
}

function endPlace(offset: i32, stride: i32, size: i32, places: i32): i32 {
  const last = size - 1 - offset;
  return last < 0 ? 0 : min(last / stride + 1, places);
}

function rowOffset(args: usize, tap: i32): i32 {
  return (tap / arg(args, KERNEL_WIDTH)) * arg(args, DILATION_HEIGHT) - arg(args, PADDING_TOP);
}

function columnOffset(args: usize, tap: i32): i32 {
  return (tap % arg(args, KERNEL_WIDTH)) * arg(args, DILATION_WIDTH) - arg(args, PADDING_LEFT);
}

function firstRow(args: usize, tap: i32): i32 {
  return firstPlace(rowOffset(args, tap), arg(args, STRIDE_HEIGHT));
}

function endRow(args: usize, tap: i32): i32 {
  return endPlace(rowOffset(args, tap), arg(args, STRIDE_HEIGHT), arg(args, HEIGHT), arg(args, OUTPUT_HEIGHT));
}

function firstColumn(args: usize, tap: i32): i32 {
  return firstPlace(columnOffset(args, tap), arg(args, STRIDE_WIDTH));
}

function endColumn(args: usize, tap: i32): i32 {
  return endPlace(columnOffset(args, tap), arg(args, STRIDE_WIDTH), arg(args, WIDTH), arg(args, OUTPUT_WIDTH));
}

/** The source element that a kernel element meets at an output place. */
function sourceAt(args: usize, x: usize, tap: i32, row: i32, column: i32): usize {
  const y = row * arg(args, STRIDE_HEIGHT) + rowOffset(args, tap);
  return at(x, y * arg(args, WIDTH) + column * arg(args, STRIDE_WIDTH) + columnOffset(args, tap));
}

/** to[j] += weight·from[j·stride] */
function addScaled(to: usize, from: usize, weight: v128, count: i32, stride: i32): void {
  let j = 0;
  if (stride == 1) {
    for (; j + 4 <= count; j += 4) {
      v128.store(to, madd(weight, v128.load(from), v128.load(to)));
      to += 16;
      from += 16;
    }
  } else if (stride == 2) {
    for (; j + 4 <= count; j += 4) {
      const x = v128.shuffle<f32>(v128.load(from), v128.load(from, 16), 0, 2, 4, 6);
      v128.store(to, madd(weight, x, v128.load(to)));
      to += 16;
      from += 32;
    }
  }
  const w = f32x4.extract_lane(weight, 0);
  for (; j < count; j++) {
    store<f32>(to, load<f32>(to) + w * load<f32>(from));
    to += 4;
    from += usize(stride) << 2;
  }
}

/** to[j·stride] += w·from[j] */
function scatterScaled(to: usize, from: usize, w: f32, count: i32, stride: i32): void {
  for (let j = 0; j < count; j++) {
    store<f32>(to, load<f32>(to) + w * load<f32>(from));
    to += usize(stride) << 2;
    from += 4;
  }
}

function dot(a: usize, b: usize, count: i32, stride: i32): f32 {
  let sums = f32x4.splat(0);
  let j = 0;
  if (stride == 1) {
    for (; j + 4 <= count; j += 4) {
      sums = madd(v128.load(a), v128.load(b), sums);
      a += 16;
      b += 16;
    }
  } else if (stride == 2) {
    for (; j + 4 <= count; j += 4) {
      sums = madd(v128.load(a), v128.shuffle<f32>(v128.load(b), v128.load(b, 16), 0, 2, 4, 6), sums);
      a += 16;
      b += 32;
    }
  }
  let sum = sumLanes(sums);
  for (; j < count; j++) {
    sum += load<f32>(a) * load<f32>(b);
    a += 4;
    b += usize(stride) << 2;
  }
  return sum;
}
