import { multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { BatchPlace } from '../batch-place';
import type { OpDefinition } from '../op';

export type DrawAttributes = {
  /** U(0, 1); N(0, 1); −log(−log u), the distribution of the largest of many. */
  readonly distribution: 'uniform' | 'normal' | 'gumbel';
  readonly shape: readonly Dim[];
  /** Number of the layer: part of the random numbers' counter. */
  readonly key: number;
  readonly batch?: BatchPlace;
};

/**
 * Random numbers, from the input `random` and the key as `dropout_apply` draws them. Element i is made of word i mod 4,
 * of which the upper 23 bits count: u = (bits + ½)/2^23. Normal numbers come in pairs, from two words, by Box and Muller.
 */
export const draw: OpDefinition<DrawAttributes> = {
  name: 'draw',
  title: 'random numbers',
  inferType: (_inputs, { shape }) => ({ shape, dtype: 'f32' }),
  // A logarithm or two, a root or a sine.
  flops: (_inputs, output, { distribution }) =>
    multiplyDims(distribution === 'uniform' ? 1 : 4, productOfDims(output.shape)),
  gradient: () => [undefined],
  receptiveField: () => ({ kind: 'none' }),
  symbolicAttributes: ['shape'],
};
