import { addDims, formatShape, type Dim } from '../../graph/dim';
import type { Shape } from '../../graph/graph';
import { requireEqualSizes } from '../arithmetic/broadcast';
import { resultDtype } from '../arithmetic/promote';
import { OpError, type OpDefinition } from '../op';
import { dimAt, inputAt, normalizeDimension } from '../shapes';

export type ConcatAttributes = { readonly dim: number };

/** Tensors one after the other along `dim`; the other sizes agree. Source: PyTorch, cat. */
export const concat: OpDefinition<ConcatAttributes> = {
  name: 'concat',
  halfStorage: true,
  title: 'cat',
  inferType(inputs, attrs) {
    // PyTorch skips vectors without elements, whatever the others are.
    const joined = inputs.filter((input) => input.shape.length !== 1 || input.shape[0] !== 0);
    const dtype = resultDtype(inputs);
    if (inputs.length === 0) throw new OpError('cat needs at least one tensor.');
    const [first] = joined;
    if (!first) return { shape: [0], dtype };
    const { shape } = first;
    if (shape.length === 0) throw new OpError('cat does not take tensors without dimensions.');
    const dim = normalizeDimension('cat', attrs.dim, shape.length);
    let size: Dim = 0;
    for (const input of joined) {
      requireFits(dim, shape, input.shape);
      size = addDims(size, dimAt(input.shape, dim));
    }
    return { shape: shape.map((s, i) => (i === dim ? size : s)), dtype };
  },
  receptiveField: (inputs, { dim }) => ({
    kind: 'concat',
    dim: dim < 0 ? dim + inputAt(inputs, 0).shape.length : dim,
  }),
  formulas(inputs, output, attrs) {
    const dim = attrs.dim < 0 ? attrs.dim + output.shape.length : attrs.dim;
    const sizes = inputs.map((input) => input.shape[dim] ?? 0);
    return [{ name: dim === 1 ? 'C' : `dimension ${dim}`, text: `${sizes.join(' + ')} = ${output.shape[dim] ?? 0}` }];
  },
  gradient({ add, typeOf, node, attrs, outputGradient, needs }) {
    const dim = normalizeDimension('cat', attrs.dim, typeOf(outputGradient).shape.length);
    let start: Dim = 0;
    return node.inputs.map((input, index) => {
      const length = dimAt(typeOf(input).shape, dim);
      const from = start;
      start = addDims(start, length);
      return needs[index] ? add('slice', { dim, start: from, length }, [outputGradient]) : undefined;
    });
  },
  pytorch: {
    functions: [
      {
        names: ['torch.cat', 'torch.concat', 'torch.concatenate'],
        signature: 'tensors, dim=0',
        build: (args) => ({
          op: 'concat',
          attrs: { dim: args.integer('dim') },
          inputs: args.tensors('tensors').map((tensor) => tensor.id),
        }),
      },
    ],
  },
  onnx: 'Concat',
  keras: 'Concatenate',
};

function requireFits(dim: number, shape: Shape, other: Shape): void {
  const problem = (): string =>
    `cat along dimension ${dim}: shapes ${formatShape(shape)} and ${formatShape(other)} do not fit together.`;
  if (other.length !== shape.length) throw new OpError(problem());
  other.forEach((size, index) => {
    if (index !== dim) requireEqualSizes('cat', size, dimAt(shape, index), problem);
  });
}
