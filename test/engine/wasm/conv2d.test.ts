import { afterAll, beforeAll, describe, it } from 'vitest';
import { TestEngines } from './engines';
import { Numbers } from './numbers';

type Pair = readonly [number, number];

interface Case {
  readonly x: readonly [number, number, number, number];
  readonly outputs: number;
  readonly kernel: Pair;
  readonly stride?: Pair;
  /** Top, left, bottom, right. */
  readonly padding?: readonly [number, number, number, number];
  readonly dilation?: Pair;
  readonly groups?: number;
}

const cases: Readonly<Record<string, Case>> = {
  '3×3, same padding': { x: [2, 5, 9, 11], outputs: 7, kernel: [3, 3], padding: [1, 1, 1, 1] },
  '5×5 without padding, one channel': { x: [3, 1, 14, 14], outputs: 6, kernel: [5, 5] },
  'LeNet conv2': { x: [4, 6, 14, 14], outputs: 16, kernel: [5, 5] },
  '1×1': { x: [3, 13, 7, 5], outputs: 10, kernel: [1, 1] },
  '1×1, stride 2': { x: [2, 8, 9, 9], outputs: 12, kernel: [1, 1], stride: [2, 2] },
  '1×1 with padding': { x: [2, 3, 4, 4], outputs: 5, kernel: [1, 1], padding: [1, 2, 1, 2] },
  '3×3, stride 2, odd size': { x: [2, 4, 15, 13], outputs: 9, kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] },
  '7×7, stride 2, padding 3': { x: [2, 3, 23, 23], outputs: 8, kernel: [7, 7], stride: [2, 2], padding: [3, 3, 3, 3] },
  '11×11, stride 4': { x: [1, 3, 35, 35], outputs: 6, kernel: [11, 11], stride: [4, 4], padding: [2, 2, 2, 2] },
  'asymmetric padding': { x: [2, 3, 6, 7], outputs: 4, kernel: [4, 2], padding: [0, 2, 3, 1] },
  'unlike strides and dilations': {
    x: [2, 3, 17, 19],
    outputs: 5,
    kernel: [3, 2],
    stride: [1, 3],
    padding: [2, 1, 2, 1],
    dilation: [2, 4],
  },
  'dilation 2, stride 2': {
    x: [2, 3, 12, 12],
    outputs: 4,
    kernel: [3, 3],
    stride: [2, 2],
    padding: [2, 2, 2, 2],
    dilation: [2, 2],
  },
  'stride beyond the kernel': { x: [2, 3, 11, 11], outputs: 4, kernel: [2, 2], stride: [3, 3] },
  'padding beyond the kernel': { x: [1, 2, 3, 3], outputs: 3, kernel: [2, 2], padding: [3, 3, 3, 3] },
  'kernel as large as the image': { x: [5, 16, 5, 5], outputs: 12, kernel: [5, 5] },
  'one row': { x: [2, 3, 1, 20], outputs: 4, kernel: [1, 3], padding: [0, 1, 0, 1] },
  'one column': { x: [2, 3, 20, 1], outputs: 4, kernel: [3, 1], padding: [1, 0, 1, 0] },
  'one of everything': { x: [1, 1, 1, 1], outputs: 1, kernel: [1, 1] },
  'two groups': { x: [2, 6, 8, 8], outputs: 10, kernel: [3, 3], padding: [1, 1, 1, 1], groups: 2 },
  'four groups, stride 2': {
    x: [2, 8, 9, 9],
    outputs: 12,
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1, 1, 1],
    groups: 4,
  },
  'groups of one channel with many outputs': { x: [2, 2, 8, 8], outputs: 12, kernel: [3, 3], groups: 2 },
  depthwise: { x: [2, 7, 9, 10], outputs: 7, kernel: [3, 3], padding: [1, 1, 1, 1], groups: 7 },
  'depthwise, stride 2, two outputs a channel': {
    x: [2, 5, 11, 12],
    outputs: 10,
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1, 1, 1],
    groups: 5,
  },
  'depthwise, stride 3, dilation 2': {
    x: [2, 4, 16, 16],
    outputs: 4,
    kernel: [3, 3],
    stride: [3, 3],
    padding: [2, 0, 1, 2],
    dilation: [2, 2],
    groups: 4,
  },
  'deeper than one block': { x: [2, 70, 6, 6], outputs: 20, kernel: [3, 3], padding: [1, 1, 1, 1] },
  'deeper than one block, few rows of scattered tiles': {
    x: [3, 70, 5, 5],
    outputs: 11,
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1, 1, 1],
  },
  'more columns than one block': { x: [9, 4, 20, 20], outputs: 6, kernel: [3, 3], padding: [1, 1, 1, 1] },
  'wide rows': { x: [1, 3, 5, 300], outputs: 5, kernel: [3, 3], padding: [1, 1, 1, 1] },
  'Winograd: even tiles': { x: [2, 16, 8, 12], outputs: 20, kernel: [3, 3], padding: [1, 1, 1, 1] },
  'Winograd: cut tiles, odd channels': { x: [3, 19, 9, 11], outputs: 17, kernel: [3, 3], padding: [1, 1, 1, 1] },
  'Winograd: no padding': { x: [2, 18, 10, 9], outputs: 23, kernel: [3, 3] },
  'Winograd: padding 2': { x: [2, 16, 6, 7], outputs: 21, kernel: [3, 3], padding: [2, 2, 2, 2] },
  'Winograd: padding on two sides': { x: [2, 16, 8, 8], outputs: 16, kernel: [3, 3], padding: [2, 0, 0, 2] },
  'Winograd: small images, many channels': { x: [7, 130, 3, 4], outputs: 70, kernel: [3, 3], padding: [1, 1, 1, 1] },
  'Winograd: few tiles, deeper than one block': {
    x: [8, 280, 4, 4],
    outputs: 22,
    kernel: [3, 3],
    padding: [1, 1, 1, 1],
  },
  'Winograd: several blocks': { x: [5, 24, 20, 28], outputs: 17, kernel: [3, 3], padding: [1, 1, 1, 1] },
  'Winograd: one image, wide rows': { x: [1, 16, 7, 300], outputs: 16, kernel: [3, 3], padding: [1, 1, 1, 1] },
  'place by place: 2×2 images': { x: [9, 18, 2, 2], outputs: 21, kernel: [3, 3], padding: [1, 1, 1, 1] },
  'place by place: 1×1 images': { x: [16, 17, 1, 1], outputs: 19, kernel: [3, 3], padding: [1, 1, 1, 1] },
  'nine products: 2×2 images': { x: [7, 18, 2, 2], outputs: 21, kernel: [3, 3], padding: [1, 1, 1, 1] },
  'nine products: several groups of images': { x: [30, 70, 2, 2], outputs: 16, kernel: [3, 3], padding: [1, 1, 1, 1] },
  'place by place: stride 2': { x: [7, 19, 9, 8], outputs: 23, kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] },
  'place by place: 1×1, stride 2': { x: [8, 16, 5, 7], outputs: 16, kernel: [1, 1], stride: [2, 2] },
  'place by place: stride 3, dilation 2, places that nobody sees': {
    x: [8, 16, 9, 9],
    outputs: 18,
    kernel: [2, 2],
    stride: [3, 3],
    dilation: [2, 2],
  },
  'many images of one place': { x: [40, 6, 3, 3], outputs: 9, kernel: [3, 3] },
};

