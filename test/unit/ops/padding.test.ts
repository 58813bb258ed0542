import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../src/core/graph/graph';
import { casesOf, differences, errorOf, lastNode, outcomeOf, symbolicDifferences } from './layer-cases';

const images: Shape = ['N', 3, 10, 8];

describe('torch', () => {
  test('padding has the shapes and refusals of torch', () => {
    expect(differences(casesOf('padding'))).toEqual([]);
  });

  test('shapes with symbols are those of torch once the numbers are put in', () => {
    expect(symbolicDifferences(casesOf('padding'))).toEqual({ wrong: [], unknown: [] });
  });
});

test.each<[string, Shape, string]>([
  ['nn.ZeroPad1d(2)', ['N', 3, 10], 'f32 (N, 3, 14)'],
  ['nn.ZeroPad1d((1, 2))', [3, 10], 'f32 (3, 13)'],
  ['nn.ZeroPad3d((1, 2, 3, 4, 5, 6))', ['N', 3, 8, 8, 8], 'f32 (N, 3, 19, 15, 11)'],
  ['nn.CircularPad1d((3, 1))', ['N', 3, 10], 'f32 (N, 3, 14)'],
  ['nn.CircularPad2d(10)', images, 'refused'],
  ['nn.CircularPad2d((8, 8, 10, 10))', images, 'f32 (N, 3, 30, 24)'],
  ['nn.CircularPad2d((1, 0, 0, 2))', [3, 10, 8], 'f32 (3, 12, 9)'],
  ['nn.CircularPad3d(1)', ['N', 3, 8, 8, 8], 'f32 (N, 3, 10, 10, 10)'],
  ['nn.CircularPad2d(1.0)', images, 'refused'],
])('newer than torch 1.13: %s of %o is %s', (code, input, expected) => {
  expect(outcomeOf(code, input)).toBe(expected);
});

test('padding to another size, with symbols, as a U-Net does', () => {
  const init = 'nn.Conv2d(3, 3, 3, padding=1); nn.MaxPool2d(2); nn.Upsample(scale_factor=2)';
  const [dy, dx] = ['x.size(2) - y.size(2)', 'x.size(3) - y.size(3)'];
  const pad = `[(${dx}) // 2, (${dx}) - (${dx}) // 2, (${dy}) // 2, (${dy}) - (${dy}) // 2]`;
  const code = `${init} | (lambda y: F.pad(y, ${pad}))(c(b(a(x))))`;
  expect(lastNode(code, ['N', 3, 'H', 'W']).node.type.shape).toEqual(['N', 3, 'H', 'W']);
  expect(lastNode(code, ['N', 3, 9, 12]).node.attrs).toEqual({ before: [0, 0], after: [1, 0], value: 0 });
});

test('formulas and receptive fields', () => {
  const { formulas, receptiveField } = lastNode('nn.ReflectionPad2d((1, 2, 3, 3))', images);
  expect(formulas).toEqual(['H: 10 + 2·3 = 16', 'W: 8 + 1 + 2 = 11']);
  expect(receptiveField).toEqual({ kind: 'pad', before: [3, 1] });
  expect(lastNode('nn.ZeroPad2d((-1, 0, 0, 0))', images).formulas).toEqual(['W: 8 − 1 = 7']);
  expect(lastNode('nn.ZeroPad2d(-1)', images).formulas).toEqual(['H: 10 − 2·1 = 8', 'W: 8 − 2·1 = 6']);
});

test.each([
  [
    'nn.ReflectionPad2d(8)',
    'ReflectionPad2d: the padding (8, 8) must be smaller than the size 8 that it mirrors (input of shape (N, 3, 10, 8)).',
  ],
  [
    'nn.ZeroPad2d(-5)',
    'ConstantPad2d: the padding (-5, -5) cuts off more than the size 8 (input of shape (N, 3, 10, 8)).',
  ],
  ['| F.pad(x, (1, 2, 3))', 'pad: padding needs two sizes for each dimension, got (1, 2, 3).'],
  [
    "| F.pad(x, (1, 1), mode='same')",
    "pad: mode must be 'constant', 'reflect', 'replicate' or 'circular', got 'same'.",
  ],
  [
    "| F.pad(x, (1, 1), 'reflect')",
    'ReflectionPad1d: an input of shape (N, 3, 10, 8) cannot be padded in 1 dimensions.',
  ],
])('%s is refused: %s', (code, message) => {
  expect(errorOf(code, images)).toMatchObject({ refused: true, reason: message });
});
