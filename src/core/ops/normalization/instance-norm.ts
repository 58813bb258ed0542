import { formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { requireFloat } from '../fits';
import {
  OpError,
  OpUnsupported,
  type CallBlueprint,
  type LoweringContext,
  type ModuleBinding,
  type OpDefinition,
} from '../op';
import { dimAt, f32, inputAt } from '../shapes';
import { normalizationState, readCount } from './batch-norm-bindings';
import { requireChannels } from './channels';

export type InstanceNormAttributes = {
  /** How messages call it. */
  readonly layer: string;
  /** Dimensions after the channels; null: all after the second. With one dimension more than that the input is one sample without a batch. */
  readonly spatialRank: number | null;
  readonly eps: number;
  readonly momentum: number;
  /** Whether weight and bias are inputs. */
  readonly affine: boolean;
  /** Whether running_mean and running_var are inputs. */
  readonly trackRunningStats: boolean;
  /** Whether the image's own statistics are used; 'mode': only while training. */
  readonly useInputStats: 'mode' | boolean;
};

/**
 * Normalises each channel of each image over its places. Inputs: x `[N, C, …]` or `[C, …]`, then weight and bias `[C]`,
 * then running_mean and running_var `[C]`. Its statistics do not count as something that an output sees: no receptive
 * field widens. Source: Ulyanov et al., 2016; PyTorch, InstanceNorm2d.
 */
export const instanceNorm: OpDefinition<InstanceNormAttributes> = {
  name: 'instance_norm',
  title: 'InstanceNorm',
  inferType(inputs, { layer, spatialRank, useInputStats }) {
    const x = inputAt(inputs, 0);
    const channelDimension = spatialRank !== null && x.shape.length === spatialRank + 1 ? 0 : 1;
    if (x.shape.length <= channelDimension) {
      throw new OpError(`${layer} expects an input (N, C, …), got shape ${formatShape(x.shape)}.`);
    }
    const channels = dimAt(x.shape, channelDimension);
    for (const tensor of inputs.slice(1)) requireChannels(layer, x, channels, tensor, 'num_features');
    requireFloat(layer, x);
    if (useInputStats === true) requireSeveralPlaces(layer, x, channelDimension);
    return x;
  },
  flops: (_inputs, output, { affine }) => multiplyDims(affine ? 8 : 6, productOfDims(output.shape)),
  parameterFormula: (inputs, { affine }) => (affine ? `2·${dimAt(inputAt(inputs, 1).shape, 0)}` : undefined),
  lower: lowerInstanceNorm,
  pytorch: {
    modules: [instanceNormModule(1), instanceNormModule(2), instanceNormModule(3)],
    functions: [
      {
        names: ['torch.nn.functional.instance_norm'],
        signature:
          'input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05',
        build: callInstanceNorm,
      },
    ],
  },
  onnx: 'InstanceNormalization',
};

/** A group norm with a channel in each group, or a normalisation with the running statistics. */
function lowerInstanceNorm({
  mode,
  node,
  attrs,
  add,
  typeOf,
  updateBuffer,
}: LoweringContext<InstanceNormAttributes>): NodeId {
  const { layer, spatialRank, eps, momentum, affine } = attrs;
  const [x, ...rest] = node.inputs as [NodeId, ...NodeId[]];
  const type = typeOf(x);
  const isBatch = spatialRank === null || type.shape.length !== spatialRank + 1;
  const images = isBatch ? x : add('reshape', { shape: [1, ...type.shape] }, [x]);
  const { shape } = typeOf(images);
  const channels = dimAt(shape, 1);
  if (typeof channels !== 'number') throw new OpUnsupported(`${layer}: its number of channels is not known.`);
  const affineInputs = affine ? rest.slice(0, 2) : [];
  const [mean, variance] = affine ? rest.slice(2) : rest;
  const y = normalized();
  return isBatch ? y : add('reshape', { shape: type.shape }, [y]);

  function normalized(): NodeId {
    const usesInput = attrs.useInputStats === 'mode' ? mode === 'train' : attrs.useInputStats;
    const tracked = mean !== undefined && variance !== undefined;
    if (!usesInput && tracked) {
      return add('batch_norm_inference', { eps, affine }, [images, mean, variance, ...affineInputs]);
    }
    requireSeveralPlaces(layer, typeOf(images), 1);
    if (tracked) {
      const stats = meanStatistics();
      const count = productOfDims(shape.slice(2));
      updateBuffer(mean, add('batch_norm_running', { row: 0, momentum, count }, [mean, stats]));
      updateBuffer(variance, add('batch_norm_running', { row: 1, momentum, count }, [variance, stats]));
    }
    return add('group_norm', { groups: channels, eps, weight: affine, bias: affine }, [images, ...affineInputs]);
  }

  /** The mean over the images of the mean and the biased variance of each channel, `[2, C]`. */
  function meanStatistics(): NodeId {
    const planes = multiplyDims(dimAt(shape, 0), dimAt(shape, 1));
    const one = add('reshape', { shape: [1, planes, ...shape.slice(2)] }, [images]);
    const stats = add('batch_norm_stats', {}, [one]);
    const ofImages = add('reshape', { shape: [2, ...shape.slice(0, 2)] }, [stats]);
    return add('mean', { dims: [1], keepDims: false }, [ofImages]);
  }
}

function requireSeveralPlaces(layer: string, x: TensorType, channelDimension: number): void {
  if (productOfDims(x.shape.slice(channelDimension + 1)) !== 1) return;
  throw new OpError(
    `${layer} needs more than one place in each channel to take a mean of, got shape ${formatShape(x.shape)}.`,
  );
}

function instanceNormModule(spatialRank: number): ModuleBinding {
  const name = `InstanceNorm${spatialRank}d`;
  return {
    name,
    signature:
      'num_features, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False, device=None, dtype=None',
    build(args) {
      const affine = args.boolean('affine');
      const trackRunningStats = args.boolean('track_running_stats');
      // The number of features is only looked at where something has that size.
      const channels = affine || trackRunningStats ? readCount(name, args, 'num_features') : 0;
      const attrs: InstanceNormAttributes = {
        layer: name,
        spatialRank,
        eps: args.number('eps'),
        momentum: readMomentum(args),
        affine,
        trackRunningStats,
        useInputStats: trackRunningStats ? 'mode' : true,
      };
      const state = normalizationState(f32([channels]), affine, trackRunningStats);
      return { op: 'instance_norm', attrs, ...state, ranks: [spatialRank + 1, spatialRank + 2] };
    },
  };
}

/** PyTorch takes None for 0: running statistics stay what they are, other than in a batch norm. Source: PyTorch 2, `_InstanceNorm`. */
function readMomentum(args: Arguments): number {
  return args.isNone('momentum') ? 0 : args.number('momentum');
}

function callInstanceNorm(args: Arguments): CallBlueprint {
  const [mean, variance] = [args.optionalTensor('running_mean'), args.optionalTensor('running_var')];
  const [weight, bias] = [args.optionalTensor('weight'), args.optionalTensor('bias')];
  const useInputStats = args.training('use_input_stats');
  if (useInputStats !== true && (!mean || !variance)) {
    throw new OpError('instance_norm needs running_mean and running_var when use_input_stats is False.');
  }
  const attrs: InstanceNormAttributes = {
    layer: 'instance_norm',
    spatialRank: null,
    eps: args.number('eps'),
    momentum: args.number('momentum'),
    affine: weight !== undefined && bias !== undefined,
    trackRunningStats: mean !== undefined && variance !== undefined,
    useInputStats,
  };
  const tensors = [args.tensor('input'), weight, bias, mean, variance];
  return { op: 'instance_norm', attrs, inputs: tensors.flatMap((tensor) => (tensor ? [tensor.id] : [])) };
}
