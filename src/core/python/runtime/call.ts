import type { Parameter } from '../syntax/syntax';
import { callModule, isModuleClass } from '../library/module-class';
import { memberWithValue } from '../library/enum-members';
import { objectClass } from '../library/native-class';
import { lookupInOrder } from './attributes';
import { runBody } from './execute';
import type { Frame } from './frame';
import type { Interpreter } from './interpreter';
import { typeName } from './type-name';
import { Scope } from './scope';
import {
  contentOf,
  dict,
  generator,
  lookUp,
  none,
  string,
  tuple,
  type ClassValue,
  type FunctionValue,
  type InstanceValue,
  type Value,
} from './values';

/** Calls any value with arguments. */
export function callValue(
  interpreter: Interpreter,
  callee: Value,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  switch (callee.kind) {
    case 'function':
      return callFunction(interpreter, callee, positional, keyword);
    case 'native':
      return interpreter.guard(() => callee.call(interpreter, positional, keyword));
    case 'method':
      return callValue(interpreter, callee.function, [callee.self, ...positional], keyword);
    case 'partial':
      return callValue(
        interpreter,
        callee.function,
        [...callee.positional, ...positional],
        new Map([...callee.keyword, ...keyword]),
      );
    case 'class':
      return construct(interpreter, callee, positional, keyword);
    case 'instance':
      return callInstance(interpreter, callee, positional, keyword);
    case 'staticmethod':
      return callValue(interpreter, callee.function, positional, keyword);
    case 'classmethod':
      return callValue(interpreter, callee.function, positional, keyword);
    case 'unknown':
      return callee;
    case 'opaque':
      return interpreter.unknown(`${callee.description} is not supported yet.`);
    default:
      return interpreter.raise('TypeError', `'${typeName(callee)}' object is not callable`);
  }
}

function callInstance(
  interpreter: Interpreter,
  callee: InstanceValue,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  const method = lookupInOrder(callee.class.order, '__call__');
  if (method) return callValue(interpreter, method, [callee, ...positional], keyword);
  if (isModuleClass(callee.class)) return callModule(interpreter, callee, positional, keyword);
  const unknownBase = callee.class.order.find((candidate) => candidate.unknownBase)?.unknownBase;
  if (unknownBase) return unknownBase;
  return interpreter.raise('TypeError', `'${callee.class.name}' object is not callable`);
}

function construct(
  interpreter: Interpreter,
  callee: ClassValue,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  if (callee.construct) return interpreter.guard(() => callee.construct?.(interpreter, positional, keyword) ?? none);
  if (callee.namespace.has('__members__')) {
    return memberWithValue(interpreter, callee, positional[0] ?? keyword.get('value') ?? none);
  }
  const made = makeInstance(interpreter, callee, positional, keyword);
  if (made.kind !== 'instance' || !made.class.order.includes(callee)) return made;
  return initialise(interpreter, made, positional, keyword);
}

/** The new object, by the class' own `__new__` where it has one. */
function makeInstance(
  interpreter: Interpreter,
  callee: ClassValue,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  const custom = lookupInOrder(callee.order, '__new__');
  const maker = custom?.kind === 'staticmethod' ? custom.function : custom;
  if (maker?.kind === 'function') return callValue(interpreter, maker, [callee, ...positional], keyword);
  return bareInstance(interpreter, callee, positional, keyword);
}

/** An object before its `__init__`; one whose class derives from a built-in type holds a value of that. */
export function bareInstance(
  interpreter: Interpreter,
  callee: ClassValue,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  const instance: InstanceValue = {
    kind: 'instance',
    class: callee,
    attributes: new Map(),
    module: undefined,
    place: interpreter.place,
  };
  if (interpreter.observer && isModuleClass(callee)) interpreter.observer.making(instance);
  const extended = callee.order.find((candidate) => candidate.construct);
  if (!extended?.construct) return instance;
  if (!extended.extension) {
    return interpreter.unknown(`Classes derived from ${extended.name} are not supported yet.`);
  }
  const given = extended.extension === 'constant';
  const content = extended.construct(interpreter, given ? positional : [], given ? keyword : new Map());
  if (content.kind === 'unknown') return content;
  instance.content = contentOf(content);
  if (content.kind === 'instance') for (const [name, value] of content.attributes) instance.attributes.set(name, value);
  return instance;
}

