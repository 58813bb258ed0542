import { assertNever } from '../../errors';
import type { Comprehension, ComprehensionClause, Expression } from '../syntax/syntax';
import { assignTo } from './assign';
import type { Frame } from './frame';
import { hashable } from './hashable';
import type { Interpreter } from './interpreter';
import { walk } from './iterate';
import { Scope } from './scope';
import { dict, generator, list, set, type Value } from './values';

/** Runs a comprehension's clauses and collects what they make; a generator runs when its first item is wanted. */
export function evaluateComprehension(interpreter: Interpreter, frame: Frame, expression: Comprehension): Value {
  const scope = new Scope('comprehension', frame.scope, frame.scope.module);
  const inner: Frame = { ...frame, scope };
  // The first iterable is evaluated now, outside of the comprehension's scope, as Python does.
  const [first, ...rest] = expression.clauses;
  if (first?.kind !== 'for') return interpreter.fail('SyntaxError: invalid syntax');
  const iterable = interpreter.evaluate(frame, first.iterable);
  interpreter.at(frame, first.iterable);
  const runAll = (collect: () => void): void =>
    runLoop(interpreter, inner, first.target, iterable, () => runClauses(interpreter, inner, rest, collect));
  if (expression.flavour === 'generator') {
    return generator((take) => runAll(() => take(interpreter.evaluate(inner, expression.element))));
  }
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
  runAll(collect);
  switch (expression.flavour) {
    case 'list':
      return list(items);
    case 'set':
      return set(items);
    case 'dict':
      return made;
    default:
      return assertNever(expression.flavour);
  }
}

function runClauses(
  interpreter: Interpreter,
  frame: Frame,
  clauses: readonly ComprehensionClause[],
  collect: () => void,
): void {
  const [clause, ...rest] = clauses;
  if (!clause) {
    collect();
    return;
  }
  if (clause.kind === 'if') {
    const test = interpreter.evaluate(frame, clause.test);
    interpreter.at(frame, clause.test);
    if (interpreter.decide(test)) runClauses(interpreter, frame, rest, collect);
    return;
  }
  const iterable = interpreter.evaluate(frame, clause.iterable);
  interpreter.at(frame, clause.iterable);
  runLoop(interpreter, frame, clause.target, iterable, () => runClauses(interpreter, frame, rest, collect));
}

function runLoop(interpreter: Interpreter, frame: Frame, target: Expression, iterable: Value, run: () => void): void {
  walk(interpreter, iterable, (item) => {
    assignTo(interpreter, frame, target, item);
    run();
  });
}
