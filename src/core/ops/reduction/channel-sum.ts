import { productOfDims } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { dimAt, f32, inputAt } from '../shapes';

/** Sum over every dimension but 1: `[N, C, …]` → `[C]`. The gradient of a bias. */
export const channelSum: OpDefinition = {
  name: 'channel_sum',
  title: 'Sum per channel',
  inferType: (inputs) => f32([dimAt(inputAt(inputs, 0).shape, 1)]),
  flops: (inputs) => productOfDims(inputAt(inputs, 0).shape),
};
