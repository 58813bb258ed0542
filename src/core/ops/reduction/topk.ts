import { addDims, formatShape, productOfDims, signOfDim, subtractDims, type Dim } from '../../graph/dim';
import type { Shape, TensorType } from '../../graph/graph';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { dimAt, inputAt } from '../shapes';
import { gathered } from './scan-rules';

export type TopkAttributes = { readonly k: Dim; readonly dim: number; readonly largest: boolean };

/** The k largest (or smallest) values along a dimension. Source: PyTorch, topk. */
export const topk: OpDefinition<TopkAttributes> = topkOp('topk', (input) => input.dtype);
/** Where the k largest (or smallest) values stand. */
export const argtopk: OpDefinition<TopkAttributes> = topkOp('argtopk', () => 'i64');

function topkOp(name: string, dtype: (input: TensorType) => TensorType['dtype']): OpDefinition<TopkAttributes> {
  return {
    name,
    title: 'topk',
    inferType(inputs, attrs) {
      const input = inputAt(inputs, 0);
      if (input.dtype === 'bool') throw new OpError('topk does not take a tensor of bool.');
      return { shape: topkShape(input.shape, attrs), dtype: dtype(input) };
    },
    flops: (inputs) => productOfDims(inputAt(inputs, 0).shape),
    receptiveField: (_inputs, { dim }) => ({ kind: 'mixes', dims: [dim] }),
    ...(name === 'topk' ? { lower: (context) => gathered(context, 'argtopk') } : {}),
    symbolicAttributes: ['k'],
  };
}

function topkShape(shape: Shape, { k, dim }: TopkAttributes): Shape {
  if (shape.length === 0) return shape;
  const size = dimAt(shape, dim);
  if (typeof k === 'number' && (k < 0 || (typeof size === 'number' && k > size))) {
    throw new OpError(
      `topk: there are no ${k} values along dimension ${dim} of a tensor of shape ${formatShape(shape)}.`,
    );
  }
  if (signOfDim(addDims(subtractDims(size, k), 1)) !== 1) {
    throw new OpUnsupported(`topk: whether there are ${k} values along a dimension of size ${size} is not known.`);
  }
  return shape.map((old, index) => (index === dim ? k : old));
}
