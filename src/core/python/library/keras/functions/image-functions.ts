import { divideExactly, multiplyDims, type Dim } from '../../../../graph/dim';
import { OpError } from '../../../../ops/op';
import { windowOutputSize } from '../../../../ops/shapes';
import type { Interpreter } from '../../../runtime/interpreter';
import { none, type Value } from '../../../runtime/values';
import { applyOp } from '../../tensor-calls';
import {
  arranged,
  asShown,
  formatKerasShape,
  imageOrder,
  kerasTensor,
  shownShape,
  type KerasTensor,
} from '../keras-tensor';
import { convolve } from '../layers/convolution';
import { imagesFor, pool } from '../layers/pooling';
import { resize } from '../layers/resizing';
import { torchCall } from '../torch-call';
import { integerOf, like, tensorFunction, tensorOf, type FunctionArguments } from './define-function';

/** Functions on images: `tf.nn.max_pool2d`, `tf.image.resize`, `tf.nn.depth_to_space`. */
export const imageFunctions: readonly (readonly [string, Value])[] = [
  ...(['max_pool', 'max_pool2d', 'avg_pool', 'avg_pool2d', 'average_pool'] as const).map(
    (name) =>
      [
        name,
        tensorFunction(
          name,
          ['inputs|input|value', 'pool_size|ksize', 'strides?', 'padding?', 'data_format?'],
          (interpreter, args) =>
            pool(interpreter, name, name.startsWith('max') ? 'max' : 'avg', tensorOf(interpreter, args['inputs']), {
              kernel: pairOf(interpreter, args['pool_size']),
              strides: pairOf(interpreter, args['strides'] ?? args['pool_size']),
              padding: paddingOf(interpreter, args['padding']),
              dataFormat: 'channels_last',
            }),
        ),
      ] as const,
  ),
  ...(['conv', 'conv2d'] as const).map(
    (name) =>
      [
        name,
        tensorFunction(
          name,
          ['inputs|input|x', 'kernel|filters', 'strides?', 'padding?', 'data_format?', 'dilation_rate?|dilations'],
          conv2d,
        ),
      ] as const,
  ),
  ['resize', tensorFunction('resize', ['images', 'size', 'interpolation?|method'], resizeImages)],
  [
    'depth_to_space',
    tensorFunction('depth_to_space', ['x|input', 'block_size'], (interpreter, args) =>
      rearrangeBlocks(interpreter, args, true),
    ),
  ],
  [
    'space_to_depth',
    tensorFunction('space_to_depth', ['x|input', 'block_size'], (interpreter, args) =>
      rearrangeBlocks(interpreter, args, false),
    ),
  ],
  [
    'extract_patches',
    tensorFunction(
      'extract_patches',
      ['images', 'size|sizes', 'strides?', 'dilation_rate?|rates', 'padding?'],
      extractPatches,
    ),
  ],
  [
    'dropout',
    tensorFunction('dropout', ['x|inputs', 'rate?'], (interpreter, { x, rate }) => {
      const input = tensorOf(interpreter, x);
      const p = rate?.kind === 'float' ? rate.value : 0;
      return like(interpreter, input, applyOp(interpreter, 'dropout', { p, training: true }, input.keras.tensor));
    }),
  ],
  [
    'one_hot',
    tensorFunction('one_hot', ['x|indices', 'num_classes|depth', 'axis?'], (interpreter, { x, num_classes: count }) => {
      const node = asShown(interpreter, tensorOf(interpreter, x));
      const indices = node.type.dtype === 'f32' ? torchCall(interpreter, 'torch.Tensor.long', [node]) : node;
      return kerasTensor(
        interpreter,
        torchCall(interpreter, 'torch.nn.functional.one_hot', [indices, integerOf(interpreter, count) ?? -1]),
      );
    }),
  ],
];

/** Height and width of `2`, `(2, 2)`, `[1, 2, 2, 1]`. */
function pairOf(interpreter: Interpreter, value: Value | undefined): readonly number[] {
  if (!value || value.kind === 'none') return [1, 1];
  const sizes = (value.kind === 'integer' ? [value, value] : interpreter.iterate(value)).map(
    (size) => integerOf(interpreter, size) ?? 1,
  );
  if (sizes.length === 1) return [sizes[0] ?? 1, sizes[0] ?? 1];
  return sizes.length === 4 ? sizes.slice(1, 3) : sizes;
}

function paddingOf(interpreter: Interpreter, value: Value | undefined): 'valid' | 'same' {
  const name = value?.kind === 'string' ? value.value.toLowerCase() : value === undefined ? 'valid' : '';
  if (name === 'valid' || name === 'same') return name;
  return interpreter.fail('This padding is not supported yet.');
}

