import { formatShape, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { OpError, type LoweringContext, type ModuleBinding, type OpDefinition } from '../op';
import { inputAt } from '../shapes';

export type DropoutAttributes = {
  /** Share of elements (or channels) that become zero. */
  readonly p: number;
  /** 'mode': only while training; true and false hold in either mode (`F.dropout(x, training=True)`). */
  readonly training: 'mode' | boolean;
};

/** Zeroes elements with probability p and scales the rest by 1 / (1 − p). Source: PyTorch, Dropout. */
export const dropout: OpDefinition<DropoutAttributes> = {
  name: 'dropout',
  title: 'Dropout',
  inferType: (inputs) => inputAt(inputs, 0),
  lower: (context) => lowerDropout(context, false),
  pytorch: {
    modules: [dropoutModule('Dropout', 'dropout')],
    functions: [
      {
        names: ['torch.nn.functional.dropout'],
        signature: 'input, p=0.5, training=True, inplace=False',
        build: (args) => buildCall('dropout', args),
      },
      {
        names: ['torch.dropout'],
        signature: 'input, p, train',
        build: (args) => ({
          op: 'dropout',
          attrs: { p: readProbability(args), training: args.training('train') },
          inputs: [args.tensor('input').id],
        }),
      },
    ],
  },
  onnx: 'Dropout',
  keras: 'Dropout',
};

/** Zeroes whole channels with probability p and scales the rest by 1 / (1 − p). Source: PyTorch, Dropout2d. */
export const dropout2d: OpDefinition<DropoutAttributes> = {
  name: 'dropout2d',
  title: 'Dropout2d',
  inferType(inputs) {
    const input = inputAt(inputs, 0);
    if (input.shape.length < 3) {
      throw new OpError(`Dropout2d drops channels of images (N, C, H, W), got shape ${formatShape(input.shape)}.`);
    }
    return input;
  },
  lower: (context) => lowerDropout(context, true),
  pytorch: {
    modules: [dropoutModule('Dropout2d', 'dropout2d')],
    functions: [
      {
        names: ['torch.nn.functional.dropout2d'],
        signature: 'input, p=0.5, training=True, inplace=False',
        build: (args) => buildCall('dropout2d', args),
      },
    ],
  },
  keras: 'SpatialDropout2D',
};

export type DropoutApplyAttributes = {
  readonly p: number;
  /** Number of the layer: part of the random numbers' counter. */
  readonly key: number;
  /** One draw for each (n, c) instead of each element. */
  readonly perChannel: boolean;
};

/**
 * x · mask / (1 − p). Inputs x and `random` i32 [4]: seed low, seed high, step low, step high. Element i (or channel
 * n·C + c) is kept where word i mod 4 of Philox(counter [⌊i/4⌋, 0, key, step low], key [seed low, seed high]) is at
 * least p·2³². The gradient draws the same mask again, so none is stored.
 */
export const dropoutApply: OpDefinition<DropoutApplyAttributes> = {
  name: 'dropout_apply',
  title: 'Dropout',
  inferType: (inputs) => inputAt(inputs, 0),
  flops: (_inputs, output) => productOfDims(output.shape),
  gradient({ add, node, attrs, outputGradient }) {
    const [, random] = node.inputs as [NodeId, NodeId];
    return [add('dropout_apply', attrs, [outputGradient, random]), undefined];
  },
  elementwise: ({ perChannel }) => !perChannel,
};

function lowerDropout(
  { mode, attrs, node, key, add, random }: LoweringContext<DropoutAttributes>,
  perChannel: boolean,
): NodeId {
  const [x] = node.inputs as [NodeId];
  const active = attrs.training === 'mode' ? mode === 'train' : attrs.training;
  if (!active || attrs.p === 0) return x;
  return add('dropout_apply', { p: attrs.p, key, perChannel }, [x, random()]);
}

function dropoutModule(name: string, op: string): ModuleBinding {
  return {
    name,
    signature: 'p=0.5, inplace=False',
    build: (args) => ({ op, attrs: { p: readProbability(args), training: 'mode' }, tensors: [] }),
  };
}

function buildCall(op: string, args: Arguments) {
  return {
    op,
    attrs: { p: readProbability(args), training: args.training('training') },
    inputs: [args.tensor('input').id],
  };
}

function readProbability(args: Arguments): number {
  const p = args.number('p');
  if (!(p >= 0 && p <= 1)) throw new OpError(`Dropout: the probability p must be between 0 and 1, got ${p}.`);
  return p;
}