let engines: TestEngines;
beforeAll(async () => {
  engines = await TestEngines.create();
});
afterAll(() => engines.dispose());

describe.each(Object.entries(cases))('conv2d, %s', (name, conv) => {
  // Winograd's transforms cancel more digits than direct sums: up to 1.1e-5 was seen.
  const options = { tolerance: name.startsWith('Winograd') ? 3e-5 : 1e-5 };
  const [images, channels, height, width] = conv.x;
  const { outputs, kernel, stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1], groups = 1 } = conv;
  const attrs = { stride, padding, dilation, groups };
  const size = (input: number, before: number, after: number, axis: 0 | 1): number =>
    Math.floor((input + before + after - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1;
  const y = [images, outputs, size(height, padding[0], padding[2], 0), size(width, padding[1], padding[3], 1)];
  const weightShape = [outputs, channels / groups, ...kernel];
  const numbers = new Numbers(7);
  const x = numbers.floats(conv.x);
  const weight = numbers.floats(weightShape);
  const bias = numbers.floats([outputs]);
  const dy = numbers.floats(y);

  it('computes the output', async () => {
    await engines.check('conv2d', attrs, [x, weight, bias], y, options);
    await engines.check('conv2d', attrs, [x, weight], y, options);
  });

  it('computes the gradient of its input', async () => {
    await engines.check('conv2d_grad_input', { ...attrs, inputShape: conv.x }, [dy, weight], conv.x, options);
  });

  it('computes the gradient of its weights', async () => {
    await engines.check('conv2d_grad_weight', { ...attrs, weightShape }, [x, dy], weightShape, options);
  });
});

it('is right where the weight gradient is summed in chunks', async () => {
  const numbers = new Numbers(11);
  const attrs = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 };
  const [x, dy] = [numbers.floats([7, 10, 15, 15]), numbers.floats([7, 9, 15, 15])];
  const shape = [9, 10, 3, 3];
  await engines.check('conv2d_grad_weight', { ...attrs, weightShape: shape }, [x, dy], shape);
});
