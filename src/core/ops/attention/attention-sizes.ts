import { addDims, formatShape, multiplyDims, type Dim } from '../../graph/dim';
import type { TensorType } from '../../graph/graph';
import { isFloating } from '../arithmetic/promote';
import { requireFloat, requireShape } from '../fits';
import { OpError } from '../op';
import { dimAt, inputAt, requireEqual } from '../shapes';
import type { MultiheadAttentionAttributes } from './multihead-attention';

export interface AttentionSizes {
  readonly batched: boolean;
  /** 1 where there is no batch. */
  readonly batch: Dim;
  /** L, of the query. */
  readonly targetLength: Dim;
  /** S, of key and value. */
  readonly sourceLength: Dim;
  /** S and what is added to the sequence. */
  readonly attendedLength: Dim;
}

/** Checks the inputs of an attention as PyTorch does, and says their sizes. Throws an OpError. */
export function attentionSizes(inputs: readonly TensorType[], attrs: MultiheadAttentionAttributes): AttentionSizes {
  const [query, key, value] = [inputAt(inputs, 0), inputAt(inputs, 1), inputAt(inputs, 2)];
  for (const input of [query, key, value]) requireFloat('MultiheadAttention', input);
  const shapes = `query ${formatShape(query.shape)}, key ${formatShape(key.shape)} and value ${formatShape(value.shape)}`;
  const rank = query.shape.length;
  if (![2, 3].includes(rank) || key.shape.length !== rank || value.shape.length !== rank) {
    throw new OpError(
      `MultiheadAttention expects query, key and value of 3 dimensions (2 without a batch), got ${shapes}.`,
    );
  }
  const batched = rank === 3;
  const [sequenceDimension, batchDimension] = batched && attrs.batchFirst ? [1, 0] : [0, 1];
  requireFeatures(inputs, attrs);
  requireShape(
    value.shape.slice(0, -1),
    key.shape.slice(0, -1),
    `MultiheadAttention expects one value for each key, got ${shapes}.`,
  );
  const batch = batched ? dimAt(query.shape, batchDimension) : 1;
  if (batched) {
    const order = attrs.batchFirst ? '(N, L, E)' : '(L, N, E); with batch_first=True it would be (N, L, E)';
    const message = `MultiheadAttention expects query and key of one batch size, got ${shapes}. Their dimensions are ${order}.`;
    requireEqual(dimAt(key.shape, batchDimension), batch, message);
  }
  const targetLength = dimAt(query.shape, sequenceDimension);
  const sourceLength = dimAt(key.shape, sequenceDimension);
  const sizes = { batched, batch, targetLength, sourceLength };
  requireMasks(inputs, attrs, sizes);
  const added = Number(attrs.biasKv) + Number(attrs.zeroAttention);
  return { ...sizes, attendedLength: addDims(sourceLength, added) };
}

function requireFeatures(inputs: readonly TensorType[], attrs: MultiheadAttentionAttributes): void {
  const { embedDim, separate } = attrs;
  const features = (index: number): Dim => dimAt(inputAt(inputs, index).shape, -1);
  const query = features(0);
  const fix = typeof query === 'number' ? { argument: 'embed_dim', value: query } : undefined;
  requireEqual(query, embedDim, `MultiheadAttention expects a query of ${embedDim} features, got ${query}.`, fix);
  for (const [index, name, argument] of [
    [1, 'key', 'kdim'],
    [2, 'value', 'vdim'],
  ] as const) {
    const expected = separate ? dimAt(inputAt(inputs, 3 + index).shape, 1) : embedDim;
    const found = features(index);
    const mend = separate && typeof found === 'number' ? { argument, value: found } : undefined;
    requireEqual(found, expected, `MultiheadAttention expects a ${name} of ${expected} features, got ${found}.`, mend);
  }
}

function requireMasks(
  inputs: readonly TensorType[],
  { keyPaddingMask, attentionMask, heads }: MultiheadAttentionAttributes,
  { batched, batch, targetLength, sourceLength }: Omit<AttentionSizes, 'attendedLength'>,
): void {
  const masks = inputs.slice(inputs.length - Number(keyPaddingMask) - Number(attentionMask));
  for (const mask of masks) {
    if (mask.dtype === 'bool' || isFloating(mask.dtype)) continue;
    throw new OpError('MultiheadAttention: masks hold truth values or floats.');
  }
  const [padding, attention] = keyPaddingMask ? masks : [undefined, ...masks];
  if (padding) {
    const expected = [...(batched ? [batch] : []), sourceLength];
    requireShape(padding.shape, expected, wrongMask('key_padding_mask', expected, padding));
  }
  if (attention) {
    const plane = [targetLength, sourceLength];
    const expected = attention.shape.length === 3 ? [multiplyDims(batch, heads), ...plane] : plane;
    requireShape(attention.shape, expected, wrongMask('attn_mask', expected, attention));
  }
}

function wrongMask(name: string, expected: readonly Dim[], mask: TensorType): string {
  return `MultiheadAttention expects ${name} of shape ${formatShape(expected)}, got ${formatShape(mask.shape)}.`;
}
