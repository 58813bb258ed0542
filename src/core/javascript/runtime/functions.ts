import type { Interpreter } from '../../python/runtime/interpreter';
import { list, native, type NativeFunctionValue, type Value } from '../../python/runtime/values';
import type { FunctionExpression } from '../syntax/javascript-syntax';
import { bindPattern } from './bind-pattern';
import { evaluate } from './evaluate';
import { runBody } from './execute';
import { at, type JavaScriptFrame, type Receiver } from './frame';
import { hoistVariables, namesIn } from './hoist';
import {
  functionOf,
  isUndefined,
  promiseOf,
  registerFunction,
  undefinedValue,
  type HomeObject,
  type JavaScriptFunction,
} from './js-values';
import { raiseError } from './raise-error';
import { runLeniently } from './run-script';
import { JavaScriptScope } from './scope';

/** A function value; it keeps the frame that it was made in. */
export function makeFunction(
  frame: JavaScriptFrame,
  node: FunctionExpression,
  name = node.name,
  home?: HomeObject,
): NativeFunctionValue {
  const record: JavaScriptFunction = { node, name, frame, home, properties: new Map() };
  // Libraries call it without `this`.
  const value = native(name === '' ? 'anonymous' : name, (_, positional) => invoke(record, undefinedValue, positional));
  return registerFunction(value, record);
}

/** Calls any value as JavaScript does. `text` is the callee as it is written, for the message. */
export function callFunction(
  interpreter: Interpreter,
  callee: Value,
  receiver: Value,
  positional: readonly Value[],
  text = 'This',
): Value {
  const record = functionOf(callee);
  if (record) return invoke(record, receiver, positional);
  switch (callee.kind) {
    case 'unknown':
      return callee;
    case 'native':
    case 'method':
    case 'partial':
    case 'opaque':
      return interpreter.call(callee, positional);
    case 'instance':
      // A layer is called by its `apply`, never by itself.
      return raiseError(interpreter, 'TypeError', `${text} is not a function`);
    case 'class':
      // `Array(3)` and `Error('…')` are the same with and without `new`.
      if (callee.construct && /^Array$|Error$/.test(callee.name)) return interpreter.call(callee, positional);
      return raiseError(interpreter, 'TypeError', `Class constructor ${callee.name} cannot be invoked without 'new'`);
    default:
      return raiseError(interpreter, 'TypeError', `${text} is not a function`);
  }
}

/** How deep calls may go. */
const maxDepth = 100;
const depths = new WeakMap<Interpreter, number>();

/** Runs a function of the code. */
export function invoke(
  record: JavaScriptFunction,
  receiver: Value,
  positional: readonly Value[],
  constructing?: Receiver,
): Value {
  const { node, frame: outer } = record;
  const { interpreter } = outer;
  const { place } = interpreter;
  if (node.generator) return interpreter.unknown('Generators are not supported yet.');
  const depth = (depths.get(interpreter) ?? 0) + 1;
  if (depth > maxDepth) interpreter.fail('Calls go too deep to be followed (endless recursion?).');
  depths.set(interpreter, depth);
  interpreter.spend();
  noteCall(interpreter, node);
  try {
    const scope = new JavaScriptScope(outer.scope, 'function');
    if (!node.arrow) scope.declare('arguments', list(positional));
    const frame: JavaScriptFrame = {
      ...outer,
      scope,
      receiver: node.arrow
        ? outer.receiver
        : (constructing ?? { current: receiver, home: record.home, newTarget: undefined }),
    };
    bindParameters(frame, node, positional);
    const result = runFunctionBody(frame, node);
    return node.async ? promiseOf(result, interpreter.place) : result;
  } finally {
    depths.set(interpreter, depth - 1);
    interpreter.place = place;
  }
}

function runFunctionBody(frame: JavaScriptFrame, node: FunctionExpression): Value {
  if (!Array.isArray(node.body)) return evaluate(frame, node.body as Exclude<typeof node.body, readonly unknown[]>);
  hoistVariables(frame.scope, node.body);
  const outcome = runBody(frame, node.body);
  return outcome?.kind === 'return' ? outcome.value : undefinedValue;
}

/** Missing arguments are undefined, more than there are parameters do no harm. */
function bindParameters(frame: JavaScriptFrame, node: FunctionExpression, positional: readonly Value[]): void {
  for (const { target } of node.parameters) for (const name of namesIn(target)) frame.scope.declare(name, undefined);
  for (const [index, { target, default: fallback, rest }] of node.parameters.entries()) {
    let value: Value = rest ? list(positional.slice(index)) : (positional[index] ?? undefinedValue);
    if (fallback && isUndefined(value)) value = evaluate(frame, fallback);
    at(frame, target);
    bindPattern(frame, target, value, 'let');
  }
}

const called = new WeakMap<Interpreter, Set<FunctionExpression>>();

/** Which functions of the code are called while something runs: what a statement that fails may have left half done. */
export function recordCalls(interpreter: Interpreter): Set<FunctionExpression> {
  const calls = new Set<FunctionExpression>();
  called.set(interpreter, calls);
  return calls;
}

function noteCall(interpreter: Interpreter, node: FunctionExpression): void {
  called.get(interpreter)?.add(node);
}

/** Only a function with a record can be asked how it is written. */
export function parameterCount(callee: Value): number {
  const record = functionOf(callee);
  return record ? record.node.parameters.filter(({ default: fallback, rest }) => !fallback && !rest).length : 0;
}

/**
 * Runs a function for the variables that it has: its arguments are not known, a statement that cannot be followed is left
 * out. Gives its scope.
 */
export function invokeLeniently({ node, frame: outer, home }: JavaScriptFunction): JavaScriptScope {
  const { interpreter, file } = outer;
  const scope = new JavaScriptScope(outer.scope, 'function');
  const frame: JavaScriptFrame = {
    ...outer,
    scope,
    receiver: node.arrow ? outer.receiver : { current: undefinedValue, home, newTarget: undefined },
  };
  interpreter.place = { file, from: node.nameSpan.from, to: node.nameSpan.to };
  const argument = interpreter.unknown('What the function is called with is not known.');
  bindParameters(
    frame,
    node,
    node.parameters.map(({ default: fallback, optional }) => (fallback || optional ? undefinedValue : argument)),
  );
  if (Array.isArray(node.body)) runLeniently(frame, node.body);
  return scope;
}
