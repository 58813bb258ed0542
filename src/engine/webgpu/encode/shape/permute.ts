import type { KernelStep } from '../../../plan';
import { numberAttribute, numbersAttribute } from '../../../steps/attributes';
import { inputOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { denseStrides, encodeMove, type MoveDimension } from './move';

export function encodePermute(step: KernelStep, program: ProgramBuilder): void {
  const strides = denseStrides(inputOf(step, 0).shape);
  const order = numbersAttribute(step.attrs, 'order', strides.length);
  gather(
    step,
    program,
    order.map((dim) => strides[dim] ?? 0),
  );
}

export function encodeExpand(step: KernelStep, program: ProgramBuilder): void {
  const { shape } = inputOf(step, 0);
  const strides = denseStrides(shape);
  const added = step.output.shape.length - shape.length;
  gather(
    step,
    program,
    step.output.shape.map((_, dim) => (shape[dim - added] === 1 ? 0 : (strides[dim - added] ?? 0))),
  );
}

/** Dimension i of the result is `repeats[i]` times one of the input. */
export function encodeRepeat(step: KernelStep, program: ProgramBuilder): void {
  const { shape } = inputOf(step, 0);
  const strides = denseStrides(shape);
  const added = step.output.shape.length - shape.length;
  const dims = step.output.shape.flatMap((whole, dim): MoveDimension[] => {
    const size = shape[dim - added] ?? 1;
    return [
      { size: size === 0 ? 0 : whole / size, source: 0 },
      { size, source: strides[dim - added] ?? 0 },
    ];
  });
  encodeMove(program, { name: step.op, from: inputOf(step, 0), to: step.output, dims });
}

export function encodeRepeatInterleave(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const repeats = numberAttribute(step.attrs, 'repeats');
  const repeated = numberAttribute(step.attrs, 'dim');
  const strides = denseStrides(x.shape);
  const dims = x.shape.flatMap((size, dim): MoveDimension[] => {
    const own = { size, source: strides[dim] ?? 0 };
    return dim === repeated ? [own, { size: repeats, source: 0 }] : [own];
  });
  encodeMove(program, { name: step.op, from: x, to: step.output, dims });
}

/** The windows' elements are the new last dimension. */
export function encodeUnfoldDimension(step: KernelStep, program: ProgramBuilder): void {
  const strides = denseStrides(inputOf(step, 0).shape);
  const unfolded = numberAttribute(step.attrs, 'dim');
  const pace = numberAttribute(step.attrs, 'step');
  const windows = strides.map((stride, dim) => (dim === unfolded ? stride * pace : stride));
  gather(step, program, [...windows, strides[unfolded] ?? 1]);
}

/** Each element is the sum of the windows' that hold it, in their order. */
export function encodeUnfoldDimensionGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, dx] = [inputOf(step, 0), step.output];
  const dim = numberAttribute(step.attrs, 'dim');
  const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);
  program.forEach({
    name: step.op,
    tensors: { dy, dx },
    sizes: {
      length: dx.shape[dim] ?? 1,
      inner: product(dx.shape.slice(dim + 1)),
      windows: dy.shape[dim] ?? 1,
      window: dy.shape.at(-1) ?? 1,
      pace: numberAttribute(step.attrs, 'step'),
    },
    size: product(dx.shape),
    body: `  let row = i / p.inner;
  let outer = row / p.length;
  let place = row % p.length;
  let first = select(0u, (place + p.pace - p.window) / p.pace, place + p.pace >= p.window);
  let end = min(p.windows, place / p.pace + 1u);
  var sum = 0.0;
  for (var w = first; w < end; w++) {
    sum += load_dy(((outer * p.windows + w) * p.inner + i % p.inner) * p.window + place - w * p.pace);
  }
  store_dx(i, sum);`,
  });
}

/** The result, its elements taken at these strides of the input. */
function gather(step: KernelStep, program: ProgramBuilder, strides: readonly number[]): void {
  const dims = step.output.shape.map((size, dim) => ({ size, source: strides[dim] ?? 0 }));
  encodeMove(program, { name: step.op, from: inputOf(step, 0), to: step.output, dims });
}
