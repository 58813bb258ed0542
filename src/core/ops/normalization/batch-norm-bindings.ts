import type { TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import {
  OpError,
  OpUnsupported,
  type CallBlueprint,
  type FunctionBinding,
  type ModuleBinding,
  type ModuleBlueprint,
  type StateTensorSpec,
} from '../op';
import { f32 } from '../shapes';
import type { BatchNormAttributes } from './batch-norm';

const parameters = 'num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True';

/** The layers of `torch.nn` that normalise batches. */
export const batchNormModules: readonly ModuleBinding[] = [
  batchNormModule('BatchNorm1d', [2, 3]),
  batchNormModule('BatchNorm2d', [4]),
  batchNormModule('BatchNorm3d', [5]),
  {
    name: 'SyncBatchNorm',
    signature: `${parameters}, process_group=None, device=None, dtype=None`,
    build: (args) => buildBatchNorm('SyncBatchNorm', args),
    passThroughMethods: ['convert_sync_batchnorm'],
  },
];

export const batchNormFunction: FunctionBinding = {
  names: ['torch.nn.functional.batch_norm'],
  signature: 'input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05',
  build: callBatchNorm,
};

function batchNormModule(name: string, ranks: readonly number[]): ModuleBinding {
  return {
    name,
    signature: `${parameters}, device=None, dtype=None`,
    build: (args) => ({ ...buildBatchNorm(name, args), ranks }),
  };
}

function buildBatchNorm(name: string, args: Arguments): ModuleBlueprint {
  const features = readCount(name, args, 'num_features');
  const affine = args.boolean('affine');
  const trackRunningStats = args.boolean('track_running_stats');
  const attrs: BatchNormAttributes = {
    eps: args.number('eps'),
    momentum: args.isNone('momentum') ? null : args.number('momentum'),
    affine,
    trackRunningStats,
    ...(name === 'BatchNorm2d' ? {} : { layer: name }),
  };
  const state = normalizationState(f32([features]), affine, trackRunningStats, attrs.momentum === null);
  return { op: 'batch_norm', attrs, ...state };
}

/** A positive int; PyTorch takes no bool for a size. */
export function readCount(layer: string, args: Arguments, name: string): number {
  if (args.value(name).kind === 'boolean') throw new OpError(`${layer}: ${name} must be an int, not a bool.`);
  return args.positiveInteger(name);
}

/** Weight, bias and running statistics, one value for each channel, as far as a layer has them. `readsCounter`: the op computes with the number of batches. */
export function normalizationState(
  channels: TensorType,
  affine: boolean,
  trackRunningStats: boolean,
  readsCounter = false,
): Pick<ModuleBlueprint, 'tensors' | 'absent'> {
  const one = { kind: 'constant', value: 1 } as const;
  const zero = { kind: 'constant', value: 0 } as const;
  const tensors: StateTensorSpec[] = [];
  if (affine) {
    tensors.push({ name: 'weight', kind: 'parameter', type: channels, init: one, input: true });
    tensors.push({ name: 'bias', kind: 'parameter', type: channels, init: zero, input: true });
  }
  if (trackRunningStats) {
    const counter: TensorType = { shape: [], dtype: 'i64' };
    tensors.push({ name: 'running_mean', kind: 'buffer', type: channels, init: zero, input: true });
    tensors.push({ name: 'running_var', kind: 'buffer', type: channels, init: one, input: true });
    tensors.push({ name: 'num_batches_tracked', kind: 'buffer', type: counter, init: zero, input: readsCounter });
  }
  return {
    tensors,
    absent: {
      parameters: affine ? [] : ['weight', 'bias'],
      buffers: trackRunningStats ? [] : ['running_mean', 'running_var', 'num_batches_tracked'],
    },
  };
}

function callBatchNorm(args: Arguments): CallBlueprint {
  const [mean, variance] = [args.optionalTensor('running_mean'), args.optionalTensor('running_var')];
  const [weight, bias] = [args.optionalTensor('weight'), args.optionalTensor('bias')];
  const training = args.training('training');
  if (training !== true && (!mean || !variance)) {
    throw new OpError('batch_norm needs running_mean and running_var when it is not training.');
  }
  if ((mean === undefined) !== (variance === undefined) || (weight === undefined) !== (bias === undefined)) {
    throw new OpUnsupported('batch_norm with only one of running_mean and running_var, or of weight and bias.');
  }
  const attrs: BatchNormAttributes = {
    eps: args.number('eps'),
    momentum: args.number('momentum'),
    affine: weight !== undefined,
    trackRunningStats: mean !== undefined,
    layer: 'batch_norm',
    ...(training === 'mode' ? {} : { training }),
  };
  const tensors = [args.tensor('input'), weight, bias, mean, variance];
  return { op: 'batch_norm', attrs, inputs: tensors.flatMap((tensor) => (tensor ? [tensor.id] : [])) };
}
