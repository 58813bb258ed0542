import { assertNever } from '../../errors';
import type { Expression, FormatPart, Parameters } from '../syntax/syntax';
import { evaluateBoolean } from './evaluate-boolean';
import { evaluateComprehension } from './evaluate-comprehension';
import { hashable } from './hashable';
import type { Frame } from './frame';
import { formatValue } from './format';
import type { Interpreter } from './interpreter';
import { binaryOperation, unaryOperation } from './operators';
import { compare } from './compare';
import { truthOf } from './truth';
import { mappingOf } from './dict-entries';
import { shownText } from './shown-text';
import { subscript } from './subscript';
import { walk } from './iterate';
import {
  boolean,
  dict,
  ellipsis,
  float,
  integer,
  list,
  none,
  set,
  string,
  tuple,
  type FunctionValue,
  type Value,
} from './values';

/** The value of an expression. */
export function evaluate(interpreter: Interpreter, frame: Frame, expression: Expression): Value {
  interpreter.spend();
  switch (expression.kind) {
    case 'name':
      return evaluateName(interpreter, frame, expression);
    case 'number':
      return expression.float ? float(expression.value) : integer(expression.value);
    case 'string':
      return string(expression.value);
    case 'format':
      return evaluateFormat(interpreter, frame, expression.parts);
    case 'constant':
      if (expression.value === null) return none;
      return expression.value === '...' ? ellipsis : boolean(expression.value);
    case 'tuple':
      return tuple(evaluateItems(interpreter, frame, expression.items));
    case 'list':
      return list(evaluateItems(interpreter, frame, expression.items));
    case 'set':
      return set(evaluateItems(interpreter, frame, expression.items));
    case 'dict':
      return evaluateDict(interpreter, frame, expression);
    case 'comprehension':
      return evaluateComprehension(interpreter, frame, expression);
    case 'attribute': {
      const object = evaluate(interpreter, frame, expression.object);
      interpreter.at(frame, expression);
      return interpreter.getAttribute(object, expression.name);
    }
    case 'subscript': {
      const object = evaluate(interpreter, frame, expression.object);
      const index = evaluate(interpreter, frame, expression.index);
      interpreter.at(frame, expression);
      return subscript(interpreter, object, index);
    }
    case 'slice': {
      const part = (bound: Expression | undefined): Value => (bound ? evaluate(interpreter, frame, bound) : none);
      return { kind: 'slice', start: part(expression.start), stop: part(expression.stop), step: part(expression.step) };
    }
    case 'call':
      return evaluateCall(interpreter, frame, expression);
    case 'unary': {
      const operand = evaluate(interpreter, frame, expression.operand);
      interpreter.at(frame, expression);
      return unaryOperation(interpreter, expression.operator, operand);
    }
    case 'binary': {
      const left = evaluate(interpreter, frame, expression.left);
      const right = evaluate(interpreter, frame, expression.right);
      interpreter.at(frame, expression);
      return binaryOperation(interpreter, expression.operator, left, right);
    }
    case 'boolean':
      return evaluateBoolean(interpreter, frame, expression);
    case 'compare':
      return evaluateCompare(interpreter, frame, expression);
    case 'conditional': {
      const test = evaluate(interpreter, frame, expression.test);
      interpreter.at(frame, expression.test);
      return evaluate(interpreter, frame, interpreter.decide(test) ? expression.body : expression.otherwise);
    }
    case 'lambda':
      return makeFunction(interpreter, frame, expression, '<lambda>', expression.parameters, {
        kind: 'expression',
        value: expression.body,
      });
    case 'named': {
      const value = evaluate(interpreter, frame, expression.value);
      if (expression.target.kind === 'name') frame.scope.enclosing.assign(expression.target.id, value);
      return value;
    }
    case 'yield':
      return evaluateYield(interpreter, frame, expression);
    case 'await':
      return evaluate(interpreter, frame, expression.value);
    case 'starred':
      interpreter.at(frame, expression);
      return interpreter.fail("SyntaxError: can't use starred expression here");
    case 'invalid':
      interpreter.at(frame, expression);
      return interpreter.fail(`SyntaxError: ${expression.message}`);
    default:
      return assertNever(expression);
  }
}

/** Evaluates items, starred ones spread out. */
export function evaluateItems(interpreter: Interpreter, frame: Frame, items: readonly Expression[]): Value[] {
  const values: Value[] = [];
  for (const item of items) {
    if (item.kind === 'starred') {
      const spread = evaluate(interpreter, frame, item.value);
      interpreter.at(frame, item);
      values.push(...interpreter.iterate(spread));
    } else values.push(evaluate(interpreter, frame, item));
  }
  return values;
}

/** A function value; default values are evaluated now, as Python does. */
export function makeFunction(
  interpreter: Interpreter,
  frame: Frame,
  span: { readonly from: number; readonly to: number },
  name: string,
  parameters: Parameters,
  body: FunctionValue['body'],
): FunctionValue {
  const defaults = new Map<string, Value>();
  for (const parameter of parameters) {
    if (parameter.default) defaults.set(parameter.name, evaluate(interpreter, frame, parameter.default));
  }
  return {
    kind: 'function',
    name,
    parameters,
    defaults,
    body,
    scope: frame.scope,
    place: { file: frame.file, from: span.from, to: span.to },
    owner: frame.owner,
    attributes: new Map(),
  };
}

