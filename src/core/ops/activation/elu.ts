import type { Arguments } from '../arguments';
import { OpError, type OpDefinition } from '../op';
import { unaryActivation } from './unary-activation';

export type EluAttributes = {
  readonly alpha: number;
};

/** x where x > 0, else alpha · (exp(x) − 1). Source: PyTorch, ELU. */
export const elu: OpDefinition<EluAttributes> = unaryActivation({
  name: 'elu',
  title: 'ELU',
  flopsPerElement: 4,
  gradient: eluGradientSource,
  attributes: (args) => ({ alpha: args.number('alpha') }),
  layer: 'alpha=1.0, inplace=False',
  functions: [
    { names: ['torch.nn.functional.elu'], signature: 'input, alpha=1.0, inplace=False' },
    { names: ['torch.nn.functional.elu_'], signature: 'input, alpha=1.0' },
  ],
  onnx: 'Elu',
  keras: 'ELU',
});

/** max(0, x) + min(0, alpha · (exp(x / alpha) − 1)). Source: PyTorch, CELU. */
export const celu: OpDefinition<EluAttributes> = unaryActivation({
  name: 'celu',
  title: 'CELU',
  flopsPerElement: 5,
  gradient: eluGradientSource,
  attributes: readCelu,
  layer: 'alpha=1.0, inplace=False',
  functions: [
    { names: ['torch.nn.functional.celu'], signature: 'input, alpha=1.0, inplace=False' },
    { names: ['torch.celu', 'torch.celu_', 'torch.nn.functional.celu_'], signature: 'input, alpha=1.0' },
  ],
  onnx: 'Celu',
});

/** Where alpha is negative, an output does not say the sign of its input. */
export function eluGradientSource({ alpha }: EluAttributes): 'input' | 'output' {
  return alpha >= 0 ? 'output' : 'input';
}

function readCelu(args: Arguments): EluAttributes {
  const alpha = args.number('alpha');
  if (alpha === 0) throw new OpError('CELU: alpha must not be 0.');
  return { alpha };
}
