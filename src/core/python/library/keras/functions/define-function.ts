import type { Interpreter } from '../../../runtime/interpreter';
import {
  native,
  type NativeCall,
  type NativeFunctionValue,
  type TensorValue,
  type Value,
} from '../../../runtime/values';
import { isKerasTensor, kerasTensor, type KerasTensor } from '../keras-tensor';
import { firstUnknown, runOperation } from '../symbolic';
import { checkedByKeras } from '../torch-call';

export type FunctionArguments = Readonly<Record<string, Value | undefined>>;

/**
 * A function on tensors, of `keras.ops` or `tf`. Parameters are named as Keras does, other frameworks' names after bars:
 * `'x|input_tensor'`, `'axis?|dim'`; with a `?` it may be missing. Arguments that say nothing about shapes are let through.
 */
export function tensorFunction(
  name: string,
  parameters: readonly string[],
  compute: (interpreter: Interpreter, args: FunctionArguments) => Value,
): NativeFunctionValue {
  const names = parameters.map((parameter) => parameter.replace('?', '').split('|'));
  const inner: NativeCall = (interpreter, positional, keyword) => {
    const args: Record<string, Value | undefined> = {};
    for (const [index, value] of positional.entries()) args[names[index]?.[0] ?? `argument ${index}`] = value;
    for (const [key, value] of keyword) args[names.find((known) => known.includes(key))?.[0] ?? key] = value;
    for (const [index, [known = '']] of names.entries()) {
      if (args[known] === undefined && !parameters[index]?.includes('?')) {
        interpreter.raise('TypeError', `${name}() misses the argument '${known}'`);
      }
    }
    return checkedByKeras(interpreter, () => compute(interpreter, args));
  };
  const run: NativeCall = (interpreter, positional, keyword) => {
    const unknown = firstUnknown([...positional, ...keyword.values()]);
    return unknown ?? runOperation(interpreter, undefined, run, inner, positional, keyword);
  };
  return native(name, run);
}

/** A tensor argument; numbers and lists are none that could be followed. */
export function tensorOf(interpreter: Interpreter, value: Value | undefined): KerasTensor {
  if (isKerasTensor(value)) return value;
  if (value?.kind === 'tensor') return kerasTensor(interpreter, value);
  if (value?.kind === 'unknown') return interpreter.failUnknown(value);
  return interpreter.fail('This function of something else than a tensor is not supported yet.');
}

export function tensorList(interpreter: Interpreter, value: Value | undefined): readonly KerasTensor[] {
  return interpreter.iterate(value ?? { kind: 'none' }).map((item) => tensorOf(interpreter, item));
}

/** A known whole number; undefined where none is given. */
export function integerOf(interpreter: Interpreter, value: Value | undefined): number | undefined {
  if (!value || value.kind === 'none') return undefined;
  if (value.kind === 'integer' && typeof value.value === 'number') return value.value;
  return interpreter.fail('A whole number that is known is needed here.');
}

/** Axes of the shown shape, not negative; undefined: all. */
export function axesOf(
  interpreter: Interpreter,
  value: Value | undefined,
  rank: number,
): readonly number[] | undefined {
  if (!value || value.kind === 'none') return undefined;
  const given = value.kind === 'integer' ? [value] : interpreter.iterate(value);
  return given.map((axis) => {
    const known = integerOf(interpreter, axis) ?? 0;
    const normal = known < 0 ? known + rank : known;
    if (normal < 0 || normal >= rank)
      interpreter.raise('ValueError', `axis ${known} is out of bounds for a tensor of ${rank} dimensions`);
    return normal;
  });
}

export function flagOf(interpreter: Interpreter, value: Value | undefined): boolean {
  return value !== undefined && interpreter.decide(value);
}

/** The result under the same axes as the tensor that it was made of. */
export function like(interpreter: Interpreter, input: KerasTensor, node: TensorValue): KerasTensor {
  return kerasTensor(interpreter, node, input.keras.order);
}
