import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../src/core/graph/graph';
import { casesOf, differences, errorOf, graphOf, outcomeOf, symbolicDifferences } from './layer-cases';

const images: Shape = ['N', 3, 10, 8];

describe('torch', () => {
  test('lazy layers have the shapes, parameters and refusals of torch', () => {
    expect(differences(casesOf('lazy'))).toEqual([]);
  });

  test('with symbols too, unless the size that they take depends on the input', () => {
    const { wrong, unknown } = symbolicDifferences(casesOf('lazy'));
    expect(wrong).toEqual([]);
    expect(
      unknown.filter(
        (line) => !/: LazyLinear: in_features=.* depends on the size of the input; this is not supported\.$/.test(line),
      ),
    ).toEqual([]);
    expect(unknown).toHaveLength(4);
  });
});

test('the parameters stand before the input, as those of other layers', () => {
  const { nodes } = graphOf('nn.LazyConv2d(4, 3); nn.LazyLinear(5) | b(a(x))', images);
  expect(nodes.map(({ op, path }) => `${op} ${path ?? ''}`.trim())).toEqual([
    'parameter a.weight',
    'parameter a.bias',
    'parameter b.weight',
    'parameter b.bias',
    'input',
    'conv2d a',
    'linear b',
  ]);
  expect(nodes[0]?.type.shape).toEqual([4, 3, 3, 3]);
  expect(nodes[0]?.attrs['init']).toEqual({ kind: 'uniform', bound: 1 / Math.sqrt(27) });
});

/** The input, if the condition holds after the layer was called. */
function holds(layer: string, condition: string): boolean {
  return outcomeOf(`${layer} | (lambda y: x if ${condition} else None)(a(x))`, images).startsWith('f32 (N, 3, 10, 8)');
}

test('after its first input a lazy layer is the plain one, class and all', () => {
  expect(holds('nn.LazyConv2d(4, 3)', "type(a).__name__ == 'Conv2d' and a.in_channels == 3")).toBe(true);
  expect(holds('nn.LazyConv2d(4, 3)', 'a.weight.shape == (4, 3, 3, 3) and a.bias is not None')).toBe(true);
  expect(holds('nn.LazyConv2d(4, 3, bias=False)', 'a.bias is None')).toBe(true);
  expect(holds('nn.LazyLinear(4)', 'a.in_features == 8 and isinstance(a, nn.Linear)')).toBe(true);
  expect(holds('nn.LazyBatchNorm2d()', 'isinstance(a, nn.BatchNorm2d) and a.num_features == 3')).toBe(true);
  expect(holds('nn.LazyConv2d(4, 3)', 'a.in_channels == 4')).toBe(false);
});

test('before, a lazy convolution is a convolution without inputs, and a lazy norm is no norm', () => {
  const isKept = (layer: string, condition: string) =>
    graphOf(`nn.Sequential(*[m for m in [${layer}] if ${condition}])`, images).nodes.length > 1;
  expect(isKept('nn.LazyConv2d(4, 3)', 'isinstance(m, nn.Conv2d) and m.in_channels == 0')).toBe(true);
  expect(isKept('nn.LazyConv2d(4, 3)', "type(m).__name__ == 'Conv2d'")).toBe(false);
  expect(isKept('nn.LazyBatchNorm2d()', 'isinstance(m, nn.BatchNorm2d)')).toBe(false);
});

test('a first call while the model is made decides, as in torch', () => {
  const made = 'nn.Sequential(nn.LazyConv2d(4, 3))';
  const dry = `(lambda m: (m(torch.zeros(1, 5, 9, 9)), m)[1])(${made})`;
  expect(errorOf(dry, images)).toMatchObject({
    refused: true,
    reason: 'Conv2d expects 5 input channels, its input of shape (N, 3, 10, 8) has 3.',
  });
});

test('the weights of a lazy layer that forward never calls are not known', () => {
  expect(errorOf('nn.LazyConv2d(4, 3); nn.ReLU() | b(x)', images)).toMatchObject({
    refused: false,
    reason: 'The weight of LazyConv2d has no shape before the layer is called with an input.',
  });
});

test('what PyTorch looks at in the constructor is refused there, the rest where the layer is called', () => {
  expect(errorOf('nn.LazyConv2d(4, 3.5)', images).line).toBe(8);
  expect(errorOf('nn.LazyConv2d(4, 3, stride=2.0)', images)).toMatchObject({ refused: true, line: 12 });
  expect(errorOf('nn.LazyConv2d(4, 3, groups=2)', images)).toMatchObject({
    refused: true,
    reason: 'Conv2d: in_channels=3 is not divisible by groups=2.',
    line: 12,
  });
});
