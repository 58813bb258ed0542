import { addDims, formatShape, multiplyDims, type Dim } from '../../../../graph/dim';
import { OpError } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import type { ClassValue, TensorValue, Value } from '../../../runtime/values';
import { defineLayer, oneTensorCall } from '../define-layer';
import { formatKerasShape, imageOrder, kerasTensor, shownShape, type KerasTensor } from '../keras-tensor';
import type { LayerArguments } from '../layer-arguments';
import type { BeforeAfter } from '../same-padding';
import { torchCall } from '../torch-call';
import { padTensor } from './convolution';
import { imagesFor } from './pooling';

/** Padding, cropping and upsampling of 1, 2 and 3 dimensions. Source: keras.layers.ZeroPadding2D, Cropping2D, UpSampling2D. */
export const resizingClasses: ReadonlyMap<string, ClassValue> = new Map(
  [1, 2, 3].flatMap((rank): [string, ClassValue][] => [
    [`ZeroPadding${rank}D`, padding(`ZeroPadding${rank}D`, 'padding', rank, 1)],
    [`Cropping${rank}D`, padding(`Cropping${rank}D`, 'cropping', rank, -1)],
    [`UpSampling${rank}D`, upSampling(rank)],
  ]),
);

function padding(name: string, argument: string, rank: number, sign: 1 | -1): ClassValue {
  // Cropping2D alone takes nothing away unless it is told to.
  const standard = sign === -1 && rank === 2 ? 0 : 1;
  return defineLayer({
    name,
    signature: `${argument}=${standard}${rank === 1 ? '' : ', data_format=None'}`,
    make(args) {
      const pairs = readPairs(args, argument, rank);
      const dataFormat = rank === 1 ? 'channels_last' : args.dataFormat();
      return {
        call: oneTensorCall((_layer, interpreter, input) => {
          const x = imagesFor(interpreter, name, input, rank, dataFormat);
          const signed = pairs.map(([before, after]): BeforeAfter => [sign * before, sign * after]);
          requireRest(name, input, x, signed);
          const result = padTensor(interpreter, x, signed, 0);
          return kerasTensor(interpreter, result, imageOrder(rank + 2, dataFormat));
        }),
      };
    },
  });
}

/** `2`, `(1, 2)` (both sides alike; of one dimension: before and after), `((1, 0), (2, 2))`. */
function readPairs(args: LayerArguments, name: string, rank: number): readonly BeforeAfter[] {
  const given = args.value(name);
  const whole = (value: Value | undefined): number => {
    if (value?.kind === 'integer' && typeof value.value === 'number' && value.value >= 0) return value.value;
    throw new OpError(`${args.title}: ${name} must be made of whole numbers that are not negative.`);
  };
  const pair = (value: Value): BeforeAfter => {
    if (value.kind !== 'tuple' && value.kind !== 'list') return [whole(value), whole(value)];
    if (value.items.length !== 2) throw new OpError(`${args.title}: ${name} must give two numbers for each side.`);
    return [whole(value.items[0]), whole(value.items[1])];
  };
  if (!given || given.kind === 'integer') {
    const size = args.integer(name);
    if (size < 0) throw new OpError(`${args.title}: ${name} cannot be negative, got ${size}.`);
    return Array.from({ length: rank }, (): BeforeAfter => [size, size]);
  }
  if (given.kind !== 'tuple' && given.kind !== 'list')
    throw new OpError(`${args.title}: ${name} must be an int or a tuple.`);
  if (rank === 1) return [pair(given)];
  if (given.items.length !== rank)
    throw new OpError(`${args.title}: ${name} must have ${rank} elements, got ${given.items.length}.`);
  return given.items.map(pair);
}

function requireRest(title: string, input: KerasTensor, x: TensorValue, pairs: readonly BeforeAfter[]): void {
  for (const [axis, [before, after]] of pairs.entries()) {
    const size = addDims(x.type.shape[axis + 2] ?? 1, before + after);
    if (typeof size === 'number' && size <= 0) {
      throw new OpError(`${title}: nothing is left of its input of shape ${formatKerasShape(shownShape(input))}.`);
    }
  }
}

function upSampling(rank: number): ClassValue {
  const name = `UpSampling${rank}D`;
  const twos = rank === 1 ? '2' : formatShape(Array<number>(rank).fill(2));
  const interpolation = rank === 2 ? ", interpolation='nearest'" : '';
  return defineLayer({
    name,
    signature: `size=${twos}${rank === 1 ? '' : ', data_format=None'}${interpolation}`,
    make(args) {
      const factors = args.sizes('size', rank);
      const dataFormat = rank === 1 ? 'channels_last' : args.dataFormat();
      const mode = rank === 2 ? readMode(args, 'interpolation') : 'nearest';
      return {
        call: oneTensorCall((_layer, interpreter, input) => {
          const x = imagesFor(interpreter, name, input, rank, dataFormat);
          const sizes = x.type.shape.slice(2).map((size, axis) => multiplyDims(size, factors[axis] ?? 1));
          return kerasTensor(interpreter, resize(interpreter, x, sizes, mode), imageOrder(rank + 2, dataFormat));
        }),
      };
    },
  });
}

export type ResizeMode = 'nearest' | 'bilinear' | 'bicubic' | 'other';

/** How pixels are made; PyTorch has not all of these. */
export function readMode(args: LayerArguments, name: string): ResizeMode {
  const mode = args.choice(name, [
    'nearest',
    'bilinear',
    'bicubic',
    'lanczos3',
    'lanczos5',
    'area',
    'gaussian',
    'mitchellcubic',
  ]);
  return mode === 'nearest' || mode === 'bilinear' || mode === 'bicubic' ? mode : 'other';
}

/** x `[N, C, …]` with other sizes of its last dimensions. */
export function resize(interpreter: Interpreter, x: TensorValue, sizes: readonly Dim[], mode: ResizeMode): TensorValue {
  if (mode === 'other') return interpreter.fail('This kind of interpolation is not supported yet.');
  return torchCall(interpreter, 'torch.nn.functional.interpolate', [x], {
    size: sizes.map((dim) => ({ dim })),
    mode,
    ...(mode === 'nearest' ? {} : { align_corners: false }),
  });
}
