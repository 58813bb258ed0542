import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Graph } from '../../../src/core/graph/graph';
import { importCandidates } from '../../../src/core/javascript/import-candidates';
import { traceJavaScriptModel } from '../../../src/core/javascript/trace-js-model';
import { SourceError } from '../../../src/core/python/source-error';
import type { TracedModel } from '../../../src/core/python/trace-model';

const folder = path.join(import.meta.dirname, '../../fixtures/javascript');

function traceFile(name: string, target: string | null): TracedModel {
  return traceText(readFileSync(path.join(folder, name), 'utf8'), target, path.join(folder, name));
}

function traceText(text: string, target: string | null, file = 'model.js'): TracedModel {
  return traceJavaScriptModel({
    file,
    text,
    target,
    inputShape: ['N', 3, 32, 32],
    language: file.endsWith('.ts') ? 'typescript' : 'javascript',
    readModule: (specifier, fromFile) => {
      const found = importCandidates(specifier, fromFile).find((candidate) => existsSync(candidate));
      return found === undefined ? undefined : { file: found, text: readFileSync(found, 'utf8') };
    },
  });
}

function valuesIn(graph: Graph, op: 'parameter' | 'buffer'): number {
  return graph.nodes
    .filter((node) => node.op === op)
    .reduce((sum, { type }) => sum + type.shape.reduce<number>((product, size) => product * Number(size), 1), 0);
}

/** Shape of the last node of every layer, in the order in which the layers were called: `[N, C, H, W]`. */
function shapesOf(graph: Graph): Record<string, string> {
  const computed = graph.nodes.filter(({ op }) => !['input', 'parameter', 'buffer'].includes(op));
  return Object.fromEntries(computed.map(({ path: layer = '', type }) => [layer, type.shape.join('×')]));
}

