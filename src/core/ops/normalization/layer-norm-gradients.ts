import { multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId, Shape } from '../../graph/graph';
import type { GradientContext, OpDefinition } from '../op';
import { f32, inputAt } from '../shapes';

export type RowNormAttributes = {
  readonly normalizedShape: Shape;
  /** null: the machine epsilon of the input's type. */
  readonly eps: number | null;
  /** Whether the mean is taken off (LayerNorm) or not (RMSNorm). */
  readonly centred: boolean;
};

/**
 * dx of a normalisation over the last dimensions, x̂ = (x − mean)·r with r = 1/√(mean of squares + eps) and g = dy·weight:
 * r·(g − mean(g) − x̂·mean(g·x̂)), without mean(g) if not `centred`. Inputs dy, x, weight if there is one. The statistics
 * are made anew: a row that is in the cache for its gradient gives them for less than reading them back costs.
 */
export const layerNormGradInput: OpDefinition<RowNormAttributes> = {
  name: 'layer_norm_grad_input',
  title: 'LayerNorm, gradient of the input',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => multiplyDims(12, productOfDims(output.shape)),
  symbolicAttributes: ['normalizedShape'],
};

/** dy, x → `[2, elements of normalizedShape]`: row 0 Σ dy over the rows (the bias' gradient), row 1 Σ dy·x̂ (the weight's). */
export const layerNormGradAffine: OpDefinition<RowNormAttributes> = {
  name: 'layer_norm_grad_affine',
  title: 'LayerNorm, gradients of weight and bias',
  inferType: (_inputs, { normalizedShape }) => f32([2, productOfDims(normalizedShape)]),
  flops: (inputs) => multiplyDims(8, productOfDims(inputAt(inputs, 0).shape)),
  symbolicAttributes: ['normalizedShape'],
};

/** The gradients of x and of the inputs after it, of which the first is the weight if `weight`, the next the bias. */
export function rowNormGradient(
  { add, node, outputGradient, needs }: GradientContext,
  attrs: RowNormAttributes,
  weight: boolean,
): readonly (NodeId | undefined)[] {
  const [x, ...affine] = node.inputs as [NodeId, ...NodeId[]];
  const inputs = [outputGradient, x];
  const sums = needs.slice(1).some(Boolean) ? add('layer_norm_grad_affine', attrs, inputs) : undefined;
  return [
    needs[0] ? add('layer_norm_grad_input', attrs, [...inputs, ...(weight ? affine.slice(0, 1) : [])]) : undefined,
    ...affine.map((_, index) => {
      if (sums === undefined || !needs[index + 1]) return undefined;
      const row = add('row', { index: weight && index === 0 ? 1 : 0 }, [sums]);
      return add('reshape', { shape: attrs.normalizedShape }, [row]);
    }),
  ];
}
