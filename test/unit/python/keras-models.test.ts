import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { analyzeKeras, kerasError, layerShapes, traceKeras, weightCounts, withImports } from './keras-support';

function fixture(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../fixtures/keras/${name}.py`, import.meta.url)), 'utf8');
}

function stateNames(code: string, target = 'model'): string[] {
  return traceKeras(withImports(code), target)
    .nodes.filter(({ op }) => op === 'parameter' || op === 'buffer')
    .map(({ path, op }) => (op === 'buffer' ? `(${path ?? ''})` : (path ?? '')));
}

describe('names', () => {
  test('are counted through the whole file, and begin anew after clear_session', () => {
    const two = `a = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
model = keras.Sequential([keras.Input((4,)), layers.Dense(2), layers.Dense(1)])`;
    expect(stateNames(two)).toEqual(['dense_1/kernel', 'dense_1/bias', 'dense_2/kernel', 'dense_2/bias']);
    const cleared = two.replace('\nmodel', '\nkeras.backend.clear_session()\nmodel');
    expect(stateNames(cleared)).toEqual(['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias']);
  });

  test('that are given twice are refused', () => {
    const error = kerasError(
      withImports('model = keras.Sequential([layers.Dense(2, name="a"), layers.Dense(2, name="a")])'),
    );
    expect(error.reason).toMatch(/The name "a" is used for two layers/);
  });
});

describe('classes', () => {
  test('build and call are followed, layers in lists are found, frozen and trained weights told apart', () => {
    const graph = traceKeras(fixture('subclassed'), 'SmallResNet');
    const names = graph.nodes.flatMap(({ op, path }) => (op === 'parameter' ? [path] : []));
    expect(names.slice(0, 5)).toEqual([
      'conv2d/kernel',
      'conv2d/bias',
      'residual_block/conv2d_1/kernel',
      'residual_block/batch_normalization/gamma',
      'residual_block/batch_normalization/beta',
    ]);
    expect(names.slice(-2)).toEqual(['linear/w', 'linear/b']);
    expect(graph.nodes.find(({ path }) => path === 'linear/w')?.type.shape).toEqual([64, 10]);
  });

  test('a comment says what a model without a declared input is given, as Keras writes it', () => {
    const text = fixture('subclassed').replace('class SmallResNet', '# input: (48, 40, 3)\nclass SmallResNet');
    const analysis = analyzeKeras(text, 'SmallResNet');
    expect(analysis.problems).toEqual([]);
    expect(analysis.input.shape).toEqual(['N', 48, 40, 3]);
    expect(layerShapes(analysis)).toContain('residual_block_1 (None, 24, 20, 32)');
  });

  test('without any, the channels are not known, and that is said', () => {
    const { unknowns, problems } = analyzeKeras(fixture('subclassed'), 'SmallResNet');
    expect(problems).toEqual([]);
    expect(unknowns[0]?.reason).toMatch(/axis -1 of its input of shape \(None, None, None, None\) is not known/);
  });

  test('build() says the input of a model', () => {
    const code = `class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)
    def call(self, x):
        return self.dense(x)
model = Net()
model.build((None, 7))`;
    expect(weightCounts(traceKeras(withImports(code)))).toEqual({ trained: 24, other: 0 });
  });

  test('a call in the file says the input of a model, too', () => {
    const code = `class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(4, 3)
    def call(self, x):
        return self.conv(x)
model = Net()
model(tf.zeros((1, 10, 12, 1)))`;
    const graph = traceKeras(withImports(code));
    expect(graph.nodes.find(({ op }) => op === 'input')?.type.shape).toEqual(['N', 1, 10, 12]);
  });

  test('channels that are not known are no mistake', () => {
    const code = `class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(4, 3)
        self.conv(keras.Input((10, 12, 1)))
    def call(self, x):
        return self.conv(x)
model = Net()`;
    const { problems, unknowns } = analyzeKeras(withImports(code));
    expect(problems).toEqual([]);
    expect(unknowns[0]?.reason).toMatch(/expects 1 input channels/);
  });

  test('a variable kept as an attribute is a weight', () => {
    const code = `class Scale(layers.Layer):
    def __init__(self):
        super().__init__()
        self.factor = tf.Variable(tf.ones((4,)), name="factor")
        self.offset = self.add_weight(shape=(4,), initializer="zeros", trainable=False, name="offset")
    def call(self, x):
        return x * self.factor + self.offset
