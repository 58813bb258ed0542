import { describe, expect, test } from 'vitest';
import type { Attributes, TensorType } from '../../../src/core/graph/graph';
import { opNamed } from '../../../src/core/ops/table';
import { compareLayers, evaluate, outcomeOf } from './compare-layers';

compareLayers('activation');

const image = floats(2, 6, 4, 4);

test('work for each element is counted', () => {
  const flops = (op: string, attrs: Attributes = {}, input = image) => {
    const definition = opNamed(op);
    return definition.flops?.([input], definition.inferType([input], attrs), attrs);
  };
  const elements = 2 * 6 * 4 * 4;
  expect(flops('relu6')).toBe(2 * elements);
  expect(flops('sigmoid')).toBe(4 * elements);
  expect(flops('gelu', { approximate: 'none' })).toBe(5 * elements);
  expect(flops('gelu', { approximate: 'tanh' })).toBe(9 * elements);
  // Half as many elements come out.
  expect(flops('glu', { dim: 1 })).toBe((5 * elements) / 2);
});

test('softmax and its like mix their dimension, others see their own place alone', () => {
  const field = (op: string, attrs: Attributes) => opNamed(op).receptiveField?.([image], attrs);
  expect(field('softmax', { dim: -3 })).toEqual({ kind: 'mixes', dims: [1] });
  expect(field('softmin', { dim: null })).toEqual({ kind: 'mixes', dims: [1] });
  expect(field('glu', { dim: -1 })).toEqual({ kind: 'mixes', dims: [3] });
  expect(field('normalize', { dims: [1, -1] })).toEqual({ kind: 'mixes', dims: [1, 3] });
  expect(field('silu', {})).toBeUndefined();
});

test('GLU says how it halves', () => {
  const output = floats(2, 3, 4, 4);
  expect(opNamed('glu').formulas?.([image], output, { dim: 1 })).toEqual([{ name: 'C', text: '6/2 = 3' }]);
});

describe('PReLU', () => {
  test('a wrong number of slopes says which would do', () => {
    expect(() => opNamed('prelu').inferType([image, floats(3)], {})).toThrow(
      expect.objectContaining({
        message: 'PReLU has 3 slopes, its input of shape (2, 6, 4, 4) has 6 channels.',
        fix: { argument: 'num_parameters', value: 6 },
      }),
    );
  });

  test('its slopes are trained and begin as the constructor says', () => {
    expect(evaluate(['m = nn.PReLU(6, init=0.5)'], 'm.weight').value).toMatchObject({
      parameter: true,
      type: { shape: [6] },
      data: { kind: 'initial', init: { kind: 'constant', value: 0.5 } },
    });
    expect(opNamed('prelu').parameterFormula?.([image, floats(6)], {})).toBe('6');
  });
});

test('in place means in place: who holds the tensor sees the change', () => {
  const lines = ['x = t(2, 3)', 'y = x', 'F.leaky_relu(x, 0.1, inplace=True)', 'nn.SiLU(inplace=True)(x)'];
  const { value } = evaluate(lines, 'y');
  if (typeof value === 'string' || value.kind !== 'tensor' || value.data.kind !== 'node') throw new Error('No node');
  const { builder, id } = value.data;
  const silu = builder.node(id);
  expect([silu.op, ...silu.inputs.map((input) => builder.node(input).op)]).toEqual(['silu', 'leaky_relu']);
});

test('symbolic sizes pass through', () => {
  expect(outcomeOf('nn.GLU(dim=1)', "m(t('N', 'C', 'H', 'W'))")).toBe('f32[N,(C)//2,H,W]');
  expect(outcomeOf('nn.PReLU(6)', "m(t('N', 'C', 'H', 'W'))")).toBe('?');
  expect(outcomeOf('nn.Softmax(dim=2)', "m(t('N', 'L'))")).toBe('!');
});

function floats(...shape: number[]): TensorType {
  return { shape, dtype: 'f32' };
}
