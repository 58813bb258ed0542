import type { Interpreter } from '../../runtime/interpreter';
import { itemIndex } from '../../runtime/subscript';
import { list, native, none, type ClassValue, type InstanceValue, type NativeCall } from '../../runtime/values';
import { nativeClass } from '../native-class';
import { readArguments } from '../read-arguments';
import { callKerasLayer } from './call-keras-layer';
import { titleOf } from './define-layer';
import { connect, connectReached, layersInOrder, runFunctional } from './functional';
import { inputTensor, makeInputLayer } from './input-layer';
import { layerClass } from './layer-class';
import { initLayer, innerLayers, layerState, type KnownShape } from './layer-state';
import { knownShapes, nameOf } from './read-shapes';
import { firstUnknown, tensorsIn } from './symbolic';

const notKnown =
  (what: string): NativeCall =>
  (interpreter) =>
    interpreter.unknown(`${what} is not known before the model runs.`);

/** keras.Model: `Model(inputs, outputs)`, or the base of classes with their own `call`. */
export const modelClass: ClassValue = nativeClass('Model', [layerClass], {
  __init__: (interpreter, [self, ...positional], keyword) => {
    if (self?.kind !== 'instance') return interpreter.raise('TypeError', 'Model needs its object');
    const isFunctional =
      positional.length > 0 || ['inputs', 'outputs', 'input', 'output'].some((name) => keyword.has(name));
    if (!isFunctional) {
      const init = layerClass.namespace.get('__init__');
      return init ? interpreter.call(init, [self], keyword) : none;
    }
    const renamed = new Map(
      [...keyword].map(([name, value]) => [/^(in|out)put$/.test(name) ? `${name}s` : name, value]),
    );
    const names = ['inputs', 'outputs', 'name?', 'trainable?', 'dtype?'];
    const { inputs = none, outputs = none, name } = readArguments(interpreter, 'Model', names, positional, renamed);
    const unknownInput = firstUnknown([inputs]);
    if (unknownInput) interpreter.failUnknown(unknownInput);
    // What leads to the part that is not known can still be told.
    const broken = firstUnknown([outputs]);
    const state = initLayer(interpreter, self, nameOf(interpreter, name));
    state.functional = broken ? connectReached(interpreter, inputs, broken) : connect(interpreter, inputs, outputs);
    state.built = true;
    state.behaviour = {
      call: (model, machine, [given, ...more], named) => {
        const part = layerState(machine, model).functional;
        const value = given ?? named.get('inputs') ?? [...named.values()][0] ?? none;
        if (!part || more.length > 2) return machine.fail('This call of a model is not supported yet.');
        return runFunctional(machine, part, value, titleOf(machine, model));
      },
    };
    return none;
  },
  build: (interpreter, [self, shape = none]) => {
    if (self?.kind !== 'instance') return none;
    const state = layerState(interpreter, self);
    const [known, ...more] = knownShapes(interpreter, shape);
    if (state.functional || !known || interpreter.moduleStack.includes(self)) {
      state.built = true;
      return none;
    }
    if (more.length > 0) return interpreter.fail('Building a model of several inputs is not supported yet.');
    declareInput(interpreter, self, known);
    return none;
  },
  layers: {
    kind: 'property',
    getter: native('layers', (interpreter, [self]) =>
      self?.kind === 'instance' ? list(layersOf(interpreter, self)) : none,
    ),
    setter: undefined,
  },
  inputs: {
    kind: 'property',
    getter: native('inputs', (interpreter, [self]) =>
      list(tensorsIn([layerState(interpreter, self).functional?.inputs ?? none])),
    ),
    setter: undefined,
  },
  outputs: {
    kind: 'property',
    getter: native('outputs', (interpreter, [self]) =>
      list(tensorsIn([layerState(interpreter, self).functional?.outputs ?? none])),
    ),
    setter: undefined,
  },
  get_layer: (interpreter, [self, ...positional], keyword) => {
    const { name, index } = readArguments(interpreter, 'get_layer', ['name?', 'index?'], positional, keyword);
    if (self?.kind !== 'instance') return none;
    const layers = layersOf(interpreter, self);
    if (index && index.kind !== 'none') return layers[itemIndex(interpreter, index, layers.length, 'layer')] ?? none;
    const wanted = nameOf(interpreter, name);
    const found = layers.find((layer) => layerState(interpreter, layer).name === wanted);
    return found ?? interpreter.raise('ValueError', `No such layer: ${wanted ?? ''}`);
  },
  compile: () => none,
  summary: () => none,
  reset_states: () => none,
  save: () => none,
  save_weights: () => none,
  load_weights: () => none,
  export: () => none,
  fit: notKnown('What training gives'),
  evaluate: notKnown('What evaluation gives'),
  predict: notKnown('What prediction gives'),
  train_on_batch: notKnown('What training gives'),
  to_json: notKnown('The text of a model'),
});

/** The code says what the input is: the model is called on it once, so that its layers are built. */
export function declareInput(interpreter: Interpreter, model: InstanceValue, shape: KnownShape): void {
  const state = layerState(interpreter, model);
  state.inputShape = shape;
  const input = inputTensor(interpreter, makeInputLayer(interpreter, shape, `${state.name}_input`));
  // Only shapes count here: what a class computes in `call` is no functional model.
  const output = callKerasLayer(interpreter, model, [input], new Map());
  if (output.kind === 'unknown') interpreter.failUnknown(output);
}

export function layersOf(interpreter: Interpreter, model: InstanceValue): readonly InstanceValue[] {
  const { functional, inner } = layerState(interpreter, model);
  if (isSequential(model)) return inner.filter((layer) => layer.class.name !== 'InputLayer');
  return functional ? layersInOrder(functional) : innerLayers(interpreter, model);
}

export function isSequential(model: InstanceValue): boolean {
  return model.class.order.some((candidate) => candidate.name === 'Sequential' && candidate.place === undefined);
}
