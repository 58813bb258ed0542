import { divideExactly, subtractDims, type Dim } from '../../graph/dim';
import type { NodeId, Shape } from '../../graph/graph';
import { OpUnsupported, type LoweringContext } from '../op';
import { dimAt } from '../shapes';
import { attentionSizes, type AttentionSizes } from './attention-sizes';
import type { MultiheadAttentionAttributes } from './multihead-attention';
import type { ScaledDotProductAttentionAttributes } from './scaled-dot-product-attention';

type Adder = Pick<LoweringContext, 'add' | 'typeOf'>;

/** softmax(query·keyᵀ·scale + mask)·value, of simpler ops. */
export function lowerScaledDotProduct(context: LoweringContext<ScaledDotProductAttentionAttributes>): NodeId {
  const { add, typeOf, node, attrs } = context;
  const [query = 0, ...rest] = node.inputs;
  const [key = 0, value = 0] = attrs.groupedHeads ? rest.map((id) => sharedHeads(context, query, id)) : rest;
  const mask = node.inputs[3];
  const features = dimAt(typeOf(query).shape, -1);
  if (typeof features !== 'number') {
    throw new OpUnsupported(`scaled_dot_product_attention: the number of features, ${features}, is not known.`);
  }
  const scores = scoresOf(context, query, key, attrs.scale ?? 1 / Math.sqrt(features));
  const { shape } = typeOf(scores);
  const masks = [
    ...(attrs.causal ? [add('triu', { diagonal: 1 }, [constant(context, -Infinity, shape.slice(-2))])] : []),
    ...(mask === undefined ? [] : [additive(context, mask, true)]),
  ];
  const masked = masks.reduce((sum, one) => add('add', {}, [sum, one]), scores);
  // The function drops out whenever it is told to, in evaluation too.
  const weights = weightsOf(context, masked, attrs.dropout, true);
  return add('matmul', {}, [weights, value]);
}

/** Each head of key or value as often as heads of the query share it. */
function sharedHeads({ add, typeOf }: Adder, query: NodeId, x: NodeId): NodeId {
  const [heads, own] = [dimAt(typeOf(query).shape, -3), dimAt(typeOf(x).shape, -3)];
  const repeats = divideExactly(heads, own);
  if (repeats === 1) return x;
  if (typeof repeats !== 'number') throw new OpUnsupported(`How many heads share one of ${own} is not known.`);
  return add('repeat_interleave', { repeats, dim: typeOf(x).shape.length - 3 }, [x]);
}

/** The output of an attention of several heads. */
export function lowerMultihead(context: LoweringContext<MultiheadAttentionAttributes>): NodeId {
  const { add, node } = context;
  const attention = attend(context);
  const { embedDim } = context.attrs;
  const { batch, targetLength } = attention.sizes;
  // [N, heads, L, E/heads] → [N, L, E]
  const heads = add('matmul', {}, [attention.weights, attention.value]);
  const placed = add('permute', { order: [0, 2, 1, 3] }, [heads]);
  const joined = add('reshape', { shape: [batch, targetLength, embedDim] }, [placed]);
  const result = add('linear', {}, [joined, ...attention.output]);
  const ordered = swapsBatch(context.attrs, attention.sizes) ? add('permute', { order: [1, 0, 2] }, [result]) : result;
  return add('reshape', { shape: [...node.type.shape] }, [ordered]);
}

/** Its weights, or their mean over the heads. */
export function lowerMultiheadWeights(context: LoweringContext<MultiheadAttentionAttributes>): NodeId {
  const { add, node, attrs } = context;
  const { weights } = attend(context);
  const wanted = attrs.averageWeights ? add('mean', { dims: [1], keepDims: false }, [weights]) : weights;
  return add('reshape', { shape: [...node.type.shape] }, [wanted]);
}

interface Attention {
  readonly sizes: AttentionSizes;
  /** `[N, heads, L, S]` */
  readonly weights: NodeId;
  /** `[N, heads, S, E/heads]` */
  readonly value: NodeId;
  /** Weight and bias of the projection out. */
  readonly output: readonly NodeId[];
}

