import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../src/core/graph/graph';
import { poolOutputSize } from '../../../src/core/ops/shapes';
import { substituteDim } from '../../../src/core/graph/dim';
import { casesOf, differences, errorOf, graphOf, lastNode, outcomeOf, symbolicDifferences } from './layer-cases';

const images: Shape = ['N', 3, 112, 12];

describe('torch', () => {
  test('pools have the shapes and refusals of torch', () => {
    // Torch refuses these for their values: an index lies beyond the smaller output. Shapes do not tell.
    const beyond = [
      '(2, 4, 17, 14) nn.MaxPool2d(3, 2, 1, return_indices=True); nn.MaxUnpool2d(3, 2, 1) | b(*a(x))',
      '(2, 4, 9, 8, 7) nn.MaxPool3d(2, return_indices=True); nn.MaxUnpool3d(2) | b(*a(x))',
      '(2, 4, 9, 8, 7) nn.MaxPool3d(3, 2, 1, return_indices=True); nn.MaxUnpool3d(3, 2, 1) | b(*a(x))',
      '(2, 4, 9, 8, 7) | F.max_unpool3d(*F.max_pool3d(x, 2, return_indices=True), 2)',
    ];
    const found = differences(casesOf('pools'));
    expect(found.filter((line) => !beyond.some((code) => line.startsWith(`${code}: `)))).toEqual([]);
    expect(found).toHaveLength(beyond.length);
  });

  test('shapes with symbols are those of torch once the numbers are put in', () => {
    const { wrong, unknown } = symbolicDifferences(casesOf('pools'));
    expect(wrong).toEqual([]);
    expect(unknown).toEqual([
      '(N, 4, H, W) nn.FractionalMaxPool2d(2, output_ratio=(0.5, 0.7)): FractionalMaxPool2d: 0.7 times the size W cannot be written as a formula.',
      '(N, 4, H, W) | F.fractional_max_pool2d(x, 2, output_ratio=0.6, return_indices=True): FractionalMaxPool2d: 0.6 times the size H cannot be written as a formula.',
    ]);
  });

  test('the formula of ceil_mode holds for every window and size', () => {
    const windows = [1, 2, 3, 4, 5].flatMap((kernel) =>
      [1, 2, 3, 5].flatMap((stride) =>
        [0, 1, 2]
          .filter((padding) => 2 * padding <= kernel)
          .flatMap((padding) => [1, 2].map((dilation) => ({ kernel, stride, padding, dilation, ceilMode: true }))),
      ),
    );
    for (const window of windows) {
      const formula = poolOutputSize('H', window);
      const { kernel, stride, padding, dilation } = window;
      for (let size = dilation * (kernel - 1) + 1; size < 40; size++) {
        // As PyTorch says it: round up, and take the last window away where it begins beyond input and left padding.
        const rounded = Math.ceil((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
        const expected = (rounded - 1) * stride >= size + padding ? rounded - 1 : rounded;
        expect(poolOutputSize(size, window), JSON.stringify({ size, ...window })).toBe(expected);
        expect(substituteDim(formula, { H: size }), JSON.stringify({ size, ...window })).toBe(expected);
      }
    }
  });
});

test('formulas', () => {
  const formulas = (code: string, input = images) => lastNode(code, input).formulas;
  expect(formulas('nn.MaxPool2d(3, 2, 1)')).toEqual([
    'H: ⌊(112 + 2·1 − 3)/2⌋ + 1 = 56',
    'W: ⌊(12 + 2·1 − 3)/2⌋ + 1 = 6',
  ]);
  expect(formulas('nn.AvgPool2d(2)')).toEqual(['H: ⌊(112 − 2)/2⌋ + 1 = 56', 'W: ⌊(12 − 2)/2⌋ + 1 = 6']);
  expect(formulas('nn.MaxPool1d(3, 2, dilation=2)', ['N', 3, 20])).toEqual(['L: ⌊(20 − 2·(3 − 1) − 1)/2⌋ + 1 = 8']);
  expect(formulas('nn.MaxPool1d(3, 2, ceil_mode=True)', ['N', 3, 20])).toEqual(['L: ⌈(20 − 3)/2⌉ + 1 = 10']);
  expect(formulas('nn.MaxPool1d(3, 2, ceil_mode=True)', ['N', 3, 'L'])).toEqual(['L: ⌈(L − 3)/2⌉ + 1 = ⌊L/2⌋']);
  // A window that would begin in the padding is left out.
  expect(formulas('nn.MaxPool1d(2, 2, 1, ceil_mode=True)', ['N', 3, 5])).toEqual([
    'L: ⌈(5 + 1)/2⌉ = 3 (windows that begin in the input)',
  ]);
  expect(formulas('nn.AdaptiveAvgPool2d((7, None))')).toEqual(['H: output_size = 7']);
  expect(formulas('nn.LPPool2d(2, 2)')).toEqual(formulas('nn.MaxPool2d(2)'));
  expect(formulas('nn.FractionalMaxPool2d(2, output_ratio=0.5)')).toEqual(['H: ⌊112·0.5⌋ = 56', 'W: ⌊12·0.5⌋ = 6']);
  const unpooled = 'nn.MaxPool2d(2, return_indices=True); nn.MaxUnpool2d(2) | b(*a(x))';
  expect(formulas(unpooled)).toEqual(['H: (56 − 1)·2 + 2 = 112', 'W: (6 − 1)·2 + 2 = 12']);
});

test('receptive fields', () => {
  const field = (code: string, input = images) => lastNode(code, input).receptiveField;
  const window = { kind: 'window', padding: [0, 0], dilation: [1, 1] };
  expect(field('nn.MaxPool2d(3, 2, 1, 1)')).toEqual({ ...window, kernel: [3, 3], stride: [2, 2], padding: [1, 1] });
  expect(field('nn.AvgPool2d((2, 3))')).toEqual({ ...window, kernel: [2, 3], stride: [2, 3] });
  expect(field('nn.AdaptiveAvgPool2d(1)')).toEqual({ kind: 'global' });
  expect(field('nn.AdaptiveMaxPool2d((7, 4))')).toEqual({ ...window, kernel: [16, 3], stride: [16, 3] });
  expect(field('nn.AdaptiveAvgPool2d((7, None))')).toEqual({ ...window, kernel: [16, 1], stride: [16, 1] });
  // Bins of 112 / 5 rows have different sizes.
  expect(field('nn.AdaptiveAvgPool2d((5, 4))')).toEqual({ kind: 'global' });
});

test('a window as large as an input of open size is a global pool', () => {
  const global = lastNode('| F.avg_pool2d(x, x.shape[2:])', ['N', 3, 'H', 'W']).node;
  expect([global.op, global.type.shape]).toEqual(['adaptive_avg_pool2d', ['N', 3, 1, 1]]);
  expect(lastNode('| F.max_pool2d(x, kernel_size=x.size()[2:])', ['N', 3, 'H', 8]).node.op).toBe('adaptive_max_pool2d');
  expect(lastNode('| F.avg_pool2d(x, x.size(3))', ['N', 3, 'S', 'S']).node.op).toBe('adaptive_avg_pool2d');
  expect(errorOf('| F.avg_pool2d(x, x.size(3))', ['N', 3, 'H', 'W'])).toMatchObject({ refused: false });
  // Known sizes are a plain pool.
  expect(lastNode('| F.avg_pool2d(x, x.shape[2:])', images).node.op).toBe('avg_pool2d');
  expect(errorOf('| F.avg_pool2d(x, (x.shape[3], x.shape[2]))', ['N', 3, 'H', 'W'])).toMatchObject({ refused: false });
});

test('the attributes of a pool do not tell whether indices were asked for', () => {
  const attrsOf = (code: string) =>
    graphOf(code, images)
      .nodes.map(({ op, attrs }) => [op, attrs])
      .slice(1);
  const [[, plain] = []] = attrsOf('nn.MaxPool2d(2)');
  expect(plain).toEqual({ kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1], ceilMode: false });
  expect(attrsOf('nn.MaxPool2d(2, return_indices=True)')).toEqual([
    ['max_pool2d', plain],
    ['max_pool2d_indices', plain],
  ]);
});

test('pools newer than torch 1.13', () => {
  expect(outcomeOf('nn.LPPool3d(2, 2)', ['N', 3, 8, 9, 10])).toBe('f32 (N, 3, 4, 4, 5)');
});

test('an output may have no elements, but not less', () => {
  expect(lastNode('nn.AdaptiveAvgPool2d(0)', images).node.type.shape.slice(2)).toEqual([0, 0]);
  expect(errorOf('nn.AdaptiveAvgPool2d(-1)', images)).toMatchObject({ refused: true });
});
