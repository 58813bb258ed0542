import { assertNever } from '../../errors';
import { SourceError } from '../source-error';
import type { Body, Expression, Statement, TryStatement, WithItem } from '../syntax/syntax';
import { assignTo } from './assign';
import { defineClass } from './classes';
import { makeFunction } from './evaluate';
import { textOfValue } from './format';
import type { Frame } from './frame';
import { runImport } from './imports';
import type { Interpreter } from './interpreter';
import { runMatch } from './match';
import { binaryOperation } from './operators';
import { truthOf } from './truth';
import { PythonException } from './python-exception';
import { GeneratorLeft, walk } from './iterate';
import { findSpecial } from './special-methods';
import { deleteSubscript } from './subscript';
import { boolean, none, string, type Value } from './values';

/** How a body ended before its end. */
export type Outcome = { readonly kind: 'return'; readonly value: Value } | { readonly kind: 'break' | 'continue' };

/** Runs statements until one leaves the body. */
export function runBody(interpreter: Interpreter, frame: Frame, body: Body): Outcome | undefined {
  for (const statement of body) {
    const outcome = runStatement(interpreter, frame, statement);
    if (outcome) return outcome;
  }
  return undefined;
}

export function runStatement(interpreter: Interpreter, frame: Frame, statement: Statement): Outcome | undefined {
  interpreter.spend();
  switch (statement.kind) {
    case 'expression':
      runExpression(interpreter, frame, statement.value);
      return undefined;
    case 'assign': {
      const value = interpreter.evaluate(frame, statement.value);
      for (const target of statement.targets) assignTo(interpreter, frame, target, value);
      interpreter.observer?.mention('statement', frame.file, statement, undefined, value);
      return undefined;
    }
    case 'annotated':
      if (frame.scope.kind === 'class' && statement.target.kind === 'name') {
        noteAnnotation(frame, statement.target.id, statement.annotation);
      }
      if (statement.value) {
        assignTo(interpreter, frame, statement.target, interpreter.evaluate(frame, statement.value));
      }
      return undefined;
    case 'update': {
      const current = interpreter.evaluate(frame, statement.target);
      const value = interpreter.evaluate(frame, statement.value);
      interpreter.at(frame, statement);
      const updated = binaryOperation(interpreter, statement.operator, current, value, { inPlace: true });
      assignTo(interpreter, frame, statement.target, updated);
      interpreter.observer?.mention('statement', frame.file, statement, undefined, updated);
      return undefined;
    }
    case 'if':
      return runIf(interpreter, frame, statement);
    case 'for':
      return runFor(interpreter, frame, statement);
    case 'while':
      return runWhile(interpreter, frame, statement);
    case 'function': {
      const made = makeFunction(interpreter, frame, statement, statement.name, statement.parameters, {
        kind: 'statements',
        body: statement.body,
        generator: statement.generator,
      });
      frame.scope.assign(statement.name, decorate(interpreter, frame, statement.decorators, made));
      return undefined;
    }
    case 'class': {
      const made = defineClass(interpreter, frame, statement);
      frame.scope.assign(statement.name, decorate(interpreter, frame, statement.decorators, made));
      return undefined;
    }
    case 'return': {
      const value = statement.value ? interpreter.evaluate(frame, statement.value) : none;
      interpreter.observer?.mention('statement', frame.file, statement, undefined, value);
      return { kind: 'return', value };
    }
    case 'raise':
      return runRaise(interpreter, frame, statement);
    case 'assert':
      runAssert(interpreter, frame, statement);
      return undefined;
    case 'delete':
      for (const target of statement.targets) runDelete(interpreter, frame, target);
      return undefined;
    case 'pass':
      return undefined;
    case 'break':
    case 'continue':
      return { kind: statement.kind };
    case 'scope':
      frame.scope.declare(statement.flavour, statement.names);
      return undefined;
    case 'import':
      interpreter.at(frame, statement);
      runImport(interpreter, frame, statement);
      return undefined;
    case 'try':
      return runTry(interpreter, frame, statement);
    case 'with':
      return runWith(interpreter, frame, statement);
    case 'match':
      return runMatch(interpreter, frame, statement);
    case 'invalid':
      interpreter.at(frame, statement);
      return interpreter.fail(`SyntaxError: ${statement.message}`);
    default:
      return assertNever(statement);
  }
}

/** A call for its effect: where nobody knows the effect, nobody knows the model. */
function runExpression(interpreter: Interpreter, frame: Frame, expression: Expression): void {
  const value = interpreter.evaluate(frame, expression);
  if (value.kind !== 'unknown' || expression.kind !== 'call' || !frame.function) return;
  const touchesModel = [...expression.positional, ...expression.keyword.map((argument) => argument.value)].some(
    (argument) =>
      (argument.kind === 'name' || argument.kind === 'attribute') && isModelPart(interpreter.evaluate(frame, argument)),
  );
  if (touchesModel) interpreter.failUnknown(value);
}

