import type { PlanTensor } from '../../../plan';
import { sizeOf } from '../../../steps/tensors';
import { foldWorkgroups, type ProgramBuilder } from '../../program-builder';
import { encodeSumOfSplits } from '../gemm/sum-of-splits';
import { sumThreads, totalFunctions } from '../workgroup-sums';
import type { Convolution } from '../../../steps/convolution';

/** Longest sum of one thread, and workgroups that keep a large device busy. */
const longestSum = 256;
const wantedWorkgroups = 1024;

/** One thread a place: a matrix product would be all but empty. Kernel sizes stand in the text, so that loops are unrolled. */
export function encodeDepthwise(
  program: ProgramBuilder,
  convolution: Convolution,
  x: PlanTensor,
  weight: PlanTensor,
  bias: PlanTensor | undefined,
  y: PlanTensor,
): void {
  const [kernelHeight, kernelWidth] = convolution.kernel;
  program.forEach({
    name: 'conv2d, depthwise',
    tensors: { x, weight, y, ...(bias ? { bias } : {}) },
    ...parameters(convolution),
    size: sizeOf(y),
    body: `  let row = i / p.out_width;
  let plane = row / p.out_height;
  let image = plane / p.outputs;
  let channel = plane - image * p.outputs;
  let first = (image * p.groups + channel / p.group_outputs) * p.height * p.width;
  let top = i32(row - plane * p.out_height) * p.stride_y - p.padding_y;
  let left = i32(i - row * p.out_width) * p.stride_x - p.padding_x;
  var sum = ${bias ? 'load_bias(channel)' : '0.0'};
  for (var ky = 0; ky < ${kernelHeight}; ky++) {
    let y = top + ky * p.dilation_y;
    if (u32(y) >= p.height) { continue; }
    for (var kx = 0; kx < ${kernelWidth}; kx++) {
      let x = left + kx * p.dilation_x;
      if (u32(x) >= p.width) { continue; }
      let tap = channel * ${kernelHeight * kernelWidth}u + u32(ky * ${kernelWidth} + kx);
      sum += load_x(first + u32(y) * p.width + u32(x)) * load_weight(tap);
    }
  }
  store_y(i, sum);`,
  });
}

export function encodeDepthwiseGradInput(
  program: ProgramBuilder,
  convolution: Convolution,
  dy: PlanTensor,
  weight: PlanTensor,
  dx: PlanTensor,
): void {
  const [kernelHeight, kernelWidth] = convolution.kernel;
  program.forEach({
    name: 'conv2d, depthwise, gradient of the input',
    tensors: { dy, weight, dx },
    ...parameters(convolution),
    size: sizeOf(dx),
    body: `  let row = i / p.width;
  let plane = row / p.height;
  let image = plane / p.groups;
  let first_channel = (plane - image * p.groups) * p.group_outputs;
  let y = i32(row - plane * p.height) + p.padding_y;
  let x = i32(i - row * p.width) + p.padding_x;
  var sum = 0.0;
  for (var ky = 0; ky < ${kernelHeight}; ky++) {
    let top = y - ky * p.dilation_y;
    let out_y = u32(top / p.stride_y);
    if (top < 0 || i32(out_y) * p.stride_y != top || out_y >= p.out_height) { continue; }
    for (var kx = 0; kx < ${kernelWidth}; kx++) {
      let left = x - kx * p.dilation_x;
      let out_x = u32(left / p.stride_x);
      if (left < 0 || i32(out_x) * p.stride_x != left || out_x >= p.out_width) { continue; }
      for (var o = 0u; o < p.group_outputs; o++) {
        let channel = first_channel + o;
        let place = ((image * p.outputs + channel) * p.out_height + out_y) * p.out_width + out_x;
        sum += load_dy(place) * load_weight(channel * ${kernelHeight * kernelWidth}u + u32(ky * ${kernelWidth} + kx));
      }
    }
  }
  store_dx(i, sum);`,
  });
}

