import { addDims, formatShape, type Dim } from '../../graph/dim';
import { OpError, type OpDefinition } from '../op';
import { dimAt, f32, inputAt, normalizeDimension } from '../shapes';

export type ConcatAttributes = { readonly dim: number };

/** Tensors one after the other along `dim`; the other sizes agree. Source: PyTorch, cat. */
export const concat: OpDefinition<ConcatAttributes> = {
  name: 'concat',
  title: 'cat',
  inferType(inputs, attrs) {
    if (inputs.length === 0) throw new OpError('cat needs at least one tensor.');
    const { shape } = inputAt(inputs, 0);
    const dim = normalizeDimension('cat', attrs.dim, shape.length);
    let size: Dim = 0;
    for (const input of inputs) {
      const fits = input.shape.length === shape.length && input.shape.every((s, i) => i === dim || s === shape[i]);
      if (!fits) {
        throw new OpError(
          `cat along dimension ${dim}: shapes ${formatShape(shape)} and ${formatShape(input.shape)} do not fit together.`,
        );
      }
      size = addDims(size, dimAt(input.shape, dim));
    }
    return f32(shape.map((s, i) => (i === dim ? size : s)));
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
