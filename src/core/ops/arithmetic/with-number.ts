import { productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { GradientContext, OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { slopesOf } from './binary-gradients';
import { withNumber } from './lower-binary';

export type WithNumberAttributes = {
  /** Name of the function of two tensors. */
  readonly function: string;
  readonly number: number;
  /** f(number, x), not f(x, number). */
  readonly numberFirst: boolean;
};

const truths = new Set(['equal_to', 'not_equal', 'less', 'less_equal', 'greater', 'greater_equal', 'is_close']);

/** A function of two tensors where one is a number: what it is lowered to. */
export const withNumberOp: OpDefinition<WithNumberAttributes> = {
  name: 'with_number',
  title: 'function of a tensor and a number',
  inferType(inputs, attrs) {
    const { shape, dtype } = inputAt(inputs, 0);
    return { shape, dtype: truths.has(attrs.function) ? 'bool' : dtype };
  },
  flops: (_inputs, output) => productOfDims(output.shape),
  gradient: (context) => [gradientOf(context)],
  elementwise: () => true,
};

function gradientOf(context: GradientContext<WithNumberAttributes>): NodeId | undefined {
  const { add, attrs, node, outputGradient: dy } = context;
  const [x] = node.inputs as [NodeId];
  const { function: name, number, numberFirst } = attrs;
  if (name === 'power' && !numberFirst) {
    if (number === 0) return undefined;
    const factor = add('scale', { factor: number }, [dy]);
    return number === 1 ? dy : add('multiply', {}, [factor, withNumber(context, 'power', x, number - 1)]);
  }
  if (name === 'divide' && !numberFirst) return withNumber(context, 'divide', dy, number);
  const slope = slopesOf(name)[numberFirst ? 1 : 0];
  if (slope === undefined || slope === 1) return slope && dy;
  if (slope === -1) return add('scale', { factor: -1 }, [dy]);
  const value = withNumber(context, slope.op, x, number, numberFirst !== (slope.swapped ?? false));
  const product = add('multiply', {}, [dy, value]);
  return slope.negative ? add('scale', { factor: -1 }, [product]) : product;
}
