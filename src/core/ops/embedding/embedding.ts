import { formatShape, productOfDims, type Dim } from '../../graph/dim';
import { dtypeName } from '../arithmetic/promote';
import type { Initializer, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { dimAt, f32, inputAt } from '../shapes';

export type EmbeddingAttributes = {
  /** The row that stands for padding and is not trained; null: none. */
  readonly paddingIdx: number | null;
  /** The gradient of a row is divided by how often the row was taken. */
  readonly byFrequency?: true;
  /** Rows that are longer are made so long whenever they are taken. */
  readonly maxNorm?: number;
};

/** Rows of a table. Inputs: indices i64 or i32 `[…]`, weight `[num_embeddings, embedding_dim]` → `[…, embedding_dim]`. Source: PyTorch, Embedding. */
export const embedding: OpDefinition<EmbeddingAttributes> = {
  name: 'embedding',
  title: 'Embedding',
  inferType(inputs) {
    const [indices, weight] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    requireIndices('Embedding', indices);
    requireTable('Embedding', weight);
    return { shape: [...indices.shape, dimAt(weight.shape, 1)], dtype: weight.dtype };
  },
  // More than is true: an output sees the one index at its place, for which there is no rule with a new dimension.
  receptiveField: () => ({ kind: 'global' }),
  parameterFormula: (inputs) => inputAt(inputs, 1).shape.join('·'),
  lower({ add, node, attrs }) {
    requireNoMaxNorm('Embedding', attrs);
    return add('embedding', attrs, node.inputs);
  },
  gradient({ add, typeOf, node, attrs, outputGradient, needs }) {
    const [index = 0, weight = 0] = node.inputs;
    const { paddingIdx, byFrequency = false } = attrs;
    const rows = dimAt(typeOf(weight).shape, 0);
    return [
      undefined,
      needs[1] ? add('embedding_grad', { rows, paddingIdx, byFrequency }, [outputGradient, index]) : undefined,
    ];
  },
  pytorch: {
    modules: [
      {
        name: 'Embedding',
        signature:
          'num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, device=None, dtype=None',
        build(args) {
          args.requireDefault('_weight', null);
          const type = f32(readTable('Embedding', args));
          const paddingIdx = readPadding(args, Number(type.shape[0]));
          const init = initialTable(paddingIdx);
          return {
            op: 'embedding',
            attrs: { paddingIdx, ...readOptions(args) },
            attributes: { padding_idx: paddingIdx },
            tensors: [{ name: 'weight', kind: 'parameter', type, init, input: true }],
          };
        },
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.embedding'],
        signature:
          'input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False',
        build(args) {
          const [input, weight] = [args.tensor('input'), args.tensor('weight')];
          const rows = weight.type.shape[0];
          return {
            op: 'embedding',
            attrs: { paddingIdx: readPadding(args, typeof rows === 'number' ? rows : Infinity), ...readOptions(args) },
            inputs: [input.id, weight.id],
          };
        },
      },
      {
        names: ['torch.embedding'],
        signature: 'weight, indices, padding_idx=-1, scale_grad_by_freq=False, sparse=False',
        build: (args) => ({
          op: 'embedding',
          attrs: {
            paddingIdx: args.integer('padding_idx') < 0 ? null : args.integer('padding_idx'),
            ...(args.boolean('scale_grad_by_freq') ? { byFrequency: true } : {}),
          },
          inputs: [args.tensor('indices').id, args.tensor('weight').id],
        }),
      },
    ],
  },
  onnx: 'Gather',
  keras: 'Embedding',
};

export type EmbeddingGradAttributes = {
  /** Of the table. */
  readonly rows: Dim;
  readonly paddingIdx: number | null;
  readonly byFrequency: boolean;
};

/** dL/dweight `[rows, embedding_dim]` from dL/dy `[…, embedding_dim]` and the indices `[…]`. */
export const embeddingGrad: OpDefinition<EmbeddingGradAttributes> = {
  name: 'embedding_grad',
  title: 'Embedding, gradient',
  inferType(inputs, { rows }) {
    const { shape, dtype } = inputAt(inputs, 0);
    return { shape: [rows, dimAt(shape, -1)], dtype };
  },
  flops: (inputs) => productOfDims(inputAt(inputs, 0).shape),
  symbolicAttributes: ['rows'],
};

/** N(0, 1), and zeros in the row that stands for padding. */
export function initialTable(paddingIdx: number | null): Initializer {
  return { kind: 'normal', mean: 0, std: 1, ...(paddingIdx === null ? {} : { zeroRow: paddingIdx }) };
}

/** What changes how a table is trained, where it is not the default. */
export function readOptions(args: Arguments): Pick<EmbeddingAttributes, 'byFrequency' | 'maxNorm'> {
  return {
    ...(args.boolean('scale_grad_by_freq') ? { byFrequency: true } : {}),
    ...(args.isNone('max_norm') ? {} : { maxNorm: args.number('max_norm') }),
  };
}

/** Throws an OpUnsupported where rows would be changed as they are taken. */
export function requireNoMaxNorm(title: string, { maxNorm }: Pick<EmbeddingAttributes, 'maxNorm'>): void {
  if (maxNorm === undefined) return;
  throw new OpUnsupported(
    `${title}: max_norm=${maxNorm} changes the weight in forward, which is not supported in training yet.`,
  );
}

/** Throws an OpError where the tensor is not of whole numbers of 32 or 64 bits. */
export function requireIndices(title: string, indices: TensorType): void {
  if (indices.dtype === 'i64' || indices.dtype === 'i32') return;
  throw new OpError(
    `${title} expects indices (torch.int64), its input is of type torch.${dtypeName(indices.dtype)}. Convert it with .long().`,
  );
}

/** Throws an OpError where the weight has not two dimensions. */
export function requireTable(title: string, weight: TensorType): void {
  if (weight.shape.length === 2) return;
  throw new OpError(`${title} expects a weight of two dimensions, got shape ${formatShape(weight.shape)}.`);
}

/** `[num_embeddings, embedding_dim]` */
export function readTable(title: string, args: Arguments): readonly [number, number] {
  const columns = args.integer('embedding_dim');
  if (columns < 0) throw new OpError(`${title}: embedding_dim must not be negative, got ${columns}.`);
  return [args.positiveInteger('num_embeddings'), columns];
}

/** Counted from the front, null for None; throws an OpError where there is no such row. */
export function readPadding(args: Arguments, rows: number): number | null {
  if (args.isNone('padding_idx')) return null;
  const index = args.integer('padding_idx');
  if (index >= rows || index < -rows) {
    throw new OpError(`Embedding: padding_idx=${index} is not one of the ${rows} rows.`);
  }
  return index < 0 && Number.isFinite(rows) ? index + rows : index;
}