function attend(context: LoweringContext<MultiheadAttentionAttributes>): Attention {
  const { add, typeOf, node, attrs } = context;
  const sizes = attentionSizes(
    node.inputs.map((id) => typeOf(id)),
    attrs,
  );
  const [query, key, value, addedKey, addedValue, ...output] = projected(context, sizes);
  const [keys, values] = [lengthened(context, sizes, key, addedKey), lengthened(context, sizes, value, addedValue)].map(
    (id) => headsOf(context, id),
  );
  const headSize = attrs.embedDim / attrs.heads;
  const scores = scoresOf(context, headsOf(context, query), keys ?? key, 1 / Math.sqrt(headSize));
  const masked = masksOf(context, sizes).reduce((sum, mask) => add('add', {}, [sum, mask]), scores);
  return {
    sizes,
    weights: weightsOf(context, masked, attrs.dropout, attrs.training),
    value: values ?? value,
    output: output.flatMap((id) => id ?? []),
  };
}

type Projected = readonly [
  query: NodeId,
  key: NodeId,
  value: NodeId,
  addedKey: NodeId | undefined,
  addedValue: NodeId | undefined,
  ...output: NodeId[],
];

/** Query, key and value as `[N, L, E]`; then what is left of the parameters. */
function projected(context: LoweringContext<MultiheadAttentionAttributes>, sizes: AttentionSizes): Projected {
  const { add, node, attrs } = context;
  const { embedDim } = attrs;
  const masks = Number(attrs.keyPaddingMask) + Number(attrs.attentionMask);
  const parameters = node.inputs.slice(3, node.inputs.length - masks);
  const take = (): NodeId => parameters.shift() ?? 0;
  const matrices = attrs.separate ? [take(), take(), take()] : [take()];
  const bias = attrs.bias ? take() : undefined;
  const [addedKey, addedValue] = attrs.biasKv ? [take(), take()] : [];
  const rows = (x: NodeId, index: number): NodeId =>
    add('slice', { dim: 0, start: index * embedDim, length: embedDim }, [x]);

  const sequences = new Map([...new Set(node.inputs.slice(0, 3))].map((id) => [id, batchFirst(context, sizes, id)]));
  const [whole] = matrices;
  const only = [...sequences.values()][0];
  if (sequences.size === 1 && !attrs.separate && whole !== undefined && only !== undefined) {
    // One product for all three; each is a third of its rows.
    const all = add('linear', {}, [only, whole, ...(bias === undefined ? [] : [bias])]);
    const length = sizes.targetLength;
    const apart = add('reshape', { shape: [sizes.batch, length, 3, embedDim] }, [all]);
    const first = add('permute', { order: [2, 0, 1, 3] }, [apart]);
    const [query = 0, key = 0, value = 0] = [0, 1, 2].map((index) => {
      const part = add('slice', { dim: 0, start: index, length: 1 }, [first]);
      return add('reshape', { shape: [sizes.batch, length, embedDim] }, [part]);
    });
    return [query, key, value, addedKey, addedValue, ...parameters];
  }
  const [query = 0, key = 0, value = 0] = node.inputs.slice(0, 3).map((id, index) => {
    const weight = attrs.separate ? (matrices[index] ?? 0) : rows(whole ?? 0, index);
    return add('linear', {}, [sequences.get(id) ?? id, weight, ...(bias === undefined ? [] : [rows(bias, index)])]);
  });
  return [query, key, value, addedKey, addedValue, ...parameters];
}

function swapsBatch({ batchFirst }: MultiheadAttentionAttributes, { batched }: AttentionSizes): boolean {
  return batched && !batchFirst;
}

/** A sequence as `[N, L, features]`. */
function batchFirst(
  { add, typeOf, attrs }: LoweringContext<MultiheadAttentionAttributes>,
  sizes: AttentionSizes,
  x: NodeId,
): NodeId {
  if (!sizes.batched) return add('reshape', { shape: [1, ...typeOf(x).shape] }, [x]);
  return swapsBatch(attrs, sizes) ? add('permute', { order: [1, 0, 2] }, [x]) : x;
}