function failureOf(run: () => unknown): SourceError {
  try {
    run();
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  throw new Error('It was read without an error.');
}

/** Sizes and counts by hand, from the formulas of keras.io and js.tensorflow.org. */
const models: readonly {
  readonly file: string;
  readonly target: string | null;
  readonly parameters: number;
  readonly buffers?: number;
  readonly shapes: Readonly<Record<string, string>>;
}[] = [
  {
    file: 'digits-sequential.js',
    target: null,
    parameters: 5_994,
    shapes: {
      conv2d_Conv2D1: 'N×8×24×24',
      max_pooling2d_MaxPooling2D1: 'N×8×12×12',
      conv2d_Conv2D2: 'N×16×8×8',
      max_pooling2d_MaxPooling2D2: 'N×16×4×4',
      flatten_Flatten1: 'N×256',
      dense_Dense1: 'N×10',
    },
  },
  {
    file: 'layers-array.js',
    target: 'model',
    parameters: 38_750,
    shapes: {
      c1: 'N×6×28×28',
      s2: 'N×6×14×14',
      c3: 'N×16×10×10',
      s4: 'N×16×5×5',
      flat: 'N×400',
      f6: 'N×84',
      drop: 'N×84',
      out: 'N×26',
    },
  },
  {
    file: 'residual-functional.js',
    target: 'createResNet',
    parameters: 78_042,
    buffers: 672,
    shapes: {
      add_Add1: 'N×16×32×32',
      add_Add2: 'N×32×16×16',
      add_Add3: 'N×64×8×8',
      global_average_pooling2d_GlobalAveragePooling2D1: 'N×64',
      dense_Dense1: 'N×10',
    },
  },
  { file: 'residual-functional.js', target: 'createResNet(3)', parameters: 77_587, shapes: { dense_Dense1: 'N×3' } },
  {
    file: 'loops-and-spread.js',
    target: 'default',
    parameters: 6_597,
    shapes: {
      stage1_conv1: 'N×8×24×24',
      stage1_pool: 'N×8×12×12',
      stage2_conv1: 'N×16×12×12',
      stage2_conv2: 'N×16×12×12',
      stage2_pool: 'N×16×6×6',
      flatten: 'N×576',
      logits: 'N×5',
    },
  },
  {
    file: 'class-method.js',
    target: 'ShapeClassifier.buildModel',
    parameters: 2_771,
    shapes: { max_pooling2d_MaxPooling2D1: 'N×4×15×15', flatten_Flatten1: 'N×72', dense_Dense2: 'N×3' },
  },
  {
    file: 'class-keeps-model.ts',
    target: 'Trainer',
    parameters: 344,
    shapes: { dense_Dense1: 'N×20', dropout_Dropout1: 'N×20', dense_Dense2: 'N×4' },
  },
  {
    file: 'typed-functional.ts',
    target: null,
    parameters: 656,
    shapes: {
      conv2d_Conv2D1: 'N×4×8×8',
      conv2d_Conv2D2: 'N×8×4×4',
      global_max_pooling2d_GlobalMaxPooling2D1: 'N×8',
      dense_Dense1: 'N×7',
    },
  },
  {
    file: 'local-model.js',
    target: 'run.model',
    parameters: 6_810,
    shapes: { conv2d_Conv2D1: 'N×4×13×13', flatten_Flatten1: 'N×676', dense_Dense1: 'N×10' },
  },
  {
    file: 'script-tag.js',
    target: 'setup.model',
    parameters: 232,
    shapes: { dense_Dense1: 'N×16', dense_Dense2: 'N×8' },
  },
  {
    file: 'named-imports.js',
    target: 'soundModel',
    parameters: 667,
    shapes: { max_pooling1d_MaxPooling1D1: 'N×8×24', flatten_Flatten1: 'N×192', dense_Dense1: 'N×3' },
  },
  {
    file: 'uses-blocks.ts',
    target: 'makeNet',
    parameters: 68,
    shapes: { conv2d_Conv2D1: 'N×5×10×10', dense_Dense1: 'N×3' },
  },
  {
    file: 'builders.js',
    target: 'builders.small',
    parameters: 97,
    shapes: { dense_Dense1: 'N×8', dense_Dense2: 'N×1' },
  },
  { file: 'builders.js', target: 'builders.large', parameters: 4_864, shapes: { dense_Dense2: 'N×64' } },
  {
    file: 'builders.js',
    target: 'builders.large({depth: 3})',
    parameters: 9_024,
    shapes: { dense_Dense3: 'N×64' },
  },
  {
    file: 'shared-layers.js',
    target: 'createTwins',
    parameters: 1_207,
    shapes: { 'encoder/edges': 'N×3×14×14', 'encoder/flat': 'N×588', concatenate_Concatenate1: 'N×1176', same: 'N×1' },
  },
  {
    file: 'inheritance.js',
    target: 'Deep',
    parameters: 144,
    shapes: { dense_Dense1: 'N×9', dense_Dense2: 'N×6', dense_Dense3: 'N×3' },
  },
  {
    file: 'mobile-blocks.js',
    target: 'createMobile',
    parameters: 1_110,
    shapes: {
      zero_padding2d_ZeroPadding2D1: 'N×3×33×33',
      conv2d_Conv2D1: 'N×8×16×16',
      depthwise_conv2d_DepthwiseConv2D1: 'N×16×16×16',
      separable_conv2d_SeparableConv2D1: 'N×12×14×14',
      up_sampling2d_UpSampling2D1: 'N×12×28×28',
      conv2d_transpose_Conv2DTranspose1: 'N×2×56×56',
      cropping2d_Cropping2D1: 'N×2×48×48',
    },
  },
  { file: 'sequence-model.js', target: 'createModel', parameters: 2_089, shapes: { dense_Dense1: 'N×1' } },
  { file: 'unknown-metadata.js', target: 'createKnown', parameters: 15, shapes: { dense_Dense1: 'N×3' } },
];

describe('models of TensorFlow.js', () => {
  test.each(models)('$file: $target', ({ file, target, parameters, buffers, shapes }) => {
    const { graph, framework } = traceFile(file, target);
    expect(framework).toBe('tensorflow.js');
    expect(valuesIn(graph, 'parameter')).toBe(parameters);
    if (buffers !== undefined) expect(valuesIn(graph, 'buffer')).toBe(buffers);
    expect(shapesOf(graph)).toMatchObject(shapes);
  });

  test('a layer stands at the line where it is made', () => {
    const { graph } = traceFile('digits-sequential.js', null);
    const lines = graph.nodes.flatMap(({ op, source }) => (/^(conv2d|linear)$/.test(op) ? [source?.startLine] : []));
    expect(lines).toEqual([10, 21, 31]);
  });

  test('weights are named as TensorFlow.js names them', () => {
    const { graph } = traceFile('class-keeps-model.ts', 'Trainer');
    const names = graph.nodes.filter(({ op }) => op === 'parameter').map(({ path: name }) => name);
    expect(names).toEqual(['dense_Dense1/kernel', 'dense_Dense1/bias', 'dense_Dense2/kernel', 'dense_Dense2/bias']);
  });

  test('a layer that is not trained has buffers', () => {
    const text = `const model = tf.sequential();
      model.add(tf.layers.dense({units: 2, inputShape: [3], trainable: false}));
      model.add(tf.layers.dense({units: 1, inputShape: [3]}));
      model.getLayer(null, 1).trainable = false;
      model.add(tf.layers.dense({units: 4}));`;
    const { graph } = traceText(text, 'model');
    expect([valuesIn(graph, 'parameter'), valuesIn(graph, 'buffer')]).toEqual([8, 11]);
  });

  test('images may be channelsFirst', () => {
    const text = `const model = tf.sequential({layers: [
      tf.layers.conv2d({inputShape: [3, 20, 20], filters: 4, kernelSize: 3, dataFormat: 'channelsFirst', name: 'c'}),
      tf.layers.maxPooling2d({dataFormat: 'channelsFirst', name: 'p'})]});`;
    expect(shapesOf(traceText(text, 'model').graph)).toEqual({ c: 'N×4×18×18', p: 'N×4×9×9' });
  });

  test('options that a layer does not have are ignored, as TensorFlow.js does', () => {
    const text = `const model = tf.sequential();
      model.add(tf.layers.dense({units: 2, inputShape: [3], rate: 0.5, kernel_size: 3}));`;
    expect(valuesIn(traceText(text, 'model').graph, 'parameter')).toBe(8);
  });

  test('a size that the code leaves open is the one that is given', () => {
    const text = `const input = tf.input({shape: [null, null, 3]});
      const model = tf.model({inputs: input, outputs: tf.layers.conv2d({filters: 2, kernelSize: 3, name: 'c'}).apply(input)});`;
    expect(shapesOf(traceText(text, 'model').graph)).toEqual({ c: 'N×2×30×30' });
  });

  test('first values with options', () => {
    const text = `const model = tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [8], useBias: false,
      kernelInitializer: tf.initializers.randomNormal({mean: 1, stddev: 0.25})})]});`;
    const weight = traceText(text, 'model').graph.nodes.find(({ op }) => op === 'parameter');
    expect(weight?.attrs.init).toEqual({ kind: 'normal', mean: 1, std: 0.25 });
  });

  test('first values without options are those of TensorFlow.js', () => {
    const text = 'const model = tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [6]})]});';
    const [kernel, bias] = traceText(text, 'model').graph.nodes;
    // Glorot's normal distribution: variance 2 / (inputs + outputs).
    expect(kernel?.attrs.init).toEqual({ kind: 'normal', mean: 0, std: 0.5 });
    expect(bias?.attrs.init).toEqual({ kind: 'constant', value: 0 });
  });

  test('sizes of tensors can be computed with', () => {
    const text = `const input = tf.input({shape: [8, 8, 6]});
      const [, height, width, channels] = input.shape;
      const flat = tf.layers.reshape({targetShape: [height * width, channels]}).apply(input);
      const batch = input.shape[0] ?? 'any';
      const model = tf.model({inputs: input, outputs: tf.layers.dense({units: channels / 2, name: batch}).apply(flat)});`;
    expect(shapesOf(traceText(text, 'model').graph)).toMatchObject({ any: 'N×64×3' });
  });

  test('a model inside of a function without a name', () => {
    const text = `ready(() => {});
      (async () => {
        const model = tf.sequential();
        model.add(tf.layers.dense({units: 2, inputShape: [3]}));
        await model.fit(load(), load());
      })();`;
    expect(valuesIn(traceText(text, null).graph, 'parameter')).toBe(8);
  });

  test('TensorFlow.js may be given to a function', () => {
    const text = `exports.build = (tf) => tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [3]})]});`;
    expect(valuesIn(traceText(text, null).graph, 'parameter')).toBe(8);
  });

  test('what is called later changes no model', () => {
    const text = `const model = tf.sequential();
      model.add(tf.layers.dense({units: 2, inputShape: [3]}));
      document.getElementById('more').addEventListener('click', () => model.add(tf.layers.dense({units: 1})));`;
    expect(valuesIn(traceText(text, 'model').graph, 'parameter')).toBe(8);
  });

  test('what comes after a model does not change it', () => {
    const text = `const model = tf.sequential();
      model.add(tf.layers.dense({units: 2, inputShape: [3]}));
      function show(model) { if (Math.random() > 0.5) console.log(model); }
      show(model);
      model.fit(loadData()).then((history) => plot(history));
      const scores = model.predict(tf.tensor2d([[1, 2, 3]])).dataSync().map((score) => score * 2);`;
    expect(valuesIn(traceText(text, 'model').graph, 'parameter')).toBe(8);
  });
});

describe('code that TensorFlow.js refuses', () => {
  test.each([
    ['broken-kernel.js', 7, 'window is larger than its input'],
    ['broken-add.js', 7, 'do not fit together'],
    ['broken-first-layer.js', 5, 'The first layer of a sequential model needs an inputShape'],
    ['broken-flatten.js', 5, 'needs an input of at least 3 dimensions, got 2'],
    ['broken-option.js', 5, "tf.layers.conv2d needs the option 'filters'"],
    ['broken-activation.ts', 5, "'leaky_relu' is no value for activation"],
    ['broken-name.js', 7, "TypeError: Cannot read properties of undefined (reading 'units')"],
  ])('%s, line %i', (file, line, reason) => {
    const error = failureOf(() => traceFile(file, null));
    expect(error.message).toContain(reason);
    expect([error.line, error.refused]).toEqual([line, true]);
  });

  test.each([
    [
      "tf.layers.conv2d({inputShape: [8, 8, 1], filters: 1, kernelSize: 3, padding: 'SAME'})",
      "'SAME' is no value for padding",
    ],
    [
      "tf.layers.dense({inputShape: [8], units: 1, kernelInitializer: 'he_normal'})",
      "'he_normal' is no value for kernelInitializer",
    ],
    [
      "tf.layers.conv2d({inputShape: [8, 8, 1], filters: 1, kernelSize: 3, dataFormat: 'channels_last'})",
      "'channels_last' is no value for dataFormat",
    ],
    ['tf.layers.dense({inputShape: [8], units: 0})', 'units must be positive'],
    ["'dense'", 'model.add() needs a layer.'],
  ])('%s', (layer, reason) => {
    const error = failureOf(() => traceText(`const model = tf.sequential();\nmodel.add(${layer});`, 'model'));
    expect(error.reason).toContain(reason);
    expect([error.line, error.refused]).toEqual([2, true]);
  });

  test('messages have the names of the code', () => {
    const text = `const model = tf.sequential();
      model.add(tf.layers.conv2d({inputShape: [8, 8, 1], filters: 4, kernelSize: [3, 3, 3]}));`;
    const error = failureOf(() => traceText(text, 'model'));
    expect(error.reason).toContain('kernelSize must be');
    expect(error.line).toBe(2);
  });
});

describe('models that are not known', () => {
  test.each([
    ['unknown-metadata.js', 'createModel', 4, "What 'fetch' gives is not known"],
    ['unknown-helper.js', null, 7, 'What this call does to the model is not known'],
  ])('%s', (file, target, line, reason) => {
    const error = failureOf(() => traceFile(file, target));
    expect(error.message).toContain(reason);
    expect([error.line, error.refused]).toEqual([line, false]);
  });

  test.each([
    ['model.add(tf.layers.convLstm2d({filters: 3, kernelSize: 2}));', 'tf.layers.convLstm2d is not supported yet.'],
    [
      "const loaded = await tf.loadLayersModel('model.json'); for (const layer of loaded.layers) model.add(layer);",
      'The layers of a model that is loaded are not known',
    ],
    ['model.add(makeLayer());', "'makeLayer' is not defined in this file."],
    ['if (Math.random() > 0.5) model.add(tf.layers.dense({units: 1}));', 'This condition is not known'],
    ['const grow = (m) => { m.add(tf.layers.dense({units: Math.random()})); }; grow(model);', 'A random number'],
    [
      'loadUnits().forEach((units) => model.add(tf.layers.dense({units})));',
      "What this call does to the model is not known: 'loadUnits' is not defined",
    ],
    [
      'const addOne = (units) => { model.add(tf.layers.dense({units})); }; loadUnits().forEach(addOne);',
      'What this call does to the model is not known',
    ],
    ['for (const units of loadUnits()) model.add(tf.layers.dense({units}));', "'loadUnits' is not defined"],
    ['model.add(tf.layers.dense({units: 1});', 'Something is missing here, such as a bracket.'],
    [
      'class Mine extends tf.layers.Layer {} model.add(new Mine());',
      'Classes that extend tf.layers.Layer are not supported yet.',
    ],
  ])('after %s', (statement, reason) => {
    const text = `const model = tf.sequential();\nmodel.add(tf.layers.dense({units: 2, inputShape: [3]}));\n${statement}`;
    const error = failureOf(() => traceText(text, 'model'));
    expect(error.message).toContain(reason);
    expect([error.line, error.refused]).toEqual([3, false]);
  });

  test.each([
    ['function f(units) { return tf.sequential(); }', null, 'f needs the argument units.'],
    ['const a = tf.sequential(), b = tf.sequential();', null, 'There are several models in this file.'],
    ['const a = 1;', null, 'There is no model in this file'],
    ['const a = 1;', 'a', 'a is not a model: it is 1.'],
    ['const a = 1;', 'b', "'b' is not defined in this file."],
    ['const a = 1;', 'const b = 2', 'is neither a name nor an expression that makes a model.'],
  ])('%s with the target %s', (text, target, reason) => {
    expect(failureOf(() => traceText(text, target)).message).toContain(reason);
  });
});
