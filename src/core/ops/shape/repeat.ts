import { formatShape, multiplyDims, type Dim } from '../../graph/dim';
import { OpError, type OpDefinition } from '../op';
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
};

function ones(count: number): number[] {
  return Array<number>(count).fill(1);
}
