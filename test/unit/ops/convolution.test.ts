import { describe, expect, test } from 'vitest';
import { elementCount, formatShape, staticShape, substituteDim } from '../../../src/core/graph/dim';
import type { Shape } from '../../../src/core/graph/graph';
import { lowerGraph } from '../../../src/core/graph/lower';
import { OpError, OpUnsupported } from '../../../src/core/ops/op';
import { opNamed } from '../../../src/core/ops/table';
import { casesOf, differences, errorOf, graphOf, lastNode, symbolicDifferences } from './layer-cases';

const images: Shape = ['N', 3, 224, 224];

describe('torch', () => {
  test('convolutions have the shapes, parameters and refusals of torch', () => {
    expect(differences(casesOf('convolutions'))).toEqual([]);
  });

  test('transposed convolutions have the shapes, parameters and refusals of torch', () => {
    expect(differences(casesOf('transposed'))).toEqual([]);
  });

  test('Linear and Bilinear have the shapes, parameters and refusals of torch', () => {
    // A bias that broadcasts is not followed: said, not guessed.
    expect(differences(casesOf('matrices')).map((line) => line.replace(/, torch: .*/, ''))).toEqual([
      '(2, 8) | F.linear(x, P(5, 8), P(1)): unknown: Linear: a bias of shape (1,) is not supported.',
      '(2, 8) | F.linear(x, P(5, 8), P(2, 5)): unknown: Linear: a bias of shape (2, 5) is not supported.',
    ]);
  });

  test('shapes with symbols are those of torch once the numbers are put in', () => {
    expect(symbolicDifferences(casesOf('convolutions', 'transposed'))).toEqual({ wrong: [], unknown: [] });
  });
});

describe('formulas', () => {
  test.each<[string, Shape, readonly string[]]>([
    [
      'nn.Conv2d(3, 64, 7, stride=2, padding=3)',
      images,
      ['H: ⌊(224 + 2·3 − 7)/2⌋ + 1 = 112', 'W: ⌊(224 + 2·3 − 7)/2⌋ + 1 = 112'],
    ],
    ['nn.Conv2d(3, 8, 3, padding=1)', images, ['H: 224 + 2·1 − 3 + 1 = 224', 'W: 224 + 2·1 − 3 + 1 = 224']],
    [
      'nn.Conv2d(3, 8, 3, padding=2, dilation=2)',
      images,
      ['H: 224 + 2·2 − 2·(3 − 1) = 224', 'W: 224 + 2·2 − 2·(3 − 1) = 224'],
    ],
    [
      'nn.Conv2d(3, 8, 3, 2, 2, 2)',
      images,
      ['H: ⌊(224 + 2·2 − 2·(3 − 1) − 1)/2⌋ + 1 = 112', 'W: ⌊(224 + 2·2 − 2·(3 − 1) − 1)/2⌋ + 1 = 112'],
    ],
    ['nn.Conv2d(3, 8, (1, 5))', images, ['W: 224 − 5 + 1 = 220']],
    ['nn.Conv2d(3, 8, 1)', images, []],
    ['nn.Conv2d(3, 8, 1, 2)', images, ['H: ⌊(224 − 1)/2⌋ + 1 = 112', 'W: ⌊(224 − 1)/2⌋ + 1 = 112']],
    ["nn.Conv1d(3, 8, 4, padding='same')", ['N', 3, 10], ['L: 10 + 1 + 2 − 4 + 1 = 10']],
    [
      'nn.Conv2d(3, 8, 3, 2, 1)',
      ['N', 3, 'H', '(H-1)//2'],
      ['H: ⌊(H + 2·1 − 3)/2⌋ + 1 = ⌊(H + 1)/2⌋', 'W: ⌊(⌊(H − 1)/2⌋ + 2·1 − 3)/2⌋ + 1 = ⌊(⌊(H − 1)/2⌋ + 1)/2⌋'],
    ],
    [
      'nn.ConvTranspose2d(3, 8, 4, 2, 1)',
      ['N', 3, 7, 'W'],
      ['H: (7 − 1)·2 − 2·1 + 4 = 14', 'W: (W − 1)·2 − 2·1 + 4 = 2·W'],
    ],
    ['nn.ConvTranspose1d(3, 8, 3, 3, 0, 1, dilation=2)', ['N', 3, 7], ['L: (7 − 1)·3 + 2·(3 − 1) + 1 + 1 = 24']],
    ['nn.ConvTranspose1d(3, 8, 3)', ['N', 3, 7], ['L: 7 − 1 + 3 = 9']],
    ['nn.Linear(224, 10)', images, ['features: out_features = 10']],
  ])('%s: %s', (code, input, expected) => {
    expect(lastNode(code, input).formulas).toEqual(expected);
  });

  test.each([
    ['nn.Conv2d(3, 64, 7)', '64·(3·7² + 1)', 9472],
    ['nn.Conv2d(3, 64, 7, bias=False)', '64·3·7²', 9408],
    ['nn.Conv2d(3, 6, (3, 5), groups=3)', '6·(1·3·5 + 1)', 96],
    ['nn.Conv2d(3, 6, 1)', '6·(3 + 1)', 24],
    ['nn.ConvTranspose2d(3, 6, 2, groups=3)', '6·(1·2² + 1)', 30],
    ['nn.Linear(224, 10)', '10·(224 + 1)', 2250],
    ['nn.Linear(224, 10, bias=False)', '10·224', 2240],
    ['nn.Bilinear(224, 224, 5) | a(x, x)', '5·(224·224 + 1)', 250885],
  ])('%s has %s = %i parameters', (code, expected, count) => {
    expect(lastNode(code, images).parameterFormula).toBe(expected);
    const parameters = graphOf(code, images).nodes.filter(({ op }) => op === 'parameter');
    expect(parameters.reduce((sum, { type }) => sum + elementCount(staticShape(type.shape) ?? []), 0)).toBe(count);
  });

  test('volumes name their depth and cube their kernel', () => {
    const { formulas, parameterFormula } = lastNode('nn.Conv3d(3, 4, 3)', ['N', 3, 8, 9, 10]);
    expect(formulas).toEqual(['D: 8 − 3 + 1 = 6', 'H: 9 − 3 + 1 = 7', 'W: 10 − 3 + 1 = 8']);
    expect(parameterFormula).toBe('4·(3·3³ + 1)');
  });
});

