import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Graph } from '../../../src/core/graph/graph';
import { traceModel } from '../../../src/core/python/trace-model';
import { analyzeKeras, layerShapes, weightCounts } from './keras-support';

function fixture(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../fixtures/keras/${name}.py`, import.meta.url)), 'utf8');
}

function trace(name: string, target: string): Graph {
  return traceModel({ file: `${name}.py`, text: fixture(name), target, inputShape: ['N', 3, 32, 32] }).graph;
}

function shapesOf(name: string, target: string): readonly string[] {
  const analysis = analyzeKeras(fixture(name), target);
  expect([analysis.problems, analysis.unknowns]).toEqual([[], []]);
  return layerShapes(analysis);
}

/** Totals as Keras' documentation prints them (MNIST convnet, keras.applications); the rest by hand. */
describe('numbers of weights', () => {
  test.each([
    ['mnist_sequential', 'model', 34_826, 0],
    ['mnist_functional', 'model', 34_826, 0],
    ['vgg16', 'vgg16_sequential', 138_357_544, 0],
    ['vgg16', 'vgg16_functional', 138_357_544, 0],
    ['resnet50', 'resnet50', 25_583_592, 53_120],
    ['mobilenet_v1', 'mobilenet', 4_231_976, 21_888],
    ['unet_any_size', 'unet', 483_458, 1_408],
    ['subclassed', 'SmallResNet', 78_026, 640],
    ['composed', 'siamese', 14_396, 0],
    ['autoencoder', 'build', 29_601, 0],
  ])('%s: %s', (name, target, trained, other) => {
    expect(weightCounts(trace(name, target))).toEqual({ trained, other });
  });
});

test('the Sequential and the functional API give the same network', () => {
  const plain = ({ nodes }: Graph): unknown =>
    nodes.map(({ op, attrs, inputs, type }) => ({ op, attrs, inputs, type }));
  expect(plain(trace('vgg16', 'vgg16_sequential'))).toEqual(plain(trace('vgg16', 'vgg16_functional')));
  expect(plain(trace('mnist_sequential', 'model'))).toEqual(plain(trace('mnist_functional', 'model')));
});

test('layers have the names and shapes that Keras prints', () => {
  expect(shapesOf('mnist_sequential', 'model')).toEqual([
    'conv2d (None, 26, 26, 32)',
    'max_pooling2d (None, 13, 13, 32)',
    'conv2d_1 (None, 11, 11, 64)',
    'max_pooling2d_1 (None, 5, 5, 64)',
    'flatten (None, 1600)',
    'dropout (None, 1600)',
    'dense (None, 10)',
  ]);
});

test('weights are named by their layers and have the layout of PyTorch', () => {
  const state = trace('mnist_functional', 'model').nodes.filter(({ op }) => op === 'parameter');
  expect(state.map(({ path, type }) => `${path ?? ''} ${type.shape.join('×')}`)).toEqual([
    'conv2d/kernel 32×1×3×3',
    'conv2d/bias 32',
    'conv2d_1/kernel 64×32×3×3',
    'conv2d_1/bias 64',
    'predictions/kernel 10×1600',
    'predictions/bias 10',
  ]);
});

test('MobileNet: an odd pixel of padding goes after, depthwise convolutions keep the channels', () => {
  const shapes = shapesOf('mobilenet_v1', 'mobilenet');
  expect(shapes.filter((line) => /^conv(1|_pad_\d+|_dw_\d+|_preds) |^reshape|^global/.test(line))).toEqual([
    'conv1 (None, 112, 112, 32)',
    'conv_dw_1 (None, 112, 112, 32)',
    'conv_pad_2 (None, 113, 113, 64)',
    'conv_dw_2 (None, 56, 56, 64)',
    'conv_dw_3 (None, 56, 56, 128)',
    'conv_pad_4 (None, 57, 57, 128)',
    'conv_dw_4 (None, 28, 28, 128)',
    'conv_dw_5 (None, 28, 28, 256)',
    'conv_pad_6 (None, 29, 29, 256)',
    'conv_dw_6 (None, 14, 14, 256)',
    ...[7, 8, 9, 10, 11].map((index) => `conv_dw_${index} (None, 14, 14, 512)`),
    'conv_pad_12 (None, 15, 15, 512)',
    'conv_dw_12 (None, 7, 7, 512)',
    'conv_dw_13 (None, 7, 7, 1024)',
    'global_average_pooling2d (None, 1, 1, 1024)',
    'conv_preds (None, 1, 1, 1000)',
    'reshape_2 (None, 1000)',
  ]);
  const stem = trace('mobilenet_v1', 'mobilenet').nodes.find(({ op }) => op === 'conv2d');
  expect(stem?.attrs).toMatchObject({ padding: [0, 0, 1, 1], stride: [2, 2] });
});

test('ResNet-50: shapes at the end of every stage', () => {
  const shapes = shapesOf('resnet50', 'resnet50');
  expect(
    shapes.filter((line) => /^(conv1_pad|conv1_relu|pool1_pool|conv._block._out|avg_pool|predictions) /.test(line)),
  ).toEqual([
    'conv1_pad (None, 230, 230, 3)',
    'conv1_relu (None, 112, 112, 64)',
    'pool1_pool (None, 56, 56, 64)',
    ...[1, 2, 3].map((block) => `conv2_block${block}_out (None, 56, 56, 256)`),
    ...[1, 2, 3, 4].map((block) => `conv3_block${block}_out (None, 28, 28, 512)`),
    ...[1, 2, 3, 4, 5, 6].map((block) => `conv4_block${block}_out (None, 14, 14, 1024)`),
    ...[1, 2, 3].map((block) => `conv5_block${block}_out (None, 7, 7, 2048)`),
    'avg_pool (None, 2048)',
    'predictions (None, 1000)',
  ]);
});

test('multiply-adds of ResNet-50 are those that are known of it', () => {
  // 3.86 G multiply-adds of convolutions and the last layer (He et al., 2015, say 3.8 G), 2 operations each.
  const analysis = analyzeKeras(fixture('resnet50'), 'resnet50');
  const products = analysis.calls.filter(({ name }) => name === 'Conv2D' || name === 'Dense');
  const flops = products.reduce((sum, call) => sum + Number(call.flops ?? Number.NaN), 0);
  expect(flops / 2e9).toBeCloseTo(3.86, 1);
});

test('images of any size: the sizes that are given count', () => {
  const { nodes, outputs } = trace('unet_any_size', 'unet');
  expect(nodes[outputs[0] ?? -1]?.type.shape).toEqual(['N', 2, 32, 32]);
  expect(nodes.find(({ op }) => op === 'input')?.type.shape).toEqual(['N', 3, 32, 32]);
});

test('images of any size: sizes that do not fit in the end are a mistake', () => {
  // 30 → 15 → 7 → 3 pixels on the way down, 3 → 6 on the way up: 6 and 7 cannot be joined.
  const text = fixture('unet_any_size').replace('def unet', '# input: (30, 30, 3)\ndef unet');
  const { problems } = analyzeKeras(text, 'unet');
  expect(problems[0]?.message).toMatch(/must agree in all sizes .* \(None, 6, 6, 64\), \(None, 7, 7, 64\)/);
});
