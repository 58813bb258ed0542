import type { Interpreter } from '../../runtime/interpreter';
import { none, type ClassValue, type InstanceValue, type UnknownValue, type Value } from '../../runtime/values';
import { SourceError } from '../../source-error';
import { nativeClass } from '../native-class';
import { readArguments } from '../read-arguments';
import { callKerasLayer } from './call-keras-layer';
import { connect, requireUniqueNames } from './functional';
import { inputLayerClass, inputTensor, makeInputLayer } from './input-layer';
import { isKerasTensor, shownShape, type KerasTensor } from './keras-tensor';
import { layerClass } from './layer-class';
import { initLayer, isLayer, layerState, type KnownShape } from './layer-state';
import { modelClass } from './model-class';
import { knownShapes, nameOf } from './read-shapes';

/** keras.Sequential. With a known input its layers are built as they are added, as Keras does. */
export const sequentialClass: ClassValue = nativeClass('Sequential', [modelClass], {
  __init__: (interpreter, [self, ...positional], keyword) => {
    if (self?.kind !== 'instance') return interpreter.raise('TypeError', 'Sequential needs its object');
    const names = ['layers?', 'trainable?', 'name?'];
    const { layers = none, name } = readArguments(interpreter, 'Sequential', names, positional, keyword);
    if (layers.kind === 'unknown') interpreter.failUnknown(layers);
    const state = initLayer(interpreter, self, nameOf(interpreter, name));
    state.behaviour = { call: runLayers };
    const given = layers.kind === 'none' ? [] : interpreter.iterate(layers);
    for (const layer of given) append(interpreter, self, layer);
    connectLayers(interpreter, self, undefined);
    return none;
  },
  add: (interpreter, [self, ...positional], keyword) => {
    if (self?.kind !== 'instance') return interpreter.raise('TypeError', 'add() needs its model');
    const { layer = none } = readArguments(interpreter, 'add', ['layer', 'rebuild?'], positional, keyword);
    append(interpreter, self, layer);
    if (layerState(interpreter, self).functional?.broken) return none;
    connectLayers(interpreter, self, outputOf(interpreter, self));
    return none;
  },
  pop: (interpreter, [self]) => {
    if (self?.kind !== 'instance') return none;
    const { inner } = layerState(interpreter, self);
    if (inner.length === 0) return interpreter.raise('TypeError', 'There are no layers in the model');
    const last = inner.pop() ?? none;
    connectLayers(interpreter, self, undefined);
    return last;
  },
  build: (interpreter, [self, shape = none]) => {
    if (self?.kind !== 'instance') return none;
    const state = layerState(interpreter, self);
    const [known] = knownShapes(interpreter, shape);
    state.built = true;
    // Called by the first call: the layers are built as they are reached.
    if (!known || state.functional || interpreter.moduleStack.includes(self)) return none;
    state.inputShape = known;
    connectLayers(interpreter, self, undefined);
    return none;
  },
});

/** The last layer's symbolic output, where the layers before are connected. */
function outputOf(interpreter: Interpreter, self: InstanceValue): KerasTensor | undefined {
  const outputs = layerState(interpreter, self).functional?.outputs;
  return isKerasTensor(outputs) ? outputs : undefined;
}

function append(interpreter: Interpreter, self: InstanceValue, given: Value): void {
  const state = layerState(interpreter, self);
  if (given.kind === 'unknown') {
    state.inner.push(unknownLayer(interpreter, given));
    return;
  }
  // keras.Input(…) in the list stands for its layer.
  const layer = isKerasTensor(given) ? given.keras.madeBy?.layer : given;
  if (!isLayer(layer)) {
    const what = given.kind === 'class' ? `the class ${given.name} (its brackets are missing)` : `a ${given.kind}`;
    return interpreter.raise('ValueError', `Only layers can be added to a Sequential, not ${what}`);
  }
  if (layer.class === inputLayerClass && state.inner.length > 0) {
    interpreter.raise('ValueError', 'A Sequential has its Input as its first layer only');
  }
  requireUniqueNames(interpreter, [...state.inner, layer]);
  state.inner.push(layer);
}

/** Stands for a layer that is not known: the layers before it are still worth telling. */
function unknownLayer(interpreter: Interpreter, reason: UnknownValue): InstanceValue {
  const { place } = reason;
  const made: InstanceValue = {
    kind: 'instance',
    class: unknownLayerClass,
    attributes: new Map(),
    module: undefined,
    place,
  };
  const state = initLayer(interpreter, made, 'unknown');
  state.behaviour = { call: (_, machine) => (reason.cause ? machine.failUnknown(reason) : reason) };
  state.built = true;
  return made;
}

const unknownLayerClass: ClassValue = nativeClass('Unknown', [layerClass]);

/**
 * Calls the layers on a symbolic input, if one is known; of those that are connected already only the last. Where one of
 * them cannot be, the model stays: the same happens, and is told, when it runs.
 */
function connectLayers(interpreter: Interpreter, self: InstanceValue, connected: KerasTensor | undefined): void {
  const state = layerState(interpreter, self);
  if (connected === undefined) state.functional = undefined;
  const [first] = state.inner;
  if (!first) return;
  const input = state.functional ? state.functional.inputs : inputFor(interpreter, state.inputShape, first);
  if (!isKerasTensor(input)) return;
  const remaining = connected ? state.inner.slice(-1) : state.inner.filter((layer) => layer.class !== inputLayerClass);
  const value = callInTurn(interpreter, remaining, connected ?? input);
  state.built = true;
  if (value.kind === 'unknown') {
    state.functional = { inputs: input, outputs: value, operations: state.functional?.operations ?? [], broken: value };
  } else if (isKerasTensor(value) && value !== input) state.functional = connect(interpreter, input, value);
  else state.functional = { inputs: input, outputs: value, operations: [] };
}

function callInTurn(interpreter: Interpreter, layers: readonly InstanceValue[], input: Value): Value {
  const { place, observer } = interpreter;
  interpreter.observer = undefined;
  let value = input;
  try {
    for (const layer of layers) {
      // An error points to where the layer was made: the call is the same for all.
      interpreter.place = layer.place;
      value = callKerasLayer(interpreter, layer, [value], new Map());
    }
    return value;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { kind: 'unknown', reason: error.reason, place: error.place, cause: error };
  } finally {
    Object.assign(interpreter, { place, observer });
  }
}

function inputFor(
  interpreter: Interpreter,
  declared: KnownShape | undefined,
  first: InstanceValue,
): KerasTensor | undefined {
  if (first.class === inputLayerClass) return inputTensor(interpreter, first);
  const { inputShape, functional } = layerState(interpreter, first);
  const own = functional?.inputs;
  const shape =
    declared ??
    inputShape ??
    (isKerasTensor(own) ? shownShape(own).map((size) => (typeof size === 'number' ? size : null)) : undefined);
  return shape && inputTensor(interpreter, makeInputLayer(interpreter, shape));
}

function runLayers(self: InstanceValue, interpreter: Interpreter, [input = none]: readonly Value[]): Value {
  const { place } = interpreter;
  let value = input;
  for (const layer of layerState(interpreter, self).inner) {
    if (layer.class === inputLayerClass) continue;
    interpreter.place = layer.place;
    value = callKerasLayer(interpreter, layer, [value], new Map());
  }
  interpreter.place = place;
  return value;
}
