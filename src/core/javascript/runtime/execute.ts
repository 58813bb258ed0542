import { assertNever } from '../../errors';
import { PythonException } from '../../python/runtime/python-exception';
import { string, type InstanceValue, type Value } from '../../python/runtime/values';
import { SourceError } from '../../python/source-error';
import type { Body, Statement } from '../syntax/javascript-syntax';
import { bindPattern } from './bind-pattern';
import { defineClass } from './classes';
import { evaluate } from './evaluate';
import { at, withScope, type JavaScriptFrame } from './frame';
import { hoistBlock } from './hoist';
import { iterateValue } from './iterate-value';
import { numberValue, objectValue, ownNames, setOwn, undefinedValue } from './js-values';
import { runExport, runImport } from './modules';
import { binaryOperation, decide, strictlyEqual } from './operators';
import { errorValue } from './raise-error';
import { JavaScriptScope } from './scope';
import { textOf } from './text-of';

/** How a body ended before its end. */
export type Outcome =
  | { readonly kind: 'return'; readonly value: Value }
  | { readonly kind: 'break' | 'continue'; readonly label: string | undefined };

/** Runs statements in the frame's own scope until one leaves the body. */
export function runBody(frame: JavaScriptFrame, body: Body): Outcome | undefined {
  hoistBlock(frame, body);
  for (const statement of body) {
    const outcome = runStatement(frame, statement);
    if (outcome) return outcome;
  }
  return undefined;
}

function runBlock(frame: JavaScriptFrame, body: Body): Outcome | undefined {
  return runBody(withScope(frame, new JavaScriptScope(frame.scope)), body);
}

export function runStatement(frame: JavaScriptFrame, statement: Statement): Outcome | undefined {
  const { interpreter } = frame;
  interpreter.spend();
  switch (statement.kind) {
    case 'expression':
      evaluate(frame, statement.value);
      return undefined;
    case 'declare':
      for (const { target, value } of statement.declarations) {
        // `var x;` leaves x as it is.
        if (!value && statement.flavour === 'var') continue;
        const made = value ? evaluate(frame, value) : undefinedValue;
        at(frame, statement);
        bindPattern(frame, target, made, statement.flavour);
      }
      return undefined;
    case 'block':
      return runBlock(frame, statement.body);
    case 'if': {
      const test = evaluate(frame, statement.test);
      at(frame, statement.test);
      const chosen = decide(interpreter, test) ? statement.body : statement.otherwise;
      return chosen && runStatement(frame, chosen);
    }
    case 'for':
      return runFor(frame, statement, undefined);
    case 'forOf':
    case 'forIn':
      return runForEach(frame, statement, undefined);
    case 'while':
    case 'doWhile':
      return runWhile(frame, statement, undefined);
    case 'labeled':
      return runLabeled(frame, statement.label, statement.body);
    case 'switch':
      return runSwitch(frame, statement);
    case 'try':
      return runTry(frame, statement);
    case 'function':
    case 'empty':
      return undefined;
    case 'class':
      frame.scope.declare(statement.value.name, defineClass(frame, statement.value));
      return undefined;
    case 'enum':
      frame.scope.declare(statement.name, makeEnum(frame, statement), true);
      return undefined;
    case 'return':
      return { kind: 'return', value: statement.value ? evaluate(frame, statement.value) : undefinedValue };
    case 'throw': {
      const value = evaluate(frame, statement.value);
      at(frame, statement);
      if (value.kind === 'unknown') return interpreter.failUnknown(value);
      const thrown = value.kind === 'instance' ? value : errorValue('Error', textOf(value), interpreter.place);
      const message = thrown.attributes.get('message');
      throw new PythonException(interpreter.place, thrown, message?.kind === 'string' ? message.value : '');
    }
    case 'break':
    case 'continue':
      return { kind: statement.kind, label: statement.label };
    case 'import':
      runImport(frame, statement);
      return undefined;
    case 'export':
      return runExport(frame, statement);
    case 'unsupported':
    case 'invalid':
      at(frame, statement);
      return interpreter.fail(statement.message);
    default:
      return assertNever(statement);
  }
}

type Loop<Kind extends Statement['kind']> = Extract<Statement, { readonly kind: Kind }>;

/** Whether the loop ends: with what, if it leaves more than the loop. */
function afterTurn(
  outcome: Outcome | undefined,
  label: string | undefined,
): { readonly outcome: Outcome | undefined } | undefined {
  if (!outcome) return undefined;
  if (outcome.kind === 'return') return { outcome };
  const mine = outcome.label === undefined || outcome.label === label;
  if (!mine) return { outcome };
  return outcome.kind === 'break' ? { outcome: undefined } : undefined;
}

function runFor(frame: JavaScriptFrame, loop: Loop<'for'>, label: string | undefined): Outcome | undefined {
  let inner = withScope(frame, new JavaScriptScope(frame.scope));
  if (loop.start) runStatement(inner, loop.start);
  for (;;) {
    if (loop.test) {
      const test = evaluate(inner, loop.test);
      at(inner, loop.test);
      if (!decide(frame.interpreter, test)) return undefined;
    }
    const ended = afterTurn(runStatement(inner, loop.body), label);
    if (ended) return ended.outcome;
    // Every turn has its own variables, which closures keep.
    inner = withScope(frame, inner.scope.copy());
    if (loop.step) evaluate(inner, loop.step);
    frame.interpreter.spend();
  }
}