model = keras.Sequential([keras.Input((4,)), Scale()])`;
    expect(stateNames(code).sort()).toEqual(['(scale/offset)', 'scale/factor']);
  });

  test('training=None follows the mode: a branch on it needs one', () => {
    const code = `class Net(keras.Model):
    def call(self, x, training=None):
        if training:
            x = x + 1
        return x
model = Net()`;
    expect(analyzeKeras(withImports(`# input: (4,)\n${code}`)).problems).toEqual([]);
  });

  test('a layer without super().__init__() is refused', () => {
    const code = `class Bad(layers.Layer):
    def __init__(self):
        self.units = 3
    def call(self, x):
        return x
model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
x = Bad()(keras.Input((4,)))
broken = keras.Model(keras.Input((4,)), x)`;
    expect(kerasError(withImports(code), 'broken').reason).toMatch(
      /In layer Bad, super\(\).__init__\(\) was not called/,
    );
  });
});

describe('models of models', () => {
  test('a shared model and a shared layer have one set of weights; outputs keep their names', () => {
    const analysis = analyzeKeras(fixture('composed'), 'siamese');
    expect(analysis.totals.parameters).toBe(14_396);
    expect(analysis.output).toMatchObject({
      kind: 'several',
      names: ['same', 'kind'],
      items: [{ shape: ['N', 1] }, { shape: ['N', 3] }],
    });
    expect(analysis.calls.filter(({ path }) => path === 'encoder').map(({ repeated }) => repeated)).toEqual([
      false,
      true,
    ]);
    expect(analysis.calls.filter(({ path }) => path === 'shared')).toHaveLength(2);
  });

  test('what a second model takes from the first is the same layers', () => {
    const graph = traceKeras(fixture('transfer'), 'classifier');
    const names = graph.nodes.flatMap(({ op, path }) => (op === 'parameter' ? [path] : []));
    // The last five layers of the base stay trained: conv2, bn2, relu2, pool2, features.
    expect(names).toEqual(['base/conv2/kernel', 'base/bn2/gamma', 'base/bn2/beta', 'dense/kernel', 'dense/bias']);
    const analysis = analyzeKeras(fixture('transfer'), 'classifier');
    expect(analysis.problems).toEqual([]);
    expect(layerShapes(analysis)).toContain('base/features (None, 32)');
  });

  test('an autoencoder of two Sequentials', () => {
    const analysis = analyzeKeras(fixture('autoencoder'), 'build');
    expect(layerShapes(analysis).filter((line) => !line.includes('/'))).toEqual([
      'encoder (None, 16)',
      'decoder (None, 28, 28, 1)',
    ]);
    expect(analysis.problems).toEqual([]);
  });

  test('layers are counted as Keras does: farthest from the output first', () => {
    const code = `i = keras.Input((8,), name="i")
a = layers.Dense(8, name="a")(i)
b = layers.Dense(8, name="b")(i)
c = layers.Dense(8, name="c")(a)
whole = keras.Model(i, layers.Add(name="sum")([b, c]))
names = [layer.name for layer in whole.layers]
model = keras.Sequential([keras.Input((4,)), layers.Dense(2, name="-".join(names))])`;
    expect(stateNames(code)[0]).toBe('i-a-b-c-sum/kernel');
  });

  test('an input that the model does not take is refused', () => {
    const code = `a = keras.Input((4,), name="a")
b = keras.Input((4,), name="b")
model = keras.Model(a, layers.Add()([a, b]))`;
    expect(kerasError(withImports(code)).reason).toMatch(
      /depend on the input 'b', which is not among the model's inputs/,
    );
  });
});

