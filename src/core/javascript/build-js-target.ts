import type { InstanceValue, Value } from '../python/runtime/values';
import { SourceError } from '../python/source-error';
import { SourceFile } from '../python/source-file';
import { tensorFlow } from './library/tensorflow';
import { isModel } from './library/tensorflow-model';
import { anonymousFunctions, isRequired, isTensorFlowParameter } from './makes-model';
import { construct } from './runtime/classes';
import { evaluate } from './runtime/evaluate';
import { withScope, type JavaScriptFrame } from './runtime/frame';
import { callFunction, invokeLeniently, makeFunction } from './runtime/functions';
import {
  classOf,
  functionOf,
  getOwn,
  ownNames,
  settled,
  undefinedValue,
  type JavaScriptFunction,
} from './runtime/js-values';
import { getProperty } from './runtime/properties';
import { JavaScriptScope } from './runtime/scope';
import { textOf } from './runtime/text-of';
import { parseScript } from './syntax/parse-script';
import { lookupInOrder } from '../python/runtime/attributes';
import { string } from '../python/runtime/values';

/**
 * Makes the model that a target names: a variable, a function that returns one, a class that keeps one (or builds one in
 * a method: `Net.build`), a variable inside of a function (`run.model`), or an expression (`createModel(10)`).
 * Throws a SourceError where that is no model.
 */
