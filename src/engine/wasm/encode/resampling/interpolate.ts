import { assertNever } from '../../../../core/errors';
import type { InterpolateAttributes } from '../../../../core/ops/resampling/interpolate';
import type { KernelStep, PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { inputOf, planeShape } from '../tensors';
import { tapsOfAxis, transposeTaps, type AxisResampling } from './axis-taps';
import { encodeResampling, type ResampledAxis } from './resample';

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

/** How the sizes of x become those of y. */
export function resampledAxes(step: KernelStep, x: PlanTensor, y: PlanTensor): readonly ResampledAxis[] {
  const attrs = step.attrs as InterpolateAttributes;
  return x.shape.slice(2).map((size, axis) => {
    const given = attrs.recomputeScale ? undefined : attrs.scale;
    const scale = typeof given === 'object' ? given[axis] : given;
    const resampling: AxisResampling = {
      mode: axisMode(attrs.mode),
      alignCorners: attrs.alignCorners,
      scale,
      antialias: attrs.antialias ?? false,
    };
    return { size, taps: tapsOfAxis(size, y.shape[2 + axis] ?? 1, resampling) };
  });
}

function axisMode(mode: InterpolateAttributes['mode']): AxisResampling['mode'] {
  switch (mode) {
    case 'linear':
    case 'bilinear':
    case 'trilinear':
      return 'linear';
    case 'bicubic':
      return 'cubic';
    case 'nearest':
    case 'nearest-exact':
    case 'area':
      return mode;
    default:
      return assertNever(mode);
  }
}
