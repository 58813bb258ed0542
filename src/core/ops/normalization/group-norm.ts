import { divideExactly, formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import type { Arguments } from '../arguments';
import { requireFloat } from '../fits';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { dimAt, f32, inputAt } from '../shapes';
import { readCount } from './batch-norm-bindings';
import { channelsOf, requireChannels } from './channels';
import { groupNormGradient } from './group-norm-gradients';

export type GroupNormAttributes = {
  readonly groups: number;
  readonly eps: number;
  /** Whether they are inputs. */
  readonly weight: boolean;
  readonly bias: boolean;
};

/**
 * Normalises groups of channels of each image, over their channels and places. Inputs: x `[N, C, …]`, then weight and
 * bias `[C]`. Its statistics do not count as something that an output sees: no receptive field widens.
 * Source: Wu and He, 2018; PyTorch, GroupNorm.
 */
export const groupNorm: OpDefinition<GroupNormAttributes> = {
  name: 'group_norm',
  title: 'GroupNorm',
  inferType(inputs, { groups }) {
    const x = inputAt(inputs, 0);
    const channels = channelsOf('GroupNorm', x);
    for (const tensor of inputs.slice(1)) requireChannels('GroupNorm', x, channels, tensor, 'num_channels');
    requireFloat('GroupNorm', x);
    const perGroup = divideExactly(channels, groups);
    if (perGroup === undefined) {
      const message = `GroupNorm divides channels into ${groups} groups, its input of shape ${formatShape(x.shape)} has ${channels}.`;
      throw typeof channels === 'number' ? new OpError(message) : new OpUnsupported(message);
    }
    // PyTorch counts the images in, too.
    if (productOfDims([dimAt(x.shape, 0), perGroup, ...x.shape.slice(2)]) === 1) {
      throw new OpError(`GroupNorm needs more than one value in a group, got shape ${formatShape(x.shape)}.`);
    }
    return x;
  },
  flops: (inputs, output) => multiplyDims(inputs.length > 1 ? 8 : 6, productOfDims(output.shape)),
  parameterFormula: (inputs, { weight, bias }) =>
    weight && bias ? `2·${dimAt(inputAt(inputs, 1).shape, 0)}` : undefined,
  gradient: groupNormGradient,
  pytorch: {
    modules: [
      {
        name: 'GroupNorm',
        signature: 'num_groups, num_channels, eps=1e-05, affine=True, device=None, dtype=None',
        build(args) {
          const groups = readGroups(args);
          const channels = readCount('GroupNorm', args, 'num_channels');
          if (channels % groups !== 0) {
            throw new OpError(`GroupNorm: num_channels=${channels} is not divisible by num_groups=${groups}.`);
          }
          const affine = args.boolean('affine');
          const spec = { kind: 'parameter', type: f32([channels]), input: true } as const;
          return {
            op: 'group_norm',
            attrs: { groups, eps: args.number('eps'), weight: affine, bias: affine },
            tensors: affine
              ? [
                  { name: 'weight', init: { kind: 'constant', value: 1 }, ...spec },
                  { name: 'bias', init: { kind: 'constant', value: 0 }, ...spec },
                ]
              : [],
          };
        },
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.group_norm'],
        signature: 'input, num_groups, weight=None, bias=None, eps=1e-05',
        build: callGroupNorm,
      },
      {
        names: ['torch.group_norm'],
        signature: 'input, num_groups, weight=None, bias=None, eps=1e-05, cudnn_enabled=True',
        build: callGroupNorm,
      },
    ],
  },
  onnx: 'GroupNormalization',
};

function callGroupNorm(args: Arguments) {
  const [weight, bias] = [args.optionalTensor('weight'), args.optionalTensor('bias')];
  return {
    op: 'group_norm',
    attrs: {
      groups: readGroups(args),
      eps: args.number('eps'),
      weight: weight !== undefined,
      bias: bias !== undefined,
    },
    inputs: [args.tensor('input'), weight, bias].flatMap((tensor) => (tensor ? [tensor.id] : [])),
  };
}

function readGroups(args: Arguments): number {
  return readCount('GroupNorm', args, 'num_groups');
}
