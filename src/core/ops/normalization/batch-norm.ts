import { formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { OpError, OpUnsupported, type ModuleBlueprint, type OpDefinition, type StateTensorSpec } from '../op';
import { dimAt, f32, inputAt } from '../shapes';

export type BatchNormAttributes = {
  readonly eps: number;
  /** Weight of the newest batch in the running statistics. */
  readonly momentum: number;
  /** Whether weight and bias are inputs. */
  readonly affine: boolean;
  /** Whether running_mean and running_var are inputs. */
  readonly trackRunningStats: boolean;
};

/**
 * Batch normalisation over every dimension but 1. Inputs: x `[N, C, …]`, then weight and bias `[C]` if `affine`, then
 * running_mean and running_var `[C]` if `trackRunningStats`. Training normalises with the batch's mean and biased
 * variance and moves the running ones (with the unbiased variance); evaluation uses the running ones.
 * Source: Ioffe and Szegedy, 2015; PyTorch, BatchNorm2d.
 */
export const batchNorm: OpDefinition<BatchNormAttributes> = {
  name: 'batch_norm',
  title: 'BatchNorm2d',
  inferType(inputs) {
    const x = inputAt(inputs, 0);
    const tensor = inputs[1];
    if (tensor && x.shape[1] !== tensor.shape[0]) {
      throw new OpError(
        `BatchNorm2d expects ${tensor.shape[0] ?? '?'} channels, its input of shape ${formatShape(x.shape)} has ${x.shape[1] ?? 'none'}.`,
      );
    }
    return x;
  },
  flops: (_inputs, output, { affine }) => multiplyDims(affine ? 4 : 2, productOfDims(output.shape)),
  lower({ mode, node, attrs, add, typeOf, updateBuffer }) {
    const { eps, affine, trackRunningStats, momentum } = attrs;
    const [x, ...rest] = node.inputs as [NodeId, ...NodeId[]];
    const affineInputs = affine ? rest.slice(0, 2) : [];
    const [mean, variance] = affine ? rest.slice(2) : rest;
    if (mode === 'eval' && trackRunningStats && mean !== undefined && variance !== undefined) {
      return add('batch_norm_inference', { eps, affine }, [x, mean, variance, ...affineInputs]);
    }
    const { shape } = typeOf(x);
    const count = productOfDims(shape.filter((_, index) => index !== 1));
    if (count === 1) {
      throw new OpError(`BatchNorm2d needs more than one value per channel when training, got ${formatShape(shape)}.`);
    }
    const stats = add('batch_norm_stats', {}, [x]);
    if (mean !== undefined && variance !== undefined) {
      updateBuffer(mean, add('batch_norm_running', { row: 0, momentum, count }, [mean, stats]));
      updateBuffer(variance, add('batch_norm_running', { row: 1, momentum, count }, [variance, stats]));
    }
    return add('batch_norm_normalize', { eps, affine }, [x, stats, ...affineInputs]);
  },
  pytorch: {
    modules: [batchNormModule('BatchNorm2d', [4]), batchNormModule('BatchNorm1d', [2, 3])],
  },
  onnx: 'BatchNormalization',
  keras: 'BatchNormalization',
};

type Normalization = { readonly eps: number; readonly affine: boolean };

/** x `[N, C, …]` → `[2, C]`: row 0 the mean, row 1 the biased variance of each channel. */
export const batchNormStats: OpDefinition = {
  name: 'batch_norm_stats',
  title: 'BatchNorm, statistics of the batch',
  inferType: (inputs) => f32([2, dimAt(inputAt(inputs, 0).shape, 1)]),
  flops: (inputs) => multiplyDims(4, productOfDims(inputAt(inputs, 0).shape)),
};

/**
 * (x − mean) / √(variance + eps) · weight + bias; inputs x, stats `[2, C]`, then weight and bias if `affine`.
 * Its gradient takes the statistics as functions of x, so none flows through them.
 */
export const batchNormNormalize: OpDefinition<Normalization> = {
  name: 'batch_norm_normalize',
  title: 'BatchNorm',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(2, productOfDims(output.shape)),
  gradient({ add, node, attrs, outputGradient, needs }) {
    const [x, stats, ...affine] = node.inputs as [NodeId, NodeId, ...NodeId[]];
    const gradStats = add('batch_norm_grad_stats', { eps: attrs.eps }, [outputGradient, x, stats]);
    const weight = affine.slice(0, 1);
    return [
      needs[0] ? add('batch_norm_grad_input', attrs, [outputGradient, x, stats, gradStats, ...weight]) : undefined,
      undefined,
      needs[2] ? add('row', { index: 1 }, [gradStats]) : undefined,
      needs[3] ? add('row', { index: 0 }, [gradStats]) : undefined,
    ];
  },
};

/** dy, x, stats → `[2, C]`: row 0 Σ dy (the bias' gradient), row 1 Σ dy·x̂ (the weight's), x̂ the normalised input. */
export const batchNormGradStats: OpDefinition<{ readonly eps: number }> = {
  name: 'batch_norm_grad_stats',
  title: 'BatchNorm, gradients of weight and bias',
  inferType: (inputs) => f32([2, dimAt(inputAt(inputs, 0).shape, 1)]),
  flops: (inputs) => multiplyDims(4, productOfDims(inputAt(inputs, 0).shape)),
};

/** dx = weight / √(variance + eps) · (dy − Σdy / m − x̂ · Σ(dy·x̂) / m), m values per channel. Inputs dy, x, stats, gradStats, weight if `affine`. */
export const batchNormGradInput: OpDefinition<Normalization> = {
  name: 'batch_norm_grad_input',
  title: 'BatchNorm, gradient of the input',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(6, productOfDims(output.shape)),
};

/** (1 − momentum)·running + momentum·stats[row]; row 1 with the unbiased variance, m / (m − 1) times the biased. In place. */
export const batchNormRunning: OpDefinition<{
  readonly row: number;
  readonly momentum: number;
  readonly count: Dim;
}> = {
  name: 'batch_norm_running',
  title: 'BatchNorm, running statistics',
  inferType: (inputs) => inputAt(inputs, 0),
  symbolicAttributes: ['count'],
};

/** Normalisation with given statistics: x, mean `[C]`, variance `[C]`, then weight and bias if `affine`. */
export const batchNormInference: OpDefinition<Normalization> = {
  name: 'batch_norm_inference',
  title: 'BatchNorm',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(2, productOfDims(output.shape)),
  gradient({ add, typeOf, node, attrs, outputGradient, needs }) {
    const [x, mean, variance, ...affine] = node.inputs as [NodeId, NodeId, NodeId, ...NodeId[]];
    const gradStats = needs[3] || needs[4] ? gradientStats() : undefined;
    return [
      needs[0]
        ? add('batch_norm_inference_grad_input', attrs, [outputGradient, variance, ...affine.slice(0, 1)])
        : undefined,
      undefined,
      undefined,
      needs[3] && gradStats !== undefined ? add('row', { index: 1 }, [gradStats]) : undefined,
      needs[4] && gradStats !== undefined ? add('row', { index: 0 }, [gradStats]) : undefined,
    ];

    /** The running statistics, laid out as a batch's. */
    function gradientStats(): NodeId {
      const shape = [2, dimAt(typeOf(mean).shape, 0)];
      const stats = add('reshape', { shape }, [add('concat', { dim: 0 }, [mean, variance])]);
      return add('batch_norm_grad_stats', { eps: attrs.eps }, [outputGradient, x, stats]);
    }
  },
};

/** dx = dy · weight / √(variance + eps). Inputs dy, variance, weight if `affine`. */
export const batchNormInferenceGradInput: OpDefinition<Normalization> = {
  name: 'batch_norm_inference_grad_input',
  title: 'BatchNorm, gradient of the input',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => productOfDims(output.shape),
};

function batchNormModule(name: string, ranks: readonly number[]) {
  return {
    name,
    signature: 'num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None, dtype=None',
    build: (args: Arguments) => buildBatchNorm(name, args, ranks),
  };
}

function buildBatchNorm(name: string, args: Arguments, ranks: readonly number[]): ModuleBlueprint {
  const channels: TensorType = f32([args.positiveInteger('num_features')]);
  const affine = args.boolean('affine');
  const trackRunningStats = args.boolean('track_running_stats');
  if (args.isNone('momentum')) {
    throw new OpUnsupported(`${name}: momentum=None (a cumulative average) is not supported yet.`);
  }
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
    tensors.push({ name: 'num_batches_tracked', kind: 'buffer', type: counter, init: zero, input: false });
  }
  const attrs = { eps: args.number('eps'), momentum: args.number('momentum'), affine, trackRunningStats };
  return { op: 'batch_norm', attrs, tensors, ranks };
}
