import { formatShape, productOfDims } from '../../graph/dim';
import type { TensorType } from '../../graph/graph';
import { OpError, type OpDefinition } from '../op';
import { inputAt, sameShape } from '../shapes';

/** a + b, element-wise; both of one shape. */
export const add: OpDefinition = {
  name: 'add',
  title: 'add',
  inferType: (inputs) => elementwiseType('add', inputs),
  flops: (_inputs, output) => productOfDims(output.shape),
  gradient: ({ outputGradient, needs }) => [
    needs[0] ? outputGradient : undefined,
    needs[1] ? outputGradient : undefined,
  ],
  elementwise: () => true,
  pytorch: {
    functions: [
      {
        names: ['torch.add', 'torch.Tensor.add', 'torch.Tensor.add_'],
        signature: 'input, other, *, alpha=1',
        build(args) {
          args.requireDefault('alpha', 1);
          return { op: 'add', attrs: {}, inputs: [args.tensor('input').id, args.tensor('other').id] };
        },
      },
    ],
  },
  onnx: 'Add',
  keras: 'Add',
};

/** The type of a result of two tensors of one shape; other shapes throw an OpError that says both. */
export function elementwiseType(title: string, inputs: readonly TensorType[]): TensorType {
  const [a, b] = [inputAt(inputs, 0), inputAt(inputs, 1)];
  if (!sameShape(a.shape, b.shape)) {
    const shapes = `${formatShape(a.shape)} and ${formatShape(b.shape)}`;
    throw new OpError(
      broadcasts(a, b)
        ? `${title}: shapes ${shapes} would be broadcast, which is not supported yet.`
        : `${title}: shapes ${shapes} do not fit together.`,
    );
  }
  return a;
}

function broadcasts(a: TensorType, b: TensorType): boolean {
  const rank = Math.max(a.shape.length, b.shape.length);
  for (let i = 1; i <= rank; i++) {
    const [left, right] = [a.shape.at(-i) ?? 1, b.shape.at(-i) ?? 1];
    if (left !== right && left !== 1 && right !== 1) return false;
  }
  return true;
}
