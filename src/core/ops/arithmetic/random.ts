import type { Dim } from '../../graph/dim';
import type { DType } from '../../graph/graph';
import type { OpDefinition } from '../op';

export type RandomAttributes = {
  /** How PyTorch calls what draws them: `randn`, `bernoulli`. */
  readonly function: string;
  readonly shape: readonly Dim[];
  readonly dtype: DType;
};

/** A tensor of random numbers, drawn anew in each forward pass. Its inputs, if any, are what it is drawn by (`bernoulli(p)`). */
export const random: OpDefinition<RandomAttributes> = {
  name: 'random',
  title: 'random numbers',
  inferType: (_inputs, { shape, dtype }) => ({ shape, dtype }),
  receptiveField: (inputs) => ({ kind: inputs.length > 0 ? 'reshape' : 'none' }),
  symbolicAttributes: ['shape'],
};
