import { productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import { OpError, type OpDefinition } from '../op';
import { inputAt, sameShape } from '../shapes';
import { isElementwise } from './add';
import { broadcastShapes } from './broadcast';
import { castTo } from './lower-binary';
import { dtypeName, resultDtype } from './promote';
import { sumToShape } from './sum-to-shape';

/** Elements of the second input where the first (bool) is true, else of the third; all are broadcast. */
export const where: OpDefinition = {
  name: 'where',
  title: 'where',
  inferType(inputs) {
    const condition = inputAt(inputs, 0);
    if (condition.dtype !== 'bool' && condition.dtype !== 'u8') {
      throw new OpError(`where expects a condition of bool, got a tensor of ${dtypeName(condition.dtype)}.`);
    }
    const shape = broadcastShapes('where', ...inputs.map((input) => input.shape));
    return { shape, dtype: resultDtype(inputs.slice(1)) };
  },
  flops: (_inputs, output) => productOfDims(output.shape),
  lower(context) {
    const { add, node } = context;
    const { shape, dtype } = node.type;
    const [condition, a, b] = node.inputs as [NodeId, NodeId, NodeId];
    const whole = (id: NodeId): NodeId =>
      sameShape(context.typeOf(id).shape, shape) ? id : add('expand', { shape }, [id]);
    const operand = (id: NodeId): NodeId => {
      const cast = castTo(context, id, dtype);
      return productOfDims(context.typeOf(id).shape) === 1 ? cast : whole(cast);
    };
    return add('where', {}, [whole(condition), operand(a), operand(b)]);
  },
  gradient(context) {
    const { add, node, outputGradient, needs, typeOf } = context;
    const [condition, a, b] = node.inputs as [NodeId, NodeId, NodeId];
    const zero = add('constant', { value: 0, shape: [] }, []);
    const masked = (inputs: readonly NodeId[], id: NodeId): NodeId =>
      sumToShape(context, add('where', {}, inputs), typeOf(id).shape);
    return [
      undefined,
      needs[1] ? masked([condition, outputGradient, zero], a) : undefined,
      needs[2] ? masked([condition, zero, outputGradient], b) : undefined,
    ];
  },
  elementwise: (_attrs, inputs) => isElementwise(inputs),
};
