import type { Dim } from '../graph/dim';
import { formatShape } from '../graph/dim';
import type { TensorType } from '../graph/graph';
import { Arguments } from './arguments';
import { OpError, OpUnsupported, type LazyArgument, type ModuleBinding } from './op';
import { spatialShape } from './shapes';
import { parseSignature } from './signature';

/** A lazy layer beside the one that it becomes. */
interface LazyKind {
  readonly name: string;
  readonly becomes: string;
  readonly argument: string;
  /** Where not that of the other layer without the argument. */
  readonly signature?: string;
  size(input: TensorType): Dim | undefined;
}

const ranks = [1, 2, 3];
/** Of batch norm and instance norm alike: unlike InstanceNorm itself, the lazy ones are affine and keep statistics. */
const normSignature = 'eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None, dtype=None';

const kinds: readonly LazyKind[] = [
  {
    name: 'LazyLinear',
    becomes: 'Linear',
    argument: 'in_features',
    size: ({ shape }) => shape.at(-1),
  },
  ...ranks.flatMap((rank) =>
    ['Conv', 'ConvTranspose'].map((family): LazyKind => {
      const becomes = `${family}${rank}d`;
      const size = (input: TensorType) => spatialShape(`Lazy${becomes}`, input, rank).channels;
      return { name: `Lazy${becomes}`, becomes, argument: 'in_channels', size };
    }),
  ),
  ...ranks.flatMap((rank) =>
    ['BatchNorm', 'InstanceNorm'].map((family): LazyKind => {
      const becomes = `${family}${rank}d`;
      return {
        name: `Lazy${becomes}`,
        becomes,
        argument: 'num_features',
        signature: normSignature,
        size: ({ shape }) => shape[1],
      };
    }),
  ),
];

/**
 * The layers whose number of inputs is that of their first input. `build` checks what can be checked before: it makes
 * the layer for a provisional size. Source: PyTorch, torch.nn.modules.lazy.
 */
export function lazyModules(plain: readonly ModuleBinding[]): readonly ModuleBinding[] {
  return kinds.flatMap((kind) => {
    const binding = plain.find(({ name }) => name === kind.becomes);
    return binding ? [lazyModule(kind, binding)] : [];
  });
}

function lazyModule(kind: LazyKind, plain: ModuleBinding): ModuleBinding {
  const { name, becomes, argument } = kind;
  const signature = kind.signature ?? withoutParameter(plain.signature, argument);
  const lazy: LazyArgument = { becomes, argument, from: (input) => sizeFrom(kind, input) };
  return {
    name,
    signature,
    lazy,
    ...(plain.call ? { call: plain.call } : {}),
    build(args) {
      const values = parseSignature(signature).map(
        (parameter) => [parameter.name, args.value(parameter.name)] as const,
      );
      const groups = values.find(([parameter]) => parameter === 'groups')?.[1];
      // Divisible by the groups, so that only mistakes in what was given are found.
      const size = groups?.kind === 'integer' ? groups.value : 1;
      const all = new Map([...values, [argument, { kind: 'integer', value: size }] as const]);
      return plain.build(Arguments.bind(name, plain.signature, [], all));
    },
  };
}

function withoutParameter(signature: string, name: string): string {
  return signature
    .split(', ')
    .filter((parameter) => parameter !== name)
    .join(', ');
}

function sizeFrom(kind: LazyKind, input: TensorType): number {
  const { name, argument } = kind;
  const value = kind.size(input);
  if (typeof value === 'number') return value;
  if (value === undefined) throw new OpError(`${name}: an input of shape ${formatShape(input.shape)} has no channels.`);
  throw new OpUnsupported(`${name}: ${argument}=${value} depends on the size of the input; this is not supported.`);
}
