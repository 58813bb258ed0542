import { assertNever } from '../../errors';
import { boolean, list, string, type Value } from '../../python/runtime/values';
import type { Expression, Item, LogicalOperator, ObjectMember, PropertyKey } from '../syntax/javascript-syntax';
import { bindPattern } from './bind-pattern';
import { callExpression, constructExpression } from './call-expression';
import { defineClass } from './classes';
import { at, type JavaScriptFrame } from './frame';
import { makeFunction } from './functions';
import { iterateValue } from './iterate-value';
import {
  accessor,
  getOwn,
  isNullish,
  nullValue,
  numberValue,
  objectValue,
  ownNames,
  setOwn,
  settled,
  undefinedValue,
} from './js-values';
import { binaryOperation, decide, toNumber, truthOf } from './operators';
import { deleteProperty, getProperty } from './properties';
import { raiseError } from './raise-error';
import { superProperty } from './super-property';
import { textOf, typeOf } from './text-of';

/** The value of an expression. */
export function evaluate(frame: JavaScriptFrame, expression: Expression): Value {
  const value = evaluateChain(frame, expression);
  return value === 'skipped' ? undefinedValue : value;
}

/** As `evaluate`; 'skipped' where `?.` ended the chain that it is part of. */
export function evaluateChain(frame: JavaScriptFrame, expression: Expression): Value | 'skipped' {
  const { interpreter } = frame;
  switch (expression.kind) {
    case 'member': {
      if (expression.object.kind === 'super') {
        at(frame, expression);
        return superProperty(frame, evaluateKey(frame, expression.key));
      }
      const object = evaluateChain(frame, expression.object);
      if (object === 'skipped' || (expression.optional && isNullish(object))) return 'skipped';
      const key = evaluateKey(frame, expression.key);
      at(frame, expression);
      return getProperty(interpreter, object, key);
    }
    case 'call':
      return callExpression(frame, expression);
    default:
      interpreter.spend();
      return evaluateSimple(frame, expression);
  }
}

function evaluateSimple(
  frame: JavaScriptFrame,
  expression: Exclude<Expression, { readonly kind: 'member' | 'call' }>,
): Value {
  const { interpreter } = frame;
  switch (expression.kind) {
    case 'identifier':
      return evaluateName(frame, expression);
    case 'number':
      return numberValue(expression.value);
    case 'string':
      return string(expression.value);
    case 'boolean':
      return boolean(expression.value);
    case 'null':
      return nullValue;
    case 'this':
      at(frame, expression);
      if (frame.receiver.current) return frame.receiver.current;
      return raiseError(interpreter, 'ReferenceError', "Must call super constructor before accessing 'this'");
    case 'super':
      at(frame, expression);
      return interpreter.fail("'super' is only understood before a point or in a constructor.");
    case 'template':
      return evaluateTemplate(frame, expression.parts);
    case 'array':
      return list(evaluateItems(frame, expression.items));
    case 'object':
      return evaluateObject(frame, expression.members);
    case 'function':
      return makeFunction(frame, expression);
    case 'class':
      return defineClass(frame, expression);
    case 'new':
      return constructExpression(frame, expression);
    case 'unary':
      return evaluateUnary(frame, expression);
    case 'step': {
      const current = evaluate(frame, expression.target);
      at(frame, expression);
      const old = current.kind === 'unknown' ? current : (toNumber(current) ?? interpreter.unknown('It is no number.'));
      const changed = binaryOperation(interpreter, '+', old, numberValue(expression.by));
      assign(frame, expression.target, changed);
      return expression.prefix ? changed : old;
    }
    case 'binary': {
      const left = evaluate(frame, expression.left);
      const right = evaluate(frame, expression.right);
      at(frame, expression);
      return binaryOperation(interpreter, expression.operator, left, right);
    }
    case 'logical': {
      const left = evaluate(frame, expression.left);
      const decided = shortcut(frame, expression.operator, left);
      return decided ?? evaluate(frame, expression.right);
    }
    case 'conditional': {
      const test = evaluate(frame, expression.test);
      at(frame, expression.test);
      return evaluate(frame, decide(interpreter, test) ? expression.body : expression.otherwise);
    }
    case 'assign': {
      const value = evaluate(frame, expression.value);
      at(frame, expression);
      bindPattern(frame, expression.target, value, undefined);
      return value;
    }
    case 'update':
      return evaluateUpdate(frame, expression);
    case 'sequence': {
      let value: Value = undefinedValue;
      for (const item of expression.items) value = evaluate(frame, item);
      return value;
    }
    case 'group':
      return evaluate(frame, expression.value);
    case 'await':
      return settled(evaluate(frame, expression.value));
    case 'unsupported':
      at(frame, expression);
      return interpreter.unknown(expression.message);
    case 'invalid':
      at(frame, expression);
      return interpreter.fail(expression.message);
    default:
      return assertNever(expression);
  }
}

