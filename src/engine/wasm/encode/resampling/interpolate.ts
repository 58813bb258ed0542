import type { KernelStep, PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { inputOf, planeShape } from '../../../steps/tensors';
import { transposeTaps } from '../../../steps/axis-taps';
import { encodeResampling } from './resample';
import { resampledAxes, type ResampledAxis } from '../../../steps/resampled-axes';

export function encodeInterpolate(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const axes = resampledAxes(step, x, step.output);
  encode(program, x, step.output, axes);
}

export function encodeInterpolateGrad(step: KernelStep, program: ProgramBuilder): void {
  const dy = inputOf(step, 0);
  const axes = resampledAxes(step, step.output, dy).map(({ size, taps }) => ({
    size: taps.length,
    taps: transposeTaps(taps, size),
  }));
  encode(program, dy, step.output, axes);
}

function encode(program: ProgramBuilder, from: PlanTensor, to: PlanTensor, axes: readonly ResampledAxis[]): void {
  const [images, channels] = planeShape(from);
  encodeResampling(program, program.address(from), program.address(to), images * channels, axes);
}
