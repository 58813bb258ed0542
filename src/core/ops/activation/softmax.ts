import { multiplyDims, productOfDims } from '../../graph/dim';
import type { DType, NodeId, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { dtypeName, isFloating } from '../arithmetic/promote';
import { readDimension, readDtype, requireFloat } from '../fits';
import { OpError, type LoweringContext, type OpDefinition, type ReceptiveFieldRule } from '../op';
import { inputAt, normalizeDimension } from '../shapes';

export type SoftmaxAttributes = {
  /** null: PyTorch's old rule: 0 for 0, 1 or 3 dimensions, else 1. */
  readonly dim: number | null;
  /** The type that the input is taken to first; absent: none. */
  readonly dtype?: DType;
};

/** exp(x) / Σ exp(x) along `dim`. Source: PyTorch, Softmax. */
export const softmax: OpDefinition<SoftmaxAttributes> = {
  name: 'softmax',
  title: 'Softmax',
  inferType: (inputs, attrs) => softmaxType('Softmax', inputAt(inputs, 0), attrs),
  flops: (_inputs, output) => multiplyDims(5, productOfDims(output.shape)),
  receptiveField: softmaxField,
  lower: (context) => lowerSoftmax('softmax', context),
  gradient: ({ add, node, attrs, outputGradient }) => [add('softmax_grad', attrs, [outputGradient, node.id])],
  pytorch: {
    modules: [
      {
        name: 'Softmax',
        signature: 'dim=None',
        build: (args) => ({ op: 'softmax', attrs: readSoftmax(args), tensors: [] }),
      },
      {
        name: 'Softmax2d',
        signature: '',
        build: () => ({ op: 'softmax', attrs: { dim: -3 }, tensors: [], ranks: [3, 4] }),
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.softmax'],
        signature: 'input, dim=None, _stacklevel=3, dtype=None',
        build: (args) => ({ op: 'softmax', attrs: readSoftmaxCall(args), inputs: [args.tensor('input').id] }),
      },
      {
        names: ['torch.softmax', 'torch.Tensor.softmax', 'torch.special.softmax'],
        signature: 'input, dim, dtype=None',
        build: (args) => ({ op: 'softmax', attrs: readSoftmaxCall(args), inputs: [args.tensor('input').id] }),
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

/** The input's type, or `dtype`; throws an OpError where there is no dimension `dim` or the numbers are whole. */
export function softmaxType(title: string, input: TensorType, { dim, dtype }: SoftmaxAttributes): TensorType {
  softmaxDimension(title, input.shape.length, dim);
  if (dtype === undefined) {
    requireFloat(title, input);
    return input;
  }
  if (!isFloating(dtype)) throw new OpError(`${title} has no dtype torch.${dtypeName(dtype)}.`);
  return { ...input, dtype };
}

/** The dimension that is normalised, counted from the front. */
export function softmaxDimension(title: string, rank: number, dim: number | null): number {
  return normalizeDimension(title, dim ?? (rank === 0 || rank === 1 || rank === 3 ? 0 : 1), Math.max(rank, 1));
}

export function softmaxField(inputs: readonly TensorType[], { dim }: SoftmaxAttributes): ReceptiveFieldRule {
  const rank = inputAt(inputs, 0).shape.length;
  return { kind: 'mixes', dims: rank === 0 ? [] : [softmaxDimension('Softmax', rank, dim)] };
}

/** A softmax of another type: of the numbers as that type. */
export function lowerSoftmax(name: string, { add, node, attrs }: LoweringContext<SoftmaxAttributes>): NodeId {
  const [x] = node.inputs as [NodeId];
  const { dim, dtype } = attrs;
  return add(name, { dim }, [dtype === undefined ? x : add('cast', { dtype }, [x])]);
}

export function readSoftmax(args: Arguments): SoftmaxAttributes {
  return { dim: args.isNone('dim') ? null : readDimension(args, 'dim') };
}

/** A call's attributes; a dtype that the input has already says nothing. */
export function readSoftmaxCall(args: Arguments): SoftmaxAttributes {
  const dtype = readDtype(args, 'dtype');
  return dtype === undefined || dtype === args.tensor('input').type.dtype
    ? readSoftmax(args)
    : { ...readSoftmax(args), dtype };
}
