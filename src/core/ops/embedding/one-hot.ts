import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { inputAt } from '../shapes';

export type OneHotAttributes = {
  readonly classes: number;
};

/** Class indices i64 `[…]` → i64 `[…, classes]`: 1 at the index, else 0. Source: PyTorch, one_hot. */
export const oneHot: OpDefinition<OneHotAttributes> = {
  name: 'one_hot',
  title: 'one_hot',
  inferType(inputs, { classes }) {
    const indices = inputAt(inputs, 0);
    if (indices.dtype !== 'i64') throw new OpError('one_hot expects indices of type torch.int64.');
    return { shape: [...indices.shape, classes], dtype: 'i64' };
  },
  // More than is true, as for an Embedding.
  receptiveField: () => ({ kind: 'global' }),
  pytorch: {
    functions: [
      {
        names: ['torch.nn.functional.one_hot'],
        signature: 'input, num_classes=-1',
        build(args) {
          const classes = args.integer('num_classes');
          if (classes === -1) {
            throw new OpUnsupported('one_hot without num_classes: how many there are depends on the values.');
          }
          if (classes < 1) throw new OpError(`one_hot: num_classes must be positive, got ${classes}.`);
          return { op: 'one_hot', attrs: { classes }, inputs: [args.tensor('input').id] };
        },
      },
    ],
  },
  onnx: 'OneHot',
};
