import { isKerasTensor, shownShape, type KerasTensor } from '../../python/library/keras/keras-tensor';
import { isLayer, layerState } from '../../python/library/keras/layer-state';
import type { Interpreter } from '../../python/runtime/interpreter';
import {
  boolean,
  integer,
  list,
  native,
  string,
  type InstanceValue,
  type NativeCall,
  type Value,
} from '../../python/runtime/values';
import { getOwn, isNullish, nullValue, promiseOf, undefinedValue } from '../runtime/js-values';
import { raiseError } from '../runtime/raise-error';
import { textOf } from '../runtime/text-of';
import { unknownLayer } from './unknown-layer';

/** Layers, models and symbolic tensors of TensorFlow.js: those of Keras, with other names for what they have. */
export function isTensorFlowObject(value: Value): boolean {
  return isKerasTensor(value) || isLayer(value);
}

/** Whether layers may still be added to it. */
export function isGrowingModel(value: Value): boolean {
  return isLayer(value) && value.class.name === 'Sequential';
}

/** Whether it is a model: a Sequential or one of `tf.model`. */
export function isModel(value: Value): value is InstanceValue {
  return isLayer(value) && modelNames.has(value.class.name);
}

const modelNames: ReadonlySet<string> = new Set(['Sequential', 'Model', 'Functional']);

/** What a layer, model or symbolic tensor has under a name. */
export function tensorFlowProperty(interpreter: Interpreter, object: InstanceValue, name: string): Value {
  if (isKerasTensor(object)) return tensorProperty(interpreter, object, name);
  const found = layerMember(interpreter, object, name) ?? (isModel(object) ? modelMember(object, name) : undefined);
  return found ?? interpreter.unknown(`'${name}' of a ${object.class.name} is not supported yet.`);
}

function tensorProperty(interpreter: Interpreter, tensor: KerasTensor, name: string): Value {
  switch (name) {
    case 'shape':
      return shapeArray(tensor);
    case 'rank':
      return integer(shownShape(tensor).length);
    case 'dtype':
      return string('float32');
    default:
      return interpreter.unknown(`'${name}' of a symbolic tensor is not supported yet.`);
  }
}

/** `[null, 28, 28, 1]` */
function shapeArray(tensor: KerasTensor): Value {
  return list(shownShape(tensor).map((size) => (typeof size === 'number' ? integer(size) : nullValue)));
}

function layerMember(interpreter: Interpreter, layer: InstanceValue, name: string): Value | undefined {
  const state = layerState(interpreter, layer);
  switch (name) {
    case 'apply':
      return native(name, (machine, [input = undefinedValue, options]) => applyLayer(machine, layer, input, options));
    case 'name':
      return string(state.name);
    case 'trainable':
      return boolean(state.trainable);
    case 'built':
      return boolean(state.built);
    case 'input':
    case 'output':
      return interpreter.getAttribute(layer, name);
    case 'inputs':
    case 'outputs':
      return list(asArray(interpreter.getAttribute(layer, name.slice(0, -1))));
    case 'layers':
      return isModel(layer) ? list(interpreter.iterate(interpreter.getAttribute(layer, 'layers'))) : undefined;
    case 'outputShape': {
      const output = interpreter.getAttribute(layer, 'output');
      return isKerasTensor(output) ? shapeArray(output) : undefined;
    }
    case 'countParams':
      return native(name, (machine) => machine.callMethod(layer, 'count_params'));
    case 'getClassName':
      return native(name, () => string(layer.class.name));
    case 'setWeights':
    case 'dispose':
    case 'build':
      return native(name, () => undefinedValue);
    case 'getWeights':
    case 'weights':
    case 'getConfig':
      return interpreter.unknown('The values of weights are not known.');
    default:
      return undefined;
  }
}

function asArray(value: Value): readonly Value[] {
  return value.kind === 'list' || value.kind === 'tuple' ? value.items : [value];
}

const minRanks = new WeakMap<InstanceValue, number>();

/** TensorFlow.js refuses inputs with fewer dimensions for this layer, which Keras takes. */
export function noteMinRank(layer: InstanceValue, rank: number): void {
  minRanks.set(layer, rank);
}

function checkRank(interpreter: Interpreter, layer: InstanceValue, input: Value): void {
  const least = minRanks.get(layer);
  if (least === undefined || !isKerasTensor(input)) return;
  const rank = shownShape(input).length;
  if (rank >= least) return;
  const { name } = layerState(interpreter, layer);
  interpreter.refuse(`${layer.class.name} '${name}' needs an input of at least ${least} dimensions, got ${rank}.`);
}

