import type { InterpolateAttributes } from '../../core/ops/resampling/interpolate';
import { assertNever } from '../../core/errors';
import type { KernelStep, PlanTensor } from '../plan';
import { tapsOfAxis, type AxisResampling, type Taps } from './axis-taps';

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

/** One dimension: how many input places there are, and what each output place is made of. */
export interface ResampledAxis {
  readonly size: number;
  readonly taps: readonly Taps[];
}
