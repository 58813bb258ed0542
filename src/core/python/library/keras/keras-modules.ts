import { native, none, opaque, string, type ModuleValue, type NativeCall, type Value } from '../../runtime/values';
import { activationFunctions } from './activations';
import { initializerClasses } from './initializers';
import { kerasLayers } from './keras-layers';
import { kerasSession } from './keras-session';

const layerNames = [...kerasLayers].filter(([name]) => !['Model', 'Sequential'].includes(name));
const models: [string, Value][] = [...kerasLayers].filter(([name]) => ['Model', 'Sequential', 'Input'].includes(name));

const harmless: Value = native('harmless', () => none);

const clearSession: NativeCall = (interpreter) => {
  kerasSession(interpreter).names.clear();
  return none;
};

const backend: [string, Value][] = [
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
];

/** What `keras`, `tf.keras` and `tensorflow.keras` have under the same names. */
const parts: Readonly<Record<string, readonly (readonly [string, Value])[]>> = {
  '': [...models, ['Layer', kerasLayers.get('Layer') ?? none], ...backend.filter(([name]) => name !== 'epsilon')],
  '.layers': layerNames,
  '.models': models,
  '.engine': [],
  '.activations': [...activationFunctions],
  '.initializers': [...initializerClasses],
  '.backend': backend,
  '.config': backend,
  '.utils': [
    ['set_random_seed', harmless],
    ['plot_model', harmless],
    ['clear_session', native('clear_session', clearSession)],
    [
      'register_keras_serializable',
      native('register_keras_serializable', () => native('register', (_, [value = none]) => value)),
    ],
  ],
  '.saving': [
    [
      'register_keras_serializable',
      native('register_keras_serializable', () => native('register', (_, [value = none]) => value)),
    ],
  ],
  '.regularizers': ['L1', 'L2', 'L1L2', 'l1', 'l2', 'l1_l2', 'OrthogonalRegularizer'].map(
    (name) => [name, native(name, () => opaque('a regularizer'))] as const,
  ),
  '.constraints': ['MaxNorm', 'NonNeg', 'UnitNorm', 'MinMaxNorm', 'max_norm', 'non_neg', 'unit_norm'].map(
    (name) => [name, native(name, () => opaque('a constraint'))] as const,
  ),
  '.optimizers': [],
  '.losses': [],
  '.metrics': [],
  '.callbacks': [],
  '.datasets': [],
  '.preprocessing': [],
  '.preprocessing.image': [],
  '.applications': [],
  '.mixed_precision': [
    ['set_global_policy', harmless],
    ['set_policy', harmless],
  ],
};

const roots = ['keras', 'tf_keras', 'tensorflow.keras', 'tensorflow.python.keras', 'keras.api'];

/** The modules of Keras, under all names that code imports them by. */
export const kerasModules: readonly ModuleValue[] = [
  ...roots.flatMap((root) =>
    Object.entries(parts).map(([name, members]): ModuleValue => ({
      kind: 'module',
      name: root + name,
      namespace: new Map(members),
    })),
  ),
  { kind: 'module', name: 'tensorflow', namespace: new Map() },
];
