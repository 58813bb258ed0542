import { addDims, divideExactly, formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import type { Shape, TensorType } from '../../graph/graph';
import { broadcastShapes } from '../arithmetic/broadcast';
import { requireFloat } from '../fits';
import { OpError, type OpDefinition } from '../op';
import { dimAt, inputAt, requireEqual } from '../shapes';
import { lowerScaledDotProduct } from './lower-attention';

export type ScaledDotProductAttentionAttributes = {
  readonly dropout: number;
  /** Each place sees only itself and those before it. */
  readonly causal: boolean;
  /** null: 1 / √E. */
  readonly scale: number | null;
  /** Whether several heads of the query share one of key and value. */
  readonly groupedHeads: boolean;
};

/**
 * softmax(query·keyᵀ·scale + mask)·value. Inputs: query `[…, L, E]`, key `[…, S, E]`, value `[…, S, Ev]`, a mask that
 * broadcasts to `[…, L, S]` → `[…, L, Ev]`. Source: Vaswani et al., 2017; PyTorch, scaled_dot_product_attention.
 */
export const scaledDotProductAttention: OpDefinition<ScaledDotProductAttentionAttributes> = {
  name: 'scaled_dot_product_attention',
  title: 'scaled_dot_product_attention',
  inferType(inputs, { groupedHeads }) {
    const [query, key, value] = [inputAt(inputs, 0), inputAt(inputs, 1), inputAt(inputs, 2)];
    const shapes = `query ${formatShape(query.shape)}, key ${formatShape(key.shape)} and value ${formatShape(value.shape)}`;
    for (const input of [query, key, value]) {
      requireFloat('scaled_dot_product_attention', input);
      if (input.shape.length < 2) {
        throw new OpError(`scaled_dot_product_attention expects at least 2 dimensions, got ${shapes}.`);
      }
    }
    const wrong = (what: string): string => `scaled_dot_product_attention expects ${what}, got ${shapes}.`;
    requireEqual(dimAt(key.shape, -1), dimAt(query.shape, -1), wrong('query and key of as many features'));
    requireEqual(dimAt(value.shape, -2), dimAt(key.shape, -2), wrong('one value for each key'));
    const batch = batchOf(query, key, value, groupedHeads);
    const [length, source] = [dimAt(query.shape, -2), dimAt(key.shape, -2)];
    const mask = inputs[3];
    if (mask) broadcastShapes('scaled_dot_product_attention', mask.shape, [...batch, length, source]);
    return { ...query, shape: [...batch, length, dimAt(value.shape, -1)] };
  },
  flops(inputs, output) {
    const features = addDims(dimAt(inputAt(inputs, 0).shape, -1), dimAt(inputAt(inputs, 2).shape, -1));
    const scores = multiplyDims(productOfDims(output.shape.slice(0, -1)), dimAt(inputAt(inputs, 1).shape, -2));
    return multiplyDims(scores, addDims(multiplyDims(2, features), 5));
  },
  // Each place of the query sees, if it comes from what the key comes from, all places and features.
  receptiveField(inputs) {
    const rank = inputAt(inputs, 0).shape.length;
    return { kind: 'mixes', dims: [rank - 2, rank - 1] };
  },
  lower: lowerScaledDotProduct,
  pytorch: {
    functions: [
      {
        names: ['torch.nn.functional.scaled_dot_product_attention'],
        signature: 'query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, *, scale=None, enable_gqa=False',
        build(args) {
          const mask = args.optionalTensor('attn_mask');
          const causal = args.boolean('is_causal');
          if (mask && causal) {
            throw new OpError('scaled_dot_product_attention takes attn_mask or is_causal=True, not both.');
          }
          const sequences = [args.tensor('query'), args.tensor('key'), args.tensor('value')];
          return {
            op: 'scaled_dot_product_attention',
            attrs: {
              dropout: args.number('dropout_p'),
              causal,
              scale: args.isNone('scale') ? null : args.number('scale'),
              groupedHeads: args.boolean('enable_gqa'),
            },
            inputs: [...sequences, ...(mask ? [mask] : [])].map(({ id }) => id),
          };
        },
      },
    ],
  },
};

/** The dimensions before the sequences'; with grouped heads the query's heads are a multiple of the key's. */
function batchOf(query: TensorType, key: TensorType, value: TensorType, groupedHeads: boolean): Shape {
  const before = ({ shape }: TensorType): Shape => shape.slice(0, -2);
  if (!groupedHeads) return broadcastShapes('scaled_dot_product_attention', before(query), before(key), before(value));
  const [heads, shared] = [query.shape.at(-3), key.shape.at(-3)];
  if (heads === undefined || shared === undefined || divideExactly(heads, shared) === undefined) {
    throw new OpError(
      `scaled_dot_product_attention: the query's ${heads ?? 'no'} heads are not a multiple of the key's ${shared ?? 'none'}.`,
    );
  }
  return before(query);
}
