import { productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import { castTo } from '../arithmetic/lower-binary';
import type { LoweringContext, OpDefinition } from '../op';
import { f32, inputAt } from '../shapes';
import type { ScanAttributes } from './scans';

type Lowering = LoweringContext<ScanAttributes>;
type Rules = Pick<OpDefinition<ScanAttributes>, 'lower' | 'gradient'>;

/** How what keeps the shape is computed, and differentiated. */
export const scanRules: Readonly<Record<string, Rules | undefined>> = {
  cumsum: {
    lower: ofResultType,
    gradient: ({ add, attrs, outputGradient }) => [
      add('cumsum', { ...attrs, reverse: attrs.reverse !== true }, [outputGradient]),
    ],
  },
  cumprod: {
    lower: ofResultType,
    gradient: ({ add, attrs, node, outputGradient }) => [
      add('cumprod_grad', { ...attrs }, [outputGradient, ...node.inputs]),
    ],
  },
  logcumsumexp: {
    lower: ofResultType,
    gradient: ({ add, attrs, node, outputGradient }) => [
      add('logcumsumexp_grad', { ...attrs }, [outputGradient, ...node.inputs, node.id]),
    ],
  },
  cummax: { lower: (context) => gathered(context, 'argcummax') },
  cummin: { lower: (context) => gathered(context, 'argcummin') },
  sort: { lower: (context) => gathered(context, 'argsort') },
};

/** Gradients of running products and of running log Σ e^x; the last input is x or the result. */
export const scanGrads: readonly OpDefinition[] = ['cumprod_grad', 'logcumsumexp_grad'].map((name) => ({
  name,
  title: name.replace('_grad', ', gradient'),
  inferType: (inputs) => f32(inputAt(inputs, 1).shape),
  flops: (_inputs, output) => productOfDims(output.shape),
}));

function ofResultType(context: Lowering): NodeId {
  const { add, attrs, node } = context;
  return add(node.op, attrs, [castTo(context, node.inputs[0] ?? 0, node.type.dtype)]);
}

/** The values that stand where `placeOp` says; of whole numbers too. */
export function gathered<A extends { readonly dim: number }>(context: LoweringContext<A>, placeOp: string): NodeId {
  const { add, attrs, node } = context;
  if (node.type.shape.length === 0) return node.inputs[0] ?? 0;
  const places = add(placeOp, { ...attrs }, node.inputs);
  return add('gather', { dim: attrs.dim }, [...node.inputs, places]);
}
