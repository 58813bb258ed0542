import type { DType } from '../../graph/graph';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';

export type CastAttributes = { readonly dtype: DType };

/** The same values as elements of another type. */
export const cast: OpDefinition<CastAttributes> = {
  name: 'cast',
  title: 'to',
  inferType: (inputs, { dtype }) => ({ shape: inputAt(inputs, 0).shape, dtype }),
};
