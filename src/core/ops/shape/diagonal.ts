import { addDims, dimsEqual, formatShape, type Dim } from '../../graph/dim';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { dimAt, inputAt } from '../shapes';

/** Two different dimensions, not negative, and how far above the main diagonal. */
export type DiagonalAttributes = { readonly offset: number; readonly dim1: number; readonly dim2: number };

/** The diagonal of two dimensions, as a new last one. Source: PyTorch, diagonal. */
export const diagonal: OpDefinition<DiagonalAttributes> = {
  name: 'diagonal',
  title: 'diagonal',
  inferType(inputs, { offset, dim1, dim2 }) {
    const { shape, dtype } = inputAt(inputs, 0);
    if (dim1 === dim2) throw new OpError(`diagonal: the two dimensions must differ, both are ${dim1}.`);
    const length = diagonalLength(dimAt(shape, dim1), dimAt(shape, dim2), offset);
    return { shape: [...shape.filter((_, dim) => dim !== dim1 && dim !== dim2), length], dtype };
  },
  receptiveField: () => ({ kind: 'global' }),
  gradient({ add, typeOf, node, attrs, outputGradient }) {
    const { shape } = typeOf(node.inputs[0] ?? 0);
    return [add('diagonal_grad', { ...attrs, shape: [...shape] }, [outputGradient])];
  },
};

/** dL/dx of shape `shape` from dL/dy of a diagonal; zeros beside it. */
export const diagonalGrad: OpDefinition<DiagonalAttributes & { readonly shape: readonly Dim[] }> = {
  name: 'diagonal_grad',
  title: 'diagonal, gradient',
  inferType: (inputs, { shape }) => ({ ...inputAt(inputs, 0), shape }),
  symbolicAttributes: ['shape'],
};

function diagonalLength(rows: Dim, columns: Dim, offset: number): Dim {
  const [a, b] = offset < 0 ? [addDims(rows, offset), columns] : [rows, addDims(columns, -offset)];
  if (typeof a === 'number' && typeof b === 'number') return Math.max(0, Math.min(a, b));
  if (dimsEqual(a, b)) return a;
  if (offset !== 0 && rows === columns) return addDims(rows, -Math.abs(offset));
  throw new OpUnsupported(`diagonal: which of the sizes ${a} and ${b} is smaller is not known.`);
}

/** The last dimension as the diagonal of two new ones, at `dim1` and `dim2` of the result; zeros elsewhere. Source: PyTorch, diag_embed. */
export const diagEmbed: OpDefinition<DiagonalAttributes> = {
  name: 'diag_embed',
  title: 'diag_embed',
  inferType(inputs, { offset, dim1, dim2 }) {
    const { shape, dtype } = inputAt(inputs, 0);
    if (shape.length === 0 || dim1 === dim2) {
      throw new OpError(
        `diag_embed: dimensions ${dim1} and ${dim2} do not fit a tensor of shape ${formatShape(shape)}.`,
      );
    }
    const size = addDims(dimAt(shape, -1), Math.abs(offset));
    const rest = [...shape.slice(0, -1)];
    const result: Dim[] = [];
    for (let dim = 0; dim <= shape.length; dim++) {
      result.push(dim === dim1 || dim === dim2 ? size : (rest.shift() ?? 1));
    }
    return { shape: result, dtype };
  },
  receptiveField: () => ({ kind: 'global' }),
  gradient: ({ add, attrs, outputGradient }) => [add('diagonal', attrs, [outputGradient])],
};
