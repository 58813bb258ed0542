import type { Interpreter } from '../../python/runtime/interpreter';
import { string, type Value } from '../../python/runtime/values';
import { isNullish } from '../runtime/js-values';

const counts = new WeakMap<Interpreter, Map<string, number>>();

/** A name with a number that it has for the first time: `Conv2D1`, `Conv2D2`, … */
export function numberedName(interpreter: Interpreter, prefix: string): string {
  const known = counts.get(interpreter) ?? new Map<string, number>();
  counts.set(interpreter, known);
  const count = (known.get(prefix) ?? 0) + 1;
  known.set(prefix, count);
  return `${prefix}${count}`;
}

/** The name that TensorFlow.js gives to a layer without one: `conv2d_Conv2D1`. */
export function layerName(interpreter: Interpreter, className: string, given: Value | undefined): Value {
  if (given && !isNullish(given)) return given;
  const prefix = className
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
  return string(`${prefix}_${numberedName(interpreter, className)}`);
}
