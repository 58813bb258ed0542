import { divideExactly, multiplyDims, productOfDims, type Dim } from '../../../../graph/dim';
import { OpError } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import { integer, list, none, tuple, type Value } from '../../../runtime/values';
import { applyOp } from '../../tensor-calls';
import { dtypeOf } from '../dtypes';
import {
  asShown,
  formatKerasShape,
  kerasTensor,
  nodeAxis,
  shapeTuple,
  shownShape,
  type KerasTensor,
} from '../keras-tensor';
import { padTensor } from '../layers/convolution';
import { concatenate } from '../layers/merging';
import { reshapeShown } from '../layers/reshaping';
import type { BeforeAfter } from '../same-padding';
import { torchCall } from '../torch-call';
import { asKnownSizes } from '../unknown-sizes';
import { axesOf, integerOf, like, tensorFunction, tensorList, tensorOf } from './define-function';

/** Functions that give the same values another shape, or put tensors together and apart. */
export const shapeFunctions: readonly (readonly [string, Value])[] = [
  // The sizes of a tensor; those that are not known yet stay symbols.
  [
    'shape',
    tensorFunction('shape', ['x|input'], (interpreter, { x }) =>
      tuple(shownShape(tensorOf(interpreter, x)).map(integer)),
    ),
  ],
  // Those that are not known are None.
  [
    'int_shape',
    tensorFunction('int_shape', ['x'], (interpreter, { x }) => shapeTuple(shownShape(tensorOf(interpreter, x)))),
  ],
  ['ndim', tensorFunction('ndim', ['x'], (interpreter, { x }) => integer(shownShape(tensorOf(interpreter, x)).length))],
  [
    'rank',
    tensorFunction('rank', ['x|input'], (interpreter, { x }) => integer(shownShape(tensorOf(interpreter, x)).length)),
  ],
  [
    'reshape',
    tensorFunction('reshape', ['x|tensor', 'newshape|shape'], (interpreter, { x, newshape = none }) => {
      const input = tensorOf(interpreter, x);
      return reshapeShown(interpreter, input, resolve(interpreter, input, newshape));
    }),
  ],
  ...(['transpose', 'permute_dimensions'] as const).map(
    (name) =>
      [
        name,
        tensorFunction(name, ['x|a', 'axes?|perm|pattern'], (interpreter, { x, axes }) => {
          const { keras } = tensorOf(interpreter, x);
          const rank = keras.order.length;
          const wanted = axesOf(interpreter, axes, rank) ?? [...keras.order.keys()].reverse();
          if (new Set(wanted).size !== rank)
            throw new OpError(`transpose: the axes must be a permutation of ${rank} axes.`);
          return kerasTensor(
            interpreter,
            keras.tensor,
            wanted.map((axis) => keras.order[axis] ?? axis),
          );
        }),
      ] as const,
  ),
  [
    'expand_dims',
    tensorFunction('expand_dims', ['x|input', 'axis'], (interpreter, { x, axis }) => {
      const input = tensorOf(interpreter, x);
      const shape = shownShape(input);
      const [at = 0] = axesOf(interpreter, axis, shape.length + 1) ?? [];
      return reshapeShown(interpreter, input, [...shape.slice(0, at), 1, ...shape.slice(at)]);
    }),
  ],
  [
    'squeeze',
    tensorFunction('squeeze', ['x|input', 'axis?'], (interpreter, { x, axis }) => {
      const input = tensorOf(interpreter, x);
      const shape = shownShape(input);
      const axes = axesOf(interpreter, axis, shape.length) ?? [...shape.keys()].filter((at) => shape[at] === 1);
      if (axes.some((at) => typeof shape[at] === 'number' && shape[at] !== 1)) {
        throw new OpError(`squeeze: only axes of size 1 can be taken out, got shape ${formatKerasShape(shape)}.`);
      }
      return reshapeShown(
        interpreter,
        input,
        shape.filter((_, at) => !axes.includes(at)),
      );
    }),
  ],
  // keras.ops counts from the first axis; keras.layers and the old backend from the last.
  ['concatenate', concatenation('concatenate', 0)],
  ['concat', concatenation('concat', 0)],
  [
    'stack',
    tensorFunction('stack', ['x|values', 'axis?'], (interpreter, { x, axis }) => {
      const tensors = asKnownSizes(interpreter, tensorList(interpreter, x));
      const nodes = tensors.map((tensor) => asShown(interpreter, tensor));
      return kerasTensor(
        interpreter,
        torchCall(interpreter, 'torch.stack', [nodes], { dim: integerOf(interpreter, axis) ?? 0 }),
      );
    }),
  ],
  ['split', tensorFunction('split', ['x|value', 'parts|indices_or_sections|num_or_size_splits', 'axis?'], split)],
  [
    'cast',
    tensorFunction('cast', ['x', 'dtype'], (interpreter, { x, dtype }) => {
      const input = tensorOf(interpreter, x);
      const wanted = dtypeOf(dtype);
      if (wanted === undefined) return interpreter.unknown('A cast to this type is not supported yet.');
      if (wanted === input.keras.tensor.type.dtype) return input;
      const method = { f32: 'float', i32: 'int', i64: 'long', bool: 'bool' }[wanted as 'f32'];
      return like(interpreter, input, torchCall(interpreter, `torch.Tensor.${method}`, [input.keras.tensor]));
    }),
  ],
  ['pad', tensorFunction('pad', ['x|tensor', 'pad_width|paddings', 'mode?', 'constant_values?'], pad)],
  [
    'tile',
    tensorFunction('tile', ['x|input', 'repeats|multiples'], (interpreter, { x, repeats }) => {
      const node = asShown(interpreter, tensorOf(interpreter, x));
      const counts = interpreter.iterate(repeats ?? none).map((count) => integerOf(interpreter, count) ?? 1);
      return kerasTensor(interpreter, torchCall(interpreter, 'torch.tile', [node, counts]));
    }),
  ],
  [
    'repeat',
    tensorFunction('repeat', ['x|input', 'repeats', 'axis?'], (interpreter, { x, repeats, axis }) => {
      const input = tensorOf(interpreter, x);
      const [shown] = axesOf(interpreter, axis, shownShape(input).length) ?? [];
      if (shown === undefined) return interpreter.fail('repeat without an axis is not supported yet.');
      const args = { repeats: integerOf(interpreter, repeats) ?? 1, dim: nodeAxis(input, shown) };
      return like(interpreter, input, torchCall(interpreter, 'torch.repeat_interleave', [input.keras.tensor], args));
    }),
  ],
  [
    'flip',
    tensorFunction('flip', ['x|tensor', 'axis?'], (interpreter, { x, axis }) => {
      const input = tensorOf(interpreter, x);
      const axes = axesOf(interpreter, axis, shownShape(input).length) ?? [...shownShape(input).keys()];
      const dims = axes.map((shown) => nodeAxis(input, shown));
      return like(interpreter, input, torchCall(interpreter, 'torch.flip', [input.keras.tensor, dims]));
    }),
  ],
  ...(['identity', 'stop_gradient', 'convert_to_tensor', 'copy'] as const).map(
    (name) =>
      [
        name,
        tensorFunction(name, ['x|input|value|variable'], (interpreter, { x }) => tensorOf(interpreter, x)),
      ] as const,
  ),
];

