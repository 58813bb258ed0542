import { formatShape, type Dim } from '../../graph/dim';
import type { Arguments } from '../arguments';
import { OpError, type OpDefinition } from '../op';
import { inputAt, normalizeDimension } from '../shapes';
import { reshape, reshapeGradient } from './reshape';

/** One of the sizes may be −1: what is left. */
export type UnflattenAttributes = { readonly dim: number; readonly sizes: readonly Dim[] };

/** Makes several dimensions of one; a view. Source: PyTorch, Unflatten. */
export const unflatten: OpDefinition<UnflattenAttributes> = {
  name: 'unflatten',
  title: 'Unflatten',
  inferType(inputs, { dim, sizes }) {
    const { shape, dtype } = inputAt(inputs, 0);
    if (shape.length === 0) throw new OpError('Unflatten does not take a tensor without dimensions.');
    const at = normalizeDimension('Unflatten', dim, shape.length);
    if (sizes.length === 0) throw new OpError('Unflatten: the sizes must not be empty.');
    const parts = reshape.inferType([{ shape: shape.slice(at, at + 1), dtype }], { shape: sizes }).shape;
    return { shape: [...shape.slice(0, at), ...parts, ...shape.slice(at + 1)], dtype };
  },
  receptiveField: () => ({ kind: 'reshape' }),
  viewOffset: () => 0,
  gradient: reshapeGradient,
  formulas: (inputs, output, { dim }) => [
    { name: `dimension ${dim}`, text: `${formatShape(inputAt(inputs, 0).shape)} → ${formatShape(output.shape)}` },
  ],
  symbolicAttributes: ['sizes'],
  pytorch: {
    modules: [
      {
        name: 'Unflatten',
        signature: 'dim, unflattened_size',
        build: (args) => ({ op: 'unflatten', attrs: readAttributes(args, 'unflattened_size'), tensors: [] }),
      },
    ],
    functions: [
      {
        names: ['torch.unflatten', 'torch.Tensor.unflatten'],
        signature: 'input, dim, sizes',
        build: (args) => ({
          op: 'unflatten',
          attrs: readAttributes(args, 'sizes'),
          inputs: [args.tensor('input').id],
        }),
      },
    ],
  },
};

function readAttributes(args: Arguments, sizes: string): UnflattenAttributes {
  return { dim: args.integer('dim'), sizes: args.dims(sizes) };
}
