import type { OpDefinition } from '../op';
import { multiheadAttention, multiheadAttentionWeights } from './multihead-attention';
import { scaledDotProductAttention } from './scaled-dot-product-attention';

export const attentionOps: readonly OpDefinition[] = [
  multiheadAttention,
  multiheadAttentionWeights,
  scaledDotProductAttention,
];
