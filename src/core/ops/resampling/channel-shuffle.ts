import { formatShape } from '../../graph/dim';
import type { Arguments } from '../arguments';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { readSize } from '../read-sizes';
import { dimAt, inputAt } from '../shapes';

export type ChannelShuffleAttributes = { readonly groups: number };

/**
 * Deals the channels of the groups out in turn; the shape stays: `[N, C, …]`.
 * Source: Zhang et al., 'ShuffleNet', 2017; PyTorch, ChannelShuffle.
 */
export const channelShuffle: OpDefinition<ChannelShuffleAttributes> = {
  name: 'channel_shuffle',
  title: 'ChannelShuffle',
  inferType(inputs, { groups }) {
    const input = inputAt(inputs, 0);
    if (input.shape.length < 3) {
      throw new OpError(`ChannelShuffle expects an input (N, C, …), got shape ${formatShape(input.shape)}.`);
    }
    const channels = dimAt(input.shape, 1);
    if (typeof channels !== 'number') throw new OpUnsupported('ChannelShuffle: the number of channels is not known.');
    if (channels % groups !== 0) {
      throw new OpError(
        `ChannelShuffle: the ${channels} channels of an input of shape ${formatShape(input.shape)} are not divisible by groups=${groups}.`,
      );
    }
    return input;
  },
  lower({ node, attrs: { groups }, add, typeOf }) {
    const [x = 0] = node.inputs;
    const { shape } = typeOf(x);
    const [images, channels, ...places] = [dimAt(shape, 0), Number(dimAt(shape, 1)), ...shape.slice(2)];
    const dealt = add('reshape', { shape: [images, groups, channels / groups, ...places] }, [x]);
    const order = [0, 2, 1, ...places.map((_, index) => index + 3)];
    return add('reshape', { shape }, [add('permute', { order }, [dealt])]);
  },
  pytorch: {
    modules: [
      {
        name: 'ChannelShuffle',
        signature: 'groups',
        build: (args) => ({ op: 'channel_shuffle', attrs: readGroups('ChannelShuffle', args), tensors: [] }),
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.channel_shuffle', 'torch.channel_shuffle'],
        signature: 'input, groups',
        build: (args) => ({
          op: 'channel_shuffle',
          attrs: readGroups('channel_shuffle', args),
          inputs: [args.tensor('input').id],
        }),
      },
    ],
  },
};

function readGroups(title: string, args: Arguments): ChannelShuffleAttributes {
  const groups = readSize(title, args, 'groups');
  if (groups < 1) throw new OpError(`${title}: groups must be positive, got ${groups}.`);
  return { groups };
}
