import { multiplyDims, productOfDims } from '../../graph/dim';
import type { Shape } from '../../graph/graph';
import { OpError, type OpDefinition } from '../op';
import { rowNormGradient } from './layer-norm-gradients';
import { lastDimensionsField, normalizedType, ofShape, readNormalizedShape } from './layer-norm';

export type RmsNormAttributes = {
  readonly normalizedShape: Shape;
  /** null: the machine epsilon of the input's type. */
  readonly eps: number | null;
  /** Whether it is an input. */
  readonly weight: boolean;
};

/**
 * x / √(mean(x²) + eps) · weight over the last dimensions. Inputs: x `[…, *normalizedShape]`, then weight.
 * Source: Zhang and Sennrich, 2019; PyTorch 2.4, RMSNorm.
 */
export const rmsNorm: OpDefinition<RmsNormAttributes> = {
  name: 'rms_norm',
  title: 'RMSNorm',
  inferType: (inputs, { normalizedShape }) => normalizedType('RMSNorm', inputs, normalizedShape),
  flops: (_inputs, output, { weight }) => multiplyDims(weight ? 4 : 3, productOfDims(output.shape)),
  receptiveField: lastDimensionsField,
  parameterFormula: (_inputs, { normalizedShape, weight }) => (weight ? normalizedShape.join('·') : undefined),
  gradient(context) {
    const { normalizedShape, eps, weight } = context.attrs;
    return rowNormGradient(context, { normalizedShape, eps, centred: false }, weight);
  },
  symbolicAttributes: ['normalizedShape'],
  pytorch: {
    modules: [
      {
        name: 'RMSNorm',
        signature: 'normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None',
        build(args) {
          const shape = readNormalizedShape('RMSNorm', args);
          const weight = args.boolean('elementwise_affine');
          return {
            op: 'rms_norm',
            attrs: { normalizedShape: shape, eps: args.isNone('eps') ? null : args.number('eps'), weight },
            tensors: weight ? [ofShape('weight', shape, 1)] : [],
            absent: { parameters: ['weight'] },
          };
        },
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.rms_norm', 'torch.rms_norm'],
        signature: 'input, normalized_shape, weight=None, eps=None',
        build(args) {
          if (args.value('normalized_shape').kind !== 'sequence') {
            throw new OpError('rms_norm: normalized_shape must be a list or tuple of ints.');
          }
          const weight = args.optionalTensor('weight');
          return {
            op: 'rms_norm',
            attrs: {
              normalizedShape: args.dims('normalized_shape'),
              eps: args.isNone('eps') ? null : args.number('eps'),
              weight: weight !== undefined,
            },
            inputs: [args.tensor('input').id, ...(weight ? [weight.id] : [])],
          };
        },
      },
    ],
  },
  onnx: 'RMSNormalization',
};
