import type { KernelStep, PlanTensor } from '../../../plan';
import { transposeTaps } from '../../../steps/axis-taps';
import { inputOf, planeShape } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { encodeResampling, type ResampledAxis } from './resample';
import { resampledAxes } from '../../../steps/resampled-axes';

export function encodeInterpolate(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  encode(step, program, x, resampledAxes(step, x, step.output));
}

/** Each place of x gets what it gave, by the same weights. */
export function encodeInterpolateGrad(step: KernelStep, program: ProgramBuilder): void {
  const dy = inputOf(step, 0);
  const axes = resampledAxes(step, step.output, dy).map(({ size, taps }) => ({
    size: taps.length,
    taps: transposeTaps(taps, size),
  }));
  encode(step, program, dy, axes);
}

function encode(step: KernelStep, program: ProgramBuilder, from: PlanTensor, axes: readonly ResampledAxis[]): void {
  const [images, channels] = planeShape(from);
  encodeResampling(program, { name: step.op, from, to: step.output, planes: images * channels, axes });
}
