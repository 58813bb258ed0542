import type { NodeId, Shape } from '../../graph/graph';
import type { NodeAdder } from '../op';
import { sameShape } from '../shapes';

/** Gradient of a broadcast: sums a tensor over the dimensions that an operand of that shape has not, or has with size 1. */
export function sumToShape({ add, typeOf }: NodeAdder, id: NodeId, shape: Shape): NodeId {
  const from = typeOf(id).shape;
  if (sameShape(from, shape)) return id;
  const dims = broadcastDims(from, shape);
  const sum = dims.length === 0 ? id : add('sum', { dims, keepDims: false }, [id]);
  return sameShape(typeOf(sum).shape, shape) ? sum : add('reshape', { shape }, [sum]);
}

/** The same of a·b, which broadcast to the tensor that is summed; the product itself is not kept where that can be. */
export function sumProductToShape(adder: NodeAdder, a: NodeId, b: NodeId, shape: Shape): NodeId {
  const { add, typeOf } = adder;
  const whole = typeOf(a).shape;
  const dims = broadcastDims(whole, shape);
  if (dims.length === 0 || !sameShape(whole, typeOf(b).shape)) {
    return sumToShape(adder, add('multiply', {}, [a, b]), shape);
  }
  // Size 1 stays where it was summed: what is left is a broadcast of its own.
  return sumToShape(adder, add('product_sum', { dims, keepDims: true }, [a, b]), shape);
}

function broadcastDims(from: Shape, shape: Shape): readonly number[] {
  const added = from.length - shape.length;
  return from.flatMap((size, dim) => (size !== 1 && (dim < added || shape[dim - added] === 1) ? [dim] : []));
}
