import { productOfDims } from '../../graph/dim';
import { OpError, type OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { broadcastShapes } from './broadcast';
import { dtypeName, resultDtype } from './promote';

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
};
