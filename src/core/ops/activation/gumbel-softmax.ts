import { multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import { batchPlace } from '../batch-place';
import type { OpDefinition } from '../op';
import { readDimension } from '../fits';
import { inputAt } from '../shapes';
import { softmaxField, softmaxType } from './softmax';

export type GumbelSoftmaxAttributes = {
  readonly tau: number;
  /** One-hot in the forward computation. */
  readonly hard: boolean;
  readonly dim: number;
};

/** softmax((x + g) / tau) along `dim`, g drawn from the Gumbel distribution. Source: Jang et al., 2016; PyTorch, gumbel_softmax. */
export const gumbelSoftmax: OpDefinition<GumbelSoftmaxAttributes> = {
  name: 'gumbel_softmax',
  title: 'gumbel_softmax',
  inferType: (inputs, { dim }) => softmaxType('gumbel_softmax', inputAt(inputs, 0), { dim }),
  // A softmax (5), a sum and a division for each element.
  flops: (_inputs, output) => multiplyDims(7, productOfDims(output.shape)),
  receptiveField: (inputs, { dim }) => softmaxField(inputs, { dim }),
  lower({ add, typeOf, node, attrs, key, random }) {
    const [x] = node.inputs as [NodeId];
    const { tau, hard, dim } = attrs;
    const shape = [...typeOf(x).shape];
    const noise = add('draw', { distribution: 'gumbel', shape, key, ...batchPlace(shape) }, [random()]);
    const soft = add('softmax', { dim }, [add('scale', { factor: 1 / tau }, [add('add', {}, [x, noise])])]);
    return hard ? add('hard_choice', { dim }, [soft]) : soft;
  },
  pytorch: {
    functions: [
      {
        names: ['torch.nn.functional.gumbel_softmax'],
        signature: 'logits, tau=1, hard=False, eps=1e-10, dim=-1',
        build: (args) => ({
          op: 'gumbel_softmax',
          attrs: { tau: args.number('tau'), hard: args.boolean('hard'), dim: readDimension(args, 'dim') },
          inputs: [args.tensor('logits').id],
        }),
      },
    ],
  },
};

export type HardChoiceAttributes = { readonly dim: number };

/** 1 at the first largest element along `dim`, else 0; its gradient is that of the identity (straight through). Source: PyTorch, gumbel_softmax. */
export const hardChoice: OpDefinition<HardChoiceAttributes> = {
  name: 'hard_choice',
  title: 'one-hot',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => productOfDims(output.shape),
  gradient: ({ outputGradient }) => [outputGradient],
};
