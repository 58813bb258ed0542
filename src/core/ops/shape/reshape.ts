import { divideExactly, formatShape, productOfDims, type Dim } from '../../graph/dim';
import type { Shape } from '../../graph/graph';
import { OpError, type GradientContext, type OpDefinition } from '../op';
import { f32, inputAt } from '../shapes';

export type ReshapeAttributes = {
  /** New sizes; one of them may be −1: what is left. */
  readonly shape: readonly Dim[];
};

/** The same elements in the same order under another shape; nothing is copied. Source: PyTorch, reshape and view. */
export const reshape: OpDefinition<ReshapeAttributes> = {
  name: 'reshape',
  title: 'reshape',
  inferType: (inputs, { shape }) => f32(resolveShape(inputAt(inputs, 0).shape, shape)),
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
  const known = productOfDims(wanted.filter((_, index) => index !== free));
  if (free < 0) {
    if (known !== total) throw mismatch(input, wanted, total);
    return wanted;
  }
  if (wanted.indexOf(-1, free + 1) >= 0) throw new OpError(`Only one size of ${formatShape(wanted)} can be -1.`);
  const rest = known === 0 ? undefined : divideExactly(total, known);
  if (rest === undefined) throw mismatch(input, wanted, total);
  return wanted.map((dim, index) => (index === free ? rest : dim));
}

function mismatch(input: Shape, wanted: readonly Dim[], total: Dim): OpError {
  return new OpError(
    `A tensor of shape ${formatShape(input)} with ${total} elements cannot take the shape ${formatShape(wanted)}.`,
  );
}
