import type { KernelStep, PlanTensor } from '../../../plan';
import { numberAttribute, pairAttribute } from '../../../wasm/encode/attributes';
import { inputOf, sizeOf } from '../../../wasm/encode/tensors';
import type { ProgramBuilder } from '../../program-builder';
import type { Encoder } from '../encoder';
import { splitIndex } from '../split-index';

/** Columns of an image's windows: `[planes, kernel, windows]`, both of two dimensions. */
function encodeUnfold(step: KernelStep, program: ProgramBuilder): void {
  const [image, columns] = [inputOf(step, 0), step.output];
  const names = ['plane', 'ky', 'kx', 'oy', 'ox'];
  program.forEach({
    name: step.op,
    tensors: { image, columns },
    sizes: columnSizes(step, image),
    size: sizeOf(columns),
    body: `${splitIndex('i', names, ['', 'p.kernel_h', 'p.kernel_w', 'p.windows_h', 'p.windows_w'])}
  // Places before the image are large unsigned numbers.
  let y = oy * p.stride_h + ky * p.dilation_h - p.padding_h;
  let x = ox * p.stride_w + kx * p.dilation_w - p.padding_w;
  var value = 0.0;
  if (y < p.height && x < p.width) { value = load_image((plane * p.height + y) * p.width + x); }
  store_columns(i, value);`,
  });
}

/** Each element of the image is the sum of its places in the columns, in their order. */
function encodeFold(step: KernelStep, program: ProgramBuilder): void {
  const [columns, image] = [inputOf(step, 0), step.output];
  program.forEach({
    name: step.op,
    tensors: { image, columns },
    sizes: columnSizes(step, image),
    size: sizeOf(image),
    body: `${splitIndex('i', ['plane', 'y', 'x'], ['', 'p.height', 'p.width'])}
  var sum = 0.0;
  for (var ky = 0u; ky < p.kernel_h; ky++) {
    let top = y + p.padding_h - ky * p.dilation_h;
    let oy = top / p.stride_h;
    if (top % p.stride_h != 0u || oy >= p.windows_h) { continue; }
    for (var kx = 0u; kx < p.kernel_w; kx++) {
      let left = x + p.padding_w - kx * p.dilation_w;
      let ox = left / p.stride_w;
      if (left % p.stride_w != 0u || ox >= p.windows_w) { continue; }
      let row = (plane * p.kernel_h + ky) * p.kernel_w + kx;
      sum += load_columns((row * p.windows_h + oy) * p.windows_w + ox);
    }
  }
  store_image(i, sum);`,
  });
}

function columnSizes({ attrs }: KernelStep, image: PlanTensor): Record<string, number> {
  const [height = 1, width = 1] = image.shape.slice(-2);
  const [kernel, stride] = [pairAttribute(attrs, 'kernel'), pairAttribute(attrs, 'stride')];
  const [padding, dilation] = [pairAttribute(attrs, 'padding'), pairAttribute(attrs, 'dilation')];
  const windows = [height, width].map((size, axis) => {
    const span = (dilation[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;
    return Math.floor((size + 2 * (padding[axis] ?? 0) - span) / (stride[axis] ?? 1)) + 1;
  });
  const pairs = Object.entries({ kernel, stride, padding, dilation, windows });
  return {
    height,
    width,
    ...Object.fromEntries(
      pairs.flatMap(([name, [down = 1, across = 1]]) => [
        [`${name}_h`, down],
        [`${name}_w`, across],
      ]),
    ),
  };
}

/** Slices (N, C, depth, size) of volumes as channels of windows along the depth: (N, windows, C, kernel, size). */
function encodeDepthWindows(step: KernelStep, program: ProgramBuilder): void {
  const [slices, windows] = [inputOf(step, 0), step.output];
  program.forEach({
    name: step.op,
    tensors: { slices, windows },
    sizes: depthSizes(step, slices, windows),
    size: sizeOf(windows),
    body: `${splitIndex(
      'i',
      ['image', 'window', 'channel', 'k', 'place'],
      ['', 'p.windows', 'p.channels', 'p.kernel', 'p.size'],
    )}
  let slice = window * p.stride + k * p.dilation - p.padding;
  var value = 0.0;
  if (slice < p.depth) { value = load_slices(((image * p.channels + channel) * p.depth + slice) * p.size + place); }
  store_windows(i, value);`,
  });
}

/** Each slice is the sum of its places in the windows, the kernel's first place first. */
function encodeDepthWindowsSum(step: KernelStep, program: ProgramBuilder): void {
  const [windows, slices] = [inputOf(step, 0), step.output];
  program.forEach({
    name: step.op,
    tensors: { slices, windows },
    sizes: depthSizes(step, slices, windows),
    size: sizeOf(slices),
    body: `${splitIndex('i', ['image', 'channel', 'slice', 'place'], ['', 'p.channels', 'p.depth', 'p.size'])}
  var sum = 0.0;
  for (var k = 0u; k < p.kernel; k++) {
    let start = slice + p.padding - k * p.dilation;
    let window = start / p.stride;
    if (start % p.stride != 0u || window >= p.windows) { continue; }
    sum += load_windows((((image * p.windows + window) * p.channels + channel) * p.kernel + k) * p.size + place);
  }
  store_slices(i, sum);`,
  });
}

function depthSizes({ attrs }: KernelStep, slices: PlanTensor, windows: PlanTensor): Record<string, number> {
  const [, channels = 1, depth = 1, size = 1] = slices.shape;
  const window = ['kernel', 'stride', 'padding', 'dilation'].map((name) => [name, numberAttribute(attrs, name)]);
  return { channels, depth, size, windows: windows.shape[1] ?? 1, ...Object.fromEntries(window) };
}

export const windowKernels: Readonly<Record<string, Encoder>> = {
  depth_windows: encodeDepthWindows,
  depth_windows_sum: encodeDepthWindowsSum,
  fold: encodeFold,
  unfold: encodeUnfold,
};
