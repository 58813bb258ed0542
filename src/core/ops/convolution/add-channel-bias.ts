import { productOfDims } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';

/** x `[N, C, …]` + bias `[C]`. */
export const addChannelBias: OpDefinition = {
  name: 'add_channel_bias',
  halfStorage: true,
  title: 'Bias',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => productOfDims(output.shape),
  gradient: ({ add, outputGradient, needs }) => [
    needs[0] ? outputGradient : undefined,
    needs[1] ? add('channel_sum', {}, [outputGradient]) : undefined,
  ],
  elementwise: () => true,
};
