import { lookupInOrder } from '../../python/runtime/attributes';
import type { Value } from '../../python/runtime/values';
import type { JavaScriptFrame } from './frame';
import { callFunction } from './functions';
import { undefinedValue } from './js-values';
import { getProperty } from './properties';
import { textOf } from './text-of';

/** `super.key`: what the class above has, with this object. */
export function superProperty(frame: JavaScriptFrame, key: Value): Value {
  const { interpreter, receiver } = frame;
  const { home, current = undefinedValue } = receiver;
  const base = home?.class.order[1];
  if (!home || !base) return interpreter.fail("'super' is only understood in the methods of a derived class.");
  if (key.kind === 'unknown') return key;
  if (home.static) return getProperty(interpreter, base, key);
  const found = lookupInOrder(home.class.order.slice(1), textOf(key));
  if (found?.kind === 'property') return callFunction(interpreter, found.getter, current, []);
  return found ?? home.class.unknownBase ?? undefinedValue;
}
