import type { Dim } from '../../../graph/dim';
import type { TensorType } from '../../../graph/graph';
import type { Interpreter } from '../../runtime/interpreter';
import { none, tensor, type ClassValue, type InstanceValue, type Value } from '../../runtime/values';
import { nativeClass, objectClass } from '../native-class';
import { readArguments } from '../read-arguments';
import { dtypeOf } from './dtypes';
import { identityOrder, imageOrder, kerasTensor, type KerasTensor } from './keras-tensor';
import { kerasSession } from './keras-session';
import { layerClass } from './layer-class';
import { initLayer, layerState, type KnownShape } from './layer-state';
import { nameOf, sizeOf } from './read-shapes';
import { inputOperation } from './symbolic';

const inputArguments = [
  'shape?',
  'batch_size?',
  'dtype?',
  'sparse?',
  'batch_shape?',
  'name?',
  'tensor?',
  'optional?',
  'ragged?',
];

/** keras.Input(shape=(28, 28, 1)): a symbolic tensor. A class only for its name; calling it gives the tensor. */
export const inputClass: ClassValue = nativeClass('Input', [objectClass], {}, (interpreter, positional, keyword) => {
  // Keras 2 called it batch_input_shape, too.
  const named = new Map(
    [...keyword].map(([name, value]) => [name === 'batch_input_shape' ? 'batch_shape' : name, value]),
  );
  const args = readArguments(interpreter, 'Input', inputArguments, positional, named);
  const unknown = Object.values(args).find((value) => value?.kind === 'unknown');
  if (unknown) return unknown;
  const layer = makeInstance(interpreter, inputLayerClass);
  initInput(interpreter, layer, args);
  return inputTensor(interpreter, layer);
});

/** keras.layers.InputLayer: the first layer of a Sequential. */
export const inputLayerClass: ClassValue = nativeClass('InputLayer', [layerClass], {
  __init__: (interpreter, [self, ...positional], keyword) => {
    if (self?.kind !== 'instance') return interpreter.raise('TypeError', 'InputLayer needs its object');
    const named = new Map(
      [...keyword].map(([name, value]) => [
        name === 'input_shape' ? 'shape' : name.replace('batch_input_shape', 'batch_shape'),
        value,
      ]),
    );
    initInput(interpreter, self, readArguments(interpreter, 'InputLayer', inputArguments, positional, named));
    return none;
  },
  call: (_, [, input = none]) => input,
});

/** The symbolic tensor of an InputLayer. */
export function inputTensor(interpreter: Interpreter, layer: InstanceValue): KerasTensor {
  const state = layerState(interpreter, layer);
  const known = state.operations[0]?.outputs[0];
  if (known) return known;
  const operation = inputOperation(interpreter, layer);
  const dtype = dtypeOf(layer.attributes.get('input_dtype')) ?? 'f32';
  const { type, order } = inputType(interpreter, state.inputShape ?? [null], dtype);
  const { builder } = interpreter.tracer;
  const made = tensor(type, { kind: 'node', builder, id: builder.input(state.name, type) });
  const symbolic = kerasTensor(interpreter, made, order, operation);
  operation.outputs = [symbolic];
  state.operations.push(operation);
  return symbolic;
}

/** An InputLayer for a model whose first layer says what its input is. */
export function makeInputLayer(interpreter: Interpreter, shape: KnownShape, name?: string): InstanceValue {
  const layer = makeInstance(interpreter, inputLayerClass);
  const state = initLayer(interpreter, layer, name);
  state.inputShape = shape;
  state.built = true;
  return layer;
}

/**
 * The node of an input of a shown shape. Images are [N, C, …]. Where nothing else is said, an image whose first size is a
 * number of channels and whose last is none is taken for channels_first: it only decides where a permutation stands.
 */
export function inputType(
  interpreter: Interpreter,
  shape: KnownShape,
  dtype: TensorType['dtype'] = 'f32',
): { readonly type: TensorType; readonly order: readonly number[] } {
  const rank = shape.length;
  const symbols = rank === 5 ? ['D', 'H', 'W'] : rank === 4 ? ['H', 'W'] : ['L'];
  const looksChannelsFirst = isChannelCount(shape[1]) && !isChannelCount(shape.at(-1));
  const isFirst = kerasSession(interpreter).dataFormat === 'channels_first' || looksChannelsFirst;
  const order = rank < 4 ? identityOrder(rank) : imageOrder(rank, isFirst ? 'channels_first' : 'channels_last');
  const nodeShape: (number | null)[] = order.map((_, axis) => shape[order.indexOf(axis)] ?? null);
  const sizes = nodeShape.map((size, axis): Dim => {
    if (size !== null) return size;
    if (axis === 0) return 'N';
    if (rank >= 4) return axis === 1 ? 'C' : (symbols[axis - 2] ?? 'L');
    return axis === 1 ? 'L' : 'F';
  });
  return { type: { shape: sizes, dtype }, order };
}

function isChannelCount(size: number | null | undefined): boolean {
  return size === 1 || size === 3 || size === 4;
}

function initInput(
  interpreter: Interpreter,
  layer: InstanceValue,
  args: Readonly<Record<string, Value | undefined>>,
): void {
  const { shape, batch_size: batch, dtype, batch_shape: whole, name, tensor: given } = args;
  if (given && given.kind !== 'none') interpreter.fail('Input with a tensor is not supported yet.');
  const state = initLayer(interpreter, layer, nameOf(interpreter, name));
  const sizes = (value: Value): KnownShape =>
    value.kind === 'integer'
      ? [sizeOf(interpreter, value)]
      : interpreter.iterate(value).map((size) => sizeOf(interpreter, size));
  if (whole && whole.kind !== 'none') state.inputShape = sizes(whole);
  else if (shape && shape.kind !== 'none') {
    state.inputShape = [batch ? sizeOf(interpreter, batch) : null, ...sizes(shape)];
  } else interpreter.raise('ValueError', 'You must pass a `shape` argument.');
  if (dtype) layer.attributes.set('input_dtype', dtype);
  state.built = true;
}

function makeInstance(interpreter: Interpreter, of: ClassValue): InstanceValue {
  return { kind: 'instance', class: of, attributes: new Map(), module: undefined, place: interpreter.place };
}
