import { describe, expect, test } from 'vitest';
import { formatShape } from '../../../src/core/graph/dim';
import type { Shape } from '../../../src/core/graph/graph';
import { Arguments, type ArgumentValue } from '../../../src/core/ops/arguments';
import { OpError } from '../../../src/core/ops/op';
import { opNamed, pytorchFunction, pytorchModule } from '../../../src/core/ops/table';

const none: ArgumentValue = { kind: 'none' };

function toArgument(value: unknown): ArgumentValue {
  if (value === null) return none;
  if (Array.isArray(value)) return { kind: 'sequence', items: value.map(toArgument) };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? 'integer' : 'float', value };
  throw new Error('Not a plain value');
}

/** The layer `nn.<name>(*args, **keyword)`. */
function layer(name: string, args: readonly unknown[], keyword: Record<string, unknown> = {}) {
  const binding = pytorchModule(name);
  if (!binding) throw new Error(`No layer ${name}`);
  const named = new Map(Object.entries(keyword).map(([key, value]) => [key, toArgument(value)]));
  return binding.build(Arguments.bind(name, binding.signature, args.map(toArgument), named));
}

/** Output shape of a layer for an input shape. */
function outputShape(shape: Shape, ...[name, args, keyword]: Parameters<typeof layer>): Shape {
  const { op, attrs, tensors } = layer(name, args, keyword);
  const types = tensors.filter((tensor) => tensor.input).map((tensor) => tensor.type);
  return opNamed(op).inferType([{ shape, dtype: 'f32' }, ...types], attrs).shape;
}

describe('layers', () => {
  // Output sizes as Debian's PyTorch 1.13 gives them.
  test.each<[Shape, string, readonly unknown[], Record<string, unknown>, string]>([
    [['N', 3, 224, 224], 'Conv2d', [3, 64, 7], { stride: 2, padding: 3, bias: false }, '(N, 64, 112, 112)'],
    [['N', 8, 11, 9], 'Conv2d', [8, 4, [3, 5]], { padding: [1, 2], dilation: 2, groups: 2 }, '(N, 4, 9, 5)'],
    [['N', 1, 7, 7], 'Conv2d', [1, 2, 4], { padding: 'same' }, '(N, 2, 7, 7)'],
    [['N', 3, 'H', 'W'], 'Conv2d', [3, 32, 3], {}, '(N, 32, H-2, W-2)'],
    [['N', 3, 'H', 'W'], 'Conv2d', [3, 32, 3], { stride: 2, padding: 1 }, '(N, 32, (H+1)//2, (W+1)//2)'],
    [['N', 2, 7, 7], 'MaxPool2d', [3, 2], { ceil_mode: true }, '(N, 2, 3, 3)'],
    [['N', 2, 8, 8], 'MaxPool2d', [3, 2], { ceil_mode: true }, '(N, 2, 4, 4)'],
    [['N', 2, 5, 5], 'MaxPool2d', [2, 2], { padding: 1, ceil_mode: true }, '(N, 2, 3, 3)'],
    [['N', 2, 9, 9], 'MaxPool2d', [2], { dilation: 3 }, '(N, 2, 3, 3)'],
    [['N', 2, 8, 8], 'AvgPool2d', [3, 2, 1], {}, '(N, 2, 4, 4)'],
    [['N', 2, 13, 9], 'AdaptiveAvgPool2d', [[6, null]], {}, '(N, 2, 6, 9)'],
    [['N', 16, 5, 5], 'Flatten', [], {}, '(N, 400)'],
    [['N', 7, 20], 'Linear', [20, 5], {}, '(N, 7, 5)'],
    [['N', 6, 3, 3], 'BatchNorm2d', [6], {}, '(N, 6, 3, 3)'],
  ])('%o through %s(%o, %o) is %s', (shape, name, args, keyword, expected) => {
    expect(formatShape(outputShape(shape, name, args, keyword))).toBe(expected);
  });

  test('parameters have their state_dict names, shapes and order', () => {
    const names = layer('BatchNorm2d', [6]).tensors.map((tensor) => tensor.name);
    expect(names).toEqual(['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked']);
    expect(layer('BatchNorm2d', [6], { affine: false, track_running_stats: false }).tensors).toEqual([]);
    const conv = layer('Conv2d', [6, 9, [3, 5]], { groups: 3 });
    expect(conv.tensors.map((tensor) => tensor.type.shape)).toEqual([[9, 2, 3, 5], [9]]);
    expect(conv.tensors[1]?.init).toEqual({ kind: 'uniform', bound: 1 / Math.sqrt(2 * 3 * 5) });
  });

  test.each<[string, readonly unknown[], Record<string, unknown>, string]>([
    ['Conv2d', [3], {}, "Conv2d() misses the argument 'out_channels'."],
    ['Conv2d', [3, 8, 3], { strides: 2 }, "Conv2d() has no argument 'strides'."],
    ['Conv2d', [3, 8, 3], { in_channels: 3 }, "Conv2d() got 'in_channels' twice."],
    ['Conv2d', [3, 2.5, 3], {}, 'Conv2d: out_channels must be an int, got 2.5.'],
    ['Conv2d', [3, 8, [1, 2, 3]], {}, 'Conv2d: kernel_size must be an int or a tuple of 2 ints, got (1, 2, 3).'],
    ['Conv2d', [3, 8, 3], { groups: 2 }, 'Conv2d: in_channels=3 is not divisible by groups=2.'],
    ['Conv2d', [3, -1, 3], {}, 'Conv2d: out_channels must be positive, got -1.'],
    ['Conv2d', [3, 8, 3], { padding: 'same', stride: 2 }, "Conv2d: padding='same' needs stride 1."],
    [
      'Conv2d',
      [3, 8, 3],
      { padding_mode: 'mirror' },
      "Conv2d: padding_mode must be 'zeros', 'reflect', 'replicate' or 'circular', got 'mirror'.",
    ],
    ['MaxPool2d', [2], { padding: 2 }, 'MaxPool2d: padding must be between 0 and half of the kernel size'],
    ['Dropout', [1.5], {}, 'Dropout: the probability p must be between 0 and 1, got 1.5.'],
  ])('nn.%s(%o, %o) is refused: %s', (name, args, keyword, message) => {
    expect(() => layer(name, args, keyword)).toThrow(OpError);
    expect(() => layer(name, args, keyword)).toThrow(message);
  });

  test.each<[readonly unknown[], Record<string, unknown>, string]>([
    [[3, 0, 3], {}, 'Conv2d: out_channels must be positive, got 0.'],
    [[3, 8, 3], { stride: 0 }, 'Conv2d: stride must be positive, got (0, 0).'],
    [[3, 8, 3], { padding: -1 }, 'Conv2d: padding must not be negative, got (-1, -1).'],
  ])('nn.Conv2d(%o, %o) is made, as in PyTorch, and refused when it is called: %s', (args, keyword, message) => {
    expect(layer('Conv2d', args, keyword).refusedAtCall?.message).toBe(message);
  });

  test.each<[Shape, string, readonly unknown[], string]>([
    [
      ['N', 16, 28, 28],
      'Conv2d',
      [3, 8, 3],
      'Conv2d expects 3 input channels, its input of shape (N, 16, 28, 28) has 16.',
    ],
    [['N', 3, 2, 2], 'Conv2d', [3, 8, 3], 'Conv2d: the 3×3 window is larger than its padded input'],
    [['N', 100], 'Conv2d', [3, 8, 3], 'Conv2d expects a batch of images (N, C, H, W), got shape (N, 100).'],
    [['N', 400], 'Linear', [256, 10], 'Linear expects 256 input features, its input has shape (N, 400).'],
    [['N', 5, 2, 2], 'BatchNorm2d', [6], 'BatchNorm2d expects 6 channels'],
  ])('%o does not fit %s(%o): %s', (shape, name, args, message) => {
    expect(() => outputShape(shape, name, args)).toThrow(message);
  });
});