/** A workgroup sums one row of a channel's kernel over a chunk of images and places; the chunks are added in order. */
export function encodeDepthwiseGradWeight(
  program: ProgramBuilder,
  convolution: Convolution,
  x: PlanTensor,
  dy: PlanTensor,
  target: PlanTensor,
): void {
  const { images, groups, outputChannels, outputSize, kernel } = convolution;
  const [kernelHeight, kernelWidth] = kernel;
  const elements = images * outputSize[0] * outputSize[1];
  const rows = groups * outputChannels * kernelHeight;
  const useful = Math.min(Math.ceil(wantedWorkgroups / rows), Math.floor(elements / (4 * sumThreads)));
  const wanted = Math.max(1, useful, Math.ceil(elements / (sumThreads * longestSum)));
  const chunkElements = Math.ceil(elements / wanted);
  const chunks = Math.max(1, Math.ceil(elements / chunkElements));
  const sums = chunks > 1 ? program.scratch(chunks * sizeOf(target)) : target;
  const { sizes, integers } = parameters(convolution);
  const taps = Array.from({ length: kernelWidth }, (_, tap) => tap);
  program.run({
    name: 'conv2d, depthwise, gradient of the weight',
    tensors: { x, dy, sums },
    sizes: { ...sizes, elements, rows, chunks, chunk_elements: chunkElements, target_size: sizeOf(target) },
    integers,
    code: `${totalFunctions(sumThreads)}
@compute @workgroup_size(${sumThreads})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let number = group.x + group.y * groups.x;
  if (number >= p.rows * p.chunks) { return; }
  let chunk = number / p.rows;
  let row = number - chunk * p.rows;
  let channel = row / ${kernelHeight}u;
  let tap_y = i32(row % ${kernelHeight}u) * p.dilation_y - p.padding_y;
  let end = min(p.elements, (chunk + 1u) * p.chunk_elements);
${taps.map((tap) => `  var sum${tap} = 0.0;`).join('\n')}
  for (var i = chunk * p.chunk_elements + t; i < end; i += ${sumThreads}u) {
    let row_of_all = i / p.out_width;
    let image = row_of_all / p.out_height;
    let out_y = row_of_all - image * p.out_height;
    let out_x = i - row_of_all * p.out_width;
    let y = i32(out_y) * p.stride_y + tap_y;
    if (u32(y) >= p.height) { continue; }
    let dy = load_dy(((image * p.outputs + channel) * p.out_height + out_y) * p.out_width + out_x);
    let first = ((image * p.groups + channel / p.group_outputs) * p.height + u32(y)) * p.width;
    let left = i32(out_x) * p.stride_x - p.padding_x;
${taps
  .map(
    (tap) => `    let x${tap} = left + ${tap} * p.dilation_x;
    if (u32(x${tap}) < p.width) { sum${tap} += dy * load_x(first + u32(x${tap})); }`,
  )
  .join('\n')}
  }
  let at = chunk * p.target_size + row * ${kernelWidth}u;
${taps
  .map(
    (tap) => `  let total${tap} = total(t, sum${tap});
  if (t == 0u) { store_sums(at + ${tap}u, total${tap}); }`,
  )
  .join('\n')}
}`,
    workgroups: foldWorkgroups(rows * chunks),
  });
  if (chunks > 1) encodeSumOfSplits(program, sums, target, chunks, undefined);
}

function parameters({ groups, outputChannels, inputSize, outputSize, stride, dilation, padding }: Convolution) {
  return {
    sizes: {
      ...{ groups, outputs: groups * outputChannels, group_outputs: outputChannels },
      ...{ height: inputSize[0], width: inputSize[1], out_height: outputSize[0], out_width: outputSize[1] },
    },
    integers: {
      ...{ stride_y: stride[0], stride_x: stride[1], dilation_y: dilation[0], dilation_x: dilation[1] },
      ...{ padding_y: padding[0], padding_x: padding[1] },
    },
  };
}
