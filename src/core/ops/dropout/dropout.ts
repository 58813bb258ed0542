import { formatShape, productOfDims } from '../../graph/dim';
import type { Attributes, NodeId, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { requireFloat } from '../fits';
import { batchPlace, type BatchPlace } from '../batch-place';
import {
  OpError,
  type CallBlueprint,
  type FunctionBinding,
  type LoweringContext,
  type NodeAdder,
  type OpDefinition,
} from '../op';
import { inputAt } from '../shapes';

export type DropoutAttributes = {
  /** Share of elements (or channels) that become zero. */
  readonly p: number;
  /** 'mode': only while training; true and false hold in either mode (`F.dropout(x, training=True)`). */
  readonly training: 'mode' | boolean;
};

/** Zeroes elements with probability p and scales the rest by 1 / (1 − p). Source: PyTorch, Dropout. */
export const dropout: OpDefinition<DropoutAttributes> = {
  ...dropoutOp({ name: 'dropout', title: 'Dropout', functions: ['torch.dropout', 'torch.dropout_'] }),
  onnx: 'Dropout',
  keras: 'Dropout',
};

/** Zeroes whole channels of `[N, C, L]` or `[C, L]`. Source: PyTorch, Dropout1d. */
export const dropout1d: OpDefinition<DropoutAttributes> = {
  ...dropoutOp({
    name: 'dropout1d',
    title: 'Dropout1d',
    channels: { batchedRank: 3 },
    ranks: [2, 3],
  }),
  keras: 'SpatialDropout1D',
};

/** Zeroes whole channels of `[N, C, …]` with probability p and scales the rest by 1 / (1 − p). Source: PyTorch, Dropout2d. */
export const dropout2d: OpDefinition<DropoutAttributes> = {
  ...dropoutOp({
    name: 'dropout2d',
    title: 'Dropout2d',
    channels: { batchedRank: null },
    functions: ['torch.feature_dropout', 'torch.feature_dropout_'],
  }),
  keras: 'SpatialDropout2D',
};

/** Zeroes whole channels of `[N, C, D, H, W]`, or `[C, …]`. Source: PyTorch, Dropout3d. */
export const dropout3d: OpDefinition<DropoutAttributes> = {
  ...dropoutOp({ name: 'dropout3d', title: 'Dropout3d', channels: { batchedRank: 5 } }),
  keras: 'SpatialDropout3D',
};

/** Sets elements to SELU's negative limit, and keeps mean and variance. Source: Klambauer et al., 2017; PyTorch, AlphaDropout. */
export const alphaDropout: OpDefinition<DropoutAttributes> = dropoutOp({
  name: 'alpha_dropout',
  title: 'AlphaDropout',
  alpha: true,
  functions: ['torch.alpha_dropout', 'torch.alpha_dropout_'],
});

/** Alpha dropout of whole channels of `[N, C, …]`. Source: PyTorch, FeatureAlphaDropout. */
export const featureAlphaDropout: OpDefinition<DropoutAttributes> = dropoutOp({
  name: 'feature_alpha_dropout',
  title: 'FeatureAlphaDropout',
  channels: { batchedRank: null },
  alpha: true,
  functions: ['torch.feature_alpha_dropout', 'torch.feature_alpha_dropout_'],
});

export type DropoutApplyAttributes = {
  readonly p: number;
  /** Number of the layer: part of the random numbers' counter. */
  readonly key: number;
  /** One draw for each (n, c) instead of each element. */
  readonly perChannel: boolean;
  readonly batch?: BatchPlace;
};

/** Drops out elements or channels, the same whether the batch is computed at once or in parts. */
export function dropoutOf(
  { add, typeOf }: Pick<NodeAdder, 'add' | 'typeOf'>,
  attrs: DropoutApplyAttributes,
  x: NodeId,
  random: NodeId,
): NodeId {
  const { shape } = typeOf(x);
  return add('dropout_apply', { ...attrs, ...batchPlace(attrs.perChannel ? shape.slice(0, 2) : shape) }, [x, random]);
}

/**
 * x · mask / (1 − p). Inputs x and `random` i32 [6]: seed low, seed high, step low, step high, then, of a part of a batch,
 * its first image and the number of all (0: the batch is whole). Element i of the whole batch (or channel n·C + c) is kept where word i mod 4 of Philox(counter [⌊i/4⌋, 0, key, step low], key [seed low, seed high]) is at
 * least p·2³². The gradient draws the same mask again, so none is stored.
 */
export const dropoutApply: OpDefinition<DropoutApplyAttributes> = {
  name: 'dropout_apply',
  halfStorage: true,
  title: 'Dropout',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => productOfDims(output.shape),
  gradient({ add, node, attrs, outputGradient }) {
    const [, random] = node.inputs as [NodeId, NodeId];
    return [add('dropout_apply', attrs, [outputGradient, random]), undefined];
  },
  elementwise: ({ perChannel }) => !perChannel,
};

interface Kind {
  readonly name: string;
  readonly title: string;
  /** Whole channels are dropped: dimension 1, but dimension 0 where the rank is not `batchedRank`; null: always 1. */
  readonly channels?: { readonly batchedRank: number | null };
  /** Ranks that the layer takes, whatever the mode. */
  readonly ranks?: readonly number[];
  readonly alpha?: boolean;
  /** Functions of torch, whose second and third arguments are `p, train`. */
  readonly functions?: readonly string[];
}

function dropoutOp(kind: Kind): OpDefinition<DropoutAttributes> {
  const { name, title, functions = [] } = kind;
  return {
    name,
    title,
    inferType(inputs, { training }) {
      const x = inputAt(inputs, 0);
      const { ranks } = kind;
      if (ranks && !ranks.includes(x.shape.length)) {
        throw new OpError(`${title} expects ${ranks.join(' or ')} dimensions, got shape ${formatShape(x.shape)}.`);
      }
      // In evaluation nothing is dropped, so PyTorch does not look at the input.
      if (training === true) requireDroppable(kind, x);
      return x;
    },
    lower: (context) => lowerDropout(kind, context),
    pytorch: {
      modules: [
        {
          name: title,
          signature: 'p=0.5, inplace=False',
          build: (args) => ({ op: name, attrs: { p: readProbability(args), training: 'mode' }, tensors: [] }),
        },
      ],
      functions: [
        {
          names: [`torch.nn.functional.${name}`],
          signature: `input, p=0.5, training=${name.includes('alpha') ? 'False' : 'True'}, inplace=False`,
          build: (args) => buildCall(name, args, 'training'),
        },
        ...(functions.length === 0 ? [] : [functionOfTorch(name, functions)]),
      ],
    },
  };
}

function functionOfTorch(op: string, names: readonly string[]): FunctionBinding {
  return { names, signature: 'input, p, train', build: (args) => buildCall(op, args, 'train') };
}

/** Throws an OpError for what PyTorch cannot drop from. */
function requireDroppable({ title, channels }: Kind, x: TensorType): void {
  requireFloat(title, x);
  if (!channels) return;
  const least = channels.batchedRank === null ? 2 : 1;
  if (x.shape.length < least) {
    throw new OpError(`${title} drops channels of an input (N, C, …), got shape ${formatShape(x.shape)}.`);
  }
}

function lowerDropout(
  kind: Kind,
  { mode, attrs, node, key, add, random, typeOf }: LoweringContext<DropoutAttributes>,
): NodeId {
  const [x] = node.inputs as [NodeId];
  const active = attrs.training === 'mode' ? mode === 'train' : attrs.training;
  if (!active || attrs.p === 0) return x;
  const type = typeOf(x);
  requireDroppable(kind, type);
  const drop = (input: NodeId): NodeId =>
    dropoutOf({ add, typeOf }, { p: attrs.p, key, perChannel: kind.channels !== undefined }, input, random());
  const apply = (input: NodeId): NodeId =>
    kind.alpha && attrs.p < 1 ? alphaDrop(add, attrs.p, input, drop) : drop(input);
  const batchedRank = kind.channels?.batchedRank ?? null;
  if (batchedRank === null || type.shape.length === batchedRank) return apply(x);
  // One sample without a batch.
  const shape = (sizes: TensorType['shape']): Attributes => ({ shape: [...sizes] });
  return add('reshape', shape(type.shape), [apply(add('reshape', shape([1, ...type.shape]), [x]))]);
}

/** α = scale · α of SELU: its negative limit is −α. */
const alpha = 1.7580993408473766;

/**
 * a·(x·mask − α·(1 − mask)) + a·α·p with a = 1/√((1 − p)·(1 + p·α²)): with the mask on x + α, one product and one sum follow.
 * Source: PyTorch, alpha_dropout.
 */
function alphaDrop(add: LoweringContext['add'], p: number, x: NodeId, drop: (input: NodeId) => NodeId): NodeId {
  const a = 1 / Math.sqrt((1 - p) * (1 + p * alpha ** 2));
  const dropped = drop(add('affine', { factor: 1, shift: alpha }, [x]));
  // What is kept was divided by 1 − p.
  return add('affine', { factor: a * (1 - p), shift: a * alpha * (p - 1) }, [dropped]);
}

function buildCall(op: string, args: Arguments, training: string): CallBlueprint {
  return {
    op,
    attrs: { p: readProbability(args), training: args.training(training) },
    inputs: [args.tensor('input').id],
  };
}

export function readProbability(args: Arguments): number {
  const p = args.number('p');
  if (!(p >= 0 && p <= 1)) throw new OpError(`Dropout: the probability p must be between 0 and 1, got ${p}.`);
  return p;
}
