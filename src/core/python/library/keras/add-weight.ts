import type { DType, Initializer, Shape } from '../../../graph/graph';
import type { Interpreter } from '../../runtime/interpreter';
import { tensor, type InstanceValue, type NativeCall, type Value } from '../../runtime/values';
import { readArguments } from '../read-arguments';
import { sourceRangeOf } from '../../source-file';
import { dtypeOf } from './dtypes';
import { readInitializer } from './initializers';
import { identityOrder, kerasTensor, type KerasTensor } from './keras-tensor';
import { layerState } from './layer-state';
import { nameOf } from './read-shapes';

/** `self.add_weight(shape=(…), initializer='zeros', trainable=True, name='w')`, in Keras 3's and Keras 2's order of arguments. */
export const addWeight: NativeCall = (interpreter, [self, ...positional], keyword) => {
  if (self?.kind !== 'instance') return interpreter.raise('TypeError', 'add_weight needs its layer');
  const nameFirst = positional[0]?.kind === 'string';
  const names = nameFirst ? ['name?', 'shape?', 'dtype?', 'initializer?'] : ['shape?', 'initializer?', 'dtype?'];
  const more = ['trainable', 'regularizer', 'constraint', 'autocast', 'aggregation', 'overwrite_with_gradient'];
  const rest = [...more, 'use_resource', 'synchronization', 'experimental_autocast'].map((name) => `${name}?`);
  const args = readArguments(
    interpreter,
    'add_weight',
    [...names, ...rest, ...(nameFirst ? [] : ['name?'])],
    positional,
    keyword,
  );
  const shape = sizesOf(interpreter, args['shape']);
  const dtype = dtypeOf(args['dtype']) ?? interpreter.fail('Weights of this type are not supported yet.');
  const trainable = args['trainable'] === undefined || interpreter.decide(args['trainable']);
  const initializer = readInitializer(interpreter, args['initializer'] ?? { kind: 'string', value: 'glorot_uniform' });
  const name = nameOf(interpreter, args['name']) ?? 'variable';
  const fan = shape.length < 2 ? { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 } : fansOf(shape);
  return makeWeight(interpreter, self, { name, shape, dtype, trainable, init: initializer(fan) });
};

export interface WeightSpec {
  /** `kernel` */
  readonly name: string;
  /** Of the node, in PyTorch's layout. */
  readonly shape: readonly number[];
  /** Which axis of the node each shown axis is; absent: the node's own. */
  readonly order?: readonly number[];
  readonly dtype?: DType;
  /** Default true. */
  readonly trainable?: boolean;
  readonly init: Initializer;
}

/** A weight of a layer. */
export function makeWeight(interpreter: Interpreter, layer: InstanceValue, spec: WeightSpec): KerasTensor {
  const { shape, dtype = 'f32', trainable = true, order = identityOrder(shape.length), init } = spec;
  const state = layerState(interpreter, layer);
  const value = tensor({ shape, dtype }, { kind: 'initial', init }, { parameter: trainable, requiresGrad: trainable });
  const count = state.weights.filter(
    ({ name }) => name === spec.name || name.replace(/_\d+$/, '') === spec.name,
  ).length;
  const name = count === 0 ? spec.name : `${spec.name}_${count}`;
  const made = kerasTensor(interpreter, value, order);
  state.weights.push({ name, value: made, trainable });
  const { tracer } = interpreter;
  if (tracer.final) {
    // Only where the call before this one did not come as far: what failed there fails again.
    const path = tracer.paths.get(layer) ?? state.name;
    tracer.addStateTensor(
      value,
      `${path}/${name}`,
      init,
      sourceRangeOf(layer.place),
      trainable ? 'parameter' : 'buffer',
    );
  }
  return made;
}

/** Numbers of inputs and outputs of a dense or convolution kernel of a shown shape (…, in, out). Source: keras.initializers. */
export function fansOf(shape: Shape): { readonly fanIn: number; readonly fanOut: number } {
  const sizes = shape.map((size) => (typeof size === 'number' ? size : 1));
  const receptive = sizes.slice(0, -2).reduce((product, size) => product * size, 1);
  return { fanIn: receptive * (sizes.at(-2) ?? 1), fanOut: receptive * (sizes.at(-1) ?? 1) };
}

function sizesOf(interpreter: Interpreter, value: Value | undefined): readonly number[] {
  if (!value || value.kind === 'none') return [];
  const items = value.kind === 'integer' ? [value] : interpreter.iterate(value);
  return items.map((size) => {
    if (size.kind === 'unknown') return interpreter.failUnknown(size);
    if (size.kind === 'integer' && typeof size.value === 'number') return size.value;
    return size.kind === 'none' || size.kind === 'integer'
      ? interpreter.fail('The shape of a weight must be known.')
      : interpreter.raise('TypeError', 'The shape of a weight is made of whole numbers');
  });
}