function evaluateName(frame: JavaScriptFrame, expression: Expression & { readonly kind: 'identifier' }): Value {
  const { interpreter } = frame;
  const { name } = expression;
  const found = frame.scope.lookup(name);
  if (found.kind === 'found') {
    interpreter.observer?.mention('name', frame.file, expression, name, found.value);
    return found.value;
  }
  at(frame, expression);
  if (found.kind === 'early') {
    return raiseError(interpreter, 'ReferenceError', `Cannot access '${name}' before initialization`);
  }
  if (hostNames.has(name)) return interpreter.unknown(`What '${name}' gives is not known before the program runs.`);
  // Another script of the page may have it.
  return interpreter.unknown(`'${name}' is not defined in this file.`);
}

function evaluateTemplate(frame: JavaScriptFrame, parts: readonly (string | Expression)[]): Value {
  let text: Value = string('');
  for (const part of parts) {
    const value = typeof part === 'string' ? string(part) : evaluate(frame, part);
    if (typeof part !== 'string') at(frame, part);
    text = binaryOperation(frame.interpreter, '+', text, value);
  }
  return text;
}

/** What browsers and Node.js have beside JavaScript. */
const hostNames: ReadonlySet<string> = new Set([
  ...['window', 'document', 'navigator', 'location', 'localStorage', 'globalThis', 'self', 'process', 'Buffer'],
  ...[
    'fetch',
    'setTimeout',
    'setInterval',
    'requestAnimationFrame',
    'performance',
    'Date',
    'crypto',
    'alert',
    'prompt',
  ],
  ...['Image', 'FileReader', 'Blob', 'URL', 'Worker', 'Symbol', 'Proxy', 'Reflect', 'RegExp', 'Intl', 'WeakMap'],
]);

/** Items of an array or arguments of a call, `...` spread out. */
export function evaluateItems(frame: JavaScriptFrame, items: readonly Item[]): Value[] {
  const values: Value[] = [];
  for (const item of items) {
    if (!item.value) {
      values.push(undefinedValue);
      continue;
    }
    const value = evaluate(frame, item.value);
    if (!item.spread) {
      values.push(value);
      continue;
    }
    at(frame, item);
    values.push(...iterateValue(frame.interpreter, value));
  }
  return values;
}

/** The name of a member, computed where it stands in brackets. */
export function evaluateKey(frame: JavaScriptFrame, key: PropertyKey): Value {
  return typeof key === 'string' ? string(key) : evaluate(frame, key);
}

