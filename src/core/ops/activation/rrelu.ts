import type { NodeId } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
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
  lower({ mode, attrs, node, add }) {
    const [x] = node.inputs as [NodeId];
    const drawn = attrs.training === 'mode' ? mode === 'train' : attrs.training;
    if (drawn) throw new OpUnsupported('RReLU is not supported in training yet. Use LeakyReLU.');
    return add('leaky_relu', { negativeSlope: (attrs.lower + attrs.upper) / 2 }, [x]);
  },
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
