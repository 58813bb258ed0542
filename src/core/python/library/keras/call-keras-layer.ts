import type { Interpreter } from '../../runtime/interpreter';
import { none, training, tuple, type InstanceValue, type Value } from '../../runtime/values';
import { isKerasTensor, kerasTensor, shapeTuple, shownShape } from './keras-tensor';
import { layerState } from './layer-state';
import { firstUnknown, runOperation, tensorsIn } from './symbolic';

/**
 * Calls a layer, builds it first where that has not happened. Every call of a Keras layer or model comes through here:
 * by code, by a Sequential, by a functional model that runs.
 */
export function callKerasLayer(
  interpreter: Interpreter,
  layer: InstanceValue,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  const unknown = firstUnknown([...positional, ...keyword.values()]);
  if (unknown) return unknown;
  const state = layerState(interpreter, layer);
  const result = runOperation(
    interpreter,
    layer,
    (machine, again, named) => callKerasLayer(machine, layer, again, named),
    (machine, plain, named) => observed(machine, layer, plain.map(asTensors(machine)), named),
    positional,
    keyword,
  );
  const operation = tensorsIn([result])[0]?.keras.madeBy;
  if (operation?.layer === layer && !state.operations.includes(operation)) state.operations.push(operation);
  return result;
}

function observed(
  interpreter: Interpreter,
  layer: InstanceValue,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  return interpreter.observeCall(layer, [...positional, ...keyword.values()], () =>
    buildAndCall(interpreter, layer, positional, keyword),
  );
}

function buildAndCall(
  interpreter: Interpreter,
  layer: InstanceValue,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  buildLayer(interpreter, layer, positional.length > 0 ? positional[0] : [...keyword.values()][0]);
  const call = interpreter.getAttribute(layer, 'call');
  interpreter.moduleStack.push(layer);
  try {
    return interpreter.call(call, positional, withTraining(call, positional, keyword));
  } finally {
    interpreter.moduleStack.pop();
  }
}

/** Makes the layer's weights for what it is called with first. */
function buildLayer(interpreter: Interpreter, layer: InstanceValue, input: Value | undefined): void {
  const state = layerState(interpreter, layer);
  if (state.built || input === undefined) return;
  const build = interpreter.getAttribute(layer, 'build');
  const shapes = shapesOf(input);
  if (shapes !== undefined) {
    interpreter.moduleStack.push(layer);
    try {
      const made = interpreter.call(build, [shapes]);
      if (made.kind === 'unknown' && made.cause) interpreter.failUnknown(made);
    } finally {
      interpreter.moduleStack.pop();
    }
  }
  state.built = true;
}

/** What `build` is given: the input's shape, or those of several in their structure. */
function shapesOf(input: Value): Value | undefined {
  if (isKerasTensor(input)) return shapeTuple(shownShape(input));
  if (input.kind === 'tuple' || input.kind === 'list') {
    const shapes = input.items.map(shapesOf);
    return shapes.every((shape) => shape !== undefined) ? { kind: 'list', items: shapes } : undefined;
  }
  if (input.kind !== 'dict') return undefined;
  const entries = [...input.entries].map(
    ([key, entry]) => [key, { key: entry.key, value: shapesOf(entry.value) ?? none }] as const,
  );
  return { kind: 'dict', entries: new Map(entries) };
}

/** `def call(self, x, training=None)`: the trainer decides, where the caller does not say. */
function withTraining(
  call: Value,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> {
  const callee = call.kind === 'method' ? call.function : call;
  if (callee.kind !== 'function') return keyword;
  const { parameters } = callee;
  const index = parameters.findIndex((parameter) => parameter.name === 'training');
  if (index < 0) {
    // Who calls a layer may say `training`, whether the layer asks for it or not.
    if (parameters.some((parameter) => parameter.kind === 'keywords')) return keyword;
    return new Map([...keyword].filter(([name]) => name !== 'training'));
  }
  // Parameter 0 is self.
  const given = keyword.has('training') || (parameters[index]?.kind === 'plain' && index <= positional.length);
  return given ? keyword : new Map([...keyword, ['training', training]]);
}

/** Tensors of other making (`tf.zeros`, the model's input) become Keras tensors; their axes stay. */
function asTensors(interpreter: Interpreter): (value: Value) => Value {
  const convert = (value: Value): Value => {
    if (value.kind === 'tensor') return kerasTensor(interpreter, value);
    if (value.kind === 'tuple') return tuple(value.items.map(convert));
    if (value.kind === 'list') return { kind: 'list', items: value.items.map(convert) };
    return value;
  };
  return convert;
}
