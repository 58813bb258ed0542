import { productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import { elementwiseType } from './add';
import type { OpDefinition } from '../op';

/** a · b, element-wise; both of one shape. */
export const multiply: OpDefinition = {
  name: 'multiply',
  title: 'multiply',
  inferType: (inputs) => elementwiseType('multiply', inputs),
  flops: (_inputs, output) => productOfDims(output.shape),
  gradient({ add, node, outputGradient, needs }) {
    const [a, b] = node.inputs as [NodeId, NodeId];
    return [
      needs[0] ? add('multiply', {}, [outputGradient, b]) : undefined,
      needs[1] ? add('multiply', {}, [outputGradient, a]) : undefined,
    ];
  },
  elementwise: () => true,
  pytorch: {
    functions: [
      {
        names: ['torch.mul', 'torch.multiply', 'torch.Tensor.mul', 'torch.Tensor.multiply', 'torch.Tensor.mul_'],
        signature: 'input, other',
        build: (args) => ({
          op: 'multiply',
          attrs: {},
          inputs: [args.tensor('input').id, args.tensor('other').id],
        }),
      },
    ],
  },
  onnx: 'Mul',
  keras: 'Multiply',
};
