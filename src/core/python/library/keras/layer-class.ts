import type { Interpreter } from '../../runtime/interpreter';
import {
  boolean,
  integer,
  list,
  native,
  none,
  string,
  type ClassValue,
  type InstanceValue,
  type NativeCall,
  type Value,
} from '../../runtime/values';
import { readArguments } from '../read-arguments';
import { nativeClass, objectClass } from '../native-class';
import { addWeight } from './add-weight';
import { callKerasLayer } from './call-keras-layer';
import { isKerasTensor, shapeTuple, shownShape } from './keras-tensor';
import { initLayer, innerLayers, layerState, weightsOf, type LayerState, type LayerWeight } from './layer-state';
import { checkedByKeras } from './torch-call';
import { knownShapes, nameOf, readInputShape, shapeArguments } from './read-shapes';

/** keras.layers.Layer: what all layers and models derive from. */
export const layerClass: ClassValue = nativeClass('Layer', [objectClass], {
  __init__: (interpreter, [self, ...positional], keyword) => {
    if (self?.kind !== 'instance') return interpreter.raise('TypeError', 'Layer needs its object');
    const names = ['activity_regularizer', 'trainable', 'dtype', 'autocast', 'name'].map((name) => `${name}?`);
    const known = new Map([...keyword].filter(([name]) => !shapeArguments.includes(name)));
    const { name, trainable } = readArguments(interpreter, `${self.class.name}.__init__`, names, positional, known);
    const state = initLayer(interpreter, self, nameOf(interpreter, name));
    if (trainable?.kind === 'boolean') state.trainable = trainable.value;
    readInputShape(interpreter, state, keyword);
    return none;
  },
  __call__: (interpreter, [self, ...positional], keyword) =>
    self?.kind === 'instance'
      ? callFromCode(interpreter, self, positional, keyword)
      : interpreter.raise('TypeError', 'A layer needs its object'),
  build: (interpreter, [self, shapes = none]) => {
    if (self?.kind !== 'instance') return none;
    const state = layerState(interpreter, self);
    if (state.built) return none;
    const known = knownShapes(interpreter, shapes);
    checkedByKeras(interpreter, () => state.behaviour?.build?.(self, interpreter, known));
    state.built = true;
    return none;
  },
  call: (interpreter, [self, ...positional], keyword) => {
    if (self?.kind !== 'instance') return interpreter.raise('TypeError', 'A layer needs its object');
    const { behaviour } = layerState(interpreter, self);
    if (!behaviour) {
      return interpreter.raise('NotImplementedError', `Layer ${self.class.name} does not have a call() method`);
    }
    return behaviour.call(self, interpreter, positional, keyword);
  },
  add_weight: addWeight,
  add_variable: addWeight,
  add_loss: () => none,
  add_metric: () => none,
  set_weights: () => none,
  get_config: (interpreter) => interpreter.unknown('The configuration of a layer is not known.'),
  get_weights: (interpreter) => interpreter.unknown('The values of weights are not known.'),
  count_params: member((_state, interpreter, self) =>
    integer(weightsOf(interpreter, self).reduce((sum, weight) => sum + elements(weight), 0)),
  ),
  name: {
    kind: 'property',
    getter: native(
      'name',
      member((state) => string(state.name)),
    ),
    setter: native('name', (interpreter, [self, name]) => {
      layerState(interpreter, self).name = nameOf(interpreter, name) ?? '';
      return none;
    }),
  },
  _name: {
    kind: 'property',
    getter: native(
      'name',
      member((state) => string(state.name)),
    ),
    setter: native('name', (interpreter, [self, name]) => {
      layerState(interpreter, self).name = nameOf(interpreter, name) ?? '';
      return none;
    }),
  },
  trainable: {
    kind: 'property',
    getter: native(
      'trainable',
      member((state) => boolean(state.trainable)),
    ),
    setter: native('trainable', (interpreter, [self, value = none]) => {
      if (self?.kind === 'instance') setTrainable(interpreter, self, interpreter.decide(value));
      return none;
    }),
  },
  built: {
    kind: 'property',
    getter: native(
      'built',
      member((state) => boolean(state.built)),
    ),
    setter: native('built', (interpreter, [self, value = none]) => {
      layerState(interpreter, self).built = interpreter.decide(value);
      return none;
    }),
  },
  weights: property((_, interpreter, self) => list(weightsOf(interpreter, self).map(({ value }) => value))),
  variables: property((_, interpreter, self) => list(weightsOf(interpreter, self).map(({ value }) => value))),
  trainable_weights: property((_, interpreter, self) =>
    list(weightsOf(interpreter, self, true).map(({ value }) => value)),
  ),
  trainable_variables: property((_, interpreter, self) =>
    list(weightsOf(interpreter, self, true).map(({ value }) => value)),
  ),
  non_trainable_weights: property((_, interpreter, self) =>
    list(weightsOf(interpreter, self, false).map(({ value }) => value)),
  ),
  losses: property(() => list([])),
  dtype: property(() => string('float32')),
  compute_dtype: property(() => string('float32')),
  input: property((state, interpreter) => connected(interpreter, state, 'input')),
  output: property((state, interpreter) => connected(interpreter, state, 'output')),
  input_shape: property((state, interpreter) => shapeOf(interpreter, connected(interpreter, state, 'input'))),
  output_shape: property((state, interpreter) => shapeOf(interpreter, connected(interpreter, state, 'output'))),
});

