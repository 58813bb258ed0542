import { multiplyDims, productOfDims } from '../../graph/dim';

import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';
import {
  lowerSoftmax,
  readSoftmax,
  readSoftmaxCall,
  softmaxField,
  softmaxType,
  type SoftmaxAttributes,
} from './softmax';

/** x − log Σ exp(x) along `dim`. Source: PyTorch, LogSoftmax. */
export const logSoftmax: OpDefinition<SoftmaxAttributes> = {
  name: 'log_softmax',
  title: 'LogSoftmax',
  inferType: (inputs, attrs) => softmaxType('LogSoftmax', inputAt(inputs, 0), attrs),
  flops: (_inputs, output) => multiplyDims(5, productOfDims(output.shape)),
  receptiveField: softmaxField,
  lower: (context) => lowerSoftmax('log_softmax', context),
  gradient: ({ add, node, attrs, outputGradient }) => [add('log_softmax_grad', attrs, [outputGradient, node.id])],
  pytorch: {
    modules: [
      {
        name: 'LogSoftmax',
        signature: 'dim=None',
        build: (args) => ({ op: 'log_softmax', attrs: readSoftmax(args), tensors: [] }),
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.log_softmax'],
        signature: 'input, dim=None, _stacklevel=3, dtype=None',
        build: (args) => ({ op: 'log_softmax', attrs: readSoftmaxCall(args), inputs: [args.tensor('input').id] }),
      },
      {
        names: ['torch.log_softmax', 'torch.Tensor.log_softmax', 'torch.special.log_softmax'],
        signature: 'input, dim, dtype=None',
        build: (args) => ({ op: 'log_softmax', attrs: readSoftmaxCall(args), inputs: [args.tensor('input').id] }),
      },
    ],
  },
  onnx: 'LogSoftmax',
  keras: 'LogSoftmax',
};

/** dy and the output y → dx. */
export const logSoftmaxGrad: OpDefinition<SoftmaxAttributes> = {
  name: 'log_softmax_grad',
  title: 'LogSoftmax, gradient',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(4, productOfDims(output.shape)),
};
