import { productOfDims } from '../../graph/dim';
import type { DType, NodeId } from '../../graph/graph';
import { castTo } from '../arithmetic/lower-binary';
import { isFloating } from '../arithmetic/promote';
import { OpUnsupported, type GradientContext, type LoweringContext, type OpDefinition } from '../op';
import { f32, inputAt } from '../shapes';
import { extremeRules, placeRules } from './extremes';
import { asLines, withNeighbours, withShape, type ReduceAttributes } from './reduce-dims';
import { lowerNorm, lowerStd, lowerVar } from './spread';
import { meanRules, sumRules, withDims } from './sums';

type Lowering = LoweringContext<ReduceAttributes>;
type Rules = Pick<OpDefinition<ReduceAttributes>, 'lower' | 'gradient'>;

/** How reductions are computed, and differentiated. */
export const reductionRules: Readonly<Record<string, Rules | undefined>> = {
  sum: sumRules,
  mean: meanRules,
  nansum: { lower: (context) => context.add('sum', context.attrs, [withoutNaN(context)]) },
  nanmean: { lower: lowerNanMean },
  prod: {
    lower(context) {
      const x = given(context);
      return withNeighbours(context, isFloating(context.typeOf(x).dtype) ? x : castTo(context, x, 'i64'));
    },
    gradient: prodGradient,
  },
  var: { lower: lowerVar },
  std: { lower: lowerStd },
  norm: { lower: lowerNorm },
  logsumexp: {
    lower: (context) => withNeighbours(context, castTo(context, given(context), context.node.type.dtype)),
    gradient: logSumExpGradient,
  },
  amax: extremeRules,
  amin: extremeRules,
  argmax: placeRules,
  argmin: placeRules,
  all: { lower: (context) => ofTruths(context, 'amin') },
  any: { lower: (context) => ofTruths(context, 'amax') },
  count_nonzero: {
    lower: (context) => context.add('sum', context.attrs, [castTo(context, truths(context), 'i64')]),
  },
  median: { lower: (context) => atPlace(context, 'argmedian') },
  mode: { lower: (context) => atPlace(context, 'argmode') },
  kthvalue: { lower: (context) => atPlace(context, 'argkthvalue') },
  argmedian: placeRules,
  argmode: placeRules,
  argkthvalue: placeRules,
};

/** dy `[…, 1, …]`, x → dy times the product of the others. */
export const prodGrad: OpDefinition<ReduceAttributes> = {
  name: 'prod_grad',
  title: 'prod, gradient',
  inferType: (inputs) => f32(inputAt(inputs, 1).shape),
  flops: (_inputs, output) => productOfDims(output.shape),
};

function given({ node }: Lowering | GradientContext<ReduceAttributes>): NodeId {
  return node.inputs[0] ?? 0;
}

function withoutNaN(context: Lowering): NodeId {
  const { add, typeOf } = context;
  const x = given(context);
  const { dtype } = typeOf(x);
  if (!isFloating(dtype)) return x;
  return add('where', {}, [add('is_nan', {}, [x]), add('constant', { value: 0, shape: [] }, []), x]);
}

function lowerNanMean(context: Lowering): NodeId {
  const { add, attrs } = context;
  const numbers = add('logical_not', {}, [add('is_nan', {}, [given(context)])]);
  const count = add('sum', attrs, [add('cast', { dtype: 'f32' }, [numbers])]);
  return add('divide', {}, [add('sum', attrs, [withoutNaN(context)]), count]);
}

function prodGradient(context: GradientContext<ReduceAttributes>): readonly NodeId[] {
  const { add, attrs, outputGradient, typeOf } = context;
  const x = given(context);
  return [add('prod_grad', attrs, [withDims(context, outputGradient, typeOf(x).shape, attrs), x])];
}

/** dy·e^(x − y) */
function logSumExpGradient(context: GradientContext<ReduceAttributes>): readonly NodeId[] {
  const { add, attrs, node, outputGradient, typeOf } = context;
  const x = given(context);
  const [dy, y] = [outputGradient, node.id].map((id) => withDims(context, id, typeOf(x).shape, attrs)) as [
    NodeId,
    NodeId,
  ];
  return [add('multiply', {}, [add('exp', {}, [add('subtract', {}, [x, y])]), dy])];
}

function truths(context: Lowering): NodeId {
  return castTo(context, given(context), 'bool');
}

function ofTruths(context: Lowering, op: string): NodeId {
  const dtype: DType = context.node.type.dtype;
  return castTo(context, context.add(op, context.attrs, [truths(context)]), dtype);
}

/** The value that stands where `placeOp` says. */
function atPlace(context: Lowering, placeOp: string): NodeId {
  const { add, attrs, node, typeOf } = context;
  if ('skipsNaN' in attrs) throw new OpUnsupported(`nan${node.op} can be read, but not trained.`);
  const lines = asLines(context, given(context));
  const dim = typeOf(lines).shape.length - 1;
  const place = add(placeOp, { ...attrs, dims: [dim], keepDims: true }, [lines]);
  return withShape(context, add('gather', { dim }, [lines, place]), node.type.shape);
}
