import type { NodeId } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { multiplyDims, productOfDims } from '../../graph/dim';
import { batchPlace, type BatchPlace } from '../batch-place';
import { OpError, type OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { unaryActivation } from './unary-activation';

export type RreluAttributes = {
  /** The slope of each value below 0 is drawn from U(lower, upper). */
  readonly lower: number;
  readonly upper: number;
  /** 'mode': drawn only while training; otherwise the slope is the mean of both. */
  readonly training: 'mode' | boolean;
};

/** x where x > 0, else slope · x, slope random while training. Source: Xu et al., 2015; PyTorch, RReLU. */
export const rrelu: OpDefinition<RreluAttributes> = {
  ...withModeOfLayer(
    unaryActivation({
      name: 'rrelu',
      title: 'RReLU',
      flopsPerElement: 2,
      attributes: (args) => readRrelu(args, args.training('training')),
      layer: 'lower=0.125, upper=0.3333333333333333, inplace=False',
      functions: [
        {
          names: ['torch.nn.functional.rrelu'],
          signature: 'input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False',
        },
        {
          names: ['torch.rrelu', 'torch.rrelu_', 'torch.nn.functional.rrelu_'],
          signature: 'input, lower=0.125, upper=0.3333333333333333, training=False',
        },
      ],
    }),
  ),
  lower({ mode, attrs, node, key, add, random, typeOf }) {
    const [x] = node.inputs as [NodeId];
    const drawn = attrs.training === 'mode' ? mode === 'train' : attrs.training;
    const { lower, upper } = attrs;
    if (drawn) return add('rrelu_apply', { lower, upper, key, ...batchPlace(typeOf(x).shape) }, [x, random()]);
    return add('leaky_relu', { negativeSlope: (lower + upper) / 2 }, [x]);
  },
};

export type RreluApplyAttributes = {
  readonly lower: number;
  readonly upper: number;
  /** Number of the layer: part of the random numbers' counter. */
  readonly key: number;
  readonly batch?: BatchPlace;
};

/**
 * x where x > 0, else slope · x. Inputs x and `random`, see `dropout_apply`: the slope of element i is
 * lower + (upper − lower)·u, u as of `draw`. The gradient draws it again.
 */
export const rreluApply: OpDefinition<RreluApplyAttributes> = {
  name: 'rrelu_apply',
  title: 'RReLU',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(2, productOfDims(output.shape)),
  gradient({ add, node, attrs, outputGradient }) {
    const [x, random] = node.inputs as [NodeId, NodeId];
    return [add('rrelu_apply_grad', attrs, [outputGradient, x, random]), undefined];
  },
  elementwise: () => true,
};

/** dy, x and `random` → dx. */
export const rreluApplyGrad: OpDefinition<RreluApplyAttributes> = {
  name: 'rrelu_apply_grad',
  title: 'RReLU, gradient',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(2, productOfDims(output.shape)),
  elementwise: () => true,
};

function readRrelu(args: Arguments, training: 'mode' | boolean): RreluAttributes {
  const [lower, upper] = [args.number('lower'), args.number('upper')];
  if (lower > upper) throw new OpError(`RReLU: lower must not be above upper, got ${lower} and ${upper}.`);
  return { lower, upper, training };
}

function withModeOfLayer(op: OpDefinition<RreluAttributes>): OpDefinition<RreluAttributes> {
  const modules = (op.pytorch?.modules ?? []).map((module) => ({
    ...module,
    build: (args: Arguments) => ({ op: op.name, attrs: readRrelu(args, 'mode'), tensors: [] }),
  }));
  return { ...op, pytorch: { ...op.pytorch, modules } };
}
