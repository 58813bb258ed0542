import type { Dim } from '../../graph/dim';
import type { DType } from '../../graph/graph';
import type { OpDefinition } from '../op';

export type LiteralAttributes = {
  /** In row-major order, or one for all; what JSON does not know is a text: `inf`, `-inf`, `nan`. */
  readonly values: readonly (number | string)[];
  readonly shape: readonly Dim[];
  readonly dtype: DType;
};

/** A tensor whose values the code says: `torch.tensor([1, 2])`, `torch.arange(7)`; one finite value everywhere is a `constant`. */
export const literal: OpDefinition<LiteralAttributes> = {
  name: 'literal',
  title: 'values of the code',
  inferType: (_inputs, { shape, dtype }) => ({ shape, dtype }),
  receptiveField: () => ({ kind: 'none' }),
  symbolicAttributes: ['shape'],
  onnx: 'Constant',
};

/** Values as the attribute holds them. */
export function literalValues(values: readonly number[]): (number | string)[] {
  return values.map((value) => {
    if (Number.isFinite(value)) return value;
    return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  });
}

/** The number that an item of the attribute stands for. */
export function literalNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return value === 'inf' ? Infinity : value === '-inf' ? -Infinity : NaN;
}
