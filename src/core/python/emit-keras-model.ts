import type { Dim } from '../graph/dim';
import type { Graph, Shape } from '../graph/graph';
import { callKerasLayer } from './library/keras/call-keras-layer';
import { inputType } from './library/keras/input-layer';
import { kerasSession } from './library/keras/keras-session';
import { kerasTensor, shownShape, type KerasTensor } from './library/keras/keras-tensor';
import { layerState, namedLayers, ownWeights, type KnownShape } from './library/keras/layer-state';
import { isSequential } from './library/keras/model-class';
import { firstUnknown, mapTensors, tensorsIn } from './library/keras/symbolic';
import { nodeOf } from './library/tensor-calls';
import type { Interpreter } from './runtime/interpreter';
import { Tracer } from './runtime/tracer';
import { tensor, type InstanceValue, type Value } from './runtime/values';
import { sourceRangeOf } from './source-file';
import { SourceError } from './source-error';

/**
 * The Graph of a Keras model: first its weights (`conv2d/kernel`; what is not trained as buffers), then its inputs, then
 * what it computes. Nodes have PyTorch's layout. `inputShape` is [N, C, H, W]; what the code says of the input holds
 * before it.
 */
export function emitKerasModel(interpreter: Interpreter, model: InstanceValue, inputShape: Shape): Graph {
  const { tracer, output } = callKerasModel(interpreter, model, shownInput(interpreter, inputShape));
  const unknown = firstUnknown([output]);
  if (unknown) interpreter.failUnknown(unknown);
  const results = tensorsIn([output]);
  if (results.length === 0) interpreter.fail('The model gives no tensor.');
  return tracer.builder.finish(results.map(({ keras }) => nodeOf(interpreter, keras.tensor).id));
}

/** Calls a Keras model in a Graph of its own. `input` is the shape as Keras writes it, batch first, where code says none. */
export function callKerasModel(
  interpreter: Interpreter,
  model: InstanceValue,
  input: Shape,
): { readonly tracer: Tracer; readonly inputs: readonly KerasTensor[]; readonly output: Value } {
  // An error where a functional model was put together stands there, not where the model is called.
  const broken = layerState(interpreter, model).functional?.broken;
  if (broken?.cause && !isSequential(model)) interpreter.observer?.recover(broken.cause);
  const failed = isConnected(interpreter, model) ? undefined : buildOnce(interpreter, model, input);
  const tracer = new Tracer(model.class.name, true);
  interpreter.tracer = tracer;
  emitWeights(interpreter, tracer, model);
  const given = makeInputs(interpreter, model, input);
  interpreter.place = model.class.place ?? model.place;
  const output = interpreter.call(model, [given]);
  // What a first call could not do, the second cannot either: else the weights would stand behind what reads them.
  if (failed && interpreter.strict) throw failed;
  return { tracer, inputs: tensorsIn([given]), output };
}

/** [N, C, H, W] as Keras shows it. */
export function shownInput(interpreter: Interpreter, inputShape: Shape): Shape {
  const [batch = 'N', channels = 'C', ...sizes] = inputShape;
  if (inputShape.length < 4 || kerasSession(interpreter).dataFormat === 'channels_first') return inputShape;
  return [batch, ...sizes, channels];
}

function isConnected(interpreter: Interpreter, model: InstanceValue): boolean {
  return layerState(interpreter, model).functional !== undefined;
}

/** Calls the model on the side, so that its layers make their weights. */
function buildOnce(interpreter: Interpreter, model: InstanceValue, input: Shape): SourceError | undefined {
  const { observer, tracer, place } = interpreter;
  interpreter.observer = undefined;
  interpreter.tracer = new Tracer('scrap', false);
  interpreter.place = model.class.place ?? model.place;
  try {
    callKerasLayer(interpreter, model, [makeInputs(interpreter, model, input)], new Map());
    return undefined;
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  } finally {
    Object.assign(interpreter, { observer, tracer, place });
  }
}

function emitWeights(interpreter: Interpreter, tracer: Tracer, model: InstanceValue): void {
  for (const [path, layer] of namedLayers(interpreter, model)) {
    tracer.paths.set(layer, path);
    const state = layerState(interpreter, layer);
    for (const { name, value, trainable } of ownWeights(interpreter, layer)) {
      const { tensor: weight } = value.keras;
      if (weight.data.kind !== 'initial') interpreter.fail(`The first values of ${path}/${name} are not known.`);
      else {
        const kind = trainable && state.trainable ? 'parameter' : 'buffer';
        const whole = path === '' ? name : `${path}/${name}`;
        tracer.addStateTensor(weight, whole, weight.data.init, sourceRangeOf(layer.place), kind);
      }
    }
  }
}

/** The model's inputs in the structure in which it takes them: nodes of the Graph under construction. */
function makeInputs(interpreter: Interpreter, model: InstanceValue, given: Shape): Value {
  const state = layerState(interpreter, model);
  const declared = state.functional?.inputs;
  if (declared) {
    const several = tensorsIn([declared]).length > 1;
    return mapTensors(declared, (symbolic) => {
      const layer = symbolic.keras.madeBy?.layer;
      const name = layer ? layerState(interpreter, layer).name : 'input';
      const wanted = (layer && layerState(interpreter, layer).inputShape) ?? shownShape(symbolic).map(known);
      return makeInput(interpreter, several ? name : 'images', wanted, given, symbolic);
    });
  }
  return makeInput(interpreter, 'images', state.inputShape ?? given.map(known), given, undefined);
}

function makeInput(
  interpreter: Interpreter,
  name: string,
  declared: KnownShape,
  given: Shape,
  symbolic: KerasTensor | undefined,
): KerasTensor {
  const { type, order } = inputType(interpreter, declared, symbolic?.keras.tensor.type.dtype);
  const shown = order.map((axis, index): Dim => {
    const size = type.shape[axis] ?? 1;
    const other = given[index];
    // A size that the code leaves open is the one that is given.
    return typeof size === 'string' && given.length === order.length && other !== undefined ? other : size;
  });
  const shape = order.map((_, axis) => shown[order.indexOf(axis)] ?? 1);
  const { builder } = interpreter.tracer;
  const made = { shape, dtype: type.dtype };
  return kerasTensor(interpreter, tensor(made, { kind: 'node', builder, id: builder.input(name, made) }), order);
}

function known(size: Dim): number | null {
  return typeof size === 'number' ? size : null;
}
