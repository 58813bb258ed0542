import { assertNever } from '../../errors';
import type { MatchStatement, Pattern } from '../syntax/syntax';
import { isInstance } from '../library/is-instance';
import { compare } from './compare';
import { runBody, type Outcome } from './execute';
import type { Frame } from './frame';
import { hashable } from './hashable';
import type { Interpreter } from './interpreter';
import { contentOf, dict, list, type Value } from './values';

/** Runs the first case that fits. */
export function runMatch(interpreter: Interpreter, frame: Frame, statement: MatchStatement): Outcome | undefined {
  const subject = interpreter.evaluate(frame, statement.subject);
  for (const { pattern, guard, body } of statement.cases) {
    interpreter.at(frame, pattern);
    if (!fits(interpreter, frame, pattern, subject)) continue;
    if (guard) {
      const test = interpreter.evaluate(frame, guard);
      interpreter.at(frame, guard);
      if (!interpreter.decide(test)) continue;
    }
    return runBody(interpreter, frame, body);
  }
  return undefined;
}

/** Whether a value has the pattern's form; its names are assigned on the way. An error where that is not known. */
function fits(interpreter: Interpreter, frame: Frame, pattern: Pattern, subject: Value): boolean {
  switch (pattern.kind) {
    case 'capture':
      if (pattern.name !== undefined) frame.scope.assign(pattern.name, subject);
      return true;
    case 'star':
      return interpreter.fail('SyntaxError: star pattern outside of a sequence');
    case 'as': {
      const matched = fits(interpreter, frame, pattern.pattern, subject);
      if (matched) frame.scope.assign(pattern.name, subject);
      return matched;
    }
    case 'or':
      return pattern.alternatives.some((alternative) => fits(interpreter, frame, alternative, subject));
    case 'value': {
      const value = interpreter.evaluate(frame, pattern.value);
      interpreter.at(frame, pattern);
      // None, True and False are matched by identity: 1 is not True.
      const isConstant = value.kind === 'none' || value.kind === 'boolean';
      return interpreter.decide(compare(interpreter, isConstant ? 'is' : '==', subject, value));
    }
    case 'sequence':
      return fitsSequence(interpreter, frame, pattern.items, known(interpreter, subject));
    case 'mapping':
      return fitsMapping(interpreter, frame, pattern, known(interpreter, subject));
    case 'class':
      return fitsClass(interpreter, frame, pattern, known(interpreter, subject));
    default:
      return assertNever(pattern);
  }
}

function known(interpreter: Interpreter, subject: Value): Value {
  return subject.kind === 'unknown' ? interpreter.failUnknown(subject) : subject;
}

function fitsSequence(interpreter: Interpreter, frame: Frame, items: readonly Pattern[], subject: Value): boolean {
  const content = contentOf(subject);
  if (content.kind !== 'tuple' && content.kind !== 'list' && content.kind !== 'range') return false;
  const values = interpreter.iterate(content);
  const star = items.findIndex((item) => item.kind === 'star');
  if (star < 0 ? values.length !== items.length : values.length < items.length - 1) return false;
  const extra = values.length - items.length + 1;
  let next = 0;
  return items.every((item) => {
    if (item.kind !== 'star') return fits(interpreter, frame, item, values[next++] as Value);
    if (item.name !== undefined) frame.scope.assign(item.name, list(values.slice(next, next + extra)));
    next += extra;
    return true;
  });
}

function fitsMapping(
  interpreter: Interpreter,
  frame: Frame,
  pattern: Pattern & { readonly kind: 'mapping' },
  subject: Value,
): boolean {
  const content = contentOf(subject);
  if (content.kind !== 'dict') return false;
  const rest = new Map(content.entries);
  for (const { key, pattern: inner } of pattern.entries) {
    const identity = hashable(interpreter, interpreter.evaluate(frame, key));
    const entry = content.entries.get(identity);
    if (!entry || !fits(interpreter, frame, inner, entry.value)) return false;
    rest.delete(identity);
  }
  if (pattern.rest !== undefined) {
    frame.scope.assign(pattern.rest, dict([...rest.values()].map(({ key, value }) => [key, value] as const)));
  }
  return true;
}

/** Built-in types whose one positional pattern is the whole value. */
const wholeTypes = ['bool', 'bytearray', 'bytes', 'dict', 'float', 'frozenset', 'int', 'list', 'set', 'str', 'tuple'];

function fitsClass(
  interpreter: Interpreter,
  frame: Frame,
  pattern: Pattern & { readonly kind: 'class' },
  subject: Value,
): boolean {
  const type = interpreter.evaluate(frame, pattern.type);
  interpreter.at(frame, pattern);
  if (!interpreter.decide(isInstance(interpreter, subject, type))) return false;
  if (type.kind === 'class' && !type.place && wholeTypes.includes(type.name)) {
    return pattern.positional.every((inner) => fits(interpreter, frame, inner, subject));
  }
  const names = pattern.positional.length > 0 ? interpreter.findAttribute(type, '__match_args__') : undefined;
  const positional = names ? interpreter.iterate(names) : [];
  if (positional.length < pattern.positional.length) {
    interpreter.raise('TypeError', `a pattern of ${positional.length} positional sub-patterns at most is accepted`);
  }
  const parts = [
    ...pattern.positional.map((inner, index) => ({ name: positional[index], inner })),
    ...pattern.keyword.map(({ name, pattern: inner }) => ({ name: { kind: 'string', value: name } as const, inner })),
  ];
  return parts.every(({ name, inner }) => {
    const value = name?.kind === 'string' ? interpreter.findAttribute(subject, name.value) : undefined;
    return value !== undefined && fits(interpreter, frame, inner, value);
  });
}
