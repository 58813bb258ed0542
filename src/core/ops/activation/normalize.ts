import { multiplyDims, productOfDims } from '../../graph/dim';
import type { Arguments } from '../arguments';
import { requireFloat } from '../fits';
import type { OpDefinition } from '../op';
import { inputAt, normalizeDimension } from '../shapes';

export type NormalizeAttributes = {
  /** Exponent of the norm. */
  readonly p: number;
  readonly dims: readonly number[];
  readonly eps: number;
};

/** x / max(‖x‖ₚ, eps), the norm taken along `dims`. Source: PyTorch, normalize. */
export const normalize: OpDefinition<NormalizeAttributes> = {
  name: 'normalize',
  title: 'normalize',
  inferType(inputs, { dims }) {
    const x = inputAt(inputs, 0);
    requireFloat('normalize', x);
    for (const dim of dims) normalizeDimension('normalize', dim, Math.max(1, x.shape.length));
    return x;
  },
  // A power, a sum and a division for each element.
  flops: (_inputs, output) => multiplyDims(3, productOfDims(output.shape)),
  receptiveField: (inputs, { dims }) => ({
    kind: 'mixes',
    dims: dims.map((dim) => normalizeDimension('normalize', dim, Math.max(1, inputAt(inputs, 0).shape.length))),
  }),
  pytorch: {
    functions: [
      {
        names: ['torch.nn.functional.normalize'],
        signature: 'input, p=2.0, dim=1, eps=1e-12, out=None',
        build: (args) => ({
          op: 'normalize',
          attrs: { p: args.number('p'), dims: readDims(args), eps: args.number('eps') },
          inputs: [args.tensor('input').id],
        }),
      },
    ],
  },
};

function readDims(args: Arguments): readonly number[] {
  const value = args.value('dim');
  return value.kind === 'sequence' ? args.integers('dim', value.items.length) : [args.integer('dim')];
}
