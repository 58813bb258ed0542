import type { Dim } from '../../graph/dim';
import type { DType, NodeId } from '../../graph/graph';
import { batchPlace } from '../batch-place';
import { OpUnsupported, type LoweringContext, type OpDefinition } from '../op';

export type RandomAttributes = {
  /** How PyTorch calls what draws them: `randn`, `bernoulli`. */
  readonly function: string;
  readonly shape: readonly Dim[];
  readonly dtype: DType;
  /** What is drawn; absent: not known, or nothing that is computed here. */
  readonly distribution?: RandomDistribution;
};

export type RandomDistribution =
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly std: number }
  /** 1 with that probability, else 0; null: the input says it for each element. */
  | { readonly kind: 'bernoulli'; readonly p: number | null };

/** A tensor of random numbers, drawn anew in each forward pass. Its inputs, if any, are what it is drawn by (`bernoulli(p)`). */
export const random: OpDefinition<RandomAttributes> = {
  name: 'random',
  title: 'random numbers',
  inferType: (_inputs, { shape, dtype }) => ({ shape, dtype }),
  lower: lowerRandom,
  receptiveField: (inputs) => ({ kind: inputs.length > 0 ? 'reshape' : 'none' }),
  symbolicAttributes: ['shape'],
};

function lowerRandom(context: LoweringContext<RandomAttributes>): NodeId {
  const { add, attrs, node } = context;
  const { distribution, dtype } = attrs;
  if (!distribution) throw new OpUnsupported(`Random numbers of ${attrs.function} in forward are not supported yet.`);
  const [input] = node.inputs;
  const drawn = drawFrom(distribution, context, input);
  return dtype === 'f32' ? drawn : add('cast', { dtype }, [drawn]);
}

function drawFrom(
  distribution: RandomDistribution,
  { add, attrs, key, random: words, typeOf }: LoweringContext<RandomAttributes>,
  input: NodeId | undefined,
): NodeId {
  const { shape } = attrs;
  const draw = (kind: 'uniform' | 'normal'): NodeId =>
    add('draw', { distribution: kind, shape: [...shape], key, ...batchPlace(shape) }, [words()]);
  const scaled = (factor: number, shift: number, numbers: NodeId): NodeId =>
    factor === 1 && shift === 0 ? numbers : add('affine', { factor, shift }, [numbers]);
  switch (distribution.kind) {
    case 'uniform':
      return scaled(distribution.high - distribution.low, distribution.low, draw('uniform'));
    case 'normal':
      return scaled(distribution.std, distribution.mean, draw('normal'));
    case 'bernoulli': {
      const probability =
        distribution.p === null && input !== undefined
          ? add('cast', { dtype: 'f32' }, [input])
          : add('constant', { value: distribution.p ?? 0, shape: [] }, []);
      const hits = add('less', {}, [draw('uniform'), probability]);
      return typeOf(hits).dtype === 'f32' ? hits : add('cast', { dtype: 'f32' }, [hits]);
    }
  }
}
