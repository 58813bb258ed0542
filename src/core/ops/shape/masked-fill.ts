import type { NodeId } from '../../graph/graph';
import { broadcastShapes } from '../arithmetic/broadcast';
import { castTo } from '../arithmetic/lower-binary';
import { dtypeName } from '../arithmetic/promote';
import { OpUnsupported, type OpDefinition } from '../op';
import { inputAt } from '../shapes';

/** The first input, with the value (the third) where the second, a mask of bool, is true. Source: PyTorch, masked_fill. */
export const maskedFill: OpDefinition = {
  name: 'masked_fill',
  title: 'masked_fill',
  inferType(inputs) {
    const [input, mask] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    if (mask.dtype !== 'bool' && mask.dtype !== 'u8') {
      // Older versions of PyTorch take floats, too.
      throw new OpUnsupported(`masked_fill expects a mask of bool, got a tensor of ${dtypeName(mask.dtype)}.`);
    }
    return { shape: broadcastShapes('masked_fill', input.shape, mask.shape), dtype: input.dtype };
  },
  lower(context) {
    const { add, node } = context;
    const [x, mask, value] = node.inputs as [NodeId, NodeId, NodeId];
    return add('where', {}, [mask, castTo(context, value, node.type.dtype), x]);
  },
};
