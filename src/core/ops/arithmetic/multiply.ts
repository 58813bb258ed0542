import { productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import { elementwiseType, requireOneShape, twoTensors } from './add';
import type { OpDefinition } from '../op';

/** a · b, element-wise; the two are broadcast, but its gradient wants them of one shape. */
export const multiply: OpDefinition = {
  name: 'multiply',
  title: 'multiply',
  inferType: (inputs) => elementwiseType('multiply', inputs),
  flops: (_inputs, output) => productOfDims(output.shape),
  gradient({ add, typeOf, node, outputGradient, needs }) {
    const [a, b] = node.inputs as [NodeId, NodeId];
    requireOneShape('multiply', node.inputs, typeOf);
    return [
      needs[0] ? add('multiply', {}, [outputGradient, b]) : undefined,
      needs[1] ? add('multiply', {}, [outputGradient, a]) : undefined,
    ];
  },
  elementwise: () => true,
  pytorch: { functions: [twoTensors('multiply', 'torch.mul', 'torch.multiply')] },
  onnx: 'Mul',
  keras: 'Multiply',
};