describe('functions', () => {
  const image = { id: 3, type: { shape: ['N', 20, 4, 4], dtype: 'f32' } } as const;
  const tensor: ArgumentValue = { kind: 'tensor', tensor: image };

  /** Output shape of a call with the image as its first argument. */
  function call(name: string, ...args: ArgumentValue[]): string {
    const binding = pytorchFunction(name);
    if (!binding) throw new Error(`No function ${name}`);
    const result = binding.build(Arguments.bind(name, binding.signature, [tensor, ...args], new Map()));
    if (result === null || !('op' in result)) throw new Error(`${name} makes several tensors`);
    const { op, attrs, inputs } = result;
    expect(inputs).toEqual([3]);
    return formatShape(opNamed(op).inferType([image.type], attrs).shape);
  }

  test.each<[string, ArgumentValue[], string]>([
    [
      'torch.Tensor.view',
      [
        { kind: 'integer', value: 'N' },
        { kind: 'integer', value: -1 },
      ],
      '(N, 320)',
    ],
    ['torch.Tensor.view', [toArgument([-1, 320])], '(N, 320)'],
    ['torch.Tensor.reshape', [toArgument(-1)], '(320*N,)'],
    ['torch.flatten', [toArgument(1)], '(N, 320)'],
    ['torch.nn.functional.max_pool2d', [toArgument(2)], '(N, 20, 2, 2)'],
    ['torch.nn.functional.relu', [], '(N, 20, 4, 4)'],
  ])('%s(x, %o) is %s', (name, args, expected) => {
    expect(call(name, ...args)).toBe(expected);
  });

  test('a view that does not fit says both shapes', () => {
    expect(() => call('torch.Tensor.view', toArgument(-1), toArgument(300))).toThrow(
      'A tensor of shape (N, 20, 4, 4) with 320*N elements cannot take the shape (-1, 300).',
    );
  });
});
