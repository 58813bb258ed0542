import { addDims, floorDivideDims, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { GradientContext, LoweringContext, OpDefinition } from '../op';
import { f32, inputAt } from '../shapes';
import type { MaxPoolAttributes } from './max-pool';
import { poolType } from './pool-window';

/** Which element of its window won is one byte; the last value says that no element of the window is in the input. */
const largestWindow = 255;

/** In training one pass makes the maxima and says which elements they are, so that the gradient needs neither x nor y. */
export function lowerMaxPool({ mode, node, attrs, add }: LoweringContext<MaxPoolAttributes>): NodeId {
  const [x] = node.inputs as [NodeId];
  if (mode === 'eval') return add(node.op, attrs, [x]);
  if (!hasWinners(attrs)) return add('plane_gather', planes(attrs), [x, add(`${node.op}_indices`, attrs, [x])]);
  return add('max_pool_values', attrs, [add('max_pool_winners', attrs, [x]), x]);
}

/** Of a pool that was not lowered for training: the winners are looked for again. */
export function maxPoolGradient({
  node,
  attrs,
  add,
  typeOf,
  outputGradient,
}: GradientContext<MaxPoolAttributes>): readonly NodeId[] {
  const [x] = node.inputs as [NodeId];
  const inputShape = typeOf(x).shape;
  if (!hasWinners(attrs)) {
    const indices = add(`${node.op}_indices`, attrs, [x]);
    return [add('plane_scatter', { ...planes(attrs), shape: inputShape, sums: true }, [outputGradient, indices])];
  }
  return [add('max_pool_grad', { ...attrs, inputShape }, [outputGradient, add('max_pool_winners', attrs, [x])])];
}

/**
 * x `[N, C, …size]` → the maxima, row-major, then a byte for each: which element of its window (row-major) it is, the
 * first of equal ones, of NaNs the last, as in PyTorch. Both in one tensor, so that one pass makes them.
 */
export const maxPoolWinners: OpDefinition<MaxPoolAttributes> = {
  name: 'max_pool_winners',
  title: 'MaxPool, values and winners',
  inferType(inputs, attrs) {
    const outputs = productOfDims(poolType('MaxPool', inputs, attrs).shape);
    return f32([addDims(outputs, floorDivideDims(addDims(outputs, 3), 4))]);
  },
  flops: (inputs, _output, attrs) =>
    multiplyDims(productOfDims(poolType('MaxPool', inputs, attrs).shape), windowSize(attrs)),
};

/** The maxima of `max_pool_winners` (a view); the second input is what was pooled. */
export const maxPoolValues: OpDefinition<MaxPoolAttributes> = {
  name: 'max_pool_values',
  title: 'MaxPool',
  inferType: (inputs, attrs) => poolType('MaxPool', [inputAt(inputs, 1)], attrs),
  viewOffset: () => 0,
  gradient({ node, attrs, add, typeOf, outputGradient }) {
    const [winners, x] = node.inputs as [NodeId, NodeId];
    return [undefined, add('max_pool_grad', { ...attrs, inputShape: typeOf(x).shape }, [outputGradient, winners])];
  },
};

/** dy `[N, C, …]` and `max_pool_winners` → `inputShape`: what each winner's windows got, summed. */
export const maxPoolGrad: OpDefinition<MaxPoolAttributes & { readonly inputShape: readonly Dim[] }> = {
  name: 'max_pool_grad',
  halfStorage: true,
  title: 'MaxPool, gradient',
  inferType: (_inputs, attrs) => f32(attrs.inputShape),
  flops: (inputs) => productOfDims(inputAt(inputs, 0).shape),
  symbolicAttributes: ['inputShape'],
};

function hasWinners(attrs: MaxPoolAttributes): boolean {
  return windowSize(attrs) <= largestWindow;
}

function windowSize({ kernel }: MaxPoolAttributes): number {
  return kernel.reduce((a, b) => a * b, 1);
}

function planes({ kernel }: MaxPoolAttributes): { readonly rank: number } {
  return { rank: kernel.length };
}
