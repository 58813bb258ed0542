import { native, none, opaque, string, type ModuleValue, type NativeCall, type Value } from '../../runtime/values';
import { activationFunctions } from './activations';
import { creationFunctions, randomFunctions } from './functions/creation-functions';
import { elementwiseFunctions, mergeFunctions } from './functions/elementwise-functions';
import { imageFunctions } from './functions/image-functions';
import { reductionFunctions } from './functions/reduction-functions';
import { concatenation, shapeFunctions } from './functions/shape-functions';
import { initializerClasses } from './initializers';
import { kerasLayers } from './keras-layers';
import { kerasSession } from './keras-session';

type Members = readonly (readonly [string, Value])[];

const models: Members = [...kerasLayers].filter(([name]) => ['Model', 'Sequential', 'Input'].includes(name));

export const harmless: Value = native('harmless', () => none);

/** `@register(package='…')` and `@register`: the class stays as it is. */
export const decorator: Value = native('decorator', (_, [first]) =>
  first?.kind === 'class' || first?.kind === 'function'
    ? first
    : native('decorator', (__, [decorated = none]) => decorated),
);

/** All functions on tensors: `keras.ops`. */
export const tensorFunctions: Members = [
  ...activationFunctions,
  ...elementwiseFunctions,
  ...reductionFunctions,
  ...shapeFunctions,
  ...imageFunctions,
  ...creationFunctions,
];

const clearSession: NativeCall = (interpreter) => {
  kerasSession(interpreter).names.clear();
  return none;
};

const settings: Members = [
  ['clear_session', native('clear_session', clearSession)],
  ['image_data_format', native('image_data_format', (interpreter) => string(kerasSession(interpreter).dataFormat))],
  [
    'set_image_data_format',
    native('set_image_data_format', (interpreter, [format]) => {
      if (format?.kind === 'string' && (format.value === 'channels_first' || format.value === 'channels_last')) {
        kerasSession(interpreter).dataFormat = format.value;
      }
      return none;
    }),
  ],
  ['epsilon', native('epsilon', () => ({ kind: 'float', value: 1e-7 }))],
  ['set_floatx', harmless],
  ['floatx', native('floatx', () => string('float32'))],
  ['set_seed', harmless],
  ['backend', native('backend', () => string('tensorflow'))],
];

const utilities: Members = [
  ['set_random_seed', harmless],
  ['plot_model', harmless],
  ['model_to_dot', harmless],
  ['clear_session', native('clear_session', clearSession)],
  ['register_keras_serializable', decorator],
];

const layers: Members = [
  ...[...kerasLayers].filter(([name]) => name !== 'Model' && name !== 'Sequential'),
  ...mergeFunctions,
  ['concatenate', concatenation('concatenate', -1)],
];

/** What `keras`, `tf.keras` and `tensorflow.keras` have in their modules. */
const parts: Readonly<Record<string, Members>> = {
  '': [
    ...models,
    ...[...kerasLayers].filter(([name]) => name === 'Layer'),
    ['Variable', creationFunctions.find(([name]) => name === 'Variable')?.[1] ?? none],
    ['__version__', string('3.0.0')],
  ],
  '.layers': layers,
  '.models': models,
  '.activations': [...activationFunctions],
  '.initializers': [...initializerClasses],
  // The old backend's functions had the last axis as their standard.
  '.backend': [...tensorFunctions, ...settings, ['concatenate', concatenation('concatenate', -1)]],
  '.config': settings,
  '.ops': tensorFunctions,
  '.ops.image': imageFunctions,
  '.ops.nn': tensorFunctions,
  '.random': [...randomFunctions, ...imageFunctions.filter(([name]) => name === 'dropout')],
  '.utils': utilities,
  '.saving': utilities,
  '.regularizers': names('a regularizer', ['L1', 'L2', 'L1L2', 'l1', 'l2', 'l1_l2', 'OrthogonalRegularizer']),
  '.constraints': names('a constraint', [
    'MaxNorm',
    'NonNeg',
    'UnitNorm',
    'MinMaxNorm',
    'max_norm',
    'maxnorm',
    'non_neg',
    'unit_norm',
  ]),
  '.mixed_precision': [
    ['set_global_policy', harmless],
    ['set_policy', harmless],
  ],
  ...empty(['.optimizers', '.losses', '.metrics', '.callbacks', '.datasets', '.datasets.mnist', '.datasets.cifar10']),
  ...empty(['.datasets.fashion_mnist', '.preprocessing', '.preprocessing.image', '.engine']),
};

/** Where older versions of Keras had their layers. */
const layerModules = [
  'core',
  'convolutional',
  'pooling',
  'normalization',
  'merge',
  'merging',
  'recurrent',
  'embeddings',
];
const moreLayerModules = ['advanced_activations', 'noise', 'wrappers', 'experimental', 'experimental.preprocessing'];

const roots = ['keras', 'tf_keras', 'tensorflow.keras', 'tensorflow.python.keras', 'keras.src'];

/** The modules of Keras, under all names by which code imports them. */
export const kerasModules: readonly ModuleValue[] = roots.flatMap((root) => [
  ...Object.entries(parts).map(([name, members]) => moduleOf(root + name, members)),
  ...[...layerModules, ...moreLayerModules].map((name) => moduleOf(`${root}.layers.${name}`, layers)),
]);

function moduleOf(name: string, members: Members): ModuleValue {
  return { kind: 'module', name, namespace: new Map(members) };
}

function names(description: string, all: readonly string[]): Members {
  return all.map((name) => [name, native(name, () => opaque(description))]);
}

function empty(all: readonly string[]): Readonly<Record<string, Members>> {
  return Object.fromEntries(all.map((name) => [name, []]));
}
