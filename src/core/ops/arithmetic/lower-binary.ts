import type { DType, NodeId } from '../../graph/graph';
import type { LoweringContext, NodeAdder } from '../op';
import { sameShape } from '../shapes';
import { isFloating, resultDtype } from './promote';

/**
 * A function of two tensors on operands of one type; where one of them is a number known before, by `with_number`, which
 * needs no tensor of it.
 */
export function lowerBinary(context: LoweringContext): NodeId {
  const { add, node, typeOf } = context;
  const [a, b] = node.inputs as [NodeId, NodeId];
  const promoted = resultDtype([typeOf(a), typeOf(b)]);
  // A real function of whole numbers computes with floats.
  const common = isFloating(node.type.dtype) && !isFloating(promoted) ? node.type.dtype : promoted;
  const name = common === 'bool' ? (truthFunctions[node.op] ?? node.op) : node.op;
  const [numberOfA, numberOfB] = [numberBeside(context, a, b), numberBeside(context, b, a)];
  if (numberOfB !== undefined) return withNumber(context, name, castTo(context, a, common), numberOfB);
  if (numberOfA !== undefined) return withNumber(context, name, castTo(context, b, common), numberOfA, true);
  return add(name, {}, [castTo(context, a, common), castTo(context, b, common)]);
}

/** What truth values are computed with. */
const truthFunctions: Readonly<Record<string, string>> = {
  add: 'bitwise_or',
  multiply: 'bitwise_and',
  maximum: 'bitwise_or',
  minimum: 'bitwise_and',
  fmax: 'bitwise_or',
  fmin: 'bitwise_and',
};

/** The value of a node that is one number, where the result has the other operand's shape. */
function numberBeside({ numberOf, typeOf, node }: LoweringContext, id: NodeId, other: NodeId): number | undefined {
  const value = numberOf(id);
  return value !== undefined && sameShape(typeOf(other).shape, node.type.shape) ? value : undefined;
}

/** A tensor of that type. */
export function castTo({ add, typeOf }: NodeAdder, id: NodeId, dtype: DType): NodeId {
  return typeOf(id).dtype === dtype ? id : add('cast', { dtype }, [id]);
}

/** f(x, number), or f(number, x). */
export function withNumber(
  { add, typeOf }: Pick<NodeAdder, 'add' | 'typeOf'>,
  name: string,
  x: NodeId,
  number: number,
  numberFirst = false,
): NodeId {
  if (isFloating(typeOf(x).dtype)) {
    if (name === 'multiply') return add('scale', { factor: number }, [x]);
    if (name === 'divide' && !numberFirst && number !== 0) return add('scale', { factor: 1 / number }, [x]);
  }
  return add('with_number', { function: name, number, numberFirst }, [x]);
}
