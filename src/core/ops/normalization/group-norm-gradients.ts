import { addDims, multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { GradientContext, OpDefinition } from '../op';
import { dimAt, f32, inputAt } from '../shapes';
import type { GroupNormAttributes } from './group-norm';

type GradientAttributes = { readonly groups: number; readonly eps: number };

/**
 * dy, x → `[N, 2·C + 2·groups]`, for each image: Σ dy of each channel, Σ dy·x̂ of each channel, and the mean and
 * 1/√(variance + eps) of each group.
 */
export const groupNormGradStats: OpDefinition<GradientAttributes> = {
  name: 'group_norm_grad_stats',
  title: 'GroupNorm, statistics of the gradient',
  inferType(inputs, { groups }) {
    const { shape } = inputAt(inputs, 1);
    return f32([dimAt(shape, 0), addDims(multiplyDims(2, dimAt(shape, 1)), 2 * groups)]);
  },
  flops: (inputs) => multiplyDims(8, productOfDims(inputAt(inputs, 0).shape)),
};

/**
 * dx = r·(g − mean(g) − x̂·mean(g·x̂)), g = dy·weight, r = 1/√(variance + eps), means over the group. Inputs dy, x, the
 * gradient's statistics, weight if there is one.
 */
export const groupNormGradInput: OpDefinition<GradientAttributes> = {
  name: 'group_norm_grad_input',
  title: 'GroupNorm, gradient of the input',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(5, productOfDims(output.shape)),
};

export function groupNormGradient({
  add,
  typeOf,
  node,
  attrs: { groups, eps, weight },
  outputGradient,
  needs,
}: GradientContext<GroupNormAttributes>): readonly (NodeId | undefined)[] {
  const [x, ...affine] = node.inputs as [NodeId, ...NodeId[]];
  const attrs = { groups, eps };
  const stats = add('group_norm_grad_stats', attrs, [outputGradient, x]);
  const scale = weight ? affine.slice(0, 1) : [];
  const sums = needs.slice(1).some(Boolean) ? add('channel_sum', {}, [stats]) : undefined;
  const channels = dimAt(typeOf(x).shape, 1);
  return [
    needs[0] ? add('group_norm_grad_input', attrs, [outputGradient, x, stats, ...scale]) : undefined,
    ...affine.map((_, index) => {
      if (sums === undefined || !needs[index + 1]) return undefined;
      const start = weight && index === 0 ? channels : 0;
      return add('slice', { dim: 0, start, length: channels }, [sums]);
    }),
  ];
}
