import { multiplyDims, productOfDims } from '../../graph/dim';
import { dtypeName, isFloating } from '../arithmetic/promote';
import { OpError, type OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { reducedShape, reducesRule, type ReduceAttributes } from './reduce-dims';

/** Quantiles along dimensions; the second input says which: a number, or a vector, whose dimension stands first. Source: PyTorch, quantile. */
export const quantile: OpDefinition<ReduceAttributes> = {
  name: 'quantile',
  title: 'quantile',
  inferType(inputs, attrs) {
    const [{ shape, dtype }, which] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    if (!isFloating(dtype)) throw new OpError(`quantile does not take a tensor of ${dtypeName(dtype)}.`);
    if (which.shape.length > 1) throw new OpError('quantile expects a number or a vector of quantiles.');
    return { shape: [...which.shape, ...reducedShape(shape, attrs)], dtype };
  },
  flops: (inputs) => multiplyDims(productOfDims(inputAt(inputs, 0).shape), productOfDims(inputAt(inputs, 1).shape)),
  receptiveField: (inputs, attrs) =>
    inputAt(inputs, 1).shape.length === 0 ? reducesRule(inputs, attrs) : { kind: 'global' },
};