/** `concatenate(tensors, axis)` with this axis where none is given. */
export function concatenation(name: string, standard: number): Value {
  return tensorFunction(name, ['xs|values|tensors|inputs', 'axis?'], (interpreter, { xs, axis }) =>
    concatenate(interpreter, tensorList(interpreter, xs), integerOf(interpreter, axis) ?? standard),
  );
}

/** The wanted shape with its −1 filled in; sizes may be symbols (`tf.shape(x)[0]`). */
function resolve(interpreter: Interpreter, input: KerasTensor, wanted: Value): readonly Dim[] {
  const given = wanted.kind === 'integer' ? [wanted] : interpreter.iterate(wanted);
  const sizes = given.map((size): Dim => {
    if (size.kind === 'unknown') return interpreter.failUnknown(size);
    if (size.kind === 'integer') return size.value;
    // What `x.shape` does not know is the one that is left over.
    if (size.kind === 'none') return -1;
    return interpreter.raise('TypeError', 'A shape is made of whole numbers');
  });
  const total = productOfDims(shownShape(input));
  const known = productOfDims(sizes.filter((size) => size !== -1));
  if (!sizes.includes(-1)) {
    if (typeof total === 'number' && typeof known === 'number' && total !== known) throw mismatch(input, sizes);
    return sizes;
  }
  const rest = known === 0 ? undefined : divideExactly(total, known);
  if (rest === undefined) {
    if (typeof total === 'number' && typeof known === 'number') throw mismatch(input, sizes);
    return interpreter.fail('The size that reshape is to find is not known here.');
  }
  return sizes.map((size) => (size === -1 ? rest : size));
}

