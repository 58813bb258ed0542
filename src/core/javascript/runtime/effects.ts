import type { Interpreter } from '../../python/runtime/interpreter';
import type { Value } from '../../python/runtime/values';
import { isGrowingModel } from '../library/tensorflow-model';

/**
 * Where nobody knows what a function does, nobody knows the model that it is given and may add layers to. What only has
 * a name here (a library for charts) is taken to do no harm.
 */
export function refuseEffects(interpreter: Interpreter, callee: Value, given: readonly Value[]): void {
  if (callee.kind !== 'unknown') return;
  if (given.some((value) => isGrowingModel(value))) interpreter.failUnknown(callee);
}
