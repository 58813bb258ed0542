import { expect, test } from 'vitest';
import { layerNamed, layerNames, nearestNames } from '../../../src/core/inspect/layer-names';

const layers = [
  ['conv1', 'conv2d'],
  ['', 'relu'],
  ['pool', 'max_pool2d'],
  ['layer1.0.conv1', 'conv2d'],
  ['layer1.0', 'relu'],
  ['layer1.0.conv2', 'conv2d'],
  ['layer1.0', 'add'],
  ['layer1.0', 'relu'],
  ['pool', 'max_pool2d'],
  ['', 'flatten'],
  ['', 'relu'],
].map(([path = '', op = ''], id) => ({ id, path, op }));

test('every layer has a name of its own', () => {
  expect(layerNames(layers)).toEqual([
    'conv1',
    'relu',
    'pool',
    'layer1.0.conv1',
    'layer1.0.relu',
    'layer1.0.conv2',
    'layer1.0.add',
    'layer1.0.relu#2',
    'pool#2',
    'flatten',
    'relu#2',
  ]);
});

test('each is found by its name; that of a module stands for its last layer', () => {
  for (const [id, name] of layerNames(layers).entries()) expect(layerNamed(layers, name).id).toBe(id);
  expect(layerNamed(layers, 'pool#1').id).toBe(2);
  expect(layerNamed(layers, 'layer1.0').id).toBe(7);
  expect(layerNamed(layers, 'layer1').id).toBe(7);
});

test('a name that is none is answered with the nearest', () => {
  expect(() => layerNamed(layers, 'konv1')).toThrow("There is no layer 'konv1'.");
  expect(nearestNames('konv1', layerNames(layers), 1)).toEqual(['conv1']);
  expect(nearestNames('conv2', layerNames(layers), 1)).toEqual(['layer1.0.conv2']);
});
