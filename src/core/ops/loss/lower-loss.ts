import type { NodeId, Shape } from '../../graph/graph';
import { broadcastShapes } from '../arithmetic/broadcast';
import { isFloating } from '../arithmetic/promote';
import { OpUnsupported, type LoweringContext } from '../op';
import { sameShape } from '../shapes';
import type { LossAttributes } from './loss-op';

/** A loss of each value by itself is computed with tensors of one shape, all f32. */
export function lowerPointwise(context: LoweringContext<LossAttributes>): NodeId {
  const { node, attrs, add } = context;
  const shape = broadcastShapes(node.op, ...node.inputs.map((id) => context.typeOf(id).shape));
  return add(
    node.op,
    attrs,
    node.inputs.map((id) => asFloats(context, id, shape)),
  );
}

/** Unreduced, a loss of each value by itself is element-wise. */
export function isUnreduced({ reduction }: LossAttributes): boolean {
  return reduction === 'none';
}

/** The tensor in f32, seen under `shape` by broadcasting. */
export function asFloats(context: LoweringContext<LossAttributes>, id: NodeId, shape: Shape): NodeId {
  const { node, add, typeOf } = context;
  if (!isFloating(node.type.dtype)) {
    throw new OpUnsupported(`${node.op} of whole numbers is not supported. Convert them with .float().`);
  }
  const type = typeOf(id);
  const floats = isFloating(type.dtype) ? id : add('cast', { dtype: 'f32' }, [id]);
  return sameShape(type.shape, shape) ? floats : add('expand', { shape }, [floats]);
}
