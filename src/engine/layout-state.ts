import { elementCount } from '../core/graph/dim';
import { lossScaleSlot, lossScaleStepsSlot } from '../core/train/loss-scale';
import { gradientSlot } from '../core/train/training-graph';
import type { Graph } from '../core/graph/graph';
import { isCounter, stateTensors, type StateTensor } from '../core/rng/initialize';
import { alignUp } from './align';
import type { Region, StateLayout, StateSlot } from './plan';

export interface StateLayoutOptions {
  /** What the optimiser keeps for each parameter (see momentNames); empty for evaluation. */
  readonly moments: readonly string[];
  /** Whether room for gradients is wanted. */
  readonly gradients: boolean;
  /** Group of each parameter: those of a group stand together, in state_dict order. Absent: all are of one. */
  readonly groupOf?: ReadonlyMap<string, number>;
  /** Whether the loss is scaled. */
  readonly lossScale?: boolean;
}

/**
 * Places a model's state: parameters, gradients and each moment as flat regions of one structure, then the buffers.
 * Whole numbers and truth values are words of 4 bytes, like floats. Counters are no numbers to compute with: they stay
 * with the host.
 */
export function layoutState(
  graph: Graph,
  { moments, gradients, groupOf, lossScale = false }: StateLayoutOptions,
): StateLayout {
  const tensors = stateTensors(graph).filter((tensor) => !isCounter(tensor));
  const group = ({ name }: StateTensor): number => groupOf?.get(name) ?? 0;
  const parameters = tensors.filter((tensor) => tensor.kind === 'parameter').sort((a, b) => group(a) - group(b));
  const slots: StateSlot[] = [];
  let end = 0;

  const place = (role: StateSlot['role'], group: readonly Placed[], name: (tensor: string) => string): Region => {
    const offset = end;
    for (const { name: tensorName, shape, dtype } of group) {
      slots.push({ name: name(tensorName), role, tensor: { region: 'state', offset: end, shape, dtype } });
      end = alignUp(end + 4 * elementCount(shape));
    }
    return { offset, byteLength: end - offset };
  };

  const layout = {
    parameters: place('parameter', parameters, (name) => name),
    gradients: place('gradient', gradients ? parameters : [], gradientSlot),
    moments: moments.map((moment) => place('moment', parameters, (name) => momentSlot(moment, name))),
  };
  place(
    'buffer',
    tensors.filter((tensor) => tensor.kind === 'buffer'),
    (name) => name,
  );
  if (lossScale) place('scale', lossScaleTensors, (name) => name);
  return { ...layout, slots, byteLength: end };
}

type Placed = Pick<StateTensor, 'name' | 'shape' | 'dtype'>;

const lossScaleTensors: readonly Placed[] = [
  { name: lossScaleSlot, shape: [], dtype: 'f32' },
  { name: lossScaleStepsSlot, shape: [2], dtype: 'f32' },
];

/** Name of the state slot of an optimiser's moment: `exp_avg:conv1.weight`. */
export function momentSlot(moment: string, parameter: string): string {
  return `${moment}:${parameter}`;
}
