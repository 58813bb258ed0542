import type { Value } from '../../python/runtime/values';
import { list } from '../../python/runtime/values';
import type { DeclarationKind, Pattern } from '../syntax/javascript-syntax';
import { evaluate, evaluateKey } from './evaluate';
import { at, type JavaScriptFrame } from './frame';
import { isNullish, isUndefined, objectValue, ownNames, getOwn, undefinedValue } from './js-values';
import { iterateValue } from './iterate-value';
import { getProperty, setProperty } from './properties';
import { raiseError } from './raise-error';
import { textOf } from './text-of';

/** Binds a value to what a declaration, a parameter or an assignment (no declaration) has on its left. */
export function bindPattern(
  frame: JavaScriptFrame,
  pattern: Pattern,
  value: Value,
  declaration: DeclarationKind | undefined,
): void {
  const { interpreter } = frame;
  switch (pattern.kind) {
    case 'identifier':
      bindName(frame, pattern.name, value, declaration);
      interpreter.observer?.mention('name', frame.file, pattern, pattern.name, value);
      return;
    case 'member': {
      const object = evaluate(frame, pattern.object);
      const key = evaluateKey(frame, pattern.key);
      at(frame, pattern);
      setProperty(interpreter, object, key, value);
      return;
    }
    case 'objectPattern': {
      if (isNullish(value)) raiseError(interpreter, 'TypeError', `Cannot destructure ${textOf(value)}`);
      const taken = new Set<string>();
      for (const property of pattern.properties) {
        const key = evaluateKey(frame, property.key);
        if (key.kind === 'string') taken.add(key.value);
        at(frame, property.target);
        const found = getProperty(interpreter, value, key);
        bindPattern(frame, property.target, withDefault(frame, found, property.default), declaration);
      }
      if (pattern.rest) bindPattern(frame, pattern.rest, restOf(frame, value, taken), declaration);
      return;
    }
    case 'arrayPattern': {
      if (value.kind === 'unknown') {
        const targets = pattern.items.flatMap((item) => (item ? [item.target] : []));
        for (const target of [...targets, ...(pattern.rest ? [pattern.rest] : [])]) {
          bindPattern(frame, target, value, declaration);
        }
        return;
      }
      at(frame, pattern);
      const items = iterateValue(interpreter, value);
      for (const [index, item] of pattern.items.entries()) {
        if (!item) continue;
        const found = withDefault(frame, items[index] ?? undefinedValue, item.default);
        bindPattern(frame, item.target, found, declaration);
      }
      if (pattern.rest) bindPattern(frame, pattern.rest, list(items.slice(pattern.items.length)), declaration);
      return;
    }
    default:
      at(frame, pattern);
      interpreter.fail(pattern.message);
  }
}

function bindName(frame: JavaScriptFrame, name: string, value: Value, declaration: DeclarationKind | undefined): void {
  const { interpreter, scope } = frame;
  switch (declaration) {
    case 'var':
      scope.functionScope.declare(name, value);
      return;
    case 'let':
    case 'const':
      scope.declare(name, value, declaration === 'const');
      return;
    case undefined:
      switch (scope.assign(name, value)) {
        case 'constant':
          return raiseError(interpreter, 'TypeError', 'Assignment to constant variable.');
        case 'early':
          return raiseError(interpreter, 'ReferenceError', `Cannot access '${name}' before initialization`);
        case 'missing':
          // Without `use strict` this makes a global variable.
          frame.module.globals.declare(name, value);
          return;
        case 'done':
          return;
      }
  }
}

function withDefault(
  frame: JavaScriptFrame,
  value: Value,
  fallback: Parameters<typeof evaluate>[1] | undefined,
): Value {
  return fallback && isUndefined(value) ? evaluate(frame, fallback) : value;
}

function restOf(frame: JavaScriptFrame, value: Value, taken: ReadonlySet<string>): Value {
  if (value.kind !== 'dict') return frame.interpreter.unknown('The rest of this object is not known.');
  const names = ownNames(value).filter((name) => !taken.has(name));
  return objectValue(names.map((name) => [name, getOwn(value, name) ?? undefinedValue]));
}
