import { multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { readSoftmax, readSoftmaxCall, softmaxField, softmaxType, type SoftmaxAttributes } from './softmax';

/** The softmax of −x along `dim`. Source: PyTorch, Softmin. */
export const softmin: OpDefinition<SoftmaxAttributes> = {
  name: 'softmin',
  title: 'Softmin',
  inferType: (inputs, attrs) => softmaxType('Softmin', inputAt(inputs, 0), attrs),
  flops: (_inputs, output) => multiplyDims(6, productOfDims(output.shape)),
  receptiveField: softmaxField,
  lower({ add, node, attrs }) {
    const [x] = node.inputs as [NodeId];
    return add('softmax', attrs, [add('scale', { factor: -1 }, [x])]);
  },
  pytorch: {
    modules: [
      {
        name: 'Softmin',
        signature: 'dim=None',
        build: (args) => ({ op: 'softmin', attrs: readSoftmax(args), tensors: [] }),
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.softmin'],
        signature: 'input, dim=None, _stacklevel=3, dtype=None',
        build: (args) => ({ op: 'softmin', attrs: readSoftmaxCall(args), inputs: [args.tensor('input').id] }),
      },
    ],
  },
};