/** Keys or values with the trained one and the zeros that are added to the sequence. */
function lengthened(
  context: LoweringContext<MultiheadAttentionAttributes>,
  { batch }: AttentionSizes,
  x: NodeId,
  trained: NodeId | undefined,
): NodeId {
  const { add, attrs } = context;
  const one = [batch, 1, attrs.embedDim];
  const parts = [
    x,
    ...(trained === undefined ? [] : [add('expand', { shape: one }, [trained])]),
    ...(attrs.zeroAttention ? [constant(context, 0, one)] : []),
  ];
  return parts.length === 1 ? x : add('concat', { dim: 1 }, parts);
}

/** `[N, L, E]` → `[N, heads, L, E/heads]` */
function headsOf({ add, typeOf, attrs }: LoweringContext<MultiheadAttentionAttributes>, x: NodeId): NodeId {
  const [batch = 1, length = 1] = typeOf(x).shape;
  const { heads, embedDim } = attrs;
  const apart = add('reshape', { shape: [batch, length, heads, embedDim / heads] }, [x]);
  return add('permute', { order: [0, 2, 1, 3] }, [apart]);
}

/** What is added to the scores `[N, heads, L, S]`. */
function masksOf(context: LoweringContext<MultiheadAttentionAttributes>, sizes: AttentionSizes): readonly NodeId[] {
  const { add, typeOf, node, attrs } = context;
  const given = node.inputs.slice(node.inputs.length - Number(attrs.keyPaddingMask) - Number(attrs.attentionMask));
  const [padding, attention] = attrs.keyPaddingMask ? given : [undefined, ...given];
  const { batch, attendedLength, targetLength } = sizes;
  const placed = (mask: NodeId, shape: Shape): NodeId =>
    add('reshape', { shape: [...shape] }, [widened(context, additive(context, mask, false), attendedLength)]);
  const whole: readonly Dim[] = [targetLength, attendedLength];
  return [
    ...(attention === undefined
      ? []
      : [placed(attention, typeOf(attention).shape.length === 3 ? [batch, attrs.heads, ...whole] : whole)]),
    ...(padding === undefined ? [] : [placed(padding, [batch, 1, 1, attendedLength])]),
  ];
}

/** The mask with zeros for what is added to the sequence. */
function widened(context: Adder, mask: NodeId, length: Dim): NodeId {
  const { shape } = context.typeOf(mask);
  const missing = subtractDims(length, dimAt(shape, -1));
  if (missing === 0) return mask;
  const zeros = constant(context, 0, [...shape.slice(0, -1), missing]);
  return context.add('concat', { dim: shape.length - 1 }, [mask, zeros]);
}

/** A mask as what is added to scores; of truth values those that are `kept` let a place be seen. */
function additive(context: Adder, mask: NodeId, kept: boolean): NodeId {
  if (context.typeOf(mask).dtype !== 'bool') return mask;
  const [shown, hidden] = [constant(context, 0, []), constant(context, -Infinity, [])];
  return context.add('where', {}, kept ? [mask, shown, hidden] : [mask, hidden, shown]);
}

/** query·keyᵀ·scale */
function scoresOf({ add, typeOf }: Adder, query: NodeId, key: NodeId, scale: number): NodeId {
  const rank = typeOf(key).shape.length;
  const order = [...Array(rank - 2).keys(), rank - 1, rank - 2];
  return add('matmul', {}, [add('scale', { factor: scale }, [query]), add('permute', { order }, [key])]);
}

function weightsOf({ add }: Adder, scores: NodeId, p: number, training: 'mode' | boolean): NodeId {
  const weights = add('softmax', { dim: -1 }, [scores]);
  return p === 0 ? weights : add('dropout', { p, training }, [weights]);
}

function constant({ add }: Adder, value: number, shape: Shape): NodeId {
  return add('constant', { value, shape: [...shape] }, []);
}
