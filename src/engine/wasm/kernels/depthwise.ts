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

export function depthwise(args: usize, part: i32, parts: i32): void {
  const outputs = arg(args, GROUPS) * arg(args, MULTIPLIER);
  const planes = arg(args, IMAGES) * outputs;
  const size = arg(args, HEIGHT) * arg(args, WIDTH);
  const kernel = arg(args, KERNEL_HEIGHT) * arg(args, KERNEL_WIDTH);
  const height = arg(args, OUTPUT_HEIGHT);
  const width = arg(args, OUTPUT_WIDTH);
  const bias = argAddress(args, BIAS);
  const end = splitAt(planes, part + 1, parts);
  for (let plane = splitAt(planes, part, parts); plane < end; plane++) {
    const output = plane % outputs;
    const x = at(argAddress(args, X), (plane / arg(args, MULTIPLIER)) * size);
    const weight = at(argAddress(args, WEIGHT), output * kernel);
    let row = at(argAddress(args, Y), plane * height * width);
    const start: f32 = bias != 0 ? load<f32>(at(bias, output)) : 0;
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) store<f32>(at(row, j), start);
      for (let ky = 0; ky < arg(args, KERNEL_HEIGHT); ky++) {
        const y = i * arg(args, STRIDE_HEIGHT) + ky * arg(args, DILATION_HEIGHT) - arg(args, PADDING_TOP);
        if (y < 0 || y >= arg(args, HEIGHT)) continue;
        for (let kx = 0; kx < arg(args, KERNEL_WIDTH); kx++) {
          const first = firstColumn(args, kx);
          const w = load<f32>(at(weight, ky * arg(args, KERNEL_WIDTH) + kx));
          addScaled(at(row, first), sourceAt(args, x, y, kx, first), w, endColumn(args, kx) - first, args);
        }
      }
      row = at(row, width);
    }
  }
}

export function depthwise_grad_input(args: usize, part: i32, parts: i32): void {
  const multiplier = arg(args, MULTIPLIER);
  const groups = arg(args, GROUPS);
  const planes = arg(args, IMAGES) * groups;
  const size = arg(args, HEIGHT) * arg(args, WIDTH);
  const kernel = arg(args, KERNEL_HEIGHT) * arg(args, KERNEL_WIDTH);
  const height = arg(args, OUTPUT_HEIGHT);
  const width = arg(args, OUTPUT_WIDTH);
  const stride = usize(arg(args, STRIDE_WIDTH)) << 2;
  const end = splitAt(planes, part + 1, parts);
  for (let plane = splitAt(planes, part, parts); plane < end; plane++) {
    const x = at(argAddress(args, X), plane * size);
    zero(x, size);
    for (let m = 0; m < multiplier; m++) {
      const weight = at(argAddress(args, WEIGHT), ((plane % groups) * multiplier + m) * kernel);
      let row = at(argAddress(args, Y), (plane * multiplier + m) * height * width);
      for (let i = 0; i < height; i++) {
        for (let ky = 0; ky < arg(args, KERNEL_HEIGHT); ky++) {
          const y = i * arg(args, STRIDE_HEIGHT) + ky * arg(args, DILATION_HEIGHT) - arg(args, PADDING_TOP);
          if (y < 0 || y >= arg(args, HEIGHT)) continue;
          for (let kx = 0; kx < arg(args, KERNEL_WIDTH); kx++) {
            const first = firstColumn(args, kx);
            const count = endColumn(args, kx) - first;
            const w = load<f32>(at(weight, ky * arg(args, KERNEL_WIDTH) + kx));
            let to = sourceAt(args, x, y, kx, first);
            const from = at(row, first);
            if (stride == 4) {
              addScaled(to, from, w, count, args);
              continue;
            }
            for (let j = 0; j < count; j++) {
              store<f32>(to, load<f32>(to) + w * load<f32>(at(from, j)));
              to += stride;
            }
          }
        }
        row = at(row, width);
      }
    }
  }
}

