import { formatShape } from '../../graph/dim';
import type { Shape } from '../../graph/graph';
import { broadcastShapes } from '../arithmetic/broadcast';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';

/** Dimension `dims[i]` (in ascending order) is indexed by input i + 1. */
export type IndexAttributes = { readonly dims: readonly number[] };

/**
 * `x[i, :, j]` with index tensors: they are broadcast, and their shape takes the place of the dimensions that they
 * index, or stands in front where those are not neighbours. Source: PyTorch, Tensor indexing API; NumPy, advanced indexing.
 */
export const index: OpDefinition<IndexAttributes> = {
  name: 'index',
  title: 'index',
  inferType(inputs, attrs) {
    const { shape, dtype } = inputAt(inputs, 0);
    return {
      shape: indexedShape(
        shape,
        attrs.dims,
        inputs.slice(1).map((input) => input.shape),
      ),
      dtype,
    };
  },
  receptiveField: (inputs, { dims }) =>
    dims.length === 1 && inputAt(inputs, 1).shape.length === 1 ? { kind: 'mixes', dims } : { kind: 'global' },
  formulas: (inputs, output) => [
    { name: 'shape', text: `${formatShape(inputAt(inputs, 0).shape)} → ${formatShape(output.shape)}` },
  ],
};

export function indexedShape(shape: Shape, dims: readonly number[], indices: readonly Shape[]): Shape {
  const together = broadcastShapes('index', ...indices);
  const [first = 0] = dims;
  const neighbours = dims.every((dim, at) => dim === first + at);
  const rest = shape.filter((_, dim) => !dims.includes(dim));
  const at = neighbours ? first : 0;
  return [...rest.slice(0, at), ...together, ...rest.slice(at)];
}
