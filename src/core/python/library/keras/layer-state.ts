import type { Interpreter } from '../../runtime/interpreter';
import type { InstanceValue, UnknownValue, Value } from '../../runtime/values';
import { automaticName } from './keras-session';
import { isKerasTensor, type KerasTensor } from './keras-tensor';
import type { KerasOperation } from './symbolic';
import { variableNames } from './variables';

/** What Keras keeps of a layer beside its attributes. */
export interface LayerState {
  name: string;
  trainable: boolean;
  built: boolean;
  /** In order of creation. */
  readonly weights: LayerWeight[];
  /** Layers inside of it that are no attributes of it. */
  readonly inner: InstanceValue[];
  /** What a layer of Keras' own does; absent for classes of the user's. */
  behaviour: LayerBehaviour | undefined;
  /** What the code says of its input: `input_shape=(28, 28, 1)`, `build((None, 28, 28, 1))`. */
  inputShape: KnownShape | undefined;
  /** Its calls on symbolic tensors. */
  readonly operations: KerasOperation[];
  /** What a layer of Keras' own was made with, so that another can be made like it. */
  made: { readonly positional: readonly Value[]; readonly keyword: ReadonlyMap<string, Value> } | undefined;
  /** Of a functional model or a Sequential with a known input. */
  functional: FunctionalPart | undefined;
}

export interface LayerWeight {
  /** `kernel` */
  readonly name: string;
  readonly value: KerasTensor;
  readonly trainable: boolean;
}

export interface FunctionalPart {
  /** Tensors, in the structure in which they were given. */
  readonly inputs: Value;
  readonly outputs: Value;
  /** Those between inputs and outputs, in the order in which they were called. */
  readonly operations: readonly KerasOperation[];
  /** Why the outputs are not known; the operations are then those that could be followed. */
  readonly broken?: UnknownValue;
}

/** A shown shape, null where a size is not known: the batch size first. */
export type KnownShape = readonly (number | null)[];

/** What a layer of Keras' own does, its arguments read. */
export interface LayerBehaviour {
  /** Makes its weights for inputs of these shown shapes. */
  build?(layer: InstanceValue, interpreter: Interpreter, shapes: readonly KnownShape[]): void;
  call(
    layer: InstanceValue,
    interpreter: Interpreter,
    positional: readonly Value[],
    keyword: ReadonlyMap<string, Value>,
  ): Value;
}

const states = new WeakMap<InstanceValue, LayerState>();

/** Whether it is a layer whose constructor has run. */
export function isLayer(value: Value | undefined): value is InstanceValue {
  return value?.kind === 'instance' && states.has(value);
}

export function initLayer(interpreter: Interpreter, layer: InstanceValue, name: string | undefined): LayerState {
  const state: LayerState = {
    name: name ?? automaticName(interpreter, layer.class.name),
    trainable: true,
    built: false,
    weights: [],
    inner: [],
    behaviour: undefined,
    inputShape: undefined,
    operations: [],
    made: undefined,
    functional: undefined,
  };
  states.set(layer, state);
  return state;
}

export function layerState(interpreter: Interpreter, layer: Value | undefined): LayerState {
  const known = layer?.kind === 'instance' ? states.get(layer) : undefined;
  if (known) return known;
  const name = layer?.kind === 'instance' ? layer.class.name : 'this layer';
  return interpreter.raise('RuntimeError', `In layer ${name}, super().__init__() was not called first`);
}

/** The layers directly inside of a layer, each once: those of a model, then those that its attributes hold. */
export function innerLayers(interpreter: Interpreter, layer: InstanceValue): InstanceValue[] {
  const state = layerState(interpreter, layer);
  const found = new Set<InstanceValue>();
  const add = (value: Value): void => {
    if (isLayer(value) && value !== layer) found.add(value);
    else if (value.kind === 'list' || value.kind === 'tuple') value.items.forEach(add);
    else if (value.kind === 'dict') for (const entry of value.entries.values()) add(entry.value);
  };
  for (const { layer: called } of state.functional?.operations ?? []) if (called) add(called);
  state.inner.forEach(add);
  for (const value of layer.attributes.values()) add(value);
  return [...found];
}

/** A layer's own weights: those that it made, and variables that are its attributes. */
export function ownWeights(interpreter: Interpreter, layer: InstanceValue): readonly LayerWeight[] {
  const { weights } = layerState(interpreter, layer);
  const found = [...weights];
  for (const [attribute, value] of layer.attributes) {
    if (!isKerasTensor(value) || !variableNames.has(value) || found.some((weight) => weight.value === value)) continue;
    found.push({ name: variableNames.get(value) ?? attribute, value, trainable: value.keras.tensor.parameter });
  }
  return found;
}

/** All weights of a layer and of those inside of it, each once; only trained or only other ones where asked. */
export function weightsOf(interpreter: Interpreter, root: InstanceValue, trained?: boolean): LayerWeight[] {
  const found = new Map<KerasTensor, LayerWeight>();
  const seen = new Set<InstanceValue>();
  const visit = (layer: InstanceValue): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    const state = layerState(interpreter, layer);
    for (const weight of ownWeights(interpreter, layer)) {
      const isTrained = weight.trainable && state.trainable;
      if (trained === undefined || trained === isTrained) found.set(weight.value, weight);
    }
    innerLayers(interpreter, layer).forEach(visit);
  };
  visit(root);
  return [...found.values()];
}

/**
 * The layer and all inside of it, each once, under its path: the names of the layers around it and its own. Where two
 * layers of one model have one name, the later ones get a number.
 */
export function namedLayers(interpreter: Interpreter, root: InstanceValue): [string, InstanceValue][] {
  const seen = new Set<InstanceValue>();
  const paths = new Set<string>();
  const found: [string, InstanceValue][] = [];
  const visit = (layer: InstanceValue, wanted: string): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    interpreter.spend();
    let path = wanted;
    for (let count = 1; paths.has(path); count++) path = `${wanted}_${count}`;
    paths.add(path);
    found.push([path, layer]);
    for (const inner of innerLayers(interpreter, layer)) {
      const { name } = layerState(interpreter, inner);
      visit(inner, path === '' ? name : `${path}/${name}`);
    }
  };
  visit(root, '');
  return found;
}
