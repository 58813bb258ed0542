import { addDims, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { TensorType } from '../../graph/graph';
import type { OpDefinition } from '../op';
import { dimAt, inputAt } from '../shapes';
import { attentionSizes, type AttentionSizes } from './attention-sizes';
import { lowerMultihead, lowerMultiheadWeights } from './lower-attention';
import { attentionForward, multiheadAttentionModule } from './multihead-attention-bindings';

export type MultiheadAttentionAttributes = {
  /** Features of query and output. */
  readonly embedDim: number;
  readonly heads: number;
  /** Sequences are `[N, L, E]` and not `[L, N, E]`. */
  readonly batchFirst: boolean;
  /** Whether the projections into query, key and value have biases. */
  readonly bias: boolean;
  /** Whether query, key and value have projections of their own, with other sizes of features. */
  readonly separate: boolean;
  /** Whether a trained key and value are added to the sequence. */
  readonly biasKv: boolean;
  /** Whether a key and value of zeros are added to the sequence. */
  readonly zeroAttention: boolean;
  /** Share of the attention's weights that becomes zero in training. */
  readonly dropout: number;
  readonly training: 'mode' | boolean;
  /** Which of the last inputs are there. */
  readonly keyPaddingMask: boolean;
  readonly attentionMask: boolean;
  /** Whether the weights are the mean over the heads. */
  readonly averageWeights: boolean;
};

/**
 * Attention of several heads. Inputs: query `[L, N, E]`, key `[S, N, kdim]`, value `[S, N, vdim]` (or `[N, L, E]`, or
 * without N); then the parameters in state_dict order; then key_padding_mask `[N, S]` and attn_mask `[L, S]` or
 * `[N·heads, L, S]`. Result: `[L, N, E]`. Source: Vaswani et al., 2017; PyTorch, MultiheadAttention.
 */
export const multiheadAttention: OpDefinition<MultiheadAttentionAttributes> = {
  name: 'multihead_attention',
  title: 'MultiheadAttention',
  inferType(inputs, attrs) {
    attentionSizes(inputs, attrs);
    return inputAt(inputs, 0);
  },
  flops(inputs, _output, attrs) {
    const sizes = attentionSizes(inputs, attrs);
    return multiplyDims(sizes.batch, addDims(projectionFlops(inputs, sizes, attrs), weightingFlops(sizes, attrs)));
  },
  // Each place of the query sees, if it is the key too, all places; and all features of its own.
  receptiveField: (inputs, { batchFirst }) => {
    const rank = inputAt(inputs, 0).shape.length;
    return { kind: 'mixes', dims: rank === 2 ? [0, 1] : batchFirst ? [1, 2] : [0, 2] };
  },
  lower: lowerMultihead,
  parameterFormula(inputs, { keyPaddingMask, attentionMask }) {
    const masks = Number(keyPaddingMask) + Number(attentionMask);
    return inputs
      .slice(3, inputs.length - masks)
      .map(({ shape }) => shape.filter((size, i) => size !== 1 || i === shape.length - 1).join('·'))
      .join(' + ');
  },
  pytorch: { modules: [multiheadAttentionModule], functions: [attentionForward] },
  onnx: 'Attention',
  keras: 'MultiHeadAttention',
};

/** The attention's weights: `[N, L, S]`, or `[N, heads, L, S]`. What makes the output makes them, so they cost nothing. */
export const multiheadAttentionWeights: OpDefinition<MultiheadAttentionAttributes> = {
  name: 'multihead_attention_weights',
  title: 'MultiheadAttention, weights',
  inferType(inputs, attrs) {
    const { batched, batch, targetLength, attendedLength } = attentionSizes(inputs, attrs);
    const heads = attrs.averageWeights ? [] : [attrs.heads];
    return {
      shape: [...(batched ? [batch] : []), ...heads, targetLength, attendedLength],
      dtype: inputAt(inputs, 0).dtype,
    };
  },
  receptiveField: () => ({ kind: 'global' }),
  lower: lowerMultiheadWeights,
};

/** Of one sample: into query, key and value, and out again. */
function projectionFlops(
  inputs: readonly TensorType[],
  { targetLength, sourceLength }: AttentionSizes,
  { embedDim, bias }: MultiheadAttentionAttributes,
): Dim {
  const [keyFeatures, valueFeatures] = [dimAt(inputAt(inputs, 1).shape, -1), dimAt(inputAt(inputs, 2).shape, -1)];
  const biases = bias ? 1 : 0;
  const queryAndOutput = multiplyDims(targetLength, 2 * embedDim * (2 * embedDim + biases));
  const features = addDims(multiplyDims(2, addDims(keyFeatures, valueFeatures)), 2 * biases);
  return addDims(queryAndOutput, productOfDims([sourceLength, embedDim, features]));
}

/** Of one sample: scores, softmax and the sum of values. */
function weightingFlops(
  { targetLength, attendedLength }: AttentionSizes,
  { embedDim, heads }: MultiheadAttentionAttributes,
): Dim {
  return multiplyDims(4 * embedDim + 5 * heads, multiplyDims(targetLength, attendedLength));
}
