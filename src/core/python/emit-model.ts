import type { Graph, NodeId, Shape, TensorType } from '../graph/graph';
import { initialiseLazyLayers } from './initialise-lazy-layers';
import { isKerasTensor } from './library/keras/keras-tensor';
import { knownValues } from './library/known-values';
import { namedModules, stateOf } from './library/module-class';
import { nodeOf } from './library/tensor-calls';
import type { Interpreter } from './runtime/interpreter';
import { reprOf } from './runtime/format';
import { Tracer } from './runtime/tracer';
import { tensor, type InstanceValue, type TensorValue, type Value } from './runtime/values';
import { sourceRangeOf, type Place } from './source-file';

/**
 * The Graph of a model that has been made: first its parameters and buffers in state_dict order (a shared one once, under
 * its first name; one with requires_grad=False stands as a buffer, as nothing trains it), then the input `images`, then
 * what forward computes.
 */
export function emitModel(interpreter: Interpreter, model: InstanceValue, inputShape: Shape): Graph {
  const { tracer, output } = callModel(interpreter, model, { shape: [...inputShape], dtype: 'f32' });
  interpreter.place = forwardPlace(interpreter, model);
  return tracer.builder.finish(outputsOf(interpreter, output));
}

/** Calls a model with one input, in a Graph of its own that begins with the model's state. */
export function callModel(
  interpreter: Interpreter,
  model: InstanceValue,
  input: TensorType,
): { readonly tracer: Tracer; readonly output: Value } {
  initialiseLazyLayers(interpreter, model, input);
  const tracer = new Tracer(model.class.name, true);
  interpreter.tracer = tracer;
  for (const [path, module] of namedModules(interpreter, model)) {
    tracer.paths.set(module, path);
    emitState(interpreter, tracer, module, path);
  }
  const id = tracer.builder.input('images', input);
  interpreter.place = model.class.place ?? model.place;
  const output = interpreter.call(model, [tensor(input, { kind: 'node', builder: tracer.builder, id })]);
  return { tracer, output };
}

function emitState(interpreter: Interpreter, tracer: Tracer, module: InstanceValue, path: string): void {
  const { parameters, buffers } = stateOf(interpreter, module);
  const nameOf = (name: string): string => (path === '' ? name : `${path}.${name}`);
  for (const [name, value] of parameters) {
    if (value.kind === 'tensor') emitTensor(interpreter, tracer, value, nameOf(name), module.place);
  }
  for (const [name, { tensor: value, persistent }] of buffers) {
    if (value.kind === 'tensor' && persistent) emitTensor(interpreter, tracer, value, nameOf(name), module.place);
  }
  // A layer that is not known might have weights, whether forward uses it or not.
  if (interpreter.strict)
    for (const value of module.attributes.values()) {
      if (value.kind === 'unknown' && value.layer) interpreter.failUnknown(value);
    }
}

function emitTensor(interpreter: Interpreter, tracer: Tracer, value: TensorValue, path: string, place: Place): void {
  const { data } = value;
  const values = firstValues(value);
  const kind = value.parameter && value.requiresGrad ? 'parameter' : 'buffer';
  if (values?.every(Number.isFinite)) {
    tracer.addStateTensor(value, path, { kind: 'values', values }, sourceRangeOf(place), kind);
    return;
  }
  // Shapes do not depend on first values: what is not known of these matters to training alone.
  if (!interpreter.strict && (data.kind === 'unknown' || data.kind === 'node')) {
    tracer.addStateTensor(value, path, { kind: 'constant', value: 0 }, sourceRangeOf(place), kind);
    return;
  }
  if (data.kind === 'unknown')
    return interpreter.failUnknown({ kind: 'unknown', reason: data.reason, place: data.place });
  interpreter.place = place;
  if (data.kind === 'node')
    return interpreter.fail(`The first values of ${path} are computed; this is not supported yet.`);
  tracer.addStateTensor(value, path, data.init, sourceRangeOf(place), kind);
}

/** What a parameter begins with is known where its value is not, which changes. */
function firstValues(value: TensorValue): readonly number[] | undefined {
  const { data, parameter, changesSeen, storage } = value;
  if (data.kind === 'initial') return undefined;
  return parameter && changesSeen === storage.changes ? data.values : knownValues(value);
}

/** The tensors that forward returns; of several the first is the model's answer. */
export function outputsOf(interpreter: Interpreter, value: Value): NodeId[] {
  switch (value.kind) {
    case 'tensor':
      return [nodeOf(interpreter, value).id];
    case 'tuple':
    case 'list':
      return value.items.flatMap((item) => (item.kind === 'none' ? [] : outputsOf(interpreter, item)));
    case 'dict':
      return [...value.entries.values()].flatMap((entry) => outputsOf(interpreter, entry.value));
    case 'unknown':
      return interpreter.failUnknown(value);
    case 'none':
      return interpreter.fail('forward returns nothing.', 'Let it end with return.');
    default:
      if (isKerasTensor(value)) return [nodeOf(interpreter, value.keras.tensor).id];
      // A namedtuple, a dict of a class of its own.
      if (value.kind === 'instance' && value.content) return outputsOf(interpreter, value.content);
      return interpreter.fail(`forward returns ${reprOf(value)}, not a tensor.`);
  }
}

function forwardPlace(interpreter: Interpreter, model: InstanceValue): Place {
  const forward = interpreter.findAttribute(model, 'forward');
  const callee = forward?.kind === 'method' ? forward.function : forward;
  return callee?.kind === 'function' ? callee.place : (model.class.place ?? model.place);
}