function evaluateObject(frame: JavaScriptFrame, members: readonly ObjectMember[]): Value {
  const { interpreter } = frame;
  const made = objectValue();
  for (const member of members) {
    if (member.kind === 'spread') {
      const value = evaluate(frame, member.value);
      at(frame, member);
      if (value.kind === 'unknown') interpreter.failUnknown(value);
      if (value.kind === 'dict') {
        for (const name of ownNames(value)) {
          setOwn(made, name, getProperty(interpreter, value, string(name)));
        }
      } else if (value.kind === 'list') {
        for (const [index, item] of value.items.entries()) setOwn(made, String(index), item);
      } else if (value.kind === 'instance') interpreter.fail('Spreading this object is not supported yet.');
      continue;
    }
    const key = evaluateKey(frame, member.key);
    at(frame, member);
    if (key.kind === 'unknown') return key;
    const name = textOf(key);
    if (member.kind === 'property') {
      const value =
        member.value.kind === 'function' ? makeFunction(frame, member.value, member.value.name || name) : undefined;
      setOwn(made, name, value ?? evaluate(frame, member.value));
      continue;
    }
    const known = getOwn(made, name);
    const other = known?.kind === 'property' ? known : undefined;
    const method = makeFunction(frame, member.value, name);
    setOwn(
      made,
      name,
      member.kind === 'getter' ? accessor(method, other?.setter) : accessor(other?.getter ?? undefinedValue, method),
    );
  }
  return made;
}

function evaluateUnary(frame: JavaScriptFrame, expression: Expression & { readonly kind: 'unary' }): Value {
  const { interpreter } = frame;
  if (expression.operator === 'delete') {
    if (expression.operand.kind !== 'member') return boolean(true);
    const object = evaluate(frame, expression.operand.object);
    const key = evaluateKey(frame, expression.operand.key);
    at(frame, expression);
    deleteProperty(interpreter, object, key);
    return boolean(true);
  }
  const value = evaluate(frame, expression.operand);
  at(frame, expression);
  switch (expression.operator) {
    case '!': {
      const truth = truthOf(interpreter, value);
      return typeof truth === 'boolean' ? boolean(!truth) : truth;
    }
    case 'typeof': {
      const type = typeOf(value);
      if (type !== undefined) return string(type);
      return value.kind === 'unknown' ? value : interpreter.unknown('Its type is not known.');
    }
    case 'void':
      return undefinedValue;
    case '-':
      return binaryOperation(interpreter, '-', numberValue(0), value);
    case '+':
      return binaryOperation(interpreter, '-', value, numberValue(0));
    case '~':
      return binaryOperation(interpreter, '^', value, numberValue(-1));
    default:
      return assertNever(expression.operator);
  }
}

/** The value that `&&`, `||` or `??` gives without its right side; undefined where that is needed. */
function shortcut(frame: JavaScriptFrame, operator: LogicalOperator, left: Value): Value | undefined {
  const { interpreter } = frame;
  if (operator === '??') {
    if (left.kind === 'unknown') return left;
    return isNullish(left) ? undefined : left;
  }
  const truth = truthOf(interpreter, left);
  if (typeof truth !== 'boolean') return truth;
  return truth === (operator === '||') ? left : undefined;
}

function evaluateUpdate(frame: JavaScriptFrame, expression: Expression & { readonly kind: 'update' }): Value {
  const { operator } = expression;
  const current = evaluate(frame, expression.target);
  if (operator === '&&' || operator === '||' || operator === '??') {
    const decided = shortcut(frame, operator, current);
    if (decided) {
      // Whether it was assigned is not known, either.
      if (decided.kind === 'unknown') assign(frame, expression.target, decided);
      return decided;
    }
    const value = evaluate(frame, expression.value);
    assign(frame, expression.target, value);
    return value;
  }
  const value = evaluate(frame, expression.value);
  at(frame, expression);
  const updated = binaryOperation(frame.interpreter, operator, current, value);
  assign(frame, expression.target, updated);
  return updated;
}

function assign(frame: JavaScriptFrame, target: Expression, value: Value): void {
  const place = target.kind === 'group' ? target.value : target;
  at(frame, place);
  if (place.kind === 'identifier' || place.kind === 'member') bindPattern(frame, place, value, undefined);
  else frame.interpreter.fail('This cannot be assigned to.');
}
