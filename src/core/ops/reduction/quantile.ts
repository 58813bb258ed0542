import { multiplyDims, productOfDims } from '../../graph/dim';
import { dtypeName, isFloating } from '../arithmetic/promote';
import type { NodeId } from '../../graph/graph';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { dimAt, inputAt } from '../shapes';
import { asLines, reducedShape, reducesRule, withShape, type ReduceAttributes } from './reduce-dims';

export type QuantileAttributes = ReduceAttributes & {
  /** Between two values; absent: `linear`. */
  readonly interpolation?: string;
};

/** Quantiles along dimensions; the second input says which: a number, or a vector, whose dimension stands first. Source: PyTorch, quantile. */
export const quantile: OpDefinition<QuantileAttributes> = {
  name: 'quantile',
  title: 'quantile',
  inferType(inputs, attrs) {
    const [{ shape, dtype }, which] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    if (!isFloating(dtype)) throw new OpError(`quantile does not take a tensor of ${dtypeName(dtype)}.`);
    if (which.shape.length > 1) throw new OpError('quantile expects a number or a vector of quantiles.');
    return { shape: [...which.shape, ...reducedShape(shape, attrs)], dtype };
  },
  lower(context) {
    const { add, attrs, node, numberOf, typeOf } = context;
    const [x, q] = node.inputs as [NodeId, NodeId];
    const [which, lines] = [numberOf(q), asLines(context, x)];
    const dim = typeOf(lines).shape.length - 1;
    const length = dimAt(typeOf(lines).shape, dim);
    if (which === undefined || typeof length !== 'number' || (attrs.interpolation ?? 'linear') !== 'linear') {
      throw new OpUnsupported(
        'quantile can only be trained with one known, linear quantile of a known number of values.',
      );
    }
    const sorted = add('sort', { dim }, [lines]);
    const place = which * (length - 1);
    const at = (start: number): NodeId => add('slice', { dim, start, length: 1 }, [sorted]);
    const [low, rest] = [at(Math.floor(place)), place - Math.floor(place)];
    if (rest === 0) return withShape(context, low, node.type.shape);
    const distance = add('subtract', {}, [at(Math.floor(place) + 1), low]);
    const value = add('add', {}, [low, add('scale', { factor: rest }, [distance])]);
    return withShape(context, value, node.type.shape);
  },
  flops: (inputs) => multiplyDims(productOfDims(inputAt(inputs, 0).shape), productOfDims(inputAt(inputs, 1).shape)),
  receptiveField: (inputs, attrs) =>
    inputAt(inputs, 1).shape.length === 0 ? reducesRule(inputs, attrs) : { kind: 'global' },
};
