import { multiplyDims, productOfDims } from '../../graph/dim';
import type { TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import type { OpDefinition } from '../op';
import { inputAt, normalizeDimension } from '../shapes';

export type SoftmaxAttributes = {
  /** null: PyTorch's old rule: 0 for 0, 1 or 3 dimensions, else 1. */
  readonly dim: number | null;
};

/** exp(x) / Σ exp(x) along `dim`. Source: PyTorch, Softmax. */
export const softmax: OpDefinition<SoftmaxAttributes> = {
  name: 'softmax',
  title: 'Softmax',
  inferType: (inputs, { dim }) => softmaxType('Softmax', inputAt(inputs, 0), dim),
  flops: (_inputs, output) => multiplyDims(5, productOfDims(output.shape)),
  gradient: ({ add, node, attrs, outputGradient }) => [add('softmax_grad', attrs, [outputGradient, node.id])],
  pytorch: {
    modules: [
      {
        name: 'Softmax',
        signature: 'dim=None',
        build: (args) => ({ op: 'softmax', attrs: readSoftmax(args), tensors: [] }),
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.softmax'],
        signature: 'input, dim=None, _stacklevel=3, dtype=None',
        build: (args) => ({ op: 'softmax', attrs: readSoftmax(args), inputs: [args.tensor('input').id] }),
      },
      {
        names: ['torch.softmax', 'torch.Tensor.softmax'],
        signature: 'input, dim, dtype=None',
        build: (args) => ({ op: 'softmax', attrs: readSoftmax(args), inputs: [args.tensor('input').id] }),
      },
    ],
  },
  onnx: 'Softmax',
  keras: 'Softmax',
};

/** dy and the output y → dx. */
export const softmaxGrad: OpDefinition<SoftmaxAttributes> = {
  name: 'softmax_grad',
  title: 'Softmax, gradient',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(4, productOfDims(output.shape)),
};

/** The input's type; throws an OpError where it has no dimension `dim`. */
export function softmaxType(title: string, input: TensorType, dim: number | null): TensorType {
  softmaxDimension(title, input.shape.length, dim);
  return input;
}

/** The dimension that is normalised, counted from the front. */
export function softmaxDimension(title: string, rank: number, dim: number | null): number {
  return normalizeDimension(title, dim ?? (rank === 0 || rank === 1 || rank === 3 ? 0 : 1), Math.max(rank, 1));
}

export function readSoftmax(args: Arguments): SoftmaxAttributes {
  return { dim: args.isNone('dim') ? null : args.integer('dim') };
}
