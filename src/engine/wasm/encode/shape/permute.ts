import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute, numbersAttribute } from '../../../steps/attributes';
import { inputOf } from '../../../steps/tensors';
import { denseStrides, encodeMove, moveDimensions, type MoveDimension } from './move';

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
  const [strides, targets] = [denseStrides(shape), denseStrides(step.output.shape)];
  const added = step.output.shape.length - shape.length;
  const dims = targets.flatMap((target, dim): MoveDimension[] => {
    const size = shape[dim - added] ?? 1;
    const times = size === 0 ? 0 : (step.output.shape[dim] ?? 0) / size;
    return [
      { size: times, source: 0, target: target * size },
      { size, source: strides[dim - added] ?? 0, target },
    ];
  });
  encodeMove(program, { source: program.address(inputOf(step, 0)), target: program.address(step.output), dims });
}

export function encodeRepeatInterleave(step: KernelStep, program: ProgramBuilder): void {
  const { shape } = inputOf(step, 0);
  const repeats = numberAttribute(step.attrs, 'repeats');
  const repeated = numberAttribute(step.attrs, 'dim');
  const [strides, targets] = [denseStrides(shape), denseStrides(step.output.shape)];
  const dims = shape.flatMap((size, dim): MoveDimension[] => {
    const [source, target] = [strides[dim] ?? 0, targets[dim] ?? 0];
    if (dim !== repeated) return [{ size, source, target }];
    return [
      { size, source, target: target * repeats },
      { size: repeats, source: 0, target },
    ];
  });
  encodeMove(program, { source: program.address(inputOf(step, 0)), target: program.address(step.output), dims });
}

export function encodeUnfoldDimension(step: KernelStep, program: ProgramBuilder): void {
  const strides = denseStrides(inputOf(step, 0).shape);
  const unfolded = numberAttribute(step.attrs, 'dim');
  const pace = numberAttribute(step.attrs, 'step');
  const own = strides[unfolded] ?? 1;
  gather(step, program, [...strides.map((stride, dim) => (dim === unfolded ? stride * pace : stride)), own]);
}

export function encodeUnfoldDimensionGrad(step: KernelStep, program: ProgramBuilder): void {
  const dy = inputOf(step, 0);
  const { shape } = step.output;
  const dim = numberAttribute(step.attrs, 'dim');
  const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);
  program.command('unfold_dimension_grad', [
    ...[program.address(dy), program.address(step.output)],
    ...[product(shape.slice(0, dim)), shape[dim] ?? 1, product(shape.slice(dim + 1))],
    ...[dy.shape[dim] ?? 1, dy.shape.at(-1) ?? 1, numberAttribute(step.attrs, 'step')],
  ]);
}

/** The result, its elements taken at these strides of the input. */
function gather(step: KernelStep, program: ProgramBuilder, source: readonly number[]): void {
  encodeMove(program, {
    source: program.address(inputOf(step, 0)),
    target: program.address(step.output),
    dims: moveDimensions(step.output.shape, { source }),
  });
}
