import type { Dim } from '../../graph/dim';
import type { OpDefinition } from '../op';
import { f32 } from '../shapes';

export type ConstantAttributes = { readonly value: number; readonly shape: readonly Dim[] };

/** A tensor with one value everywhere. */
export const constant: OpDefinition<ConstantAttributes> = {
  name: 'constant',
  title: 'constant',
  inferType: (_inputs, { shape }) => f32(shape),
  symbolicAttributes: ['shape'],
  onnx: 'Constant',
};
