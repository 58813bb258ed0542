import { assertNever } from '../../errors';
import type { Comprehension, ComprehensionClause } from '../syntax/syntax';
import { assignTo } from './assign';
import type { Frame } from './frame';
import { hashable } from './hashable';
import type { Interpreter } from './interpreter';
import { Scope } from './scope';
import { dict, iterator, list, set, type Value } from './values';

/** Runs a comprehension's clauses and collects what they make; a generator is run at once. */
export function evaluateComprehension(interpreter: Interpreter, frame: Frame, expression: Comprehension): Value {
  const scope = new Scope('comprehension', frame.scope, frame.scope.module);
  const inner: Frame = { ...frame, scope };
  const items: Value[] = [];
  const made = dict();
  const collect = (): void => {
    const item = interpreter.evaluate(inner, expression.element);
    if (!expression.value) {
      items.push(item);
      return;
    }
    const value = interpreter.evaluate(inner, expression.value);
    interpreter.at(frame, expression.element);
    made.entries.set(hashable(interpreter, item), { key: item, value });
  };
  // The first iterable is evaluated outside of the comprehension's scope, as Python does.
  runClauses(interpreter, frame, inner, expression.clauses, collect);
  switch (expression.flavour) {
    case 'list':
      return list(items);
    case 'set':
      return set(items);
    case 'dict':
      return made;
    case 'generator':
      return iterator(items);
    default:
      return assertNever(expression.flavour);
  }
}

function runClauses(
  interpreter: Interpreter,
  outer: Frame,
  inner: Frame,
  clauses: readonly ComprehensionClause[],
  collect: () => void,
): void {
  const [clause, ...rest] = clauses;
  if (!clause) {
    collect();
    return;
  }
  if (clause.kind === 'if') {
    const test = interpreter.evaluate(inner, clause.test);
    interpreter.at(inner, clause.test);
    if (interpreter.decide(test)) runClauses(interpreter, inner, inner, rest, collect);
    return;
  }
  const iterable = interpreter.evaluate(outer, clause.iterable);
  interpreter.at(outer, clause.iterable);
  for (const item of interpreter.iterate(iterable)) {
    assignTo(interpreter, inner, clause.target, item);
    runClauses(interpreter, inner, inner, rest, collect);
  }
}