export function depthwise_grad_weight(args: usize, part: i32, parts: i32): void {
  const multiplier = arg(args, MULTIPLIER);
  const groups = arg(args, GROUPS);
  const outputs = groups * multiplier;
  const size = arg(args, HEIGHT) * arg(args, WIDTH);
  const kernelWidth = arg(args, KERNEL_WIDTH);
  const kernel = arg(args, KERNEL_HEIGHT) * kernelWidth;
  const height = arg(args, OUTPUT_HEIGHT);
  const width = arg(args, OUTPUT_WIDTH);
  const end = splitAt(outputs * kernel, part + 1, parts);
  for (let unit = splitAt(outputs * kernel, part, parts); unit < end; unit++) {
    const output = unit / kernel;
    const ky = (unit % kernel) / kernelWidth;
    const kx = (unit % kernel) % kernelWidth;
    const first = firstColumn(args, kx);
    const count = endColumn(args, kx) - first;
    let sum: f64 = 0;
    for (let image = 0; image < arg(args, IMAGES); image++) {
      const x = at(argAddress(args, X), (image * groups + output / multiplier) * size);
      let row = at(argAddress(args, Y), (image * outputs + output) * height * width);
      for (let i = 0; i < height; i++) {
        const y = i * arg(args, STRIDE_HEIGHT) + ky * arg(args, DILATION_HEIGHT) - arg(args, PADDING_TOP);
        if (y >= 0 && y < arg(args, HEIGHT) && count > 0) {
          sum += f64(dot(at(row, first), sourceAt(args, x, y, kx, first), count, arg(args, STRIDE_WIDTH)));
        }
        row = at(row, width);
      }
    }
    store<f32>(at(argAddress(args, WEIGHT), unit), f32(sum));
  }
}

/** First output column whose source column for kernel column kx is in the image. */
function firstColumn(args: usize, kx: i32): i32 {
  const stride = arg(args, STRIDE_WIDTH);
  const missing = arg(args, PADDING_LEFT) - kx * arg(args, DILATION_WIDTH);
  return missing > 0 ? (missing + stride - 1) / stride : 0;
}

/** End of the output columns whose source column is in the image. */
function endColumn(args: usize, kx: i32): i32 {
  const last = arg(args, WIDTH) - 1 + arg(args, PADDING_LEFT) - kx * arg(args, DILATION_WIDTH);
  return last < 0 ? 0 : min(last / arg(args, STRIDE_WIDTH) + 1, arg(args, OUTPUT_WIDTH));
}

function sourceAt(args: usize, x: usize, y: i32, kx: i32, column: i32): usize {
  const offset = column * arg(args, STRIDE_WIDTH) + kx * arg(args, DILATION_WIDTH) - arg(args, PADDING_LEFT);
  return at(x, y * arg(args, WIDTH) + offset);
}

/** to[j] += w · from[j·strideW], or, where strideW is 1, the other way round as well. */
function addScaled(to: usize, from: usize, w: f32, count: i32, args: usize): void {
  const stride = arg(args, STRIDE_WIDTH);
  const weights = f32x4.splat(w);
  let j = 0;
  if (stride == 1) {
    for (; j + 4 <= count; j += 4) {
      v128.store(to, madd(weights, v128.load(from), v128.load(to)));
      to += 16;
      from += 16;
    }
  } else if (stride == 2) {
    for (; j + 4 <= count; j += 4) {
      const x = v128.shuffle<f32>(v128.load(from), v128.load(from, 16), 0, 2, 4, 6);
      v128.store(to, madd(weights, x, v128.load(to)));
      to += 16;
      from += 32;
    }
  }
  for (; j < count; j++) {
    store<f32>(to, load<f32>(to) + w * load<f32>(from));
    to += 4;
    from += usize(stride) << 2;
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
