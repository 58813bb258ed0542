import type { OpDefinition } from '../op';
import { unaryActivation } from './unary-activation';

export type LeakyReluAttributes = {
  /** Factor of values below 0. */
  readonly negativeSlope: number;
};

/** x where x > 0, else negativeSlope · x. Source: PyTorch, LeakyReLU. */
export const leakyRelu: OpDefinition<LeakyReluAttributes> = unaryActivation({
  name: 'leaky_relu',
  title: 'LeakyReLU',
  flopsPerElement: 2,
  // The output has the input's sign, unless the slope turns it over.
  gradient: ({ negativeSlope }) => (negativeSlope >= 0 ? 'output' : 'input'),
  attributes: (args) => ({ negativeSlope: args.number('negative_slope') }),
  layer: 'negative_slope=0.01, inplace=False',
  functions: [
    { names: ['torch.nn.functional.leaky_relu'], signature: 'input, negative_slope=0.01, inplace=False' },
    { names: ['torch.nn.functional.leaky_relu_'], signature: 'input, negative_slope=0.01' },
  ],
  onnx: 'LeakyRelu',
  keras: 'LeakyReLU',
});