describe('refusals', () => {
  test.each<[string, Shape, string, object | undefined]>([
    [
      'nn.Conv2d(3, 8, 3)',
      ['N', 16, 28, 28],
      'Conv2d expects 3 input channels, its input of shape (N, 16, 28, 28) has 16.',
      { argument: 'in_channels', value: 16 },
    ],
    [
      'nn.Conv2d(8, 8, 3, groups=8)',
      ['N', 12, 28, 28],
      'Conv2d expects 8 input channels, its input of shape (N, 12, 28, 28) has 12.',
      undefined,
    ],
    [
      'nn.ConvTranspose1d(3, 8, 3)',
      ['N', 4, 9],
      'ConvTranspose1d expects 3 input channels, its input of shape (N, 4, 9) has 4.',
      { argument: 'in_channels', value: 4 },
    ],
    [
      'nn.Linear(256, 10)',
      ['N', 400],
      'Linear expects 256 input features, its input has shape (N, 400).',
      { argument: 'in_features', value: 400 },
    ],
    [
      'nn.Bilinear(4, 5, 6) | a(x, x)',
      ['N', 4],
      'Bilinear expects 5 features of its second input, which has shape (N, 4).',
      { argument: 'in2_features', value: 4 },
    ],
    [
      'nn.Conv1d(3, 8, 3)',
      ['N', 3, 9, 9],
      'Conv1d expects a batch of sequences (N, C, L), got shape (N, 3, 9, 9).',
      undefined,
    ],
    [
      'nn.Conv2d(3, 32/2, 3)',
      images,
      'Conv2d: out_channels must be an int, got 16.0. Division with / gives a float: use // or int().',
      undefined,
    ],
    [
      "nn.Conv2d(3, 8, 3, padding=6, padding_mode='reflect')",
      ['N', 3, 6, 9],
      "Conv2d with padding_mode='reflect': the padding (6, 6) must be smaller than the size 6 that it mirrors (input of shape (N, 3, 6, 9)).",
      undefined,
    ],
    [
      'nn.ConvTranspose2d(3, 8, 3, 2) | a(x, output_size=(9, 9))',
      ['N', 3, 3, 3],
      'ConvTranspose2d: output_size (9, 9) is not between (7, 7) and (8, 8), which an input of shape (N, 3, 3, 3) allows.',
      undefined,
    ],
  ])('%s of %o: %s', (code, input, message, fix) => {
    const { refused, reason, fix: given } = errorOf(code, input);
    expect({ refused, reason, fix: given }).toEqual({ refused: true, reason: message, fix });
  });

  test('whether a symbol is the number of channels is not known, but a batch is no channel', () => {
    expect(errorOf('nn.Conv2d(3, 8, 3)', ['N', 'C', 8, 8]).refused).toBe(false);
    expect(errorOf('nn.Linear(3, 8)', ['N', 'W']).refused).toBe(false);
    expect(errorOf('nn.Linear(3, 8)', [8, '3*N']).refused).toBe(true);
  });

  test('element types that PyTorch refuses are mistakes, those that depend on autocast are unknown', () => {
    const weight = { shape: [8, 3, 3, 3], dtype: 'f32' } as const;
    const infer = (dtype: 'i64' | 'f16' | 'bool') => () => {
      const attrs = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };
      return opNamed('conv2d').inferType([{ shape: ['N', 3, 8, 8], dtype }, weight], attrs);
    };
    expect(infer('i64')).toThrow('Conv2d expects floats, its input holds i64 values. Convert it with .float().');
    expect(infer('bool')).not.toThrow(OpUnsupported);
    expect(infer('bool')).toThrow(OpError);
    expect(infer('f16')).toThrow(OpUnsupported);
  });

  test('an element type of its own is not followed', () => {
    expect(errorOf('nn.Conv2d(3, 8, 3, dtype=torch.float16)', images).reason).toContain(
      'dtype=torch.float16 is not supported yet.',
    );
    expect(lastNode('nn.Linear(224, 8, dtype=torch.float32)', images).node.type.shape).toEqual(['N', 3, 224, 8]);
  });
});

