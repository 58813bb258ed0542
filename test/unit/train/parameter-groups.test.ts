import { expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { traceModel } from '../../../src/core/python/trace-model';
import { groupHyperparameters, hyperLength } from '../../../src/core/train/optimizer';
import { defaultOptimizer } from '../../../src/core/train/defaults';
import { groupParameters } from '../../../src/core/train/parameter-groups';
import { layoutState } from '../../../src/engine/layout-state';

const text = `
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.conv2 = nn.Conv2d(4, 4, 3, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.fc = nn.Linear(16, 3)

    def forward(self, x):
        return self.fc(self.norm(self.conv2(self.conv(x))).flatten(1))
`;
const { graph } = traceModel({ file: 'net.py', text, target: 'Net', inputShape: ['N', 1, 6, 6] });
const names = ['conv.weight', 'conv.bias', 'conv2.weight', 'norm.weight', 'norm.bias', 'fc.weight', 'fc.bias'];
const numbers = (groupOf: ReadonlyMap<string, number>) => names.map((name) => groupOf.get(name));

test('all parameters are of one group where nothing sets them apart', () => {
  const { groups, groupOf } = groupParameters(graph, { decayNorms: true, learningRateFactors: [] });
  expect(groups).toEqual([{ learningRateFactor: 1, decays: true }]);
  expect(numbers(groupOf)).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

test('biases and norms may be left out of weight decay', () => {
  const { groups, groupOf } = groupParameters(graph, { decayNorms: false, learningRateFactors: [] });
  expect(groups).toEqual([
    { learningRateFactor: 1, decays: true },
    { learningRateFactor: 1, decays: false },
  ]);
  expect(numbers(groupOf)).toEqual([0, 1, 0, 1, 1, 0, 1]);
});

test('the longest prefix, by whole parts of a name, decides the factor of the learning rate', () => {
  const learningRateFactors = [
    { prefix: 'conv', factor: 0.1 },
    { prefix: 'conv.bias', factor: 2 },
  ];
  const { groups, groupOf } = groupParameters(graph, { decayNorms: true, learningRateFactors });
  expect(groups.map(({ learningRateFactor }) => learningRateFactor)).toEqual([0.1, 2, 1]);
  expect(numbers(groupOf)).toEqual([0, 1, 2, 2, 2, 2, 2]);
});

test('a prefix that no parameter has is a mistake', () => {
  const factors = (prefix: string) => ({ decayNorms: true, learningRateFactors: [{ prefix, factor: 1 }] });
  expect(() => groupParameters(graph, factors('features'))).toThrow(UserError);
  expect(() => groupParameters(graph, factors('con'))).toThrow("begins with 'con'");
});

test('the parameters of a group stand together in every flat region, in state_dict order', () => {
  const { groupOf } = groupParameters(graph, { decayNorms: false, learningRateFactors: [] });
  const { slots, parameters, gradients } = layoutState(graph, { moments: ['exp_avg'], gradients: true, groupOf });
  const slotsOf = (role: string) => slots.filter((slot) => slot.role === role);
  const order = ['conv.weight', 'conv2.weight', 'fc.weight', 'conv.bias', 'norm.weight', 'norm.bias', 'fc.bias'];
  expect(slotsOf('parameter').map(({ name }) => name)).toEqual(order);
  expect(slotsOf('gradient').map(({ name }) => name)).toEqual(order.map((name) => `grad:${name}`));
  const offsets = (role: string, start: number) => slotsOf(role).map(({ tensor }) => tensor.offset - start);
  expect(offsets('gradient', gradients.offset)).toEqual(offsets('parameter', parameters.offset));
});

test('every group has its own learning rate and weight decay', () => {
  const config = { ...defaultOptimizer('sgd'), weightDecay: 0.5 };
  const groups = [
    { learningRateFactor: 1, decays: true },
    { learningRateFactor: 0.25, decays: false },
  ];
  const hyper = groupHyperparameters(config, groups, ({ learningRateFactor }) => 2 * learningRateFactor, 1);
  expect([...hyper.subarray(0, 2)]).toEqual([2, 0.5]);
  expect([...hyper.subarray(hyperLength, hyperLength + 2)]).toEqual([0.5, 0]);
});
