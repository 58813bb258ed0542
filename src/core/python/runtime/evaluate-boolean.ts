import type { Expression } from '../syntax/syntax';
import type { Frame } from './frame';
import type { Interpreter } from './interpreter';
import { truthOf } from './truth';
import { boolean, type TrainingValue, type UnknownValue, type Value } from './values';

/** `and` and `or`: the right side is looked at only where the left one does not decide. */
export function evaluateBoolean(
  interpreter: Interpreter,
  frame: Frame,
  expression: Expression & { readonly kind: 'boolean' },
): Value {
  const left = interpreter.evaluate(frame, expression.left);
  interpreter.at(frame, expression.left);
  const truth = truthOf(interpreter, left);
  const isAnd = expression.operator === 'and';
  if (typeof truth === 'boolean') {
    return truth === isAnd ? interpreter.evaluate(frame, expression.right) : left;
  }
  return undecided(interpreter, frame, expression, truth, isAnd);
}

/** `unknown and False` is false whatever the unknown is; else nothing can be said. */
function undecided(
  interpreter: Interpreter,
  frame: Frame,
  expression: Expression & { readonly kind: 'boolean' },
  left: UnknownValue | TrainingValue,
  isAnd: boolean,
): Value {
  // Python might not evaluate the right side; looking at it is safe only where it has no effects.
  if (!isPlain(expression.right)) return left.kind === 'training' ? unknownMode(interpreter) : left;
  const right = interpreter.evaluate(frame, expression.right);
  const truth = truthOf(interpreter, right);
  if (truth === !isAnd) return boolean(truth);
  if (truth === isAnd && left.kind === 'training') return left;
  return left.kind === 'training' ? unknownMode(interpreter) : left;
}

function unknownMode(interpreter: Interpreter): UnknownValue {
  return interpreter.unknown('it depends on self.training');
}

/** Names, attributes, constants and comparisons of them: nothing that does something. */
function isPlain(expression: Expression): boolean {
  switch (expression.kind) {
    case 'name':
    case 'number':
    case 'string':
    case 'constant':
      return true;
    case 'attribute':
      return isPlain(expression.object);
    case 'unary':
      return isPlain(expression.operand);
    case 'binary':
    case 'boolean':
      return isPlain(expression.left) && isPlain(expression.right);
    case 'compare':
      return expression.operands.every(isPlain);
    default:
      return false;
  }
}