describe('what else the ops say', () => {
  test('receptive fields', () => {
    expect(lastNode('nn.Conv2d(3, 8, (3, 5), (1, 2), (0, 2), 2)', images).receptiveField).toEqual({
      kind: 'window',
      kernel: [3, 5],
      stride: [1, 2],
      padding: [0, 2],
      dilation: [2, 2],
    });
    expect(lastNode('nn.ConvTranspose1d(3, 8, 4, 2, 1)', ['N', 3, 9]).receptiveField).toEqual({
      kind: 'transposed',
      kernel: [4],
      stride: [2],
      padding: [1],
      dilation: [1],
    });
    expect(lastNode('nn.Linear(224, 8)', images).receptiveField).toEqual({ kind: 'mixes', dims: [3] });
  });

  test('FLOPs count multiplications and additions: of each output, or of each input of a transposed convolution', () => {
    expect(lastNode('nn.Conv2d(3, 8, 3)', ['N', 3, 6, 6]).flops).toBe(`${8 * 16 * (2 * 27 + 1)}*N`);
    expect(lastNode('nn.ConvTranspose2d(3, 8, 2, 2, bias=False)', ['N', 3, 4, 4]).flops).toBe(`${2 * 48 * 8 * 4}*N`);
    expect(lastNode('nn.ConvTranspose2d(3, 8, 2, 2)', [1, 3, 4, 4]).flops).toBe(2 * 48 * 8 * 4 + 8 * 64);
    expect(lastNode('nn.Bilinear(5, 5, 6) | a(x, x)', [7, 5]).flops).toBe(7 * 6 * (2 * 30 + 1));
  });

  test('padding that holds no zeros is an attribute of its own and becomes an op of its own when lowered', () => {
    const plain = graphOf('nn.Conv2d(3, 8, 3, padding=1)', images);
    const reflected = graphOf("nn.Conv2d(3, 8, 3, padding=1, padding_mode='reflect')", images);
    const attrsOf = ({ nodes }: typeof plain) => nodes.at(-1)?.attrs;
    expect(attrsOf(plain)).toEqual({ stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 });
    expect(attrsOf(reflected)).toEqual({ ...attrsOf(plain), paddingMode: 'reflect' });
    const lowered = (graph: typeof plain) => {
      const { builder, outputs } = lowerGraph(graph, 'train');
      return builder.finish(outputs).nodes.filter(({ inputs }) => inputs.length > 0);
    };
    expect(lowered(plain).map(({ op, type }) => `${op} ${formatShape(type.shape)}`)).toEqual([
      'conv2d (N, 8, 224, 224)',
    ]);
    expect(lowered(reflected).map(({ op, type }) => `${op} ${formatShape(type.shape)}`)).toEqual([
      'reflection_pad (N, 3, 226, 226)',
      'conv2d (N, 8, 224, 224)',
    ]);
    expect(lowered(reflected)[1]?.attrs).toEqual({ ...attrsOf(plain), padding: [0, 0, 0, 0] });
  });

  test('a transposed convolution back to the size of its input has that size, symbols and all', () => {
    const { node } = lastNode(
      'nn.Conv2d(3, 8, 3, 2, 1); nn.ConvTranspose2d(8, 3, 3, 2, 1) | b(a(x), output_size=x.size())',
      ['N', 3, 'H', 'W'],
    );
    expect(node.type.shape).toEqual(['N', 3, 'H', 'W']);
    const padding = (node.attrs['outputPadding'] as readonly string[]).map((dim) => substituteDim(dim, { H: 8, W: 9 }));
    expect(padding).toEqual([1, 0]);
  });

  test('layers keep their sizes as PyTorch does', () => {
    const sizes = '(a.kernel_size, a.stride, a.padding, a.dilation) == ((3, 3), (2, 1), (1, 1), (1, 1))';
    const kept = graphOf(
      `nn.Conv2d(3, 8, 3, [2, 1], 1); nn.MaxPool2d(3) | a(x) if ${sizes} and b.stride == 3 else x`,
      images,
    );
    expect(kept.nodes.at(-1)?.op).toBe('conv2d');
  });
});
