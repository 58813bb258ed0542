import type { KernelStep, PlanTensor } from '../plan';
import { numberAttribute, numbersAttribute, pairAttribute } from './attributes';
import { imageShape } from './tensors';

/** Attributes that a convolution and its gradients share, with the sizes of x [N, C, H, W], weight [O, C/g, kH, kW] and y. */
export interface Convolution {
  readonly images: number;
  readonly groups: number;
  /** Of one group. */
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly inputSize: readonly [number, number];
  readonly outputSize: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** Top and left. */
  readonly padding: readonly [number, number];
}

export function readConvolution(step: KernelStep, x: PlanTensor, weight: PlanTensor, y: PlanTensor): Convolution {
  const [images, channels, height, width] = imageShape(x);
  const [, , kernelHeight, kernelWidth] = imageShape(weight);
  const [, outputs, outputHeight, outputWidth] = imageShape(y);
  const groups = numberAttribute(step.attrs, 'groups');
  const [top = 0, left = 0] = numbersAttribute(step.attrs, 'padding', 4);
  return {
    images,
    groups,
    inputChannels: channels / groups,
    outputChannels: outputs / groups,
    inputSize: [height, width],
    outputSize: [outputHeight, outputWidth],
    kernel: [kernelHeight, kernelWidth],
    stride: pairAttribute(step.attrs, 'stride'),
    dilation: pairAttribute(step.attrs, 'dilation'),
    padding: [top, left],
  };
}

/** Source places of the forward convolution's kernel elements, in the order of the weights. */
export function forwardTaps({ kernel, dilation, padding }: Convolution): readonly Tap[] {
  const taps: Tap[] = [];
  for (let i = 0; i < kernel[0]; i++) {
    for (let j = 0; j < kernel[1]; j++) {
      taps.push({ row: i * dilation[0] - padding[0], column: j * dilation[1] - padding[1] });
    }
  }
  return taps;
}

/** One input channel a group: direct loops, as a matrix product would be all but empty. */
export function isDepthwise({ groups, inputChannels, outputChannels }: Convolution): boolean {
  return groups > 1 && inputChannels === 1 && outputChannels <= 4;
}

/** A kernel position relative to a grid place's source element. */
export interface Tap {
  readonly row: number;
  readonly column: number;
}

export interface Phase {
  readonly row: number;
  readonly column: number;
  readonly taps: readonly Tap[];
  /** Index in the kernel of each tap. */
  readonly indices: readonly number[];
}

/** One phase for each pair of remainders that an input row and column can have. */
export function phasesOf({ inputSize, kernel, stride, dilation, padding }: Convolution): readonly Phase[] {
  const phases: Phase[] = [];
  for (let row = 0; row < Math.min(stride[0], inputSize[0]); row++) {
    for (let column = 0; column < Math.min(stride[1], inputSize[1]); column++) {
      const taps: Tap[] = [];
      const indices: number[] = [];
      for (let i = 0; i < kernel[0]; i++) {
        for (let j = 0; j < kernel[1]; j++) {
          const tapRow = (row + padding[0] - i * dilation[0]) / stride[0];
          const tapColumn = (column + padding[1] - j * dilation[1]) / stride[1];
          if (!Number.isInteger(tapRow) || !Number.isInteger(tapColumn)) continue;
          taps.push({ row: tapRow, column: tapColumn });
          indices.push(i * kernel[1] + j);
        }
      }
      phases.push({ row, column, taps, indices });
    }
  }
  return phases;
}
