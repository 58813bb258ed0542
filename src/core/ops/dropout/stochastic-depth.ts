import type { NodeId } from '../../graph/graph';
import { OpError, type OpDefinition } from '../op';
import { productOfDims } from '../../graph/dim';
import { inputAt } from '../shapes';
import { dropoutOf, readProbability } from './dropout';

export type StochasticDepthAttributes = {
  /** Probability that a sample, or the whole batch, becomes zero. */
  readonly p: number;
  /** 'row': each sample on its own. */
  readonly mode: 'batch' | 'row';
  /** 'mode': only while training. */
  readonly training: 'mode' | boolean;
};

/**
 * Zeroes whole samples with probability p and scales the rest by 1 / (1 − p): a residual branch that is left out.
 * Source: Huang et al., 2016; torchvision.ops.stochastic_depth.
 */
export const stochasticDepth: OpDefinition<StochasticDepthAttributes> = {
  name: 'stochastic_depth',
  title: 'StochasticDepth',
  inferType(inputs, { training, mode, p }) {
    const x = inputAt(inputs, 0);
    if (training === true && mode === 'row' && p > 0 && x.shape.length === 0) {
      throw new OpError('stochastic_depth drops samples of a batch, its input has no dimension.');
    }
    return x;
  },
  lower({ mode, attrs, node, key, add, typeOf, random }) {
    const [x] = node.inputs as [NodeId];
    const active = attrs.training === 'mode' ? mode === 'train' : attrs.training;
    if (!active || attrs.p === 0) return x;
    // One draw for each sample, or for the whole batch: a channel of so many values.
    const { shape } = typeOf(x);
    const samples = attrs.mode === 'row' ? (shape[0] ?? 1) : 1;
    const values = productOfDims(attrs.mode === 'row' ? shape.slice(1) : shape);
    const channels = add('reshape', { shape: [samples, 1, values] }, [x]);
    const dropped = dropoutOf({ add, typeOf }, { p: attrs.p, key, perChannel: true }, channels, random());
    return add('reshape', { shape: [...shape] }, [dropped]);
  },
  pytorch: {
    functions: [
      {
        names: ['torchvision.ops.stochastic_depth'],
        signature: 'input, p, mode, training=True',
        build(args) {
          const mode = args.string('mode');
          if (mode !== 'batch' && mode !== 'row') {
            throw new OpError(`stochastic_depth: mode must be 'batch' or 'row', got '${mode}'.`);
          }
          return {
            op: 'stochastic_depth',
            attrs: { p: readProbability(args), mode, training: args.training('training') },
            inputs: [args.tensor('input').id],
          };
        },
      },
    ],
  },
};
