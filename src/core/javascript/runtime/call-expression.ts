import type { Value } from '../../python/runtime/values';
import type { CallExpression, Expression, Item } from '../syntax/javascript-syntax';
import { construct, constructSuper } from './classes';
import { refuseEffects } from './effects';
import { evaluate, evaluateChain, evaluateItems, evaluateKey } from './evaluate';
import { at, type JavaScriptFrame } from './frame';
import { callFunction } from './functions';
import { isNullish, undefinedValue } from './js-values';
import { getProperty } from './properties';
import { superProperty } from './super-property';

/** A call; 'skipped' where `?.` ended its chain. */
export function callExpression(frame: JavaScriptFrame, expression: CallExpression): Value | 'skipped' {
  const { interpreter } = frame;
  const { callee } = expression;
  interpreter.spend();
  if (callee.kind === 'super') {
    const positional = evaluateItems(frame, expression.items);
    at(frame, expression);
    return constructSuper(frame, positional);
  }
  const found = findCallee(frame, callee);
  if (found === 'skipped' || (expression.optional && isNullish(found.value))) return 'skipped';
  const positional = evaluateItems(frame, expression.items);
  at(frame, expression);
  const text = frame.file.text.slice(callee.from, callee.to).replace(/\s+/g, ' ');
  refuseEffects(interpreter, found.value, [found.receiver, ...positional], text);
  return callFunction(interpreter, found.value, found.receiver, positional, text);
}

/** A method is called with its object as `this`. */
function findCallee(
  frame: JavaScriptFrame,
  callee: Expression,
): { readonly value: Value; readonly receiver: Value } | 'skipped' {
  const inner = callee.kind === 'group' && callee.value.kind === 'member' ? callee.value : callee;
  if (inner.kind !== 'member') {
    const value = evaluateChain(frame, inner);
    return value === 'skipped' ? value : { value, receiver: undefinedValue };
  }
  if (inner.object.kind === 'super') {
    const key = evaluateKey(frame, inner.key);
    at(frame, inner);
    return { value: superProperty(frame, key), receiver: frame.receiver.current ?? undefinedValue };
  }
  const object = evaluateChain(frame, inner.object);
  if (object === 'skipped' || (inner.optional && isNullish(object))) return 'skipped';
  const key = evaluateKey(frame, inner.key);
  at(frame, inner);
  return { value: getProperty(frame.interpreter, object, key), receiver: object };
}

/** `new callee(…)` */
export function constructExpression(
  frame: JavaScriptFrame,
  expression: {
    readonly callee: Expression;
    readonly items: readonly Item[];
    readonly from: number;
    readonly to: number;
  },
): Value {
  const callee = evaluate(frame, expression.callee);
  const positional = evaluateItems(frame, expression.items);
  at(frame, expression);
  const text = frame.file.text.slice(expression.callee.from, expression.callee.to);
  refuseEffects(frame.interpreter, callee, positional, text);
  return construct(frame.interpreter, callee, positional, text);
}