function initialise(
  interpreter: Interpreter,
  instance: InstanceValue,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  const callee = instance.class;
  const init = lookupInOrder(callee.order, '__init__');
  const inherited = init === objectClass.namespace.get('__init__');
  const unknownBase = callee.order.find((candidate) => candidate.unknownBase)?.unknownBase;
  if (inherited && unknownBase) return unknownBase;
  const takesAny = instance.content !== undefined || callee.order.some((base) => base.namespace.has('__new__'));
  if (inherited && positional.length + keyword.size > 0 && !takesAny) {
    return interpreter.raise('TypeError', `${callee.name}() takes no arguments`);
  }
  if (!init) return instance;
  const made = interpreter.guard(() => callValue(interpreter, init, [instance, ...positional], keyword));
  // A layer whose constructor failed is no layer.
  if (made.kind === 'unknown' && made.cause) return isModuleClass(callee) ? { ...made, layer: true } : made;
  return instance;
}

function callFunction(
  interpreter: Interpreter,
  callee: FunctionValue,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  const scope = new Scope('function', callee.scope, callee.scope.module);
  bindArguments(interpreter, callee, scope, positional, keyword);
  const frame: Frame = {
    file: callee.place.file,
    scope,
    function: callee,
    firstArgument: positional[0] ?? (callee.parameters[0] && lookUp(scope.names, callee.parameters[0].name)),
    owner: callee.owner,
  };
  const { body: code } = callee;
  if (code.kind === 'statements' && code.generator) {
    return generator((take) => {
      runIn(interpreter, frame, () => runBody(interpreter, { ...frame, onYield: take }, code.body));
    });
  }
  return runIn(interpreter, frame, () => {
    if (code.kind === 'expression') return interpreter.evaluate(frame, code.value);
    const outcome = runBody(interpreter, frame, code.body);
    return outcome?.kind === 'return' ? outcome.value : none;
  });
}

/** Runs with the frame as the innermost one. */
function runIn<Result>(interpreter: Interpreter, frame: Frame, run: () => Result): Result {
  const { frames } = interpreter;
  const count = frames.push(frame);
  try {
    return run();
  } finally {
    frames.length = count - 1;
  }
}

/** Binds as Python does: positional, keyword, defaults; the rest to `*args` and `**kwargs`. */
function bindArguments(
  interpreter: Interpreter,
  callee: FunctionValue,
  scope: Scope,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): void {
  const { parameters, name } = callee;
  const takesPositional = parameters.filter(isPositional);
  for (const [index, parameter] of takesPositional.entries()) {
    const value = positional[index];
    if (value) scope.names.set(parameter.name, value);
  }
  const extra = positional.slice(takesPositional.length);
  const variadic = parameters.find((parameter) => parameter.kind === 'variadic');
  if (variadic) scope.names.set(variadic.name, tuple(extra));
  else if (extra.length > 0) {
    interpreter.raise(
      'TypeError',
      `${name}() takes ${takesPositional.length} positional arguments but ${positional.length} were given`,
    );
  }
  const keywords = parameters.find((parameter) => parameter.kind === 'keywords');
  const rest = dict();
  for (const [key, value] of keyword) {
    const parameter = parameters.find(
      (candidate) => candidate.name === key && (candidate.kind === 'plain' || candidate.kind === 'keyword-only'),
    );
    if (parameter) {
      if (scope.names.has(key)) interpreter.raise('TypeError', `${name}() got multiple values for argument '${key}'`);
      scope.names.set(key, value);
    } else if (keywords) rest.entries.set(`s:${key}`, { key: string(key), value });
    else interpreter.raise('TypeError', `${name}() got an unexpected keyword argument '${key}'`);
  }
  if (keywords) scope.names.set(keywords.name, rest);
  const missing: string[] = [];
  for (const parameter of parameters) {
    if (scope.names.has(parameter.name)) continue;
    const fallback = callee.defaults.get(parameter.name);
    if (fallback) scope.names.set(parameter.name, fallback);
    else missing.push(parameter.name);
  }
  if (missing.length > 0) {
    const names = missing.map((parameter) => `'${parameter}'`).join(', ');
    interpreter.raise('TypeError', `${name}() misses the required argument${missing.length > 1 ? 's' : ''} ${names}`);
  }
}

function isPositional(parameter: Parameter): boolean {
  return parameter.kind === 'plain' || parameter.kind === 'positional-only';
}