function evaluateName(
  interpreter: Interpreter,
  frame: Frame,
  expression: Expression & { readonly kind: 'name' },
): Value {
  const value = frame.scope.lookup(expression.id);
  if (value !== undefined) {
    if (interpreter.observer && isTensorLike(value)) {
      interpreter.observer.mention('name', frame.file, expression, expression.id, value);
    }
    return value;
  }
  interpreter.at(frame, expression);
  return interpreter.raise('NameError', `name '${expression.id}' is not defined`);
}

/** What a mention is worth keeping for. */
export function isTensorLike(value: Value): boolean {
  return (
    value.kind === 'tensor' ||
    value.kind === 'unknown' ||
    value.kind === 'tuple' ||
    value.kind === 'list' ||
    value.kind === 'dict' ||
    value.kind === 'instance'
  );
}

function evaluateFormat(interpreter: Interpreter, frame: Frame, parts: readonly FormatPart[]): Value {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const value = evaluate(interpreter, frame, part.value);
    const spec = evaluateFormat(interpreter, frame, part.spec);
    if (value.kind === 'unknown') return value;
    if (spec.kind !== 'string') return spec;
    const shown = shownPart(interpreter, value, part.conversion);
    if (shown.kind === 'unknown') return shown;
    const formatted = formatValue(shown, spec.value);
    if (formatted === undefined) {
      interpreter.at(frame, part.value);
      return interpreter.unknown(`The format '${spec.value}' is not supported yet.`);
    }
    text += formatted;
  }
  return string(text);
}

/** What stands in a format string for a value: objects say it by their class. */
function shownPart(interpreter: Interpreter, value: Value, conversion: '' | 's' | 'r' | 'a'): Value {
  if (conversion !== '') return shownText(interpreter, value, conversion === 's' ? '__str__' : '__repr__');
  if (value.kind !== 'instance') return value;
  if (value.content && value.attributes.has('_name_')) {
    return interpreter.unknown('How this is written depends on the version of Python.');
  }
  return shownText(interpreter, value, '__str__');
}

function evaluateDict(
  interpreter: Interpreter,
  frame: Frame,
  expression: Expression & { readonly kind: 'dict' },
): Value {
  const made = dict();
  for (const entry of expression.entries) {
    if (entry.key === undefined) {
      const given = evaluate(interpreter, frame, entry.value);
      interpreter.at(frame, entry.value);
      const spread = mappingOf(interpreter, given);
      if (spread.kind === 'unknown') interpreter.failUnknown(spread);
      if (spread.kind !== 'dict') return interpreter.raise('TypeError', 'argument after ** must be a mapping');
      for (const [key, item] of spread.entries) made.entries.set(key, { ...item });
      continue;
    }
    const key = evaluate(interpreter, frame, entry.key);
    const value = evaluate(interpreter, frame, entry.value);
    interpreter.at(frame, entry.key);
    made.entries.set(hashable(interpreter, key), { key, value });
  }
  return made;
}

function evaluateCall(
  interpreter: Interpreter,
  frame: Frame,
  expression: Expression & { readonly kind: 'call' },
): Value {
  const isSuper =
    expression.callee.kind === 'name' && expression.callee.id === 'super' && expression.positional.length === 0;
  if (isSuper) {
    interpreter.at(frame, expression);
    return makeSuper(interpreter, frame);
  }
  const callee = evaluate(interpreter, frame, expression.callee);
  const positional = evaluateItems(interpreter, frame, expression.positional);
  const keyword = new Map<string, Value>();
  for (const argument of expression.keyword) {
    const given = evaluate(interpreter, frame, argument.value);
    if (argument.name !== undefined) {
      keyword.set(argument.name, given);
      continue;
    }
    interpreter.at(frame, argument.value);
    const value = mappingOf(interpreter, given);
    if (value.kind === 'unknown') {
      if (callee.kind === 'unknown') continue;
      interpreter.failUnknown(value);
    }
    if (value.kind !== 'dict') interpreter.raise('TypeError', 'argument after ** must be a mapping');
    for (const { key, value: item } of value.entries.values()) {
      if (key.kind !== 'string') interpreter.raise('TypeError', 'keywords must be strings');
      keyword.set(key.value, item);
    }
  }
  interpreter.at(frame, expression);
  return interpreter.call(callee, positional, keyword);
}

function makeSuper(interpreter: Interpreter, frame: Frame): Value {
  const owner = frame.owner.current;
  const self = frame.firstArgument;
  if (!owner || (self?.kind !== 'instance' && self?.kind !== 'class')) {
    return interpreter.raise('RuntimeError', 'super(): no arguments');
  }
  return { kind: 'super', after: owner, self };
}

function evaluateCompare(
  interpreter: Interpreter,
  frame: Frame,
  expression: Expression & { readonly kind: 'compare' },
): Value {
  const [first, ...others] = expression.operands;
  if (!first) return none;
  let left = evaluate(interpreter, frame, first);
  let result: Value = none;
  for (const [index, operand] of others.entries()) {
    const right = evaluate(interpreter, frame, operand);
    interpreter.at(frame, expression);
    result = compare(interpreter, expression.operators[index] ?? '==', left, right);
    if (index < others.length - 1) {
      const truth = truthOf(interpreter, result);
      if (truth === false || typeof truth !== 'boolean') return result;
    }
    left = right;
  }
  return result;
}

function evaluateYield(
  interpreter: Interpreter,
  frame: Frame,
  expression: Expression & { readonly kind: 'yield' },
): Value {
  const value = expression.value ? evaluate(interpreter, frame, expression.value) : none;
  interpreter.at(frame, expression);
  const take = frame.onYield ?? ((): void => undefined);
  if (expression.delegate) walk(interpreter, value, take);
  else take(value);
  return none;
}
