import type { Interpreter } from '../runtime/interpreter';
import type { Value } from '../runtime/values';

/**
 * Binds the arguments of a native function by name. `'dim?'` may be missing; others are there.
 * Raises Python's TypeError for too many, missing and unexpected ones.
 */
export function readArguments(
  interpreter: Interpreter,
  callee: string,
  names: readonly string[],
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Readonly<Record<string, Value | undefined>> {
  const values: Record<string, Value | undefined> = {};
  const plain = names.map((name) => name.replace('?', ''));
  if (positional.length > names.length) {
    interpreter.raise('TypeError', `${callee}() takes at most ${names.length} arguments, ${positional.length} given`);
  }
  for (const [index, value] of positional.entries()) values[plain[index] ?? ''] = value;
  for (const [name, value] of keyword) {
    if (!plain.includes(name))
      interpreter.raise('TypeError', `${callee}() got an unexpected keyword argument '${name}'`);
    values[name] = value;
  }
  for (const name of names) {
    if (!name.endsWith('?') && values[name] === undefined) {
      interpreter.raise('TypeError', `${callee}() misses the argument '${name}'`);
    }
  }
  return values;
}

/** A known number, or what stands for a missing one. */
export function optional(interpreter: Interpreter, value: Value | undefined, otherwise: number): number {
  if (value === undefined || value.kind === 'none') return otherwise;
  if (value.kind === 'float') return value.value;
  if (value.kind === 'integer' && typeof value.value === 'number') return value.value;
  if (value.kind === 'boolean') return value.value ? 1 : 0;
  if (value.kind === 'unknown') return interpreter.failUnknown(value);
  return interpreter.fail('A number that is known is needed here.');
}
