import type { KernelStep } from '../../../plan';
import { numberAttribute, numbersAttribute } from '../../../steps/attributes';
import { inVolume, volumesOf } from '../../../steps/volumes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { asWords } from '../as-words';
import { splitIndex } from '../split-index';
import { bins } from './average-pool';
import { axisSizes } from './axes';
import { largestInBox } from './largest-in-box';
import { encodePlaneReduction } from './plane-reduction';

export function encodeAdaptiveMaxIndices(step: KernelStep, program: ProgramBuilder): void {
  const [x, indices] = [inputOf(step, 0), step.output];
  const rank = Array.isArray(step.attrs['outputSize']) ? step.attrs['outputSize'].length : 0;
  const { planes, size } = volumesOf(x, rank);
  const output = volumesOf(indices, rank).size;
  const plane = size[0] * size[1] * size[2];
  if (output.every((count) => count === 1)) {
    encodePlaneReduction(program, {
      name: step.op,
      tensors: { x: asWords(x), indices: asWords(indices) },
      planes,
      size: plane,
      // Key and place.
      type: 'vec2<i32>',
      nothing: 'vec2<i32>(0, -1)',
      functions: `fn larger_item(a: vec2<i32>, b: vec2<i32>) -> vec2<i32> {
  if (a.y < 0) { return b; }
  if (b.y < 0) { return a; }
  if (a.x != b.x) { return select(b, a, a.x > b.x); }
  // The first of equal ones, of NaNs the last.
  return vec2<i32>(a.x, select(min(a.y, b.y), max(a.y, b.y), a.x == 0x7fffffff));
}`,
      add: 'part = larger_item(part, vec2<i32>(order_key(bitcast<f32>(load_x(plane * p.plane_size + place))), i32(place)));',
      join: 'larger_item(a, b)',
      store: 'store_indices(plane, part.y);',
    });
    return;
  }
  program.forEach({
    name: step.op,
    tensors: { x: asWords(x), indices: asWords(indices) },
    sizes: { plane, ...axisSizes({ size, out: output }) },
    size: sizeOf(indices),
    functions: `${largestInBox}\n${bins}`,
    body: `${splitIndex('i', ['plane', 'z', 'y', 'x'], outputs)}
  let slices = vec3<i32>(window_d(z));
  let rows = vec3<i32>(window_h(y));
  let columns = vec3<i32>(window_w(x));
  let first = vec3<i32>(slices.x, rows.x, columns.x);
  store_indices(i, largest_in_box(plane * p.plane, first, vec3<i32>(slices.y, rows.y, columns.y), vec3<i32>(1)));`,
  });
}

const outputs = ['', 'p.out_d', 'p.out_h', 'p.out_w'];

/** Windows whose places are drawn: ⌊(index + u)·α⌋ − ⌊u·α⌋, the last one at the end (Graham, 2014; in float32, as PyTorch). */
export function encodeFractionalMaxIndices(step: KernelStep, program: ProgramBuilder): void {
  const [x, samples, indices] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const rank = samples.shape.at(-1) ?? 2;
  const { size } = volumesOf(x, rank);
  const output = volumesOf(indices, rank).size;
  const kernel = inVolume(numbersAttribute(step.attrs, 'kernel', rank), 1);
  const rooms = size.map((length, axis) => length - (kernel[axis] ?? 1));
  // Divided here, so that every GPU has the same float.
  const alpha = rooms.map((room, axis) => Math.fround(room / Math.max(1, (output[axis] ?? 1) - 1)));
  // PyTorch's order: width, height of images; depth, height, width of volumes.
  const order = rank === 3 ? [0, 1, 2] : [0, 1, 0];
  program.forEach({
    name: step.op,
    tensors: { x: asWords(x), samples, indices: asWords(indices) },
    sizes: {
      plane: size[0] * size[1] * size[2],
      rank,
      ...axisSizes({ size, out: output, kernel, room: rooms, sample: order }),
    },
    numbers: axisSizes({ alpha }),
    size: sizeOf(indices),
    functions: `${largestInBox}
fn drawn_place(index: u32, sample: f32, alpha: f32, room: u32, count: u32) -> i32 {
  if (index == count - 1u) { return i32(room); }
  let place = i32((f32(index) + sample) * alpha) - i32(sample * alpha);
  // Samples that are given may be any numbers.
  return clamp(place, 0, i32(room));
}`,
    body: `${splitIndex('i', ['plane', 'z', 'y', 'x'], outputs)}
  let first = vec3<i32>(
    drawn_place(z, load_samples(plane * p.rank + p.sample_d), p.alpha_d, p.room_d, p.out_d),
    drawn_place(y, load_samples(plane * p.rank + p.sample_h), p.alpha_h, p.room_h, p.out_h),
    drawn_place(x, load_samples(plane * p.rank + p.sample_w), p.alpha_w, p.room_w, p.out_w),
  );
  let end = first + vec3<i32>(i32(p.kernel_d), i32(p.kernel_h), i32(p.kernel_w));
  store_indices(i, largest_in_box(plane * p.plane, first, end, vec3<i32>(1)));`,
  });
}

/** Two draws of each plane, or three. */
export function encodeFractionalPoolSamples(step: KernelStep, program: ProgramBuilder): void {
  const random = inputOf(step, 0);
  const rank = step.output.shape.at(-1) ?? 2;
  program.forEach({
    name: step.op,
    tensors: { random, samples: step.output },
    sizes: { rank, key: numberAttribute(step.attrs, 'key') },
    size: sizeOf(step.output) / rank,
    body: `  let key = vec2<u32>(u32(load_random(0u)), u32(load_random(1u)));
  let words = philox(vec4<u32>(i, 0u, p.key, u32(load_random(2u))), key);
  for (var k = 0u; k < p.rank; k++) { store_samples(i * p.rank + k, f32(words[k] >> 8u) * ${2 ** -24}); }`,
  });
}
