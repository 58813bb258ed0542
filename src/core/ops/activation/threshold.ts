import type { OpDefinition } from '../op';
import { unaryActivation } from './unary-activation';

export type ThresholdAttributes = {
  readonly threshold: number;
  /** Stands in for values that are not above the threshold. */
  readonly value: number;
};

/** x where x > threshold, else value. Source: PyTorch, Threshold. */
export const threshold: OpDefinition<ThresholdAttributes> = unaryActivation({
  name: 'threshold',
  title: 'Threshold',
  flopsPerElement: 1,
  // A stand-in above the threshold looks like a value that was above it.
  gradient: ({ threshold: limit, value }) => (value <= limit ? 'output' : 'input'),
  integers: 'kept',
  attributes: (args) => ({ threshold: args.number('threshold'), value: args.number('value') }),
  layer: 'threshold, value, inplace=False',
  functions: [
    { names: ['torch.nn.functional.threshold'], signature: 'input, threshold, value, inplace=False' },
    {
      names: ['torch.threshold', 'torch.threshold_', 'torch.nn.functional.threshold_'],
      signature: 'input, threshold, value',
    },
  ],
});
