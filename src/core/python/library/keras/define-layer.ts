import type { Dim } from '../../../graph/dim';
import { Arguments } from '../../../ops/arguments';
import { OpError, OpUnsupported } from '../../../ops/op';
import { parseSignature } from '../../../ops/signature';
import type { Interpreter } from '../../runtime/interpreter';
import { none, type ClassValue, type InstanceValue, type TensorValue, type Value } from '../../runtime/values';
import { nativeClass } from '../native-class';
import { toArgument } from '../tensor-calls';
import { isKerasTensor, type KerasTensor } from './keras-tensor';
import { LayerArguments } from './layer-arguments';
import { layerClass } from './layer-class';
import { initLayer, layerState, type KnownShape, type LayerBehaviour } from './layer-state';
import { nameOf, readInputShape } from './read-shapes';
import { firstUnknown } from './symbolic';
import { checkedByKeras } from './torch-call';

export interface LayerDefinition {
  /** Name in keras.layers. */
  readonly name: string;
  /** Parameters of the constructor as Python writes them, without those that all layers have. */
  readonly signature: string;
  /** Checks the arguments and says what the layer does. An OpError is what Keras refuses too. */
  make(args: LayerArguments): LayerBehaviour;
}

/** Arguments that every layer takes; some are of older Keras versions. */
const commonArguments = [
  'name',
  'trainable',
  'dtype',
  'autocast',
  'activity_regularizer',
  'input_shape',
  'batch_input_shape',
  'input_dim',
  'input_length',
  'batch_size',
  'weights',
  'dynamic',
];

/** A class of keras.layers. */
export function defineLayer(definition: LayerDefinition): ClassValue {
  const own = parseSignature(definition.signature).map(({ name }) => name);
  return nativeClass(definition.name, [layerClass], {
    __init__: (interpreter, [self, ...positional], all) => {
      if (self?.kind !== 'instance') return interpreter.raise('TypeError', `${definition.name} needs its object`);
      const keyword = new Map([...all].filter(([name, value]) => !(mayBeUnknown.test(name) && holdsUnknown(value))));
      const unknown = firstUnknown([...positional, ...keyword.values()]);
      if (unknown) {
        // The layer is there; what it does is not known.
        const name = keyword.get('name');
        const unknownState = initLayer(interpreter, self, name?.kind === 'string' ? name.value : undefined);
        unknownState.behaviour = { call: () => unknown };
        return none;
      }
      const isCommon = (name: string): boolean => commonArguments.includes(name) && !own.includes(name);
      const common = new Map([...keyword].filter(([name]) => isCommon(name)));
      const given = new Map([...keyword].filter(([name]) => !isCommon(name)));
      const behaviour = checkedByKeras(interpreter, () =>
        definition.make(bind(interpreter, definition, positional, given)),
      );
      const state = initLayer(interpreter, self, nameOf(interpreter, common.get('name')));
      const trainable = common.get('trainable');
      if (trainable?.kind === 'boolean') state.trainable = trainable.value;
      readInputShape(interpreter, state, common);
      state.behaviour = behaviour;
      state.made = { positional, keyword };
      for (const [index, name] of own.entries()) {
        const value = positional[index] ?? given.get(name);
        if (value && !isMember(name)) self.attributes.set(name, value);
      }
      return none;
    },
  });
}

function bind(
  interpreter: Interpreter,
  { name, signature }: LayerDefinition,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): LayerArguments {
  const args = Arguments.bind(
    name,
    signature,
    positional.map((value) => toArgument(interpreter, value)),
    new Map([...keyword].map(([key, value]) => [key, toArgument(interpreter, value)])),
  );
  const raw = new Map(keyword);
  for (const [index, parameter] of parseSignature(signature).entries()) {
    const value = positional[index];
    if (value) raw.set(parameter.name, value);
  }
  return new LayerArguments(interpreter, name, args, raw);
}

/** Says nothing about shapes, or is found out by the first call (`input_shape=x_train.shape[1:]`). */
const mayBeUnknown = /_(regularizer|constraint)$|^(seed|input_shape|batch_input_shape|input_dim|input_length|weights)$/;

function holdsUnknown(value: Value): boolean {
  return firstUnknown([value]) !== undefined;
}

function isMember(name: string): boolean {
  return layerClass.namespace.has(name);
}

/** What most layers are: one tensor in, one tensor out. */
export function oneTensorCall(
  run: (
    layer: InstanceValue,
    interpreter: Interpreter,
    input: KerasTensor,
    keyword: ReadonlyMap<string, Value>,
  ) => Value,
): LayerBehaviour['call'] {
  return (layer, interpreter, positional, keyword) => {
    const given = positional[0] ?? [...keyword.values()][0] ?? none;
    // A list of one counts as the one.
    const input = given.kind === 'list' && given.items.length === 1 ? (given.items[0] ?? none) : given;
    if (!isKerasTensor(input)) {
      if (input.kind === 'unknown') return input;
      return interpreter.refuse(`${titleOf(interpreter, layer)} is to be called with one tensor.`);
    }
    return checkedByKeras(interpreter, () => run(layer, interpreter, input, keyword));
  };
}

/** `Conv2D 'conv2d_1'`, for messages. */
export function titleOf(interpreter: Interpreter, layer: InstanceValue): string {
  return `${layer.class.name} '${layerState(interpreter, layer).name}'`;
}

/** The node of a weight that `build` made. */
export function weightOf(interpreter: Interpreter, layer: InstanceValue, name: string): TensorValue {
  const weight = layerState(interpreter, layer).weights.find((candidate) => candidate.name === name);
  return weight?.value.keras.tensor ?? interpreter.fail(`${titleOf(interpreter, layer)} has no ${name}.`);
}

/** A size of the input that weights depend on. */
export function knownSize(shape: KnownShape | undefined, axis: number, title: string): number {
  const size = shape?.at(axis);
  if (size === undefined)
    throw new OpError(`${title}: its input of shape ${formatKnown(shape ?? [])} has too few dimensions.`);
  if (size === null) {
    throw new OpUnsupported(
      `${title}: axis ${axis} of its input of shape ${formatKnown(shape ?? [])} is not known; a comment such as '# input: (224, 224, 3)' says what a model is given.`,
    );
  }
  return size;
}

/** Refuses a size that is known to be another; of a symbol it is not known. */
export function requireSize(got: Dim | undefined, wanted: Dim | undefined, message: string): void {
  if (got === wanted) return;
  throw typeof got === 'number' || got === undefined ? new OpError(message) : new OpUnsupported(message);
}

/** `(None, 28, 28, 1)` */
export function formatKnown(shape: KnownShape): string {
  return `(${shape.map((size) => size ?? 'None').join(', ')}${shape.length === 1 ? ',' : ''})`;
}
