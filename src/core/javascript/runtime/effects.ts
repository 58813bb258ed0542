import type { Interpreter } from '../../python/runtime/interpreter';
import type { UnknownValue, Value } from '../../python/runtime/values';
import { SourceError } from '../../python/source-error';
import { isGrowingModel } from '../library/tensorflow-model';
import { capturedChanges } from './captured-changes';
import { functionOf } from './js-values';

const errors = new WeakSet<SourceError>();

/** Functions that call what they are given later, when something happens: not while a model is made. */
const listeners = /(^|\.)(addEventListener|on|once|setTimeout|setInterval|requestAnimationFrame)$/;

/**
 * Where nobody knows what a function does, nobody knows the model that it is given and may add layers to, nor what the
 * functions that it is given change if it calls them. What only has a name here (a library for charts) does no harm.
 */
export function refuseEffects(interpreter: Interpreter, callee: Value, given: readonly Value[], text: string): void {
  if (callee.kind !== 'unknown') return;
  if (given.some((value) => isGrowingModel(value))) throw effectError(interpreter, callee);
  if (!listeners.test(text)) for (const value of given) spoilCaptured(interpreter, callee, value);
}

function effectError(interpreter: Interpreter, callee: UnknownValue): SourceError {
  const reason = callee.reason.replace(/\.$/, '');
  const error = new SourceError(interpreter.place, `What this call does to the model is not known: ${reason}.`);
  errors.add(error);
  return error;
}

/** The variables that a function changes are not known once it may have been called. */
function spoilCaptured(interpreter: Interpreter, callee: UnknownValue, value: Value): void {
  const record = functionOf(value);
  if (!record) return;
  const { names, ownObject } = capturedChanges(record.node);
  if (ownObject && record.node.arrow) throw effectError(interpreter, callee);
  const { scope, module } = record.frame;
  const error = effectError(interpreter, callee);
  const unknown: UnknownValue = { kind: 'unknown', reason: error.reason, place: error.place, cause: error };
  for (const name of names) {
    const found = scope.lookup(name);
    const isGlobal = module.globals.hasOwn(name) && scope.lookup(name).kind !== 'missing';
    if (found.kind === 'found' && !isGlobal && isChangeable(found.value)) scope.force(name, unknown);
  }
}

/** Functions, classes and libraries stay what they are. */
function isChangeable(value: Value): boolean {
  return !['native', 'class', 'module', 'opaque', 'unknown'].includes(value.kind);
}

/** Whether the models that a statement gave to functions are not known after this error. */
export function isEffectError(error: SourceError): boolean {
  return errors.has(error);
}