function mismatch(input: KerasTensor, sizes: readonly Dim[]): OpError {
  return new OpError(
    `A tensor of shape ${formatKerasShape(shownShape(input))} cannot take the shape (${sizes.join(', ')}).`,
  );
}

function split(interpreter: Interpreter, { x, parts, axis }: Readonly<Record<string, Value | undefined>>): Value {
  const input = tensorOf(interpreter, x);
  const shape = shownShape(input);
  const [shown = 0] = axesOf(interpreter, axis ?? integer(0), shape.length) ?? [];
  const size = shape[shown];
  if (parts?.kind !== 'integer')
    return interpreter.fail('Splitting into parts of different sizes is not supported yet.');
  const count = integerOf(interpreter, parts) ?? 1;
  const length = size === undefined ? undefined : divideExactly(size, count);
  if (length === undefined) {
    if (typeof size === 'number')
      throw new OpError(`split: an axis of size ${size} cannot be split into ${count} equal parts.`);
    return interpreter.fail('Whether this axis can be split into equal parts is not known.');
  }
  const dim = nodeAxis(input, shown);
  return list(
    Array.from({ length: count }, (_, index) =>
      like(
        interpreter,
        input,
        applyOp(interpreter, 'slice', { dim, start: multiplyDims(length, index), length }, input.keras.tensor),
      ),
    ),
  );
}

function pad(
  interpreter: Interpreter,
  { x, pad_width: width, mode }: Readonly<Record<string, Value | undefined>>,
): Value {
  const input = tensorOf(interpreter, x);
  const isConstant = !mode || (mode.kind === 'string' && mode.value.toLowerCase() === 'constant');
  const pairs = interpreter.iterate(width ?? none).map((pair): BeforeAfter => {
    const [before, after] = pair.kind === 'integer' ? [pair, pair] : interpreter.iterate(pair);
    return [integerOf(interpreter, before) ?? 0, integerOf(interpreter, after) ?? 0];
  });
  if (pairs.length !== shownShape(input).length)
    throw new OpError(`pad: ${shownShape(input).length} pairs are needed, got ${pairs.length}.`);
  if (!isConstant) return interpreter.fail('Padding that is not constant is not supported yet.');
  const { order, tensor } = input.keras;
  const ofNode = order.map((_, axis): BeforeAfter => pairs[order.indexOf(axis)] ?? [0, 0]);
  // The leading axes that stay as they are need no padding of 0.
  const first = ofNode.findIndex(([before, after]) => before !== 0 || after !== 0);
  return first < 0 ? input : like(interpreter, input, padTensor(interpreter, tensor, ofNode.slice(first), 0));
}