export function buildJavaScriptTarget(frame: JavaScriptFrame, target: string): InstanceValue {
  const value = /^[A-Za-z_$][\w$]*(\.[A-Za-z_$#][\w$]*)*$/.test(target)
    ? buildNamed(frame, target)
    : evaluateTarget(frame, target);
  const model = modelIn(settled(value));
  if (model?.kind === 'unknown') return frame.interpreter.failUnknown(model);
  if (model?.kind === 'instance') return model;
  throw new SourceError(wholeOf(frame), `${target} is not a model: it is ${textOf(value)}.`);
}

function wholeOf({ file }: JavaScriptFrame): { readonly file: SourceFile; readonly from: number; readonly to: number } {
  return { file, from: 0, to: 0 };
}

/** The model that a value is or holds: functions often return it with other things. */
function modelIn(value: Value): Value | undefined {
  const isOne: boolean = value.kind === 'unknown' || isModel(value);
  if (isOne) return value;
  const members =
    value.kind === 'list'
      ? value.items
      : value.kind === 'dict'
        ? [getOwn(value, 'model'), ...ownNames(value).map((name) => getOwn(value, name))]
        : value.kind === 'instance'
          ? [value.attributes.get('model'), ...value.attributes.values()]
          : [];
  const known = members.map((member) => member && settled(member));
  return known.find((member) => member && isModel(member)) ?? known.find((member) => member?.kind === 'unknown');
}

function buildNamed(frame: JavaScriptFrame, target: string): Value {
  const { interpreter } = frame;
  const [name = target, ...rest] = target.split('.');
  let owner: Value = undefinedValue;
  let value = lookUpName(frame, name);
  for (const part of rest) {
    const record = functionOf(value);
    if (record) {
      const local = localOf(record, part);
      if (local) return local;
    }
    const method = value.kind === 'class' ? lookupInOrder(value.order, part) : undefined;
    if (value.kind === 'class' && method && functionOf(method)) {
      owner = makeInstance(frame, value, target);
      value = method;
      continue;
    }
    owner = value;
    interpreter.place = wholeOf(frame);
    value = getProperty(interpreter, value, string(part));
  }
  if (value.kind === 'class' && classOf(value)) return instanceWithModel(frame, makeInstance(frame, value, target));
  const record = functionOf(value);
  if (!record) return value;
  interpreter.place = { file: record.frame.file, from: record.node.from, to: record.node.to };
  requireNoArguments(target, record);
  return callFunction(interpreter, value, owner, knownArguments(record));
}

/** `function createModel(tf)` is given TensorFlow.js. */
function knownArguments({ node }: JavaScriptFunction): Value[] {
  return node.parameters.map((parameter) => (isTensorFlowParameter(parameter) ? tensorFlow : undefinedValue));
}

function lookUpName(frame: JavaScriptFrame, name: string): Value {
  const found = frame.scope.lookup(name);
  if (found.kind === 'found') return found.value;
  const exported = frame.module.exports.get(name)?.();
  if (exported) return exported;
  const number = /^anonymous(\d+)$/.exec(name);
  const node = anonymousFunctions(parseScript(frame.file.text, frame.file.path))[Number(number?.[1] ?? 0) - 1];
  if (node) return makeFunction(frame, node);
  throw new SourceError(wholeOf(frame), `'${name}' is not defined in this file.`);
}

/** A variable of a function that makes a model and keeps it: the function is run as far as it can be followed. */
function localOf(record: JavaScriptFunction, name: string): Value | undefined {
  const found = invokeLeniently(record).lookup(name);
  return found.kind === 'found' ? found.value : undefined;
}

function makeInstance(frame: JavaScriptFrame, value: Value & { readonly kind: 'class' }, target: string): Value {
  const { interpreter } = frame;
  const node = classOf(value)?.constructorNode;
  const record = classOf(value);
  if (node && record) {
    requireNoArguments(target, { node, frame: record.frame, name: value.name, home: undefined, properties: new Map() });
  }
  interpreter.place = value.place ?? wholeOf(frame);
  return construct(interpreter, value, [], target);
}

/** An object whose constructor made no model: its methods that need nothing are asked for one. */
function instanceWithModel(frame: JavaScriptFrame, made: Value): Value {
  if (made.kind !== 'instance' || modelIn(made)?.kind === 'instance') return made;
  for (const [name, method] of made.class.namespace) {
    const record = functionOf(method);
    if (!record || requiredParameters(record).length > 0) continue;
    const text = record.frame.file.text.slice(record.node.from, record.node.to);
    if (!/\b(sequential|model)\s*\(/.test(text)) continue;
    const returned = settled(callFunction(frame.interpreter, method, made, [], name));
    const found = modelIn(made) ?? modelIn(returned);
    if (found) return found;
  }
  return made;
}

export function requiredParameters({ node, frame }: Pick<JavaScriptFunction, 'node' | 'frame'>): string[] {
  return node.parameters
    .filter((parameter) => isRequired(parameter))
    .map(({ target }) => frame.file.text.slice(target.from, target.to));
}

function requireNoArguments(target: string, record: JavaScriptFunction): void {
  const required = requiredParameters(record);
  if (required.length === 0) return;
  const { file } = record.frame;
  const { from, to } = record.node.nameSpan;
  throw missingArguments({ file, from, to }, target, required);
}

/** What to say where a target needs arguments. */
export function missingArguments(
  place: { readonly file: SourceFile; readonly from: number; readonly to: number },
  target: string,
  required: readonly string[],
): SourceError {
  const several = required.length > 1;
  return new SourceError(
    place,
    `${target} needs the argument${several ? 's' : ''} ${required.join(', ')}.`,
    `Give an expression as the model, such as ${target}(${required.map(() => '…').join(', ')}).`,
  );
}

/** Errors in the expression itself point into it. */
function evaluateTarget(frame: JavaScriptFrame, target: string): Value {
  const [statement, more] = parseScript(target, 'target.ts');
  if (statement?.kind !== 'expression' || more) {
    throw new SourceError(wholeOf(frame), `${target} is neither a name nor an expression that makes a model.`);
  }
  const inner: JavaScriptFrame = {
    ...withScope(frame, new JavaScriptScope(frame.scope, 'function')),
    file: new SourceFile(`${target} (the model to be read)`, target),
  };
  const value = evaluate(inner, statement.value);
  return functionOf(value) ? callFunction(frame.interpreter, value, undefinedValue, []) : value;
}
