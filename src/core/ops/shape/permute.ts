import { formatShape } from '../../graph/dim';
import { OpError, type OpDefinition } from '../op';
import { dimAt, inputAt, normalizeDimension } from '../shapes';

/** Output dimension i is input dimension `order[i]` (not negative). */
export type PermuteAttributes = { readonly order: readonly number[] };

/** The same elements with their dimensions in another order: permute, transpose. Source: PyTorch, permute. */
export const permute: OpDefinition<PermuteAttributes> = {
  name: 'permute',
  halfStorage: true,
  title: 'permute',
  inferType(inputs, { order }) {
    const { shape, dtype } = inputAt(inputs, 0);
    if (order.length !== shape.length || new Set(order).size !== order.length) {
      throw new OpError(
        `permute: (${order.join(', ')}) does not name each dimension of a tensor of shape ${formatShape(shape)} once.`,
      );
    }
    return { shape: order.map((dim) => dimAt(shape, dim)), dtype };
  },
  receptiveField: (_inputs, { order }) => ({ kind: 'permute', order }),
  gradient: ({ add, attrs: { order }, outputGradient }) => [
    add('permute', { order: order.map((_, dim) => order.indexOf(dim)) }, [outputGradient]),
  ],
  pytorch: {
    functions: [
      {
        names: ['torch.permute'],
        signature: 'input, dims',
        build(args) {
          const { id, type } = args.tensor('input');
          const order = args.integers('dims', type.shape.length);
          const normal = order.map((dim) => normalizeDimension('permute', dim, type.shape.length));
          return { op: 'permute', attrs: { order: normal }, inputs: [id] };
        },
      },
    ],
  },
  onnx: 'Transpose',
  keras: 'Permute',
};