function runForEach(
  frame: JavaScriptFrame,
  loop: Loop<'forOf' | 'forIn'>,
  label: string | undefined,
): Outcome | undefined {
  const iterable = evaluate(frame, loop.iterable);
  at(frame, loop.iterable);
  const items = loop.kind === 'forOf' ? iterateValue(frame.interpreter, iterable) : keysOf(frame, iterable);
  for (const item of items) {
    const inner = withScope(frame, new JavaScriptScope(frame.scope));
    at(frame, loop.target);
    bindPattern(inner, loop.target, item, loop.declaration);
    const ended = afterTurn(runStatement(inner, loop.body), label);
    if (ended) return ended.outcome;
  }
  return undefined;
}

function keysOf(frame: JavaScriptFrame, value: Value): Value[] {
  if (value.kind === 'dict') return ownNames(value).map(string);
  if (value.kind === 'list') return value.items.map((_, index) => string(String(index)));
  if (value.kind === 'none') return [];
  if (value.kind === 'unknown') return frame.interpreter.failUnknown(value);
  return frame.interpreter.fail('The names in this object are not known.');
}

function runWhile(
  frame: JavaScriptFrame,
  loop: Loop<'while' | 'doWhile'>,
  label: string | undefined,
): Outcome | undefined {
  for (let first = loop.kind === 'doWhile'; ; first = false) {
    if (!first) {
      const test = evaluate(frame, loop.test);
      at(frame, loop.test);
      if (!decide(frame.interpreter, test)) return undefined;
    }
    const ended = afterTurn(runStatement(frame, loop.body), label);
    if (ended) return ended.outcome;
    frame.interpreter.spend();
  }
}

function runLabeled(frame: JavaScriptFrame, label: string, body: Statement): Outcome | undefined {
  switch (body.kind) {
    case 'for':
      return runFor(frame, body, label);
    case 'forOf':
    case 'forIn':
      return runForEach(frame, body, label);
    case 'while':
    case 'doWhile':
      return runWhile(frame, body, label);
    default: {
      const outcome = runStatement(frame, body);
      return outcome?.kind === 'break' && outcome.label === label ? undefined : outcome;
    }
  }
}

function runSwitch(frame: JavaScriptFrame, statement: Loop<'switch'>): Outcome | undefined {
  const value = evaluate(frame, statement.value);
  const inner = withScope(frame, new JavaScriptScope(frame.scope));
  let start = statement.cases.findIndex(({ test }) => {
    if (!test) return false;
    const candidate = evaluate(inner, test);
    at(inner, test);
    const same = strictlyEqual(value, candidate);
    if (same !== undefined) return same;
    const unknown = [value, candidate].find((side) => side.kind === 'unknown');
    return decide(frame.interpreter, unknown ?? frame.interpreter.unknown('Whether these are equal is not known.'));
  });
  if (start < 0) start = statement.cases.findIndex(({ test }) => !test);
  if (start < 0) return undefined;
  for (const { body } of statement.cases.slice(start)) {
    const outcome = runBody(inner, body);
    if (outcome?.kind === 'break' && outcome.label === undefined) return undefined;
    if (outcome) return outcome;
  }
  return undefined;
}

/** Catches what JavaScript would catch: errors that are thrown, and what TensorFlow.js refuses. What is not known stays so. */
function runTry(frame: JavaScriptFrame, statement: Loop<'try'>): Outcome | undefined {
  const { interpreter } = frame;
  let outcome: Outcome | undefined;
  const { tryDepth } = interpreter;
  try {
    interpreter.tryDepth++;
    outcome = runBlock(frame, statement.body);
    interpreter.tryDepth = tryDepth;
  } catch (error) {
    interpreter.tryDepth = tryDepth;
    if (!(error instanceof SourceError) || !error.refused) throw error;
    if (!statement.handler) {
      runBlock(frame, statement.finally);
      throw error;
    }
    const inner = withScope(frame, new JavaScriptScope(frame.scope));
    if (statement.handler.parameter) bindPattern(inner, statement.handler.parameter, caught(error), 'let');
    outcome = runBlock(inner, statement.handler.body);
  }
  return runBlock(frame, statement.finally) ?? outcome;
}

function caught(error: SourceError): InstanceValue {
  return error instanceof PythonException ? error.exception : errorValue('Error', error.reason, error.place);
}

/** Names to values, and back where the value is a number. */
function makeEnum(frame: JavaScriptFrame, statement: Loop<'enum'>): Value {
  const made = objectValue();
  const inner = withScope(frame, new JavaScriptScope(frame.scope));
  let next: Value = numberValue(0);
  for (const member of statement.members) {
    const value = member.value ? evaluate(inner, member.value) : next;
    setOwn(made, member.name, value);
    inner.scope.declare(member.name, value, true);
    if (value.kind === 'integer') setOwn(made, textOf(value), string(member.name));
    next = binaryOperation(frame.interpreter, '+', value, numberValue(1));
  }
  return made;
}
