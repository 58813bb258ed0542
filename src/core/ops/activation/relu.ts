import { productOfDims } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { activationType, clampedIntegers } from './unary-activation';

/** max(x, 0), element-wise. */
export const relu: OpDefinition = {
  name: 'relu',
  halfStorage: true,
  title: 'ReLU',
  inferType: (inputs) => activationType({ title: 'ReLU', integers: 'kept' }, inputAt(inputs, 0)),
  flops: (_inputs, output) => productOfDims(output.shape),
  gradient: ({ add, node, outputGradient }) => [add('relu_grad', {}, [outputGradient, node.id])],
  elementwise: () => true,
  lower: clampedIntegers('relu', () => ({ min: 0, max: null })),
  pytorch: {
    modules: [{ name: 'ReLU', signature: 'inplace=False', build: () => ({ op: 'relu', attrs: {}, tensors: [] }) }],
    functions: [
      {
        names: ['torch.relu', 'torch.relu_', 'torch.nn.functional.relu_', 'torch.Tensor.relu', 'torch.Tensor.relu_'],
        signature: 'input',
        build: (args) => ({ op: 'relu', attrs: {}, inputs: [args.tensor('input').id] }),
      },
      {
        names: ['torch.nn.functional.relu'],
        signature: 'input, inplace=False',
        build: (args) => ({ op: 'relu', attrs: {}, inputs: [args.tensor('input').id] }),
      },
    ],
  },
  onnx: 'Relu',
  keras: 'ReLU',
};

/** dy where y > 0, else 0; from the output, so that the input need not be kept. */
export const reluGrad: OpDefinition = {
  name: 'relu_grad',
  halfStorage: true,
  title: 'ReLU, gradient',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => productOfDims(output.shape),
  elementwise: () => true,
};
