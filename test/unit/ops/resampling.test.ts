import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../src/core/graph/graph';
import { casesOf, differences, errorOf, lastNode, symbolicDifferences } from './layer-cases';

const images: Shape = ['N', 4, 7, 9];

describe('torch', () => {
  test('resampling has the shapes and refusals of torch', () => {
    expect(differences(casesOf('resampling'))).toEqual([]);
  });

  test('shapes with symbols are those of torch once the numbers are put in', () => {
    const { wrong, unknown } = symbolicDifferences(casesOf('resampling'));
    expect(wrong).toEqual([]);
    // Scales that are no whole number of halves, quarters, … are rounded before they are multiplied.
    expect(
      unknown.filter(
        (line) =>
          !/: Upsample: (0\.7|0\.3|2\.6|0\.3{10,}) times the size \w cannot be written as a formula\.$/.test(line),
      ),
    ).toEqual([]);
    expect(unknown.length).toBeLessThan(20);
  });
});

test('formulas', () => {
  const formulas = (code: string, input = images) => lastNode(code, input).formulas;
  expect(formulas('nn.Upsample(scale_factor=2)')).toEqual(['H: 7·2 = 14', 'W: 9·2 = 18']);
  expect(formulas('| F.interpolate(x, scale_factor=(1.5, 2))')).toEqual(['H: ⌊7·1.5⌋ = 10', 'W: 9·2 = 18']);
  expect(formulas('nn.Upsample((14, 20))')).toEqual(['H: size = 14', 'W: size = 20']);
  expect(formulas('nn.PixelShuffle(2)')).toEqual(['C: 4/2² = 1', 'H: 7·2 = 14', 'W: 9·2 = 18']);
  expect(formulas('nn.PixelUnshuffle(3)', ['N', 4, 6, 9])).toEqual(['C: 4·3² = 36', 'H: 6/3 = 2', 'W: 9/3 = 3']);
  expect(formulas('nn.Unfold(3, padding=1)')).toEqual(['C: 4·3² = 36', 'L: 7·9 = 63']);
  expect(formulas('nn.Fold((4, 5), 2)', ['N', 8, 12])).toEqual([
    'C: 8/2² = 2',
    'H: output_size = 4',
    'W: output_size = 5',
  ]);
});

test('receptive fields', () => {
  const field = (code: string, input = images) => lastNode(code, input).receptiveField;
  expect(field('nn.Upsample(scale_factor=2)')).toEqual({ kind: 'resample', scale: [2, 2], taps: [1, 1] });
  expect(field("nn.Upsample(scale_factor=(2, 3), mode='bilinear')")).toEqual({
    kind: 'resample',
    scale: [2, 3],
    taps: [2, 2],
  });
  expect(field("nn.Upsample((14, 9), mode='bicubic')")).toEqual({ kind: 'resample', scale: [2, 1], taps: [4, 4] });
  expect(field('nn.Upsample(scale_factor=2)', ['N', 4, 'H', 'W'])).toEqual({
    kind: 'resample',
    scale: [2, 2],
    taps: [1, 1],
  });
  // How much larger 14 is than H is not known.
  expect(field('nn.Upsample((14, 9))', ['N', 4, 'H', 9])).toEqual({ kind: 'global' });
  expect(field("nn.Upsample((2, 3), mode='area')", ['N', 4, 8, 9])).toEqual({
    kind: 'window',
    kernel: [4, 3],
    stride: [4, 3],
    padding: [0, 0],
    dilation: [1, 1],
  });
  expect(field('nn.PixelShuffle(2)')).toEqual({ kind: 'resample', scale: [2, 2], taps: [1, 1] });
  expect(field('| F.grid_sample(x, P(2, 5, 6, 2))', [2, 4, 7, 9])).toEqual({ kind: 'global' });
});

test('FLOPs: copies cost nothing, blends a multiply-add for each element', () => {
  expect(lastNode('nn.Upsample(scale_factor=2)', [1, 1, 4, 4]).flops).toBe(0);
  expect(lastNode("nn.Upsample(scale_factor=2, mode='bilinear')", [1, 1, 4, 4]).flops).toBe(64 * 2 * 4);
  expect(lastNode("nn.Upsample(scale_factor=2, mode='bicubic')", [1, 1, 4, 4]).flops).toBe(64 * 2 * 16);
});

test('one map to the size of another, symbols and all', () => {
  const code = 'nn.Conv2d(4, 8, 3, 2) | F.interpolate(a(x), size=x.shape[-2:])';
  expect(lastNode(code, ['N', 4, 'H', 'W']).node.type.shape).toEqual(['N', 8, 'H', 'W']);
  const folded = 'nn.Unfold(3, padding=1) | F.fold(a(x), x.shape[2:], 3, padding=1)';
  expect(lastNode(folded, ['N', 4, 'H', 'W']).node.type.shape).toEqual(['N', 4, 'H', 'W']);
});

test.each<[string, Shape, string]>([
  [
    'nn.PixelShuffle(3)',
    images,
    'PixelShuffle: an input of shape (N, 4, 7, 9) has channels 4, which is not divisible by 9.',
  ],
  [
    'nn.PixelUnshuffle(2)',
    images,
    'PixelUnshuffle: an input of shape (N, 4, 7, 9) has height 7, which is not divisible by 2.',
  ],
  [
    'nn.Upsample(scale_factor=2, mode="bilinear")',
    ['N', 4, 9],
    "Upsample: mode='bilinear' expects an input of 4 dimensions, got shape (N, 4, 9).",
  ],
  [
    'nn.Upsample(scale_factor=2, align_corners=True)',
    images,
    "Upsample: align_corners is only for the modes linear, bilinear, bicubic, trilinear, not for 'nearest'.",
  ],
  ['nn.Upsample()', images, 'Upsample needs size or scale_factor.'],
  [
    'nn.Fold((4, 5), 2)',
    ['N', 8, 13],
    'Fold: an output of (4, 5) has 12 windows, the input of shape (N, 8, 13) has 13.',
  ],
])('%s of %o is refused: %s', (code, input, message) => {
  expect(errorOf(code, input)).toMatchObject({ refused: true, reason: message });
});
