import type { MaxPoolAttributes } from '../../../../core/ops/pooling/max-pool';
import { poolType } from '../../../../core/ops/pooling/pool-window';
import type { KernelStep, PlanTensor } from '../../../plan';
import { numbersAttribute } from '../../../steps/attributes';
import { inVolume, volumesOf } from '../../../steps/volumes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { foldWorkgroups, type ProgramBuilder } from '../../program-builder';
import { asWords } from '../as-words';
import { splitIndex } from '../split-index';
import { axisSizes } from './axes';
import { largestInBox } from './largest-in-box';

/** The largest of each window; −∞ where it holds nothing of the input. */
export function encodeMaxPool(step: KernelStep, program: ProgramBuilder): void {
  encodeLargest(
    step,
    program,
    `  var value = ${lowestWord};
  if (index >= 0) { value = load_x(plane * p.plane + u32(index)); }
  store_y(i, value);`,
  );
}

/** Where in its plane each window's maximum stands. */
export function encodeMaxPoolIndices(step: KernelStep, program: ProgramBuilder): void {
  encodeLargest(step, program, '  store_y(i, index);');
}

const lowestWord = 'i32(0xff800000u)';

function encodeLargest(step: KernelStep, program: ProgramBuilder, store: string): void {
  const [x, y] = [inputOf(step, 0), step.output];
  program.forEach({
    name: step.op,
    tensors: { x: asWords(x), y: asWords(y) },
    sizes: windowSizes(step, x, y),
    size: sizeOf(y),
    functions: largestInBox,
    body: `${splitIndex('i', ['plane', 'z', 'y', 'x'], outputs)}
  let start = vec3<i32>(i32(z * p.stride_d), i32(y * p.stride_h), i32(x * p.stride_w)) - ${padding};
  let dilation = vec3<i32>(i32(p.dilation_d), i32(p.dilation_h), i32(p.dilation_w));
  // The first place of the window that is not before the input.
  let before = (max(-start, vec3<i32>()) + dilation - 1) / dilation;
  let end = min(start + vec3<i32>(i32(p.kernel_d), i32(p.kernel_h), i32(p.kernel_w)) * dilation, ${size});
  let index = largest_in_box(plane * p.plane, start + before * dilation, end, dilation);
${store}`,
  });
}

const outputs = ['', 'p.out_d', 'p.out_h', 'p.out_w'];
const padding = 'vec3<i32>(i32(p.padding_d), i32(p.padding_h), i32(p.padding_w))';
const size = 'vec3<i32>(i32(p.size_d), i32(p.size_h), i32(p.size_w))';

/** Winner of a window that holds nothing of the input. */
const nobody = 255;

const threads = 256;

/** The output holds the values and, behind them, a byte for each: four of them are one thread's to write. */
export function encodeMaxPoolWinners(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const y = { shape: poolType(step.op, [x], step.attrs as MaxPoolAttributes).shape.map(Number) };
  const count = y.shape.reduce((product, length) => product * length, 1);
  if (count === 0) return;
  const call = {
    name: step.op,
    tensors: { x: asWords(x), y: asWords(step.output) },
    sizes: { ...windowSizes(step, x, y), count },
  };
  if (program.tuning.threads === 1) {
    program.forEach({ ...call, size: Math.ceil(count / 4), functions: findWinner, body: fourWinners });
    return;
  }
  program.run({ ...call, code: sharedWinners, workgroups: foldWorkgroups(Math.ceil(count / threads)) });
}

/** `find_winner`: stores the value of window i, and says which place of the window has it. */
const findWinner = `fn find_winner(i: u32) -> u32 {
${splitIndex('i', ['plane', 'z', 'y', 'x'], outputs)}
  var winner = ${nobody}u;
  var best = 0i;
  var value = ${lowestWord};
  // Places before the input are large unsigned numbers.
  for (var kz = 0u; kz < p.kernel_d; kz++) {
    let slice = z * p.stride_d + kz * p.dilation_d - p.padding_d;
    if (slice >= p.size_d) { continue; }
    for (var ky = 0u; ky < p.kernel_h; ky++) {
      let row = y * p.stride_h + ky * p.dilation_h - p.padding_h;
      if (row >= p.size_h) { continue; }
      let line = plane * p.plane + (slice * p.size_h + row) * p.size_w;
      for (var kx = 0u; kx < p.kernel_w; kx++) {
        let column = x * p.stride_w + kx * p.dilation_w - p.padding_w;
        if (column >= p.size_w) { continue; }
        let word = load_x(line + column);
        let key = order_key(bitcast<f32>(word));
        if (winner == ${nobody}u || key > best || key == 0x7fffffff) {
          best = key;
          value = word;
          winner = (kz * p.kernel_h + ky) * p.kernel_w + kx;
        }
      }
    }
  }
  store_y(i, value);
  return winner;
}`;

