import { addDims, floorDivideDims, formatShape, multiplyDims } from '../../graph/dim';
import { requireFloat } from '../fits';
import { OpError, type OpDefinition } from '../op';
import { dimAt, inputAt } from '../shapes';

export type PdistAttributes = {
  /** Exponent of the norm: 0 counts what differs; `inf`, of the largest difference. */
  readonly p: number | string;
};

/** The distances of all pairs of rows: `[N, M]` → `[N·(N − 1)/2]`, those of the first row first. Source: PyTorch, pdist. */
export const pdist: OpDefinition<PdistAttributes> = {
  name: 'pdist',
  title: 'pdist',
  inferType(inputs) {
    const x = inputAt(inputs, 0);
    if (x.shape.length !== 2) throw new OpError(`pdist expects an input (N, M), got shape ${formatShape(x.shape)}.`);
    requireFloat('pdist', x);
    const rows = dimAt(x.shape, 0);
    return { ...x, shape: [floorDivideDims(multiplyDims(rows, addDims(rows, -1)), 2)] };
  },
  flops: (inputs, output) => multiplyDims(multiplyDims(3, dimAt(output.shape, 0)), dimAt(inputAt(inputs, 0).shape, 1)),
  receptiveField: () => ({ kind: 'global' }),
  gradient: ({ add, attrs, node, outputGradient }) => [
    add('pdist_grad', attrs, [outputGradient, ...node.inputs, node.id]),
  ],
  pytorch: {
    functions: [
      {
        names: ['torch.nn.functional.pdist', 'torch.pdist'],
        signature: 'input, p=2.0',
        build(args) {
          const p = args.number('p');
          if (!(p >= 0)) throw new OpError(`pdist: p must not be negative, got ${p}.`);
          const attrs: PdistAttributes = { p: Number.isFinite(p) ? p : 'inf' };
          return { op: 'pdist', attrs, inputs: [args.tensor('input').id] };
        },
      },
    ],
  },
};

/** dy, x, y → dx. Rows that are equal have no direction, and no gradient. */
export const pdistGrad: OpDefinition<PdistAttributes> = {
  name: 'pdist_grad',
  title: 'pdist, gradient',
  inferType: (inputs) => inputAt(inputs, 1),
  flops: (inputs) =>
    multiplyDims(multiplyDims(4, dimAt(inputAt(inputs, 0).shape, 0)), dimAt(inputAt(inputs, 1).shape, 1)),
};
