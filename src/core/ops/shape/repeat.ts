import { formatShape, multiplyDims, type Dim } from '../../graph/dim';
import type { NodeId, Shape } from '../../graph/graph';
import { OpError, type NodeAdder, type OpDefinition } from '../op';
import { inputAt } from '../shapes';

/** How often along each dimension of the result; there may be more than the input has, which then stand in front. */
export type RepeatAttributes = { readonly repeats: readonly Dim[] };

/** The whole tensor again and again along its dimensions. Source: PyTorch, Tensor.repeat. */
export const repeat: OpDefinition<RepeatAttributes> = {
  name: 'repeat',
  title: 'repeat',
  inferType(inputs, { repeats }) {
    const { shape, dtype } = inputAt(inputs, 0);
    if (repeats.length < shape.length || repeats.some((times) => typeof times === 'number' && times < 0)) {
      throw new OpError(`repeat: ${formatShape(repeats)} does not fit a tensor of shape ${formatShape(shape)}.`);
    }
    const added = repeats.length - shape.length;
    return { shape: repeats.map((times, dim) => multiplyDims(times, shape[dim - added] ?? 1)), dtype };
  },
  receptiveField(inputs, { repeats }) {
    const { shape } = inputAt(inputs, 0);
    if (repeats.length > shape.length) return { kind: 'global' };
    return { kind: 'mixes', dims: repeats.flatMap((times, dim) => (times === 1 || shape[dim] === 1 ? [] : [dim])) };
  },
  gradient({ add, typeOf, node, attrs: { repeats }, outputGradient }) {
    const { shape } = typeOf(node.inputs[0] ?? 0);
    const added = repeats.length - shape.length;
    const apart = repeats.flatMap((times, dim) => [times, shape[dim - added] ?? 1]);
    const dims = repeats.flatMap((times, dim) => (times === 1 ? [] : [2 * dim]));
    return [summed(add, outputGradient, apart, dims, shape)];
  },
  symbolicAttributes: ['repeats'],
  onnx: 'Tile',
};

/** Every element `repeats` times before the next one, along `dim`. */
export type RepeatInterleaveAttributes = { readonly repeats: number; readonly dim: number };

/** Source: PyTorch, repeat_interleave. */
export const repeatInterleave: OpDefinition<RepeatInterleaveAttributes> = {
  name: 'repeat_interleave',
  title: 'repeat_interleave',
  inferType(inputs, { repeats, dim }) {
    const { shape, dtype } = inputAt(inputs, 0);
    if (repeats < 0) throw new OpError(`repeat_interleave: repeats must not be negative, got ${repeats}.`);
    return { shape: shape.map((size, index) => (index === dim ? multiplyDims(size, repeats) : size)), dtype };
  },
  receptiveField(inputs, { repeats, dim }) {
    const following = inputAt(inputs, 0).shape.length - dim - 1;
    if (repeats === 0) return { kind: 'none' };
    return { kind: 'resample', scale: [repeats, ...ones(following)], taps: ones(following + 1) };
  },
  gradient({ add, typeOf, node, attrs: { repeats, dim }, outputGradient }) {
    const { shape } = typeOf(node.inputs[0] ?? 0);
    const apart = shape.flatMap((size, at) => (at === dim ? [size, repeats] : [size]));
    return [summed(add, outputGradient, apart, [dim + 1], shape)];
  },
};

/** The sum over `dims` of a tensor that is seen with the sizes `apart`, under another shape. */
function summed(
  add: NodeAdder['add'],
  x: NodeId,
  apart: readonly Dim[],
  dims: readonly number[],
  shape: Shape,
): NodeId {
  const seen = add('reshape', { shape: [...apart] }, [x]);
  const sum = dims.length === 0 ? seen : add('sum', { dims, keepDims: false }, [seen]);
  return add('reshape', { shape: [...shape] }, [sum]);
}

function ones(count: number): number[] {
  return Array<number>(count).fill(1);
}
