import type { NodeId } from '../../graph/graph';
import type { GradientContext } from '../op';
import { sumProductToShape, sumToShape } from './sum-to-shape';

/**
 * How the result of a function of two numbers changes with one of them: not at all (undefined), as much (or the other way
 * round), or by the value of a function of the two.
 */
export type Slope =
  1 | -1 | { readonly op: string; readonly swapped?: boolean; readonly negative?: boolean } | undefined;

const slopes: Readonly<Record<string, readonly [Slope, Slope]>> = {
  add: [1, 1],
  subtract: [1, -1],
  // The gradient of a in a/b is itself a quotient.
  divide: [undefined, { op: 'divide_slope' }],
  power: [{ op: 'power_slope' }, { op: 'power_log' }],
  // Where they are equal, each has half of the gradient.
  maximum: [{ op: 'maximum_share' }, { op: 'maximum_share', swapped: true }],
  minimum: [{ op: 'minimum_share' }, { op: 'minimum_share', swapped: true }],
  // Where they are equal, the first has it all.
  fmax: [{ op: 'fmax_share' }, { op: 'fmax_rest' }],
  fmin: [{ op: 'fmin_share' }, { op: 'fmin_rest' }],
  atan2: [{ op: 'atan2_slope' }, { op: 'atan2_slope', swapped: true, negative: true }],
  hypot: [{ op: 'hypot_slope' }, { op: 'hypot_slope', swapped: true }],
  copysign: [{ op: 'copysign_slope' }, undefined],
  logaddexp: [{ op: 'logaddexp_share' }, { op: 'logaddexp_share', swapped: true }],
  logaddexp2: [{ op: 'logaddexp2_share' }, { op: 'logaddexp2_share', swapped: true }],
  xlogy: [{ op: 'xlogy_slope' }, { op: 'divide' }],
  ldexp: [{ op: 'ldexp_slope' }, { op: 'ldexp_log' }],
  remainder: [1, { op: 'floor_divide', negative: true }],
  fmod: [1, { op: 'truncate_divide', negative: true }],
};

/** Functions whose values are slopes of others: the engine computes them, no code makes them. */
export const slopeFunctions: readonly string[] = [
  ...['divide_slope', 'power_slope', 'power_log', 'maximum_share', 'minimum_share', 'fmax_share', 'fmax_rest'],
  ...['fmin_share', 'fmin_rest', 'atan2_slope', 'hypot_slope', 'copysign_slope', 'logaddexp_share'],
  ...['logaddexp2_share', 'xlogy_slope', 'ldexp_slope', 'ldexp_log', 'divide_or_zero'],
];

/** How a function changes with its first and with its second number. */
export function slopesOf(name: string): readonly [Slope, Slope] {
  return slopes[name] ?? [undefined, undefined];
}

/** The gradients of a function of two tensors, summed over what was broadcast. */
export function binaryGradient(context: GradientContext): readonly (NodeId | undefined)[] {
  const { add, node, outputGradient: dy, needs, typeOf } = context;
  const [a, b] = node.inputs as [NodeId, NodeId];
  if (node.op === 'multiply') {
    if (a === b) return [add('multiply', {}, [add('scale', { factor: 2 }, [dy]), a])];
    return [
      needs[0] ? sumProductToShape(context, dy, b, typeOf(a).shape) : undefined,
      needs[1] ? sumProductToShape(context, dy, a, typeOf(b).shape) : undefined,
    ];
  }
  if (node.op === 'divide' && needs[0]) {
    const quotient = sumToShape(context, add('divide', {}, [dy, b]), typeOf(a).shape);
    return [quotient, needs[1] ? along(slopesOf('divide')[1], b) : undefined];
  }
  const [slopeOfA, slopeOfB] = slopesOf(node.op);
  return [needs[0] ? along(slopeOfA, a) : undefined, needs[1] ? along(slopeOfB, b) : undefined];

  function along(slope: Slope, operand: NodeId): NodeId | undefined {
    const { shape } = typeOf(operand);
    if (slope === undefined) return undefined;
    if (slope === 1) return sumToShape(context, dy, shape);
    if (slope === -1) return add('scale', { factor: -1 }, [sumToShape(context, dy, shape)]);
    const value = add(slope.op, {}, slope.swapped ? [b, a] : [a, b]);
    const product = sumProductToShape(context, dy, value, shape);
    return slope.negative ? add('scale', { factor: -1 }, [product]) : product;
  }
}
