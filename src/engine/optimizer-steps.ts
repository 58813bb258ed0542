import { elementCount } from '../core/graph/dim';
import type { OptimizerConfig } from '../core/train/config';
import { momentNames, optimizerKernel } from '../core/train/optimizer';
import { gradientSlot } from '../core/train/training-graph';
import { alignUp } from './align';
import type { KernelStep, PlanTensor, StateLayout } from './plan';

/**
 * The optimiser's pass over the flat regions: one step for each run of neighbouring parameters that have a gradient.
 * Parameters without one stay as they are, as in PyTorch (weight decay leaves them alone too).
 */
export function optimizerSteps(
  config: OptimizerConfig,
  layout: StateLayout,
  stores: ReadonlyMap<string, unknown>,
  hyper: PlanTensor,
): KernelStep[] {
  const { op, attrs } = optimizerKernel(config);
  const regions = [layout.parameters, layout.gradients, ...layout.moments];
  if (regions.length !== 2 + momentNames(config).length)
    throw new Error('The state was laid out for another optimiser');
  return parameterRuns(layout, stores).map(({ start, end }) => {
    const [parameters, ...others] = regions.map((region): PlanTensor => ({
      region: 'state',
      offset: region.offset + start,
      shape: [(end - start) / 4],
      dtype: 'f32',
    }));
    if (!parameters) throw new Error('The state has no parameters');
    return { kind: 'kernel', op, attrs, inputs: [parameters, ...others, hyper], output: parameters };
  });
}

/** Byte ranges relative to the parameter region. */
function parameterRuns(layout: StateLayout, stores: ReadonlyMap<string, unknown>): { start: number; end: number }[] {
  const runs: { start: number; end: number }[] = [];
  for (const { name, role, tensor } of layout.slots) {
    if (role !== 'parameter' || !stores.has(gradientSlot(name))) continue;
    const start = tensor.offset - layout.parameters.offset;
    const end = start + alignUp(4 * elementCount(tensor.shape));
    const last = runs.at(-1);
    if (last?.end === start) last.end = end;
    else runs.push({ start, end });
  }
  return runs;
}
