import { at, channelOf, count, data, fill, pixel, sizeAt, type Forward, type Pair, type Tensor64 } from '../tensor64';

export const convolutionForwards: Readonly<Record<string, Forward>> = {
  add_channel_bias: ([x, bias]) => data(x).map((value, i) => value + at(data(bias), channelOf(x, i))),
  conv2d,
  conv2d_grad_input: transposed,
  depth_windows: depthWindows,
  depth_windows_sum: depthWindowsSum,
  fold,
  unfold,
};

function conv2d(
  [x, weight, bias]: readonly Tensor64[],
  attrs: { stride: Pair; padding: readonly [number, number, number, number]; dilation: Pair; groups: number },
  shape: readonly number[],
): Float64Array {
  const [, groupChannels = 0, kernelHeight = 0, kernelWidth = 0] = weight?.shape ?? [];
  const outputsPerGroup = sizeAt(weight, 0) / attrs.groups;
  return fill(shape, (n, o, oy, ox) => {
    let sum = bias ? at(bias.data, o) : 0;
    const firstChannel = Math.floor(o / outputsPerGroup) * groupChannels;
    for (let c = 0; c < groupChannels; c++) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        for (let kx = 0; kx < kernelWidth; kx++) {
          const y = oy * attrs.stride[0] - attrs.padding[0] + ky * attrs.dilation[0];
          const column = ox * attrs.stride[1] - attrs.padding[1] + kx * attrs.dilation[1];
          sum += pixel(x, n, firstChannel + c, y, column, 0) * pixel(weight, o, c, ky, kx, 0);
        }
      }
    }
    return sum;
  });
}

/** Every element of x adds its products with the kernel to the places that it sees. */
function transposed(
  [x, weight]: readonly Tensor64[],
  attrs: { stride: Pair; padding: readonly [number, number, number, number]; dilation: Pair; groups: number },
  shape: readonly number[],
): Float64Array {
  const y = new Float64Array(count(shape));
  const [, outputs = 0, height = 0, width = 0] = shape;
  const [, groupOutputs = 0, kernelHeight = 0, kernelWidth = 0] = weight?.shape ?? [];
  const groupInputs = sizeAt(weight, 0) / attrs.groups;
  fill(x?.shape ?? [], (n, c, row, column) => {
    for (let o = 0; o < groupOutputs; o++) {
      const plane = n * outputs + Math.floor(c / groupInputs) * groupOutputs + o;
      for (let ky = 0; ky < kernelHeight; ky++) {
        for (let kx = 0; kx < kernelWidth; kx++) {
          const oy = row * attrs.stride[0] - attrs.padding[0] + ky * attrs.dilation[0];
          const ox = column * attrs.stride[1] - attrs.padding[1] + kx * attrs.dilation[1];
          if (oy < 0 || oy >= height || ox < 0 || ox >= width) continue;
          const place = (plane * height + oy) * width + ox;
          y[place] = at(y, place) + pixel(x, n, c, row, column, 0) * pixel(weight, c, o, ky, kx, 0);
        }
      }
    }
    return 0;
  });
  return y;
}

interface DepthWindow {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

function depthWindows(
  [x]: readonly Tensor64[],
  { kernel, stride, padding, dilation }: DepthWindow,
  shape: readonly number[],
): Float64Array {
  return fill(shape, (n, window, channel, i) => {
    const slice = window * stride - padding + (channel % kernel) * dilation;
    return pixel(x, n, Math.floor(channel / kernel), slice, i, 0);
  });
}

function depthWindowsSum(
  [windows]: readonly Tensor64[],
  { kernel, stride, padding, dilation }: DepthWindow,
  shape: readonly number[],
): Float64Array {
  return fill(shape, (n, c, slice, i) => {
    let sum = 0;
    for (let window = 0; window < sizeAt(windows, 1); window++) {
      for (let k = 0; k < kernel; k++) {
        if (window * stride - padding + k * dilation === slice) sum += pixel(windows, n, window, c * kernel + k, i, 0);
      }
    }
    return sum;
  });
}

interface ImageWindow {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
}

function unfold([x]: readonly Tensor64[], attrs: ImageWindow, shape: readonly number[]): Float64Array {
  const y = new Float64Array(count(shape));
  eachColumnElement(attrs, x?.shape ?? [], (image, column) => {
    y[column] = image < 0 ? 0 : at(data(x), image);
  });
  return y;
}

function fold([columns]: readonly Tensor64[], attrs: ImageWindow, shape: readonly number[]): Float64Array {
  const y = new Float64Array(count(shape));
  eachColumnElement(attrs, shape, (image, column) => {
    if (image >= 0) y[image] = at(y, image) + at(data(columns), column);
  });
  return y;
}

/** Every element of the columns in order, with its place in the image or −1. */
function eachColumnElement(
  { kernel, stride, padding, dilation }: ImageWindow,
  shape: readonly number[],
  visit: (image: number, column: number) => void,
): void {
  const [height = 0, width = 0] = shape.slice(-2);
  const windows = (size: number, axis: 0 | 1): number =>
    Math.floor((size + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1;
  let column = 0;
  for (let plane = 0; plane < count(shape.slice(0, -2)); plane++) {
    for (let tap = 0; tap < kernel[0] * kernel[1]; tap++) {
      for (let i = 0; i < windows(height, 0); i++) {
        for (let j = 0; j < windows(width, 1); j++) {
          const y = i * stride[0] - padding[0] + Math.floor(tap / kernel[1]) * dilation[0];
          const x = j * stride[1] - padding[1] + (tap % kernel[1]) * dilation[1];
          visit(y < 0 || y >= height || x < 0 || x >= width ? -1 : (plane * height + y) * width + x, column++);
        }
      }
    }
  }
}