function isModelPart(value: Value | undefined): boolean {
  return value?.kind === 'tensor' || (value?.kind === 'instance' && value.module !== undefined);
}

function noteAnnotation(frame: Frame, name: string, annotation: Expression): void {
  const known = frame.scope.names.get('__annotations__');
  const annotations = known?.kind === 'dict' ? known : { kind: 'dict' as const, entries: new Map() };
  const text = frame.file.text.slice(annotation.from, annotation.to);
  annotations.entries.set(`s:${name}`, { key: string(name), value: string(text) });
  frame.scope.names.set('__annotations__', annotations);
}

function runIf(
  interpreter: Interpreter,
  frame: Frame,
  statement: Statement & { readonly kind: 'if' },
): Outcome | undefined {
  for (const branch of statement.branches) {
    const test = interpreter.evaluate(frame, branch.test);
    interpreter.at(frame, branch.test);
    if (interpreter.decide(test)) return runBody(interpreter, frame, branch.body);
  }
  return runBody(interpreter, frame, statement.otherwise);
}

function runFor(
  interpreter: Interpreter,
  frame: Frame,
  statement: Statement & { readonly kind: 'for' },
): Outcome | undefined {
  const iterable = interpreter.evaluate(frame, statement.iterable);
  interpreter.at(frame, statement.iterable);
  let left: Outcome | undefined;
  walk(interpreter, iterable, (item) => {
    assignTo(interpreter, frame, statement.target, item);
    const outcome = runBody(interpreter, frame, statement.body);
    if (!outcome || outcome.kind === 'continue') return undefined;
    left = outcome;
    return 'stop';
  });
  if (left) return left.kind === 'return' ? left : undefined;
  return runBody(interpreter, frame, statement.otherwise);
}

function runWhile(
  interpreter: Interpreter,
  frame: Frame,
  statement: Statement & { readonly kind: 'while' },
): Outcome | undefined {
  for (;;) {
    const test = interpreter.evaluate(frame, statement.test);
    interpreter.at(frame, statement.test);
    if (!interpreter.decide(test)) return runBody(interpreter, frame, statement.otherwise);
    const outcome = runBody(interpreter, frame, statement.body);
    if (outcome?.kind === 'return') return outcome;
    if (outcome?.kind === 'break') return undefined;
  }
}

/** A decorator that cannot be followed (registering, deprecating, wrapping by inspection) is taken to keep what it decorates. */
function decorate(interpreter: Interpreter, frame: Frame, decorators: readonly Expression[], made: Value): Value {
  let value = made;
  for (const decorator of [...decorators].reverse()) {
    try {
      const wrapper = interpreter.evaluate(frame, decorator);
      interpreter.at(frame, decorator);
      const wrapped = interpreter.call(wrapper, [value]);
      if (wrapped.kind !== 'unknown') value = wrapped;
    } catch (error) {
      if (!(error instanceof SourceError) || error instanceof PythonException) throw error;
    }
  }
  return value;
}

function runRaise(interpreter: Interpreter, frame: Frame, statement: Statement & { readonly kind: 'raise' }): never {
  if (!statement.value && interpreter.handled) throw interpreter.handled;
  const value = statement.value ? interpreter.evaluate(frame, statement.value) : none;
  interpreter.at(frame, statement);
  const exception = value.kind === 'class' ? interpreter.call(value) : value;
  if (exception.kind === 'unknown') return interpreter.failUnknown(exception);
  if (exception.kind !== 'instance') return interpreter.fail('Raises an exception.');
  throw new PythonException(interpreter.place, exception, textOfValue(exception));
}

function runAssert(interpreter: Interpreter, frame: Frame, statement: Statement & { readonly kind: 'assert' }): void {
  const test = interpreter.evaluate(frame, statement.test);
  interpreter.at(frame, statement);
  // What is not known is taken to hold: otherwise the program would end here.
  if (truthOf(interpreter, test) !== false) return;
  const message = statement.message ? textOfValue(interpreter.evaluate(frame, statement.message)) : '';
  interpreter.at(frame, statement);
  interpreter.raise('AssertionError', message);
}

function runDelete(interpreter: Interpreter, frame: Frame, target: Expression): void {
  if (target.kind === 'name') {
    frame.scope.remove(target.id);
  } else if (target.kind === 'attribute') {
    const object = interpreter.evaluate(frame, target.object);
    interpreter.at(frame, target);
    interpreter.deleteAttribute(object, target.name);
  } else if (target.kind === 'subscript') {
    const object = interpreter.evaluate(frame, target.object);
    const index = interpreter.evaluate(frame, target.index);
    interpreter.at(frame, target);
    deleteSubscript(interpreter, object, index);
  } else if (target.kind === 'tuple') for (const item of target.items) runDelete(interpreter, frame, item);
}

