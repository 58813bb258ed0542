import type { Interpreter } from '../../runtime/interpreter';
import type { DataFormat } from './keras-tensor';
import type { KerasOperation } from './symbolic';

/** What Keras keeps for a whole program. */
export interface KerasSession {
  /** How often a name was given: `conv2d`, `conv2d_1`, … */
  readonly names: Map<string, number>;
  dataFormat: DataFormat;
  /** All calls on symbolic tensors, in their order. */
  readonly operations: KerasOperation[];
}

const sessions = new WeakMap<Interpreter, KerasSession>();

export function kerasSession(interpreter: Interpreter): KerasSession {
  const known = sessions.get(interpreter);
  if (known) return known;
  const made: KerasSession = { names: new Map(), dataFormat: 'channels_last', operations: [] };
  sessions.set(interpreter, made);
  return made;
}

/** The name that Keras gives to a layer without one: `conv2d`, `conv2d_1`, … */
export function automaticName(interpreter: Interpreter, className: string): string {
  const { names } = kerasSession(interpreter);
  const base = snakeCase(className);
  const count = names.get(base) ?? 0;
  names.set(base, count + 1);
  return count === 0 ? base : `${base}_${count}`;
}

/** `MaxPooling2D` → `max_pooling2d`, `ReLU` → `re_lu`, as Keras does. */
export function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
