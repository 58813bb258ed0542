import type { Interpreter } from '../../python/runtime/interpreter';
import type { Value } from '../../python/runtime/values';
import { SourceError } from '../../python/source-error';
import { isGrowingModel } from '../library/tensorflow-model';

const errors = new WeakSet<SourceError>();

/**
 * Where nobody knows what a function does, nobody knows the model that it is given and may add layers to. What only has
 * a name here (a library for charts) is taken to do no harm.
 */
export function refuseEffects(interpreter: Interpreter, callee: Value, given: readonly Value[]): void {
  if (callee.kind !== 'unknown' || !given.some((value) => isGrowingModel(value))) return;
  const reason = callee.reason.replace(/\.$/, '');
  const error = new SourceError(interpreter.place, `What this call does to the model is not known: ${reason}.`);
  errors.add(error);
  throw error;
}

/** Whether the models that a statement gave to functions are not known after this error. */
export function isEffectError(error: SourceError): boolean {
  return errors.has(error);
}
