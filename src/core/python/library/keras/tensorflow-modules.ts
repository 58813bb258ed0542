import { native, none, opaque, string, type ModuleValue, type Value } from '../../runtime/values';
import { nativeClass, objectClass } from '../native-class';
import { randomFunctions } from './functions/creation-functions';
import { initializerClasses } from './initializers';
import { decorator, harmless, tensorFunctions } from './keras-modules';
import { imageFunctions } from './functions/image-functions';

const types = ['float16', 'bfloat16', 'float32', 'float64', 'int8', 'uint8', 'int32', 'int64', 'bool', 'string'];

/** `with strategy.scope():` says where a model is made, nothing about the model. */
const scope = nativeClass('scope', [objectClass], { __enter__: () => none, __exit__: () => none });
const strategy = nativeClass('Strategy', [objectClass], {
  __init__: () => none,
  scope: (interpreter) => ({
    kind: 'instance',
    class: scope,
    attributes: new Map(),
    module: undefined,
    place: interpreter.place,
  }),
  num_replicas_in_sync: { kind: 'integer', value: 1 },
});

const initializerNames = {
  random_normal_initializer: 'RandomNormal',
  random_uniform_initializer: 'RandomUniform',
  truncated_normal_initializer: 'TruncatedNormal',
  zeros_initializer: 'Zeros',
  ones_initializer: 'Ones',
  constant_initializer: 'Constant',
};

const tensorflow: readonly (readonly [string, Value])[] = [
  ...tensorFunctions,
  ['function', decorator],
  ['newaxis', none],
  ...Object.entries(initializerNames).flatMap(([name, made]) => {
    const found = initializerClasses.get(made);
    return found ? [[name, found] as const] : [];
  }),
  ['Tensor', opaque('tf.Tensor')],
  ['TensorShape', native('TensorShape', (_, [shape = none]) => shape)],
  ['__version__', string('2.16.1')],
  // A number is broadcast like a tensor of one value.
  [
    'constant',
    native('constant', (interpreter, [value = none]) =>
      constant(interpreter.unknown('The values of this tensor are not known.'), value),
    ),
  ],
  ...types.map((name) => [name, opaque(`tf.${name}`)] as const),
];

/** The modules of TensorFlow that model code uses beside Keras. */
export const tensorflowModules: readonly ModuleValue[] = [
  module('tensorflow', tensorflow),
  module('tensorflow.nn', tensorFunctions),
  module('tensorflow.math', tensorFunctions),
  module('tensorflow.linalg', tensorFunctions),
  module('tensorflow.image', [...imageFunctions, ['ResizeMethod', opaque('tf.image.ResizeMethod')]]),
  module('tensorflow.random', [...randomFunctions, ['set_seed', harmless]]),
  module(
    'tensorflow.dtypes',
    tensorflow.filter(([name]) => types.includes(name) || name === 'cast'),
  ),
  module('tensorflow.distribute', [
    ['MirroredStrategy', strategy],
    ['OneDeviceStrategy', strategy],
    ['get_strategy', strategy],
  ]),
  module('tensorflow.config', [
    ['list_physical_devices', native('list_physical_devices', () => ({ kind: 'list', items: [] }))],
    ['run_functions_eagerly', harmless],
  ]),
  module('tensorflow.initializers', [...initializerClasses]),
  module('tensorflow.data', []),
  module('tensorflow.python', []),
  module('tensorflow.compat', []),
];

function constant(unknown: Value, value: Value): Value {
  return value.kind === 'integer' || value.kind === 'float' ? value : unknown;
}

function module(name: string, members: readonly (readonly [string, Value])[]): ModuleValue {
  return { kind: 'module', name, namespace: new Map(members) };
}