/** A convolution with a kernel (height, width, in / groups, out) that is given. */
function conv2d(interpreter: Interpreter, args: FunctionArguments): Value {
  const input = tensorOf(interpreter, args['inputs']);
  const kernel = arranged(interpreter, tensorOf(interpreter, args['kernel']), [2, 3, 1, 0]);
  const x = imagesFor(interpreter, 'conv2d', input, 2, 'channels_last');
  const [, inChannels = 1, height = 1, width = 1] = kernel.type.shape;
  const channels = x.type.shape[1] ?? 1;
  const groups = divideExactly(channels, inChannels);
  if (typeof height !== 'number' || typeof width !== 'number' || typeof groups !== 'number') {
    throw new OpError(
      `conv2d: a kernel for ${inChannels} channels does not fit an input of shape ${formatKerasShape(shownShape(input))}.`,
    );
  }
  const window = {
    kernel: [height, width],
    strides: pairOf(interpreter, args['strides']),
    dilation: pairOf(interpreter, args['dilation_rate']),
    padding: paddingOf(interpreter, args['padding']),
    dataFormat: 'channels_last',
  } as const;
  return kerasTensor(
    interpreter,
    convolve(interpreter, x, kernel, undefined, window, groups),
    imageOrder(4, 'channels_last'),
  );
}

/** Windows of an image as vectors (…, rows, columns, channels): (N, H', W', k·k·C). Source: tf.image.extract_patches. */
function extractPatches(interpreter: Interpreter, args: FunctionArguments): Value {
  const input = tensorOf(interpreter, args['images']);
  const x = imagesFor(interpreter, 'extract_patches', input, 2, 'channels_last');
  const kernel = pairOf(interpreter, args['size']);
  const stride = args['strides'] && args['strides'].kind !== 'none' ? pairOf(interpreter, args['strides']) : kernel;
  const dilation = pairOf(interpreter, args['dilation_rate']);
  if (paddingOf(interpreter, args['padding']) !== 'valid' || dilation.some((rate) => rate !== 1)) {
    return interpreter.fail('extract_patches with padding or dilation is not supported yet.');
  }
  const [n = 'N', channels = 1, ...sizes] = x.type.shape;
  const [rows = 1, columns = 1] = sizes.map((size, axis) =>
    windowOutputSize(size, kernel[axis] ?? 1, stride[axis] ?? 1, 0, 1),
  );
  const [height = 1, width = 1] = kernel;
  const unfolded = torchCall(interpreter, 'torch.nn.functional.unfold', [x, kernel], { stride });
  const parts = applyOp(interpreter, 'reshape', { shape: [n, channels, height, width, rows, columns] }, unfolded);
  const moved = torchCall(interpreter, 'torch.permute', [parts, [0, 4, 5, 2, 3, 1]]);
  const patch = multiplyDims(channels, height * width);
  return kerasTensor(interpreter, applyOp(interpreter, 'reshape', { shape: [n, rows, columns, patch] }, moved));
}

function resizeImages(interpreter: Interpreter, { images, size, interpolation }: FunctionArguments): Value {
  const input = tensorOf(interpreter, images);
  const sizes = interpreter.iterate(size ?? none).map((item): Dim => {
    if (item.kind === 'integer') return item.value;
    return item.kind === 'unknown' ? interpreter.failUnknown(item) : interpreter.fail('The size is not known here.');
  });
  const name =
    interpolation?.kind === 'string'
      ? interpolation.value
      : interpolation?.kind === 'opaque'
        ? interpolation.description
        : 'bilinear';
  const mode = /nearest/i.test(name)
    ? 'nearest'
    : /bilinear/i.test(name)
      ? 'bilinear'
      : /bicubic/i.test(name)
        ? 'bicubic'
        : 'other';
  const x = imagesFor(interpreter, 'resize', input, 2, 'channels_last');
  return kerasTensor(interpreter, resize(interpreter, x, sizes, mode), imageOrder(4, 'channels_last'));
}

/**
 * Blocks of pixels as channels and back: channel (i·block + j)·C + c is the pixel (i, j) of its block, as TensorFlow numbers
 * them. Source: tf.nn.depth_to_space.
 */
function rearrangeBlocks(
  interpreter: Interpreter,
  { x, block_size: size }: FunctionArguments,
  toSpace: boolean,
): KerasTensor {
  const input = tensorOf(interpreter, x);
  const block = integerOf(interpreter, size) ?? 1;
  const shape = shownShape(input);
  const [n = 'N', height = 1, width = 1, channels = 1] = shape;
  if (shape.length !== 4)
    throw new OpError(`An image (None, height, width, channels) is needed, got shape ${formatKerasShape(shape)}.`);
  const quotient = (dim: Dim, by: number): Dim => {
    const whole = divideExactly(dim, by);
    if (whole !== undefined) return whole;
    if (typeof dim === 'number')
      throw new OpError(`${dim} cannot be divided by ${by}: shape ${formatKerasShape(shape)}.`);
    return interpreter.fail(`Whether ${dim} can be divided by ${by} is not known.`);
  };
  const node = asShown(interpreter, input);
  const [split, order, joined]: readonly [readonly Dim[], readonly number[], readonly Dim[]] = toSpace
    ? [
        [n, height, width, block, block, quotient(channels, block * block)],
        [0, 1, 3, 2, 4, 5],
        [n, multiplyDims(height, block), multiplyDims(width, block), quotient(channels, block * block)],
      ]
    : [
        [n, quotient(height, block), block, quotient(width, block), block, channels],
        [0, 1, 3, 2, 4, 5],
        [n, quotient(height, block), quotient(width, block), multiplyDims(channels, block * block)],
      ];
  const parts = applyOp(interpreter, 'reshape', { shape: [...split] }, node);
  const moved = torchCall(interpreter, 'torch.permute', [parts, order]);
  return kerasTensor(interpreter, applyOp(interpreter, 'reshape', { shape: [...joined] }, moved));
}
