import { listAttribute, numberAttribute, stringAttribute } from '../../steps/attributes';
import type { OpCall, TensorOp } from '../tensor-op';
import type { Tensor } from '../tensorflow-module';
import { padded, total } from './along';

type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

export const paddingOps: Readonly<Record<string, TensorOp>> = {
  constant_pad: (call) =>
    sidesOf(call).reduce(
      (x, { dim, before, after }) => padded(call.tf, x, dim, before, after, fillOf(call)),
      call.input(0),
    ),
  reflection_pad: (call) => repeated(call, 'reflect'),
  replication_pad: (call) => repeated(call, 'replicate'),
  circular_pad: (call) => repeated(call, 'circular'),
  pad_grad: gradient,
};

interface Side {
  readonly dim: number;
  readonly before: number;
  readonly after: number;
}

/** The padded dimensions, outermost first. Negative numbers cut off. */
function sidesOf({ attrs, shape }: OpCall): readonly Side[] {
  const [before, after] = [listAttribute(attrs, 'before'), listAttribute(attrs, 'after')];
  const first = shape.length - before.length;
  return before.map((low, at) => ({ dim: first + at, before: low, after: after[at] ?? 0 }));
}

function fillOf({ attrs, step }: OpCall): number {
  const value = numberAttribute(attrs, 'value');
  const { dtype } = step.output;
  if (dtype === 'bool') return Number(value !== 0);
  return dtype === 'f32' ? value : Math.trunc(value);
}

/** By the places of the input that each place of the output shows. */
function repeated(call: OpCall, mode: PadMode): Tensor {
  const { tf } = call;
  return sidesOf(call).reduce((x, { dim, before, after }) => {
    const places = placesOf(mode, x.shape[dim] ?? 1, before, after);
    return tf.gather(x, tf.tensor1d(places, 'int32'), dim);
  }, call.input(0));
}

/** Source: PyTorch, torch.nn.functional.pad. */
function placesOf(mode: PadMode, size: number, before: number, after: number): number[] {
  const [first, end] = [Math.max(0, -before), size - Math.max(0, -after)];
  return Array.from({ length: size + before + after }, (_, i) => {
    const place = i - before;
    if (place >= first && place < end) return place;
    if (mode === 'replicate') return Math.min(Math.max(place, 0), size - 1);
    if (mode === 'reflect') return place < 0 ? -place : 2 * (size - 1) - place;
    return first + ((((place - first) % (end - first)) + (end - first)) % (end - first));
  });
}

/** What each place of the input was shown as, added up: a sum of runs of dy, or of single places where it was turned around. */
function gradient(call: OpCall): Tensor {
  const { tf, attrs, shape } = call;
  const mode = stringAttribute(attrs, 'mode') as PadMode;
  return [...sidesOf(call)].reverse().reduce((dy, { dim, before, after }) => {
    const size = shape[dim] ?? 1;
    const places = placesOf(mode, size, before, after);
    const shown = Array.from({ length: size }, (_, place) => places.flatMap((from, i) => (from === place ? [i] : [])));
    const depth = Math.max(1, ...shown.map((list) => list.length));
    // As many gathers as a place is shown at most; where it is shown less often, one more slice of zeros is gathered.
    const extended = padded(tf, dy, dim, 0, 1);
    const layers = Array.from({ length: depth }, (_, layer) =>
      tf.gather(
        extended,
        tf.tensor1d(
          shown.map((list) => list[layer] ?? places.length),
          'int32',
        ),
        dim,
      ),
    );
    return total(tf, layers);
  }, call.input(0));
}
