import { dimsEqual, formatShape, type Dim } from '../../graph/dim';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
import { inputAt } from '../shapes';

/** Sizes of the result; no −1. */
export type ExpandAttributes = { readonly shape: readonly Dim[] };

/** Dimensions of size 1, and new ones in front, seen as often as wanted; no memory is taken. Source: PyTorch, expand. */
export const expand: OpDefinition<ExpandAttributes> = {
  name: 'expand',
  title: 'expand',
  inferType(inputs, { shape: wanted }) {
    const { shape, dtype } = inputAt(inputs, 0);
    const problem = `expand: a tensor of shape ${formatShape(shape)} cannot take the shape ${formatShape(wanted)}.`;
    if (wanted.length < shape.length) throw new OpError(problem);
    shape.forEach((size, index) => {
      const target = wanted[wanted.length - shape.length + index] ?? 1;
      const equal = dimsEqual(size, target);
      if (size === 1 || equal === true) return;
      if (equal === undefined) {
        throw new OpUnsupported(`expand: whether the sizes ${size} and ${target} agree is not known.`);
      }
      throw new OpError(problem);
    });
    return { shape: wanted, dtype };
  },
  gradient({ add, typeOf, node, outputGradient }) {
    const { shape } = typeOf(node.inputs[0] ?? 0);
    const wanted = typeOf(outputGradient).shape;
    const added = wanted.length - shape.length;
    const dims = wanted.flatMap((size, dim) => (size === (shape[dim - added] ?? -1) ? [] : [dim]));
    const sum = dims.length === 0 ? outputGradient : add('sum', { dims, keepDims: true }, [outputGradient]);
    return [add('reshape', { shape: [...shape] }, [sum])];
  },
  symbolicAttributes: ['shape'],
  onnx: 'Expand',
};
