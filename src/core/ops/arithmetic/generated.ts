import type { Dim } from '../../graph/dim';
import type { DType } from '../../graph/graph';
import type { OpDefinition } from '../op';

export type GeneratedAttributes = {
  /** How PyTorch calls what makes them: `arange`, `eye`, `tensor`. */
  readonly function: string;
  readonly shape: readonly Dim[];
  readonly dtype: DType;
};

/**
 * A tensor that the code makes of no other tensor: `torch.arange(n)`, `torch.tensor([1, 2])`. Its values are not kept,
 * only its type; one value everywhere is a `constant`.
 */
export const generated: OpDefinition<GeneratedAttributes> = {
  name: 'generated',
  title: 'values of the code',
  inferType: (_inputs, { shape, dtype }) => ({ shape, dtype }),
  receptiveField: () => ({ kind: 'none' }),
  symbolicAttributes: ['shape'],
};