describe('Sequential', () => {
  test('add, pop and build', () => {
    const code = `model = keras.Sequential()
model.add(layers.Dense(8, input_dim=4))
model.add(layers.Dense(100))
model.pop()
model.add(layers.Dense(2))`;
    expect(weightCounts(traceKeras(withImports(code)))).toEqual({ trained: 58, other: 0 });
    const built = 'model = keras.Sequential([layers.Dense(2)])\nmodel.build((None, 4))';
    expect(weightCounts(traceKeras(withImports(built)))).toEqual({ trained: 10, other: 0 });
  });

  test('a model without an input takes the images that it is given, channels last', () => {
    const code = 'model = keras.Sequential([layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(2)])';
    const graph = traceKeras(withImports(code), 'model', ['N', 3, 10, 12]);
    expect(graph.nodes.find(({ op }) => op === 'input')?.type.shape).toEqual(['N', 3, 10, 12]);
    expect(weightCounts(graph)).toEqual({ trained: 4 * 28 + 2 * (8 * 10 * 4 + 1), other: 0 });
  });

  test('an input_shape that is not known leaves the input open, nothing else', () => {
    const code = `(x_train, y_train), _ = keras.datasets.cifar10.load_data()
model = keras.Sequential([layers.Conv2D(4, 3, input_shape=x_train.shape[1:]), layers.Flatten(), layers.Dense(10)])`;
    expect(weightCounts(traceKeras(withImports(code)))).toEqual({ trained: 4 * 28 + 10 * (30 * 30 * 4 + 1), other: 0 });
  });

  test('a number of units that is not known is said where it began', () => {
    const code = `names = keras.datasets.cifar10.names()
model = keras.Sequential([keras.Input((4,)), layers.Dense(8), layers.Dense(len(names))])`;
    const analysis = analyzeKeras(withImports(code));
    expect(layerShapes(analysis)[0]).toBe('dense (None, 8)');
    expect(analysis.problems).toEqual([]);
    expect(analysis.unknowns).toHaveLength(1);
  });

  test('the layers before one that does not fit are still told', () => {
    const code = `model = keras.Sequential([
    keras.Input((8, 8, 3)),
    layers.Conv2D(4, 3),
    layers.MaxPooling2D(),
    layers.Conv2D(4, 5),
    layers.Dense(2),
])`;
    const analysis = analyzeKeras(withImports(code));
    expect(layerShapes(analysis)).toEqual([
      'conv2d (None, 6, 6, 4)',
      'max_pooling2d (None, 3, 3, 4)',
      'conv2d_1 unknown',
    ]);
    expect(analysis.problems).toMatchObject([
      { message: expect.stringContaining('the 5×5 window is larger') as string, range: { startLine: 8 } },
    ]);
    expect(kerasError(withImports(code)).line).toBe(8);
  });
});

test('a functional model is told up to its mistake, and the mistake where it stands', () => {
  const code = `i = keras.Input((8, 8, 3))
x = layers.Conv2D(4, 3)(i)
y = layers.Conv2D(4, 3, padding="same")(i)
z = layers.Add()([x, y])
model = keras.Model(i, layers.Flatten()(z))`;
  const analysis = analyzeKeras(withImports(code));
  expect(layerShapes(analysis)).toEqual(['conv2d (None, 6, 6, 4)', 'conv2d_1 (None, 8, 8, 4)']);
  expect(analysis.problems).toMatchObject([{ range: { startLine: 7 } }]);
  expect(kerasError(withImports(code))).toMatchObject({ line: 7, refused: true });
});

test.each([
  'import tensorflow as tf\nmodel = tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(3,))])',
  'from tensorflow import keras\nmodel = keras.models.Sequential([keras.layers.Dense(2, input_shape=(3,))])',
  'from tensorflow.keras import layers, models\nmodel = models.Sequential([layers.Dense(2, input_shape=(3,))])',
  'from keras.models import Sequential\nfrom keras.layers import Dense\nmodel = Sequential([Dense(2, input_shape=(3,))])',
  'from keras.layers.core import Dense\nfrom keras.models import *\nmodel = Sequential([Dense(2, input_shape=(3,))])',
  'import keras.layers as L\nimport keras\nmodel = keras.Sequential([keras.Input((3,)), L.Dense(2)])',
  'import tensorflow.keras.layers as L\nfrom tensorflow.keras import Input, Model\ni = Input((3,))\nmodel = Model(i, L.Dense(2)(i))',
])('reads imports: %s', (text) => {
  expect(weightCounts(traceKeras(text))).toEqual({ trained: 8, other: 0 });
});
