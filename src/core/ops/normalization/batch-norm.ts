import { multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId, TensorType } from '../../graph/graph';
import { requireFloat } from '../fits';
import type { OpDefinition } from '../op';
import { dimAt, f32, inputAt } from '../shapes';
import { batchNormFunction, batchNormModules } from './batch-norm-bindings';
import { channelsOf, requireChannels, requireSeveralValues, valuesPerChannel } from './channels';

export type BatchNormAttributes = {
  readonly eps: number;
  /** Weight of the newest batch in the running statistics; null: they are the mean of all batches. */
  readonly momentum: number | null;
  /** Whether weight and bias are inputs. */
  readonly affine: boolean;
  /** Whether running_mean and running_var are inputs. */
  readonly trackRunningStats: boolean;
  /** What messages call it; absent: BatchNorm2d. */
  readonly layer?: string;
  /** Of `F.batch_norm(…, training=True)`; absent: as the mode is. */
  readonly training?: boolean;
};

/**
 * Batch normalisation over every dimension but 1. Inputs: x `[N, C, …]`, then weight and bias `[C]` if `affine`, then
 * running_mean and running_var `[C]` if `trackRunningStats`, and num_batches_tracked `[]` if `momentum` is null. Training normalises with the batch's mean and biased
 * variance and moves the running ones (with the unbiased variance); evaluation uses the running ones.
 * Source: Ioffe and Szegedy, 2015; PyTorch, BatchNorm2d.
 */
export const batchNorm: OpDefinition<BatchNormAttributes> = {
  name: 'batch_norm',
  title: 'BatchNorm2d',
  inferType(inputs, { layer = 'BatchNorm2d', affine, trackRunningStats, training }) {
    const x = inputAt(inputs, 0);
    const channels = channelsOf(layer, x);
    const ofChannels = inputs.slice(1, 1 + 2 * (Number(affine) + Number(trackRunningStats)));
    for (const tensor of ofChannels) requireChannels(layer, x, channels, tensor, 'num_features');
    requireFloat(layer, x);
    // Without running statistics, those of the batch are used in either mode.
    if (!trackRunningStats || training === true) requireSeveralValues(layer, x);
    return x;
  },
  flops: (_inputs, output, { affine }) => multiplyDims(affine ? 4 : 2, productOfDims(output.shape)),
  parameterFormula: (inputs, { affine }) => (affine ? `2·${dimAt(inputAt(inputs, 1).shape, 0)}` : undefined),
  lower({ mode, node, attrs, add, typeOf, updateBuffer }) {
    const { eps, affine, trackRunningStats, momentum, layer = 'BatchNorm2d' } = attrs;
    const training = attrs.training ?? mode === 'train';
    const [x, ...rest] = node.inputs as [NodeId, ...NodeId[]];
    const affineInputs = affine ? rest.slice(0, 2) : [];
    const [mean, variance, batches] = affine ? rest.slice(2) : rest;
    if (!training && trackRunningStats && mean !== undefined && variance !== undefined) {
      return add('batch_norm_inference', { eps, affine }, [x, mean, variance, ...affineInputs]);
    }
    requireSeveralValues(layer, typeOf(x));
    const count = valuesPerChannel(typeOf(x));
    const stats = add('batch_norm_stats', {}, [x]);
    if (mean !== undefined && variance !== undefined) {
      const seen = momentum === null && batches !== undefined ? [add('batch_norm_count', {}, [batches])] : [];
      updateBuffer(mean, add('batch_norm_running', { row: 0, momentum, count }, [mean, stats, ...seen]));
      updateBuffer(variance, add('batch_norm_running', { row: 1, momentum, count }, [variance, stats, ...seen]));
      for (const number of seen) updateBuffer(batches ?? number, number);
    }
    return add('batch_norm_normalize', { eps, affine }, [x, stats, ...affineInputs]);
  },
  pytorch: { modules: batchNormModules, functions: [batchNormFunction] },
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
  halfStorage: true,
  title: 'BatchNorm',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(2, productOfDims(output.shape)),
  elementwise: (_attrs, inputs) => hasPlanes(inputAt(inputs, 0)),
  elementwiseInputs: 1,
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
  halfStorage: true,
  title: 'BatchNorm, gradient of the input',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(6, productOfDims(output.shape)),
  elementwise: (_attrs, inputs) => hasPlanes(inputAt(inputs, 0)),
  elementwiseInputs: 2,
};

/** How many batches there were with this one: one more than before. In place. */
export const batchNormCount: OpDefinition = {
  name: 'batch_norm_count',
  title: 'BatchNorm, number of batches',
  inferType: (inputs) => inputAt(inputs, 0),
};

/**
 * (1 − momentum)·running + momentum·stats[row]; row 1 with the unbiased variance, m / (m − 1) times the biased. Inputs
 * running, stats and, where `momentum` is null, the number of batches, whose inverse it then is. In place.
 */
export const batchNormRunning: OpDefinition<{
  readonly row: number;
  readonly momentum: number | null;
  readonly count: Dim;
}> = {
  name: 'batch_norm_running',
  title: 'BatchNorm, running statistics',
  inferType: (inputs) => inputAt(inputs, 0),
  elementwise: () => true,
  elementwiseInputs: 1,
  symbolicAttributes: ['count'],
};

/** Normalisation with given statistics: x, mean `[C]`, variance `[C]`, then weight and bias if `affine`. */
export const batchNormInference: OpDefinition<Normalization> = {
  name: 'batch_norm_inference',
  halfStorage: true,
  title: 'BatchNorm',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(2, productOfDims(output.shape)),
  elementwise: (_attrs, inputs) => hasPlanes(inputAt(inputs, 0)),
  elementwiseInputs: 1,
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
  halfStorage: true,
  title: 'BatchNorm, gradient of the input',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => productOfDims(output.shape),
  elementwise: (_attrs, inputs) => hasPlanes(inputAt(inputs, 0)),
  elementwiseInputs: 1,
};

/** Without planes of several places, channels are neighbours, and the work is done four channels at a time. */
function hasPlanes({ shape }: TensorType): boolean {
  return shape.length > 2 && productOfDims(shape.slice(2)) !== 1;
}
