import { expect, test } from 'vitest';
import { findModels } from '../../../src/core/python/find-models';

function targets(text: string): string[] {
  return findModels(text, 'model.py').map(({ target, usedByAnother }) => (usedByAnother ? `(${target})` : target));
}

test('finds models that stand in variables', () => {
  const text = `
import tensorflow as tf
from tensorflow.keras import layers, models
a = tf.keras.Sequential([layers.Dense(1)])
b = models.Sequential()
c = tf.keras.Model(inputs=x, outputs=y)
d = tf.keras.models.Model(x, y)
e = tf.keras.layers.Dense(3)
`;
  expect(targets(text)).toEqual(['a', 'b', 'c', 'd']);
});

test('takes Model and Sequential for Keras only where the file imports Keras', () => {
  const code = 'model = Model(x, y)\n\nclass Net(Model):\n    def call(self, x):\n        return x\n';
  expect(targets(`from keras.models import Model\n${code}`)).toEqual(['model', 'Net']);
  expect(targets(`from somewhere import Model\n${code}`)).toEqual([]);
});

test('finds functions that return a model, also under with and in classes', () => {
  const text = `
from tensorflow import keras

def small():
    model = keras.Sequential()
    model.add(keras.layers.Dense(1))
    return model

def scoped(strategy):
    with strategy.scope():
        model = keras.Model(x, y)
    return model

class LeNet:
    @staticmethod
    def build(width, height, classes):
        model = keras.Sequential()
        return model

def no_model():
    return keras.layers.Dense(1)
`;
  const found = findModels(text, 'model.py');
  expect(found.map(({ target }) => target)).toEqual(['small', 'scoped', 'LeNet.build']);
  expect(found[2]).toMatchObject({
    requiredArguments: ['width', 'height', 'classes'],
    takesClassCount: true,
    line: 16,
  });
});

test('a layer is a part, a model inside of another too', () => {
  const text = `
import keras
class Block(keras.layers.Layer):
    def call(self, x):
        return x
class Net(keras.Model):
    def call(self, x):
        return x
`;
  expect(targets(text)).toEqual(['(Block)', 'Net']);
  const nested = `
import keras
encoder = keras.Model(i, o)
decoder = keras.Sequential([])
whole = keras.Model(i, decoder(encoder(i)))
`;
  expect(targets(nested)).toEqual(['(encoder)', '(decoder)', 'whole']);
});

test('of a name that is given twice only the last model counts', () => {
  const text = 'from keras import Sequential\nmodel = Sequential()\nmodel = Sequential()\n';
  expect(findModels(text, 'model.py').map(({ line }) => line)).toEqual([3]);
});