function runTry(interpreter: Interpreter, frame: Frame, statement: TryStatement): Outcome | undefined {
  let outcome: Outcome | undefined;
  try {
    outcome = runTryBody(interpreter, frame, statement);
  } catch (error) {
    // What cannot be read ends the reading; an exception, and a generator that is left, pass through `finally`.
    const passes = error instanceof PythonException || error instanceof GeneratorLeft;
    const instead = passes ? runBody(interpreter, frame, statement.finally) : undefined;
    if (instead) return instead;
    throw error;
  }
  return runBody(interpreter, frame, statement.finally) ?? outcome;
}

/** The body, and what follows from how it ends: a handler, or `else`. */
function runTryBody(interpreter: Interpreter, frame: Frame, statement: TryStatement): Outcome | undefined {
  const { tryDepth } = interpreter;
  const catches = statement.handlers.length > 0;
  try {
    if (catches) interpreter.tryDepth++;
    const outcome = runBody(interpreter, frame, statement.body);
    if (outcome) return outcome;
  } catch (error) {
    interpreter.tryDepth = tryDepth;
    if (!(error instanceof PythonException)) throw error;
    const handler = statement.handlers.find((candidate) => matches(interpreter, frame, candidate.type, error));
    if (!handler) throw error;
    if (handler.name) frame.scope.assign(handler.name, error.exception);
    return handle(interpreter, frame, handler.body, error);
  } finally {
    interpreter.tryDepth = tryDepth;
  }
  return runBody(interpreter, frame, statement.otherwise);
}

/** Runs a handler; `raise` without a value raises what it handles. */
function handle(interpreter: Interpreter, frame: Frame, body: Body, error: PythonException): Outcome | undefined {
  const { handled } = interpreter;
  interpreter.handled = error;
  try {
    return runBody(interpreter, frame, body);
  } finally {
    interpreter.handled = handled;
  }
}

function matches(
  interpreter: Interpreter,
  frame: Frame,
  type: Expression | undefined,
  error: PythonException,
): boolean {
  if (!type) return true;
  const value = interpreter.evaluate(frame, type);
  const candidates = value.kind === 'tuple' ? value.items : [value];
  return candidates.some((candidate) => candidate.kind === 'class' && error.isInstanceOf(candidate));
}

function runWith(
  interpreter: Interpreter,
  frame: Frame,
  statement: Statement & { readonly kind: 'with' },
): Outcome | undefined {
  return enterNext(interpreter, frame, statement.items, statement.body);
}

/** Enters the first of the managers, then the others inside of it, then runs the body. */
function enterNext(
  interpreter: Interpreter,
  frame: Frame,
  [item, ...others]: readonly WithItem[],
  body: Body,
): Outcome | undefined {
  if (!item) return runBody(interpreter, frame, body);
  const manager = interpreter.evaluate(frame, item.value);
  interpreter.at(frame, item.value);
  const inside = (entered: Value): Outcome | undefined => {
    if (item.target) assignTo(interpreter, frame, item.target, entered);
    return enterNext(interpreter, frame, others, body);
  };
  if (manager.kind === 'instance' && manager.content?.kind === 'iterator') {
    return runAround(interpreter, manager.content, inside);
  }
  const enter = manager.kind === 'instance' ? findSpecial(manager, '__enter__') : undefined;
  const exit = manager.kind === 'instance' ? findSpecial(manager, '__exit__') : undefined;
  const entered = enter ? interpreter.call(enter) : manager;
  const leave = (...exception: [Value, Value]): Value =>
    exit ? interpreter.call(exit, [...exception, none]) : boolean(false);
  let outcome: Outcome | undefined;
  try {
    outcome = inside(entered);
  } catch (error) {
    if (error instanceof PythonException) {
      const swallowed = truthOf(interpreter, leave(error.exception.class, error.exception));
      if (swallowed === true) return undefined;
    } else if (error instanceof GeneratorLeft) leave(none, none);
    throw error;
  }
  leave(none, none);
  return outcome;
}

/** `@contextmanager`: the generator runs to its `yield`, where the body runs inside of it. */
function runAround(
  interpreter: Interpreter,
  manager: Value & { readonly kind: 'iterator' },
  inside: (entered: Value) => Outcome | undefined,
): Outcome | undefined {
  let outcome: Outcome | undefined;
  let entered = false;
  walk(interpreter, manager, (value) => {
    if (entered) interpreter.raise('RuntimeError', "generator didn't stop");
    entered = true;
    outcome = inside(value);
  });
  if (!entered) interpreter.raise('RuntimeError', "generator didn't yield");
  return outcome;
}
