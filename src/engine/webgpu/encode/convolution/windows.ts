import type { KernelStep, PlanTensor } from '../../../plan';
import { numberAttribute, pairAttribute } from '../../../steps/attributes';
import { inputOf, planeShape, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import type { ElementContext } from '../encoder';

export function addChannelBias({ input, at, inputTensor, size }: ElementContext): string {
  const [, channels, places] = planeShape(inputTensor(0));
  return `${input(0)} + ${at(1, `i / ${size(places)} % ${size(channels)}`)}`;
}

/** Windows of images as columns: a plane's columns are (tap, window row, window). */
export function encodeUnfold(step: KernelStep, program: ProgramBuilder): void {
  const [image, columns] = [inputOf(step, 0), step.output];
  program.forEach({
    name: 'unfold',
    tensors: { image, columns },
    ...columnParameters(step, image),
    size: sizeOf(columns),
    body: `  let window = i % (p.rows * p.across);
  let tap = i / (p.rows * p.across) % (p.kernel_y * p.kernel_x);
  let plane = i / (p.rows * p.across * p.kernel_y * p.kernel_x);
  let y = i32(window / p.across) * p.stride_y - p.padding_y + i32(tap / p.kernel_x) * p.dilation_y;
  let x = i32(window % p.across) * p.stride_x - p.padding_x + i32(tap % p.kernel_x) * p.dilation_x;
  var value = 0.0;
  if (u32(y) < p.height && u32(x) < p.width) { value = load_image((plane * p.height + u32(y)) * p.width + u32(x)); }
  store_columns(i, value);`,
  });
}

/** The sum of the columns' elements at each place of the images. */
export function encodeFold(step: KernelStep, program: ProgramBuilder): void {
  const [image, columns] = [step.output, inputOf(step, 0)];
  program.forEach({
    name: 'fold',
    tensors: { image, columns },
    ...columnParameters(step, image),
    size: sizeOf(image),
    body: `  let plane = i / (p.height * p.width);
  let y = i32(i / p.width % p.height);
  let x = i32(i % p.width);
  var sum = 0.0;
  for (var ky = 0u; ky < p.kernel_y; ky++) {
    let top = y + p.padding_y - i32(ky) * p.dilation_y;
    if (top < 0 || top % p.stride_y != 0 || u32(top / p.stride_y) >= p.rows) { continue; }
    for (var kx = 0u; kx < p.kernel_x; kx++) {
      let left = x + p.padding_x - i32(kx) * p.dilation_x;
      if (left < 0 || left % p.stride_x != 0 || u32(left / p.stride_x) >= p.across) { continue; }
      let column = (plane * p.kernel_y + ky) * p.kernel_x + kx;
      sum += load_columns((column * p.rows + u32(top / p.stride_y)) * p.across + u32(left / p.stride_x));
    }
  }
  store_image(i, sum);`,
  });
}

function columnParameters({ attrs }: KernelStep, image: PlanTensor) {
  const [height = 1, width = 1] = image.shape.slice(-2);
  const [kernel, stride] = [pairAttribute(attrs, 'kernel'), pairAttribute(attrs, 'stride')];
  const [padding, dilation] = [pairAttribute(attrs, 'padding'), pairAttribute(attrs, 'dilation')];
  const windows = (size: number, axis: 0 | 1) =>
    Math.floor((size + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1;
  return {
    sizes: {
      ...{ height, width, rows: windows(height, 0), across: windows(width, 1) },
      ...{ kernel_y: kernel[0], kernel_x: kernel[1] },
    },
    integers: {
      ...{ stride_y: stride[0], stride_x: stride[1], padding_y: padding[0], padding_x: padding[1] },
      ...{ dilation_y: dilation[0], dilation_x: dilation[1] },
    },
  };
}

/** Slices (N, C, depth, size) of volumes as channels (N, windows, C · kernel, size) of windows along the depth. */
export function encodeDepthWindows(step: KernelStep, program: ProgramBuilder): void {
  const [slices, windows] = [inputOf(step, 0), step.output];
  program.forEach({
    name: 'depth_windows',
    tensors: { slices, windows },
    ...depthParameters(step, slices, windows),
    size: sizeOf(windows),
    body: `  let place = i % p.size;
  let k = i / p.size % p.kernel;
  let channel = i / (p.size * p.kernel) % p.channels;
  let window = i / (p.size * p.kernel * p.channels) % p.windows;
  let image = i / (p.size * p.kernel * p.channels * p.windows);
  let slice = i32(window) * p.stride - p.padding + i32(k) * p.dilation;
  var value = 0.0;
  if (u32(slice) < p.depth) {
    value = load_slices(((image * p.channels + channel) * p.depth + u32(slice)) * p.size + place);
  }
  store_windows(i, value);`,
  });
}

/** The sum of the windows' elements at each place of the volumes. */
export function encodeDepthWindowsSum(step: KernelStep, program: ProgramBuilder): void {
  const [slices, windows] = [step.output, inputOf(step, 0)];
  program.forEach({
    name: 'depth_windows_sum',
    tensors: { slices, windows },
    ...depthParameters(step, slices, windows),
    size: sizeOf(slices),
    body: `  let place = i % p.size;
  let slice = i32(i / p.size % p.depth);
  let channel = i / (p.size * p.depth) % p.channels;
  let image = i / (p.size * p.depth * p.channels);
  var sum = 0.0;
  for (var k = 0u; k < p.kernel; k++) {
    let first = slice + p.padding - i32(k) * p.dilation;
    if (first < 0 || first % p.stride != 0 || u32(first / p.stride) >= p.windows) { continue; }
    let window = image * p.windows + u32(first / p.stride);
    sum += load_windows(((window * p.channels + channel) * p.kernel + k) * p.size + place);
  }
  store_slices(i, sum);`,
  });
}

function depthParameters({ attrs }: KernelStep, slices: PlanTensor, windows: PlanTensor) {
  const [, channels = 1, depth = 1, size = 1] = slices.shape;
  const numbers = ['stride', 'padding', 'dilation'].map((name) => [name, numberAttribute(attrs, name)] as const);
  return {
    sizes: { channels, depth, size, windows: windows.shape[1] ?? 1, kernel: numberAttribute(attrs, 'kernel') },
    integers: Object.fromEntries(numbers),
  };
}
