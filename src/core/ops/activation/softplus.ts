import type { OpDefinition } from '../op';
import { unaryActivation } from './unary-activation';

export type SoftplusAttributes = {
  readonly beta: number;
  /** Where beta · x is above it, the result is x. */
  readonly threshold: number;
};

/** log(1 + exp(beta · x)) / beta. Source: PyTorch, Softplus. */
export const softplus: OpDefinition<SoftplusAttributes> = unaryActivation({
  name: 'softplus',
  title: 'Softplus',
  flopsPerElement: 5,
  gradient: 'input',
  attributes: (args) => ({ beta: args.number('beta'), threshold: args.number('threshold') }),
  layer: 'beta=1.0, threshold=20.0',
  functions: [{ names: ['torch.nn.functional.softplus'], signature: 'input, beta=1.0, threshold=20.0' }],
  onnx: 'Softplus',
});
