import { kerasLayerClass } from '../../python/library/keras/keras-layers';
import type { Interpreter } from '../../python/runtime/interpreter';
import { list, native, opaque, string, type ModuleValue, type Value } from '../../python/runtime/values';
import { callFunction } from '../runtime/functions';
import { isNullish, promiseOf, undefinedValue } from '../runtime/js-values';
import { iterateValue } from '../runtime/iterate-value';
import { raiseError } from '../runtime/raise-error';
import { initializersObject } from './initializers-object';
import { layerTable } from './layer-table';
import { numberedName } from './layer-names';
import { makeLayer, optionOf } from './make-layer';
import { addLayer } from './tensorflow-model';

/** Packages that are TensorFlow.js: `@tensorflow/tfjs`, `@tensorflow/tfjs-node`, also by the address of a CDN. */
export function isTensorFlowModule(specifier: string): boolean {
  return /(^|\/)@tensorflow\/tfjs(-node(-gpu)?|-layers|-core|-react-native)?(@[^/]*)?(\/|$)/.test(specifier);
}

const layers: ModuleValue = {
  kind: 'module',
  name: 'tf.layers',
  namespace: new Map<string, Value>([
    ...Object.keys(layerTable).map(
      (name) => [name, native(name, (interpreter, [options]) => makeLayer(interpreter, name, options))] as const,
    ),
    ['input', native('input', makeInput)],
    ['inputLayer', native('inputLayer', makeInputLayer)],
  ]),
  // `tf.layers.Layer`, the base of classes of the code's own.
  missing: (name) => (/^[A-Z]/.test(name) ? opaque(`tf.layers.${name}`) : unsupportedLayer(name)),
};

/** What `tf` is. */
export const tensorFlow: ModuleValue = {
  kind: 'module',
  name: 'tf',
  namespace: new Map<string, Value>([
    ['layers', layers],
    ['initializers', initializersObject],
    ['input', native('input', makeInput)],
    ['sequential', native('sequential', makeSequential)],
    ['model', native('model', makeModel)],
    ['tidy', native('tidy', tidy)],
    ['ready', native('ready', (interpreter) => promiseOf(undefinedValue, interpreter.place))],
    ['setBackend', native('setBackend', (interpreter) => promiseOf(undefinedValue, interpreter.place))],
    ['nextFrame', native('nextFrame', (interpreter) => promiseOf(undefinedValue, interpreter.place))],
    ...['enableProdMode', 'enableDebugMode', 'dispose', 'disposeVariables', 'keep'].map(
      (name) => [name, native(name, () => undefinedValue)] as const,
    ),
    ...['loadLayersModel', 'loadGraphModel'].map((name) => [name, native(name, loadModel)] as const),
    // Of these only the name matters.
    ...['train', 'losses', 'metrics', 'callbacks', 'regularizers', 'constraints', 'io', 'data'].map(
      (name) => [name, opaque(`tf.${name}`)] as const,
    ),
  ]),
  missing: (name) => opaque(`tf.${name}`),
};

/** A library for charts: what it is given stays as it is. */
export const charts: ModuleValue = {
  kind: 'module',
  name: 'tfvis',
  namespace: new Map(),
  missing: (name) => opaque(`tfvis.${name}`),
};

export function isChartsModule(specifier: string): boolean {
  return /(^|\/)@tensorflow\/tfjs-vis(@[^/]*)?(\/|$)/.test(specifier);
}

function unsupportedLayer(name: string): Value {
  return native(name, (interpreter) => makeLayer(interpreter, name, undefined));
}

/** `tf.input({shape: [28, 28, 1]})` */
function makeInput(interpreter: Interpreter, [options]: readonly Value[]): Value {
  if (options?.kind === 'unknown') return options;
  const input = kerasLayerClass('Input');
  if (!input) return interpreter.unknown('tf.input is not supported yet.');
  return interpreter.call(input, [], inputKeywords(interpreter, options, 'shape', 'batchShape'));
}

