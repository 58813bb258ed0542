import type { KernelStep, PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { booleanAttribute, pairAttribute } from '../attributes';
import { encodeAveragePool, encodeAveragePoolGrad, type AveragePool, type PoolWindow } from './average-pool';
import { imageShape, inputOf } from '../tensors';

export function encodeAvgPool2d(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  encodeAveragePool(program, poolOf(step, x, step.output), x, step.output);
}

export function encodeAvgPool2dGrad(step: KernelStep, program: ProgramBuilder): void {
  const dy = inputOf(step, 0);
  encodeAveragePoolGrad(program, poolOf(step, step.output, dy), dy, step.output);
}

function poolOf({ attrs }: KernelStep, x: PlanTensor, y: PlanTensor): AveragePool {
  const [kernel, stride, padding] = [
    pairAttribute(attrs, 'kernel'),
    pairAttribute(attrs, 'stride'),
    pairAttribute(attrs, 'padding'),
  ];
  const [, , height, width] = imageShape(x);
  const [, , outputHeight, outputWidth] = imageShape(y);
  const countsPadding = booleanAttribute(attrs, 'countIncludePad');
  const divisor = attrs['divisorOverride'];
  return {
    rows: windowsOf(height, outputHeight, kernel[0], stride[0], padding[0], countsPadding),
    columns: windowsOf(width, outputWidth, kernel[1], stride[1], padding[1], countsPadding),
    divisor: typeof divisor === 'number' ? divisor : 0,
  };
}

/** With countIncludePad a window's size counts the padding, but not what ceilMode adds beyond it (PyTorch, AvgPool2d). */
function windowsOf(
  size: number,
  count: number,
  kernel: number,
  stride: number,
  padding: number,
  countsPadding: boolean,
): readonly PoolWindow[] {
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride - padding;
    const stop = Math.min(start + kernel, size + padding);
    const first = Math.max(start, 0);
    const end = Math.max(first, Math.min(stop, size));
    return { first, end, size: countsPadding ? stop - start : end - first };
  });
}
