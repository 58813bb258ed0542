import { formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { NodeId, Shape, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { requireFloat, requireShape } from '../fits';
import { OpError, type ArgumentFix, type OpDefinition, type ReceptiveFieldRule, type StateTensorSpec } from '../op';
import { f32, inputAt } from '../shapes';
import { rowNormGradient } from './layer-norm-gradients';

export type LayerNormAttributes = {
  /** The sizes of the last dimensions, which are normalised together. */
  readonly normalizedShape: Shape;
  readonly eps: number;
  /** Whether they are inputs. */
  readonly weight: boolean;
  readonly bias: boolean;
};

/**
 * Normalises over the last dimensions. Inputs: x `[…, *normalizedShape]`, then weight and bias of `normalizedShape`.
 * Source: Ba et al., 2016; PyTorch, LayerNorm.
 */
export const layerNorm: OpDefinition<LayerNormAttributes> = {
  name: 'layer_norm',
  title: 'LayerNorm',
  inferType: (inputs, { normalizedShape }) => normalizedType('LayerNorm', inputs, normalizedShape),
  flops: (inputs, output) => multiplyDims(inputs.length > 1 ? 8 : 6, productOfDims(output.shape)),
  receptiveField: lastDimensionsField,
  parameterFormula: (_inputs, { normalizedShape, weight, bias }) =>
    weight ? `${bias ? '2·' : ''}${factors(normalizedShape, bias)}` : undefined,
  gradient(context) {
    const { normalizedShape, eps, weight } = context.attrs;
    return rowNormGradient(context, { normalizedShape, eps, centred: true }, weight);
  },
  symbolicAttributes: ['normalizedShape'],
  pytorch: {
    modules: [
      {
        name: 'LayerNorm',
        signature: 'normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None',
        build(args) {
          const shape = readNormalizedShape('LayerNorm', args);
          const weight = args.boolean('elementwise_affine');
          const bias = weight && args.boolean('bias');
          return {
            op: 'layer_norm',
            attrs: { normalizedShape: shape, eps: args.number('eps'), weight, bias },
            tensors: [...(weight ? [ofShape('weight', shape, 1)] : []), ...(bias ? [ofShape('bias', shape, 0)] : [])],
            absent: { parameters: ['weight', 'bias'] },
          };
        },
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.layer_norm'],
        signature: 'input, normalized_shape, weight=None, bias=None, eps=1e-05',
        build: callLayerNorm,
      },
      {
        names: ['torch.layer_norm'],
        signature: 'input, normalized_shape, weight=None, bias=None, eps=1e-05, cudnn_enable=True',
        build: callLayerNorm,
      },
    ],
  },
  onnx: 'LayerNormalization',
  keras: 'LayerNormalization',
};

/** The input's type; throws an OpError where it does not end with the normalised shape, or weight and bias have another. */
export function normalizedType(title: string, inputs: readonly TensorType[], normalizedShape: Shape): TensorType {
  const x = inputAt(inputs, 0);
  if (normalizedShape.length === 0) throw new OpError(`${title}: normalized_shape must have a size.`);
  const expected = `(…, ${normalizedShape.join(', ')})`;
  const message = `${title} expects an input of shape ${expected}, got ${formatShape(x.shape)}.`;
  const last = x.shape.slice(-normalizedShape.length);
  requireShape(last, normalizedShape, message, fixFor(last, normalizedShape));
  for (const tensor of inputs.slice(1)) {
    requireShape(
      tensor.shape,
      normalizedShape,
      `${title} expects weight and bias of shape ${formatShape(normalizedShape)}, got ${formatShape(tensor.shape)}.`,
    );
  }
  requireFloat(title, x);
  return x;
}

export function lastDimensionsField(
  inputs: readonly TensorType[],
  { normalizedShape }: { readonly normalizedShape: Shape },
): ReceptiveFieldRule {
  const rank = inputAt(inputs, 0).shape.length;
  return { kind: 'mixes', dims: normalizedShape.map((_, i) => rank - normalizedShape.length + i) };
}

/** An int or a sequence of ints. */
export function readNormalizedShape(title: string, args: Arguments): readonly number[] {
  const value = args.value('normalized_shape');
  const items = value.kind === 'sequence' ? value.items : [value];
  if (items.some((item) => item.kind === 'boolean')) {
    throw new OpError(`${title}: normalized_shape must be an int or a tuple of ints.`);
  }
  const shape =
    value.kind === 'sequence'
      ? value.items.length === 0
        ? []
        : args.integers('normalized_shape', value.items.length)
      : [args.integer('normalized_shape')];
  if (shape.some((size) => size < 0)) throw new OpError(`${title}: normalized_shape must not be negative.`);
  return shape;
}

/** A parameter that begins with one value everywhere. */
export function ofShape(name: string, shape: Shape, value: number): StateTensorSpec {
  return { name, kind: 'parameter', type: f32(shape), init: { kind: 'constant', value }, input: true };
}

/** `64`, or `(4·6)` where it is to be doubled. */
function factors(shape: Shape, doubled: boolean): string {
  return doubled && shape.length > 1 ? `(${shape.join('·')})` : shape.join('·');
}

function fixFor(last: Shape, normalizedShape: Shape): ArgumentFix | undefined {
  const known = last.every((size: Dim): size is number => typeof size === 'number');
  if (!known || last.length !== normalizedShape.length) return undefined;
  const [only] = last;
  const value = last.length === 1 && only !== undefined ? only : `(${last.join(', ')})`;
  return { argument: 'normalized_shape', value };
}

function callLayerNorm(args: Arguments) {
  const value = args.value('normalized_shape');
  if (value.kind !== 'sequence') throw new OpError('layer_norm: normalized_shape must be a list or tuple of ints.');
  const [weight, bias] = [args.optionalTensor('weight'), args.optionalTensor('bias')];
  const inputs: NodeId[] = [args.tensor('input'), weight, bias].flatMap((tensor) => (tensor ? [tensor.id] : []));
  return {
    op: 'layer_norm',
    attrs: {
      normalizedShape: args.dims('normalized_shape'),
      eps: args.number('eps'),
      weight: weight !== undefined,
      bias: bias !== undefined,
    },
    inputs,
  };
}
