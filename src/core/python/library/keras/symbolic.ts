import type { Interpreter } from '../../runtime/interpreter';
import { tuple, type InstanceValue, type NativeCall, type UnknownValue, type Value } from '../../runtime/values';
import type { Place } from '../../source-file';
import { kerasSession } from './keras-session';
import { isKerasTensor, kerasTensor, type KerasTensor } from './keras-tensor';

/**
 * A layer or function that was called on symbolic tensors (`Conv2D(8, 3)(x)`, `x + y`). A functional model is what lies
 * between its inputs and outputs; calling it runs these again with other tensors.
 */
export interface KerasOperation {
  /** Counts the calls: a model runs its operations in the order in which they were written. */
  readonly sequence: number;
  /** The layer that is called; undefined for functions and operators. */
  readonly layer: InstanceValue | undefined;
  readonly run: NativeCall;
  readonly positional: readonly Value[];
  readonly keyword: ReadonlyMap<string, Value>;
  readonly place: Place;
  /** The tensors that it made, in the order in which they stand in its result. */
  outputs: readonly KerasTensor[];
}

let sequence = 0;

/**
 * Runs a layer or function; where it is given symbolic tensors, its results are symbolic, too. What happens inside of it
 * is not written down.
 */
export function runOperation(
  interpreter: Interpreter,
  layer: InstanceValue | undefined,
  run: NativeCall,
  inner: NativeCall,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  const symbolic = tensorsIn([...positional, ...keyword.values()]).some(({ keras }) => keras.madeBy);
  const plain = (value: Value): Value =>
    mapTensors(value, ({ keras }) => kerasTensor(interpreter, keras.tensor, keras.order));
  const { place } = interpreter;
  const result = symbolic
    ? inner(interpreter, positional.map(plain), new Map([...keyword].map(([name, value]) => [name, plain(value)])))
    : inner(interpreter, positional, keyword);
  if (!symbolic) return result;
  const operation: KerasOperation = { sequence: sequence++, layer, run, positional, keyword, place, outputs: [] };
  const made = mapTensors(result, ({ keras }) => kerasTensor(interpreter, keras.tensor, keras.order, operation));
  operation.outputs = tensorsIn([made]);
  kerasSession(interpreter).operations.push(operation);
  return made;
}

/** What made a tensor that has no inputs: an Input. */
export function inputOperation(interpreter: Interpreter, layer: InstanceValue): KerasOperation {
  return {
    sequence: sequence++,
    layer,
    run: (machine) => machine.fail('An Input has no value of its own.'),
    positional: [],
    keyword: new Map(),
    place: interpreter.place,
    outputs: [],
  };
}

/** The tensors in values and in the tuples, lists and dicts among them. */
export function tensorsIn(values: readonly Value[]): KerasTensor[] {
  return values.flatMap((value): KerasTensor[] => {
    if (isKerasTensor(value)) return [value];
    if (value.kind === 'tuple' || value.kind === 'list') return tensorsIn(value.items);
    return value.kind === 'dict' ? tensorsIn([...value.entries.values()].map((entry) => entry.value)) : [];
  });
}

/** What is not known among values, also inside of tuples, lists and dicts. */
export function firstUnknown(values: readonly Value[]): UnknownValue | undefined {
  for (const value of values) {
    const inner =
      value.kind === 'tuple' || value.kind === 'list'
        ? firstUnknown(value.items)
        : value.kind === 'dict'
          ? firstUnknown([...value.entries.values()].map((entry) => entry.value))
          : undefined;
    const found = value.kind === 'unknown' ? value : inner;
    if (found) return found;
  }
  return undefined;
}

/** The value with its tensors replaced. */
export function mapTensors(value: Value, map: (tensor: KerasTensor) => Value): Value {
  if (isKerasTensor(value)) return map(value);
  if (value.kind === 'tuple')
    return {
      ...tuple(value.items.map((item) => mapTensors(item, map))),
      ...(value.names ? { names: value.names } : {}),
    };
  if (value.kind === 'list') return { kind: 'list', items: value.items.map((item) => mapTensors(item, map)) };
  if (value.kind !== 'dict') return value;
  const entries = [...value.entries].map(
    ([key, entry]) => [key, { key: entry.key, value: mapTensors(entry.value, map) }] as const,
  );
  return { ...value, entries: new Map(entries) };
}
