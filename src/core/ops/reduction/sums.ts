import { multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId, Shape } from '../../graph/graph';
import { castTo } from '../arithmetic/lower-binary';
import { isFloating } from '../arithmetic/promote';
import type { GradientContext, LoweringContext, NodeAdder, OpDefinition } from '../op';
import { f32, inputAt, sameShape } from '../shapes';
import { neighbours, reducedShape, withNeighbours, type ReduceAttributes } from './reduce-dims';

/** Σ x; dimensions that are no neighbours one group after the other. */
export const sumRules = {
  lower: (context: LoweringContext<ReduceAttributes>): NodeId => inGroups(context, 'sum'),
  gradient(context: GradientContext<ReduceAttributes>): readonly NodeId[] {
    const { add, attrs, node, outputGradient, typeOf } = context;
    const { shape } = typeOf((node.inputs as [NodeId])[0]);
    return [add('expand', { shape }, [withDims(context, outputGradient, shape, attrs)])];
  },
};

/** Means of means, as all groups are equally large. */
export const meanRules = {
  lower: (context: LoweringContext<ReduceAttributes>): NodeId => inGroups(context, 'mean'),
  gradient(context: GradientContext<ReduceAttributes>): readonly NodeId[] {
    const { add, attrs, node, outputGradient, typeOf } = context;
    const { shape } = typeOf((node.inputs as [NodeId])[0]);
    return [add('mean_grad', { shape }, [withDims(context, outputGradient, shape, attrs)])];
  },
};

/** Σ a·b of two tensors of one shape: a dot product; twice the same tensor: a sum of squares. */
export const productSum: OpDefinition<ReduceAttributes> = {
  name: 'product_sum',
  title: 'sum of products',
  inferType: (inputs, attrs) => f32(reducedShape(inputAt(inputs, 0).shape, attrs)),
  flops: (inputs) => multiplyDims(2, productOfDims(inputAt(inputs, 0).shape)),
  lower(context) {
    const { add, attrs, node, typeOf } = context;
    const { shape } = typeOf((node.inputs as [NodeId])[0]);
    const [last = [], ...others] = neighbours(shape, attrs.dims);
    if (others.length === 0) return add('product_sum', attrs, node.inputs);
    const sum = add('product_sum', { dims: last, keepDims: true }, node.inputs);
    const all = add('sum', { dims: others.flat(), keepDims: true }, [sum]);
    return sameShape(typeOf(all).shape, node.type.shape) ? all : add('reshape', { shape: node.type.shape }, [all]);
  },
  gradient(context) {
    const { add, attrs, node, outputGradient, needs, typeOf } = context;
    const [a, b] = node.inputs as [NodeId, NodeId];
    const dy = withDims(context, outputGradient, typeOf(a).shape, attrs);
    if (a === b) return [add('multiply', {}, [add('scale', { factor: 2 }, [dy]), a])];
    return [needs[0] ? add('multiply', {}, [dy, b]) : undefined, needs[1] ? add('multiply', {}, [dy, a]) : undefined];
  },
};

/** The gradient of a mean: dy of the input's rank, divided by how many elements each mean is of. */
export const meanGrad: OpDefinition<{ readonly shape: readonly Dim[] }> = {
  name: 'mean_grad',
  title: 'mean, gradient',
  inferType: (_inputs, { shape }) => f32(shape),
  flops: (_inputs, output) => productOfDims(output.shape),
  symbolicAttributes: ['shape'],
};

/** The reduced dimensions with size 1, where they are gone. */
export function withDims(
  { add, typeOf }: Pick<NodeAdder, 'add' | 'typeOf'>,
  id: NodeId,
  shape: Shape,
  { dims }: ReduceAttributes,
): NodeId {
  const kept = reducedShape(shape, { dims, keepDims: true });
  return sameShape(typeOf(id).shape, kept) ? id : add('reshape', { shape: kept }, [id]);
}

function inGroups(context: LoweringContext<ReduceAttributes>, op: 'sum' | 'mean'): NodeId {
  const { add, attrs, node, typeOf } = context;
  const [given] = node.inputs as [NodeId];
  if (!isFloating(typeOf(given).dtype)) return withNeighbours(context, castTo(context, given, node.type.dtype));
  const [last = [], ...others] = neighbours(typeOf(given).shape, attrs.dims);
  if (others.length === 0) return add(op, attrs, [given]);
  let sum = add(op, { dims: last, keepDims: true }, [given]);
  for (const dims of others) sum = add(op, { dims, keepDims: true }, [sum]);
  return sameShape(typeOf(sum).shape, node.type.shape) ? sum : add('reshape', { shape: node.type.shape }, [sum]);
}
