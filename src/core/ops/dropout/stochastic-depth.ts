import type { NodeId } from '../../graph/graph';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { readProbability } from './dropout';

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
  lower({ mode, attrs, node }) {
    const [x] = node.inputs as [NodeId];
    const active = attrs.training === 'mode' ? mode === 'train' : attrs.training;
    if (active && attrs.p > 0) {
      throw new OpUnsupported('StochasticDepth is not supported in training yet. Set its probability to 0.');
    }
    return x;
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
