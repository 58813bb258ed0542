import { multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { requireFloat } from '../fits';
import { OpUnsupported, type LoweringContext, type OpDefinition } from '../op';
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
  lower: lowerNormalize,
  gradient({ add, node, attrs, outputGradient }) {
    const [x] = node.inputs as [NodeId];
    return [add('normalize_grad', attrs, [outputGradient, x])];
  },
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

/** dy and the input x → dx, for p = 2 and neighbouring dimensions. */
export const normalizeGrad: OpDefinition<NormalizeAttributes> = {
  name: 'normalize_grad',
  title: 'normalize, gradient',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(7, productOfDims(output.shape)),
};

/** The dimensions in order, counted from the front, each once. */
export function normalizedDims(dims: readonly number[], rank: number): readonly number[] {
  const all = dims.map((dim) => normalizeDimension('normalize', dim, Math.max(1, rank)));
  return [...new Set(all)].sort((a, b) => a - b);
}

/** The common case is computed as it is, others by their parts. */
function lowerNormalize({ add, typeOf, node, attrs }: LoweringContext<NormalizeAttributes>): NodeId {
  const [x] = node.inputs as [NodeId];
  const { p, eps } = attrs;
  const dims = normalizedDims(attrs.dims, typeOf(x).shape.length);
  const neighbours = dims.every((dim, i) => i === 0 || dim === (dims[i - 1] ?? 0) + 1);
  if (p === 2 && neighbours) return add('normalize', attrs, [x]);
  if (!(p > 0)) throw new OpUnsupported(`normalize with p = ${p} is not supported in training.`);
  const along = { dims: [...dims], keepDims: true };
  const number = (value: number): NodeId => add('constant', { value, shape: [] }, []);
  const size = add('abs', {}, [x]);
  if (p === Infinity) return divided(add('amax', along, [size]));
  const powers = p === 1 ? size : p === 2 ? add('multiply', {}, [x, x]) : add('power', {}, [size, number(p)]);
  const sum = add('sum', along, [powers]);
  return divided(p === 1 ? sum : p === 2 ? add('sqrt', {}, [sum]) : add('power', {}, [sum, number(1 / p)]));

  function divided(norm: NodeId): NodeId {
    return add('divide', {}, [x, add('clamp', { min: eps, max: null }, [norm])]);
  }
}

function readDims(args: Arguments): readonly number[] {
  const value = args.value('dim');
  return value.kind === 'sequence' ? args.integers('dim', value.items.length) : [args.integer('dim')];
}