/** For devices that wait long for each other's threads: one writes the word of four windows, all of which are its own. */
const fourWinners = `  var four = 0u;
  for (var k = 0u; k < 4u && 4u * i + k < p.count; k++) { four |= find_winner(4u * i + k) << (8u * k); }
  store_y(p.count + i, i32(four));`;

const sharedWinners = `${findWinner}
var<workgroup> winners: array<u32, ${threads}>;
@compute @workgroup_size(${threads})
fn main(
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let first = (group_id.x + group_id.y * groups.x) * ${threads}u;
  let i = first + thread;
  winners[thread] = ${nobody}u;
  if (i < p.count) { winners[thread] = find_winner(i); }
  workgroupBarrier();
  if (thread < ${threads / 4}u && first + 4u * thread < p.count) {
    let four = winners[4u * thread] | (winners[4u * thread + 1u] << 8u)
      | (winners[4u * thread + 2u] << 16u) | (winners[4u * thread + 3u] << 24u);
    store_y(p.count + first / 4u + thread, i32(four));
  }
}`;

/** Each element of the input asks the windows that hold it, in their order, whether it won. */
export function encodeMaxPoolGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, winners, dx] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const count = sizeOf(dy);
  const along = (axis: 'd' | 'h' | 'w', place: string): string =>
    `  let place_${axis} = ${place} + p.padding_${axis};
  let span_${axis} = (p.kernel_${axis} - 1u) * p.dilation_${axis};
  let first_${axis} = (max(place_${axis}, span_${axis}) - span_${axis} + p.stride_${axis} - 1u) / p.stride_${axis};
  let end_${axis} = min(place_${axis} / p.stride_${axis} + 1u, p.out_${axis});`;
  const element = (axis: 'd' | 'h' | 'w', window: string): string =>
    `let from_${axis} = place_${axis} - ${window} * p.stride_${axis};
    if (from_${axis} % p.dilation_${axis} != 0u) { continue; }`;
  program.forEach({
    name: step.op,
    tensors: { dy, winners: asWords(winners), dx },
    sizes: { ...windowSizes(step, dx, dy), count },
    size: sizeOf(dx),
    body: `${splitIndex('i', ['plane', 'z', 'y', 'x'], ['', 'p.size_d', 'p.size_h', 'p.size_w'])}
${along('d', 'z')}
${along('h', 'y')}
${along('w', 'x')}
  var sum = 0.0;
  for (var a = first_d; a < end_d; a++) {
    ${element('d', 'a')}
    for (var b = first_h; b < end_h; b++) {
    ${element('h', 'b')}
      for (var c = first_w; c < end_w; c++) {
    ${element('w', 'c')}
        let window = ((plane * p.out_d + a) * p.out_h + b) * p.out_w + c;
        let winner = (u32(load_winners(p.count + window / 4u)) >> (8u * (window % 4u))) & 255u;
        let own = (from_d / p.dilation_d * p.kernel_h + from_h / p.dilation_h) * p.kernel_w + from_w / p.dilation_w;
        if (winner == own) { sum += load_dy(window); }
      }
    }
  }
  store_dx(i, sum);`,
  });
}

function windowSizes(
  { attrs }: KernelStep,
  input: Pick<PlanTensor, 'shape'>,
  output: Pick<PlanTensor, 'shape'>,
): Record<string, number> {
  const { kernel } = attrs;
  const rank = Array.isArray(kernel) ? kernel.length : 0;
  const three = (name: string, other: number) => inVolume(numbersAttribute(attrs, name, rank), other);
  const volumes = volumesOf(input, rank);
  return {
    plane: volumes.size.reduce((product, length) => product * length, 1),
    ...axisSizes({
      size: volumes.size,
      out: volumesOf(output, rank).size,
      kernel: three('kernel', 1),
      stride: three('stride', 1),
      padding: three('padding', 0),
      dilation: three('dilation', 1),
    }),
  };
}