/** A layer's `trainable` holds for all inside of it. */
function setTrainable(interpreter: Interpreter, root: InstanceValue, trainable: boolean): void {
  const seen = new Set<InstanceValue>();
  const visit = (layer: InstanceValue): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    layerState(interpreter, layer).trainable = trainable;
    innerLayers(interpreter, layer).forEach(visit);
  };
  visit(root);
}

/** A call that the file shows (`model(tf.zeros((1, 28, 28, 1)))`) also says what the layer's input is. */
function callFromCode(
  interpreter: Interpreter,
  self: InstanceValue,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  const result = callKerasLayer(interpreter, self, positional, keyword);
  const [input] = positional;
  if (interpreter.tracer.final || !isKerasTensor(input) || result.kind === 'unknown') return result;
  const state = layerState(interpreter, self);
  const [, ...sizes] = shownShape(input);
  state.inputShape ??= [null, ...sizes.map((size) => (typeof size === 'number' ? size : null))];
  return result;
}

function elements({ value }: LayerWeight): number {
  return shownShape(value).reduce<number>((count, size) => (typeof size === 'number' ? count * size : Number.NaN), 1);
}

/** The symbolic tensors at a layer's first call; of a model those that it was made of. */
function connected(interpreter: Interpreter, state: LayerState, side: 'input' | 'output'): Value {
  if (state.functional) return side === 'input' ? state.functional.inputs : state.functional.outputs;
  const [operation] = state.operations;
  if (!operation) {
    return interpreter.raise(
      'AttributeError',
      `The layer ${state.name} has never been called and thus has no defined ${side}`,
    );
  }
  if (side === 'input') return operation.positional[0] ?? none;
  const [only, ...more] = operation.outputs;
  return only && more.length === 0 ? only : list(operation.outputs);
}

function shapeOf(interpreter: Interpreter, value: Value): Value {
  if (isKerasTensor(value)) return shapeTuple(shownShape(value));
  return list(interpreter.iterate(value).map((item) => shapeOf(interpreter, item)));
}

type Read = (state: LayerState, interpreter: Interpreter, self: InstanceValue) => Value;

function member(read: Read): NativeCall {
  return (interpreter, [self]) =>
    self?.kind === 'instance'
      ? read(layerState(interpreter, self), interpreter, self)
      : interpreter.raise('TypeError', 'A layer needs its object');
}

function property(read: Read): Value {
  return { kind: 'property', getter: native('getter', member(read)), setter: undefined };
}
