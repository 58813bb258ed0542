import { elementCount } from '../core/graph/dim';
import type { ClippingConfig, OptimizerConfig } from '../core/train/config';
import { hyperLength, momentNames, optimizerKernel } from '../core/train/optimizer';
import type { ParameterGrouping } from '../core/train/parameter-groups';
import { lossScaleSlot, lossScaleStepsSlot } from '../core/train/loss-scale';
import { gradientSlot } from '../core/train/training-graph';
import { alignUp } from './align';
import type { KernelStep, PlanTensor, StateLayout } from './plan';

/** How parameters change, once their gradients are known. */
export interface UpdateConfig {
  readonly optimizer: OptimizerConfig;
  readonly clipping: ClippingConfig;
  readonly grouping: ParameterGrouping;
  /** Whether gradients are those of a scaled loss (core/train/loss-scale.ts). */
  readonly scaled?: boolean;
}

/** The end of a plan. */
export interface UpdateSteps {
  readonly steps: readonly KernelStep[];
  /** What the host fills: `hyperLength` numbers for each group. */
  readonly hyper: PlanTensor;
  /** Arena bytes taken from `arenaStart` on. */
  readonly byteLength: number;
}

/**
 * The optimiser's pass over the flat regions: one step for each run of neighbouring parameters of one group that have a
 * gradient. Parameters without one stay as they are, as in PyTorch (weight decay leaves them alone too). A norm that
 * gradients are clipped to is computed first; the pass itself applies it.
 */
export function optimizerSteps(
  { optimizer, clipping, grouping, scaled = false }: UpdateConfig,
  layout: StateLayout,
  stores: ReadonlyMap<string, unknown>,
  arenaStart: number,
): UpdateSteps {
  const hyper = arenaTensor(arenaStart, hyperLength * grouping.groups.length);
  const factor = arenaTensor(arenaStart + alignUp(4 * elementCount(hyper.shape)), 1);
  const maximum = clipping.kind === 'norm' ? clipping.maximum : undefined;
  const gradients = layout.slots.filter(({ name, role }) => role === 'gradient' && stores.has(name));
  const before = factorSteps(
    gradients.map(({ tensor }) => tensor),
    maximum,
    scaled ? slotOf(layout, lossScaleSlot) : undefined,
    factor,
  );
  const { op, attrs } = optimizerKernel(optimizer);
  const regions = [layout.parameters, layout.gradients, ...layout.moments];
  if (regions.length !== 2 + momentNames(optimizer).length)
    throw new Error('The state was laid out for another optimiser');
  const steps = parameterRuns(layout, stores, grouping).map(({ start, end, group }): KernelStep => {
    const [parameters, ...others] = regions.map((region): PlanTensor => ({
      region: 'state',
      offset: region.offset + start,
      shape: [(end - start) / 4],
      dtype: 'f32',
    }));
    if (!parameters) throw new Error('The state has no parameters');
    const own = arenaTensor(hyper.offset + 4 * hyperLength * group, hyperLength);
    return {
      kind: 'kernel',
      op,
      attrs: {
        ...attrs,
        ...(clipping.kind === 'value' ? { clipValue: clipping.maximum } : {}),
        ...(scaled ? { skips: true } : {}),
      },
      inputs: [parameters, ...others, own, ...(before.length > 0 ? [factor] : [])],
      output: parameters,
    };
  });
  const after = scaled ? [scaleStep(layout, factor)] : [];
  return {
    steps: [...before, ...steps, ...after],
    hyper,
    byteLength: alignUp(4 * elementCount(hyper.shape)) + alignUp(4),
  };
}

/** Makes what all gradients are multiplied by: less than 1 where their norm is above the maximum, and 1 / scale. */
function factorSteps(
  gradients: readonly PlanTensor[],
  maximum: number | undefined,
  scale: PlanTensor | undefined,
  output: PlanTensor,
): readonly KernelStep[] {
  if (scale) {
    return [{ kind: 'kernel', op: 'unscale', attrs: { maximum: maximum ?? 0 }, inputs: [...gradients, scale], output }];
  }
  if (maximum === undefined) return [];
  return [{ kind: 'kernel', op: 'clip_norm', attrs: { maximum }, inputs: gradients, output }];
}

function scaleStep(layout: StateLayout, factor: PlanTensor): KernelStep {
  const [scale, steps] = [slotOf(layout, lossScaleSlot), slotOf(layout, lossScaleStepsSlot)];
  return { kind: 'kernel', op: 'update_loss_scale', attrs: {}, inputs: [scale, steps, factor], output: steps };
}

function slotOf({ slots }: StateLayout, name: string): PlanTensor {
  const slot = slots.find((each) => each.name === name);
  if (!slot) throw new Error(`The state was laid out without ${name}`);
  return slot.tensor;
}

interface ParameterRun {
  /** Bytes relative to the parameter region. */
  readonly start: number;
  end: number;
  readonly group: number;
}

function parameterRuns(
  layout: StateLayout,
  stores: ReadonlyMap<string, unknown>,
  { groupOf }: ParameterGrouping,
): readonly ParameterRun[] {
  const runs: ParameterRun[] = [];
  for (const { name, role, tensor } of layout.slots) {
    if (role !== 'parameter' || !stores.has(gradientSlot(name))) continue;
    const start = tensor.offset - layout.parameters.offset;
    const end = start + alignUp(4 * elementCount(tensor.shape));
    const group = groupOf.get(name) ?? 0;
    const last = runs.at(-1);
    if (last?.end === start && last.group === group) last.end = end;
    else runs.push({ start, end, group });
  }
  return runs;
}

function arenaTensor(offset: number, length: number): PlanTensor {
  return { region: 'arena', offset, shape: [length], dtype: 'f32' };
}
