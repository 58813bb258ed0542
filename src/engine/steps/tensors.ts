import { elementCount } from '../../core/graph/dim';
import type { KernelStep, PlanTensor } from '../plan';

/** The step's `index`-th input; a missing one is a bug of who made the plan. */
export function inputOf(step: KernelStep, index: number): PlanTensor {
  const tensor = step.inputs[index];
  if (!tensor) throw new Error(`A step '${step.op}' has ${step.inputs.length} inputs, its kernel reads more`);
  return tensor;
}

export function sizeOf(tensor: PlanTensor): number {
  return elementCount(tensor.shape);
}

/** [N, C, H, W] of an image tensor. */
export function imageShape(tensor: PlanTensor): readonly [number, number, number, number] {
  const [images, channels, height, width, ...rest] = tensor.shape;
  if (
    images === undefined ||
    channels === undefined ||
    height === undefined ||
    width === undefined ||
    rest.length > 0
  ) {
    throw new Error(`Expected [N, C, H, W], got [${tensor.shape.join(', ')}]`);
  }
  return [images, channels, height, width];
}

/** A shape [N, C, …] as images, channels and places of each plane. */
export function planeShape(tensor: PlanTensor): readonly [number, number, number] {
  const [images = 1, channels = 1, ...rest] = tensor.shape;
  return [images, channels, elementCount(rest)];
}

/** A shape as (product of the dims before `dim`, the dim, product of those after). */
export function aroundDim(tensor: PlanTensor, dim: number): readonly [number, number, number] {
  const index = dim < 0 ? dim + tensor.shape.length : dim;
  return [
    elementCount(tensor.shape.slice(0, index)),
    tensor.shape[index] ?? 1,
    elementCount(tensor.shape.slice(index + 1)),
  ];
}