/** `tf.layers.inputLayer({inputShape: [28, 28, 1]})` */
function makeInputLayer(interpreter: Interpreter, [options]: readonly Value[]): Value {
  if (options?.kind === 'unknown') return options;
  const input = kerasLayerClass('InputLayer');
  if (!input) return interpreter.unknown('tf.layers.inputLayer is not supported yet.');
  return interpreter.call(input, [], inputKeywords(interpreter, options, 'inputShape', 'batchInputShape'));
}

function inputKeywords(
  interpreter: Interpreter,
  options: Value | undefined,
  shapeOption: string,
  batchOption: string,
): Map<string, Value> {
  const keyword = new Map<string, Value>();
  const shape = optionOf(options, shapeOption);
  const batchShape = optionOf(options, batchOption);
  const batch = optionOf(options, 'batchSize');
  if (!shape && !batchShape) {
    raiseError(
      interpreter,
      'Error',
      `Please provide to Input either a '${shapeOption}' or a '${batchOption}' argument.`,
    );
  }
  if (batchShape) keyword.set('batch_shape', batchShape);
  else if (shape) keyword.set('shape', shape);
  if (batch && !batchShape) keyword.set('batch_size', batch);
  const dtype = optionOf(options, 'dtype');
  if (dtype) keyword.set('dtype', dtype);
  keyword.set('name', optionOf(options, 'name') ?? string(numberedName(interpreter, 'input')));
  return keyword;
}

/** `tf.sequential({layers: […], name})` */
function makeSequential(interpreter: Interpreter, [options]: readonly Value[]): Value {
  if (options?.kind === 'unknown') return options;
  const cls = kerasLayerClass('Sequential');
  if (!cls) return interpreter.unknown('tf.sequential is not supported yet.');
  const name = optionOf(options, 'name') ?? string(numberedName(interpreter, 'sequential_'));
  const model = interpreter.call(cls, [], new Map([['name', name]]));
  const given = optionOf(options, 'layers');
  if (model.kind !== 'instance' || !given) return model;
  for (const layer of iterateValue(interpreter, given)) interpreter.guard(() => addLayer(interpreter, model, layer));
  return model;
}

/** `tf.model({inputs, outputs, name})` */
function makeModel(interpreter: Interpreter, [options]: readonly Value[]): Value {
  if (options?.kind === 'unknown') return options;
  const cls = kerasLayerClass('Model');
  if (!cls) return interpreter.unknown('tf.model is not supported yet.');
  const [inputs, outputs] = [optionOf(options, 'inputs'), optionOf(options, 'outputs')];
  if (!inputs || !outputs) return raiseError(interpreter, 'Error', 'tf.model needs inputs and outputs.');
  const unknown = [inputs, outputs].flatMap((value) => (value.kind === 'list' ? value.items : [value])).find(isUnknown);
  if (unknown?.kind === 'unknown') return { ...unknown, layer: true };
  const name = optionOf(options, 'name') ?? string(numberedName(interpreter, 'model'));
  return interpreter.call(
    cls,
    [],
    new Map([
      ['inputs', withoutBrackets(inputs)],
      ['outputs', withoutBrackets(outputs)],
      ['name', name],
    ]),
  );
}

function isUnknown(value: Value): boolean {
  return value.kind === 'unknown';
}

/** An array of one tensor is that tensor: so TensorFlow.js gives it back. */
function withoutBrackets(value: Value): Value {
  if (value.kind !== 'list') return value;
  const [only, more] = value.items;
  return only && !more ? only : list(value.items);
}

function loadModel(interpreter: Interpreter): Value {
  const unknown = interpreter.unknown('The layers of a model that is loaded are not known before the program runs.');
  return promiseOf({ ...unknown, layer: true }, interpreter.place);
}

/** `tf.tidy(() => …)` and `tf.tidy('name', () => …)` */
function tidy(interpreter: Interpreter, args: readonly Value[]): Value {
  const call = args.at(-1);
  return call && !isNullish(call) ? callFunction(interpreter, call, undefinedValue, []) : undefinedValue;
}