function applyLayer(interpreter: Interpreter, layer: InstanceValue, input: Value, options: Value | undefined): Value {
  if (isNullish(input)) return raiseError(interpreter, 'Error', 'apply() needs a tensor or an array of tensors.');
  const tensors = asArray(input);
  const unknown = tensors.find((value) => value.kind === 'unknown');
  if (unknown) return unknown;
  const other = tensors.find((value) => !isKerasTensor(value));
  if (other) {
    return other.kind === 'instance' || other.kind === 'dict' || other.kind === 'opaque'
      ? interpreter.unknown('A layer that is applied to this is not supported yet.')
      : raiseError(interpreter, 'Error', `apply() needs a tensor or an array of tensors, got ${textOf(other)}.`);
  }
  if (tensors.length === 1 && tensors[0]) checkRank(interpreter, layer, tensors[0]);
  const training = options?.kind === 'dict' ? getOwn(options, 'training') : undefined;
  const keyword = new Map<string, Value>(training && !isNullish(training) ? [['training', training]] : []);
  return interpreter.call(layer, [input], keyword);
}

function modelMember(model: InstanceValue, name: string): Value | undefined {
  switch (name) {
    case 'add':
      return model.class.name === 'Sequential'
        ? native(name, (machine, [layer]) => addLayer(machine, model, layer))
        : undefined;
    case 'pop':
      return native(name, (machine) => machine.callMethod(model, 'pop'));
    case 'getLayer':
      return native(name, getLayer(model));
    case 'summary':
    case 'compile':
    case 'loadWeights':
      return native(name, () => undefinedValue);
    case 'fit':
    case 'fitDataset':
    case 'trainOnBatch':
    case 'evaluateDataset':
    case 'save':
      // A promise of what nobody knows before it has run.
      return native(name, (machine) => promiseOf(machine.unknown(`What ${name} gives is not known.`), machine.place));
    case 'predict':
    case 'predictOnBatch':
    case 'evaluate':
      return native(name, (machine) => machine.unknown("A tensor's values are not known before the model runs."));
    default:
      return undefined;
  }
}

/** Adds to a Sequential. A layer that is not known makes what comes after it so. */
export function addLayer(interpreter: Interpreter, model: InstanceValue, given: Value = undefinedValue): Value {
  if (given.kind === 'unknown' && !interpreter.observer) return interpreter.failUnknown(given);
  const layer = given.kind === 'unknown' ? unknownLayer(interpreter, given) : given;
  if (!isLayer(layer)) return raiseError(interpreter, 'Error', 'model.add() needs a layer.');
  const { length } = layerState(interpreter, model).inner;
  // An error points to where the layer was made.
  const { place } = interpreter;
  interpreter.place = layer.place;
  if (length === 0 && given.kind !== 'unknown') requireInputShape(interpreter, layer);
  const output = layerState(interpreter, model).functional?.outputs;
  if (output) checkRank(interpreter, layer, output);
  interpreter.place = place;
  const result = interpreter.callMethod(model, 'add', layer);
  // With an observer the layer was added, and what it gives is not known.
  if (result.kind === 'unknown' && !interpreter.observer) interpreter.failUnknown(result);
  return undefinedValue;
}

function requireInputShape(interpreter: Interpreter, layer: InstanceValue): void {
  const isInput = layer.class.name === 'InputLayer' || isModel(layer);
  if (isInput || layerState(interpreter, layer).inputShape) return;
  raiseError(interpreter, 'Error', 'The first layer of a sequential model needs an inputShape (or a batchInputShape).');
}

/** `getLayer('name')` and `getLayer(null, index)`. */
function getLayer(model: InstanceValue): NativeCall {
  return (interpreter, [name = undefinedValue, index]) => {
    if (name.kind === 'unknown') return name;
    const layers = interpreter.iterate(interpreter.getAttribute(model, 'layers'));
    const position = name.kind === 'integer' ? name : index;
    if (position?.kind === 'integer' && typeof position.value === 'number') {
      return (
        layers[position.value] ?? raiseError(interpreter, 'Error', `The model has no layer number ${position.value}.`)
      );
    }
    const wanted = textOf(name);
    const found = layers.find((layer) => layerState(interpreter, layer).name === wanted);
    return found ?? raiseError(interpreter, 'Error', `The model has no layer named '${wanted}'.`);
  };
}

/** `layer.trainable = false` */
export function setTensorFlowProperty(
  interpreter: Interpreter,
  object: InstanceValue,
  name: string,
  value: Value,
): void {
  if (name === 'trainable' && isLayer(object)) {
    if (value.kind === 'unknown') interpreter.failUnknown(value);
    interpreter.setAttribute(object, 'trainable', value);
    return;
  }
  if (isLayer(object) && ['name', 'stopTraining', 'optimizer'].includes(name)) return;
  interpreter.fail(`Setting '${name}' of a ${object.class.name} is not supported yet.`);
}
