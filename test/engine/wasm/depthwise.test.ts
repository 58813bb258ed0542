import { afterAll, beforeAll, describe, it } from 'vitest';
import { TestEngines } from './engines';
import { Numbers } from './numbers';

type Pair = readonly [number, number];

interface Case {
  readonly x: readonly [number, number, number, number];
  /** Output channels of each input channel. */
  readonly multiplier?: number;
  readonly kernel: Pair;
  readonly stride?: Pair;
  /** Top, left, bottom, right. */
  readonly padding?: readonly [number, number, number, number];
  readonly dilation?: Pair;
}

const one = [1, 1, 1, 1] as const;
const cases: Readonly<Record<string, Case>> = {
  '3×3, same size, whole blocks': { x: [2, 5, 6, 16], kernel: [3, 3], padding: one },
  '3×3, same size, odd sizes': { x: [3, 67, 7, 9], kernel: [3, 3], padding: one },
  '3×3, same size, four columns': { x: [2, 3, 5, 4], kernel: [3, 3], padding: one },
  '3×3, same size, three columns': { x: [9, 70, 3, 3], kernel: [3, 3], padding: one },
  '3×3, same size, one column': { x: [2, 3, 4, 1], kernel: [3, 3], padding: one },
  '3×3, same size, one row': { x: [2, 3, 1, 11], kernel: [3, 3], padding: one },
  '3×3, same size, places for several sums': { x: [2, 2, 41, 45], kernel: [3, 3], padding: one },
  '3×3, stride 2': { x: [2, 5, 12, 18], kernel: [3, 3], stride: [2, 2], padding: one },
  '3×3, stride 2, odd sizes': { x: [2, 3, 11, 13], kernel: [3, 3], stride: [2, 2], padding: one },
  '3×3, stride 2, small planes': { x: [3, 66, 6, 5], kernel: [3, 3], stride: [2, 2], padding: one },
  '3×3, stride 2, one place': { x: [3, 5, 2, 1], kernel: [3, 3], stride: [2, 2], padding: one },
  '3×3, several strips': { x: [1, 2, 50, 190], kernel: [3, 3] },
  '3×3, stride 2, several strips, two outputs': {
    x: [1, 3, 61, 170],
    multiplier: 2,
    kernel: [3, 3],
    stride: [2, 2],
    padding: one,
  },
  '5×5': { x: [2, 3, 9, 14], kernel: [5, 5], padding: [2, 2, 2, 2] },
  '5×5, stride 2, padding on two sides': { x: [2, 3, 10, 12], kernel: [5, 5], stride: [2, 2], padding: [1, 1, 2, 2] },
  '7×7': { x: [1, 3, 12, 15], kernel: [7, 7], padding: [3, 3, 3, 3] },
  '4×2, unlike strides and dilations': {
    x: [2, 3, 15, 19],
    multiplier: 3,
    kernel: [4, 2],
    stride: [3, 2],
    padding: [2, 0, 1, 3],
    dilation: [1, 4],
  },
  'stride beyond the kernel': { x: [2, 3, 9, 11], kernel: [1, 1], stride: [2, 2] },
  'padding beyond the kernel': { x: [1, 2, 3, 3], kernel: [2, 2], padding: [3, 3, 3, 3] },
};

let engines: TestEngines;
beforeAll(async () => {
  engines = await TestEngines.create();
});
afterAll(() => engines.dispose());

it.each(Object.entries(cases))('depthwise, %s', async (_name, conv) => {
  const [images, channels, height, width] = conv.x;
  const { kernel, multiplier = 1, stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1] } = conv;
  const attrs = { stride, padding, dilation, groups: channels };
  const size = (input: number, both: number, axis: 0 | 1): number =>
    Math.floor((input + both - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1;
  const outputs = channels * multiplier;
  const y = [images, outputs, size(height, padding[0] + padding[2], 0), size(width, padding[1] + padding[3], 1)];
  const numbers = new Numbers(11);
  const [x, weight, dy] = [numbers.floats(conv.x), numbers.floats([outputs, 1, ...kernel]), numbers.floats(y)];
  await engines.check('conv2d', attrs, [x, weight, numbers.floats([outputs])], y);
  await engines.check('conv2d_grad_input', { ...attrs, inputShape: conv.x }, [dy, weight], conv.x);
  await engines.check('conv2d_grad_weight', { ...attrs, weightShape: weight.shape }, [x, dy], weight.shape);
});

describe('what a kernel does not see', () => {
  it('stays out of its gradient, infinite or not', async () => {
    const x = new Numbers(3).floats([1, 2, 3, 6]);
    // The last column of an even number is seen by no place of stride 2, only by columns that are computed with them.
    x.data.fill(0.5);
    for (let row = 0; row < 6; row++) x.data[6 * row + 5] = Infinity;
    const attrs = { stride: [2, 2], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 2, weightShape: [2, 1, 3, 3] };
    await engines.check('conv2d_grad_weight', attrs, [x, new Numbers(4).floats([1, 2, 1, 2])], [2, 1, 3, 3]);
  });
});
