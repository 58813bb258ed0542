import { kerasLayerClass } from '../../python/library/keras/keras-layers';
import type { Interpreter } from '../../python/runtime/interpreter';
import { boolean, integer, list, string, type DictValue, type Value } from '../../python/runtime/values';
import { SourceError } from '../../python/source-error';
import { getOwn, isNullish, nullValue, objectValue, ownNames } from '../runtime/js-values';
import { raiseError } from '../runtime/raise-error';
import { textOf } from '../runtime/text-of';
import { commonOptions, kerasText, layerTable, snakeCase, type LayerEntry } from './layer-table';
import { layerName } from './layer-names';
import { noteMinRank } from './tensorflow-model';

/** `tf.layers.conv2d({…})`: the layer of Keras with the same options. `name` is that of the function. */
export function makeLayer(interpreter: Interpreter, name: string, given: Value | undefined): Value {
  const entry = layerTable[name];
  const cls = entry && kerasLayerClass(entry.class);
  if (!entry || !cls) return { ...interpreter.unknown(`tf.layers.${name} is not supported yet.`), layer: true };
  if (given?.kind === 'unknown') return { ...given, layer: true };
  if (given && !isNullish(given) && given.kind !== 'dict') {
    return interpreter.fail(`tf.layers.${name} takes one object with its options.`);
  }
  const options = given?.kind === 'dict' ? given : objectValue();
  for (const option of entry.required) {
    const value = getOwn(options, option);
    if (!value || isNullish(value)) raiseError(interpreter, 'Error', `tf.layers.${name} needs the option '${option}'.`);
  }
  const keyword = new Map<string, Value>(
    Object.entries(entry.defaults).map(([key, value]) => [key, defaultValue(value)]),
  );
  for (const option of ownNames(options)) {
    const value = getOwn(options, option);
    const key = keywordOf(entry, option);
    if (!value || isNullish(value) || key === undefined) continue;
    const converted = convert(interpreter, name, option, value);
    if (converted) keyword.set(key, converted);
  }
  // An embedding takes sequences of any length where nothing else is said.
  if (name === 'embedding' && !keyword.has('input_shape') && !keyword.has('batch_input_shape')) {
    keyword.set('input_shape', list([keyword.get('input_length') ?? nullValue]));
  }
  keyword.set('name', layerName(interpreter, entry.class, getOwn(options, 'name')));
  const layer = inOurWords(name, () => interpreter.call(cls, [], keyword));
  if (layer.kind === 'instance' && entry.minRank !== undefined) noteMinRank(layer, entry.minRank);
  return layer;
}

function defaultValue(value: string | boolean | readonly number[]): Value {
  if (typeof value === 'string') return string(value);
  return typeof value === 'boolean' ? boolean(value) : list(value.map(integer));
}

/** Keras' name of an option; undefined for one that the layer does not have, which TensorFlow.js ignores. */
function keywordOf(entry: LayerEntry, option: string): string | undefined {
  const known = entry.options.includes(option) || commonOptions.some((common) => common === option);
  return known ? (entry.renamed[option] ?? snakeCase(option)) : undefined;
}

/** An option's value as Keras takes it; undefined where Keras' default stands for it. */
function convert(interpreter: Interpreter, name: string, option: string, value: Value): Value | undefined {
  // What regularises or constrains is part of the training, not of the network.
  if (option.endsWith('Regularizer') || option.endsWith('Constraint')) return undefined;
  if (value.kind === 'string') {
    const text = kerasText(option, value.value);
    if (text === undefined)
      return raiseError(interpreter, 'Error', `tf.layers.${name}: '${value.value}' is no value for ${option}.`);
    return string(text);
  }
  if (option === 'targetShape' && value.kind === 'list') {
    // One size may be left open as null, which Keras writes as −1.
    return list(value.items.map((size) => (isNullish(size) ? integer(-1) : size)));
  }
  if (value.kind === 'dict') {
    return interpreter.fail(`tf.layers.${name}: an object as ${option} is not supported yet.`);
  }
  if (value.kind === 'opaque')
    return interpreter.fail(`tf.layers.${name}: ${textOf(value)} as ${option} is not supported yet.`);
  return value;
}

/** Keras' messages with the names that the code has. */
export function inOurWords<Result>(name: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const names = [...(layerTable[name]?.options ?? []), ...commonOptions];
    const reason = names.reduce(
      (text, option) => text.replaceAll(new RegExp(`\\b${snakeCase(option)}\\b`, 'g'), option),
      error.reason,
    );
    if (reason === error.reason) throw error;
    throw new SourceError(error.place, reason, error.remedy, {
      refused: error.refused,
      ...(error.fix ? { fix: error.fix } : {}),
    });
  }
}

/** For callers that have the options at hand. */
export function optionOf(options: Value | undefined, name: string): Value | undefined {
  const value = options?.kind === 'dict' ? getOwn(options satisfies DictValue, name) : undefined;
  return value && isNullish(value) ? undefined : value;
}
