import type { KernelStep, PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { encodeAveragePool, encodeAveragePoolGrad, type AveragePool, type PoolWindow } from './average-pool';
import { imageShape, inputOf } from '../tensors';

export function encodeAdaptiveAvgPool2d(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  encodeAveragePool(program, poolOf(x, step.output), x, step.output);
}

export function encodeAdaptiveAvgPool2dGrad(step: KernelStep, program: ProgramBuilder): void {
  const dy = inputOf(step, 0);
  encodeAveragePoolGrad(program, poolOf(step.output, dy), dy, step.output);
}

function poolOf(x: PlanTensor, y: PlanTensor): AveragePool {
  const [, , height, width] = imageShape(x);
  const [, , outputHeight, outputWidth] = imageShape(y);
  return { rows: binsOf(height, outputHeight), columns: binsOf(width, outputWidth), divisor: 0 };
}

/** Bin i of n is ⌊i·size/n⌋ … ⌈(i + 1)·size/n⌉ (PyTorch, AdaptiveAvgPool2d). */
function binsOf(size: number, count: number): readonly PoolWindow[] {
  return Array.from({ length: count }, (_, i) => {
    const first = Math.floor((i * size) / count);
    const end = Math.ceil(((i + 1) * size) / count);
    return { first, end, size: end - first };
  });
}
