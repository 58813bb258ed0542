import type { Dim } from '../../graph/dim';
import type { DType } from '../../graph/graph';
import type { OpDefinition } from '../op';

export type ConstantAttributes = {
  /** Finite; truth values are 0 and 1. A size of the input as a number may be symbolic. */
  readonly value: Dim;
  readonly shape: readonly Dim[];
  /** Absent: f32. */
  readonly dtype?: DType;
};

/** A tensor with one value everywhere. */
export const constant: OpDefinition<ConstantAttributes> = {
  name: 'constant',
  title: 'constant',
  inferType: (_inputs, { shape, dtype = 'f32' }) => ({ shape, dtype }),
  receptiveField: () => ({ kind: 'none' }),
  symbolicAttributes: ['shape', 'value'],
  onnx: 'Constant',
};
