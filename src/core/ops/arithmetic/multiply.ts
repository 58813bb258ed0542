import { productOfDims } from '../../graph/dim';
import { elementwiseType, isElementwise, twoTensors } from './add';
import { binaryGradient } from './binary-gradients';
import { lowerBinary } from './lower-binary';
import type { OpDefinition } from '../op';

/** a · b, element-wise; the two are broadcast. */
export const multiply: OpDefinition = {
  name: 'multiply',
  halfStorage: true,
  title: 'multiply',
  inferType: (inputs) => elementwiseType('multiply', inputs),
  flops: (_inputs, output) => productOfDims(output.shape),
  lower: lowerBinary,
  gradient: binaryGradient,
  elementwise: (_attrs, inputs) => isElementwise(inputs),
  pytorch: { functions: [twoTensors('multiply', 'torch.mul', 'torch.multiply')] },
  onnx: 'Mul',
  keras: 'Multiply',
};
