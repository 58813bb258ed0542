import { dimsEqual, divideExactly, formatShape, productOfDims, substituteDim, type Dim } from '../../graph/dim';
import type { Shape } from '../../graph/graph';
import { OpError, OpUnsupported, type GradientContext, type OpDefinition } from '../op';
import { inputAt } from '../shapes';

export type ReshapeAttributes = {
  /** New sizes; one of them may be −1: what is left. */
  readonly shape: readonly Dim[];
};

/** The same elements in the same order under another shape; nothing is copied. Source: PyTorch, reshape and view. */
export const reshape: OpDefinition<ReshapeAttributes> = {
  name: 'reshape',
  title: 'reshape',
  inferType: (inputs, { shape }) => ({
    shape: resolveShape(inputAt(inputs, 0).shape, shape),
    dtype: inputAt(inputs, 0).dtype,
  }),
  receptiveField: () => ({ kind: 'reshape' }),
  formulas: (inputs, output, { shape }) => {
    const free = shape.indexOf(-1);
    if (free < 0) return [];
    const { shape: input } = inputAt(inputs, 0);
    const others = shape.filter((_, index) => index !== free);
    const [all, rest] = [input.join('·') || '1', others.join('·') || '1'];
    return [{ name: 'size', text: `${all} / ${others.length > 1 ? `(${rest})` : rest} = ${output.shape[free] ?? 1}` }];
  },
  viewOffset: () => 0,
  gradient: reshapeGradient,
  symbolicAttributes: ['shape'],
  pytorch: {
    functions: [
      {
        names: ['torch.Tensor.view', 'torch.Tensor.reshape'],
        signature: 'input, *shape',
        build: (args) => ({
          op: 'reshape',
          attrs: { shape: args.dims('shape') },
          inputs: [args.tensor('input').id],
        }),
      },
      {
        names: ['torch.reshape'],
        signature: 'input, shape',
        build: (args) => ({
          op: 'reshape',
          attrs: { shape: args.dims('shape') },
          inputs: [args.tensor('input').id],
        }),
      },
    ],
  },
  onnx: 'Reshape',
  keras: 'Reshape',
};

/** The gradient of a view is the gradient under the input's shape. */
export function reshapeGradient({ add, typeOf, node, outputGradient }: GradientContext): [number] {
  const [x = 0] = node.inputs;
  return [add('reshape', { shape: typeOf(x).shape }, [outputGradient])];
}

function resolveShape(input: Shape, wanted: readonly Dim[]): Shape {
  const total = productOfDims(input);
  const free = wanted.indexOf(-1);
  const negative = wanted.find((dim, index) => index !== free && typeof dim === 'number' && dim < 0);
  if (negative === -1) throw new OpError(`Only one size of ${formatShape(wanted)} can be -1.`);
  if (negative !== undefined) throw new OpError(`A size cannot be ${negative}, as in ${formatShape(wanted)}.`);
  const known = productOfDims(wanted.filter((_, index) => index !== free));
  if (free < 0) {
    const equal = dimsEqual(known, total);
    if (equal === false) throw mismatch(input, wanted, total);
    if (equal === undefined) throw undecided(input, wanted);
    return wanted;
  }
  const rest = known === 0 ? undefined : divideExactly(total, known);
  if (rest === undefined) {
    const [ofOne, knownOfOne] = [total, known].map((size) => substituteDim(size, { N: 1 }));
    // What does not fit a batch of one image does not fit batches.
    const decided = typeof ofOne === 'number' && typeof knownOfOne === 'number';
    throw decided && (known === 0 || ofOne % knownOfOne !== 0)
      ? mismatch(input, wanted, total)
      : undecided(input, wanted);
  }
  return wanted.map((dim, index) => (index === free ? rest : dim));
}

function mismatch(input: Shape, wanted: readonly Dim[], total: Dim): OpError {
  return new OpError(
    `A tensor of shape ${formatShape(input)} with ${total} elements cannot take the shape ${formatShape(wanted)}.`,
  );
}

function undecided(input: Shape, wanted: readonly Dim[]): OpUnsupported {
  return new OpUnsupported(
    `Whether a tensor of shape ${formatShape(input)} can take the shape ${formatShape(wanted)} is not known.`,
  );
}
