import type { BinaryOperator } from '../../syntax/syntax';
import { binaryOperation } from '../../runtime/operators';
import type { Interpreter } from '../../runtime/interpreter';
import { none, type NativeCall, type Value } from '../../runtime/values';
import { asShown, isKerasTensor, kerasTensor, type KerasTensor } from './keras-tensor';
import { alignTensors } from './broadcast';
import { mergedShapes } from './layers/merging';
import { firstUnknown, runOperation } from './symbolic';
import { checkedByKeras, torchCall, withoutRefusal } from './torch-call';

/** Operators by the name of the function that does the same: `keras.ops.add`. */
const operators = {
  add: '+',
  subtract: '-',
  multiply: '*',
  divide: '/',
  true_divide: '/',
  floor_divide: '//',
  mod: '%',
  power: '**',
} as const satisfies Readonly<Record<string, BinaryOperator>>;

const comparisons = {
  less: 'torch.lt',
  less_equal: 'torch.le',
  greater: 'torch.gt',
  greater_equal: 'torch.ge',
} as const;

type Named = keyof typeof operators | 'matmul';

/** `x + y` of a Keras tensor; reflected where it is the right operand. */
export function binaryOperator(name: Named, reflected = false): NativeCall {
  const inner: NativeCall = (interpreter, [left = none, right = none]) => binaryOf(interpreter, name, left, right);
  const run: NativeCall = (interpreter, positional, keyword) => {
    const unknown = firstUnknown(positional);
    return unknown ?? runOperation(interpreter, undefined, run, inner, positional, keyword);
  };
  return (interpreter, [self = none, other = none]) =>
    run(interpreter, reflected ? [other, self] : [self, other], new Map());
}

/** Two values of which one is a tensor, element by element; shapes are broadcast over what Keras shows. */
export function binaryOf(interpreter: Interpreter, name: Named, left: Value, right: Value): Value {
  const [a, b] = [tensorOrNumber(interpreter, left), tensorOrNumber(interpreter, right)];
  if (name === 'matmul') return matmul(interpreter, a, b);
  const operator = operators[name];
  if (isKerasTensor(a) && isKerasTensor(b)) {
    const [first, second] = checkedByKeras(interpreter, () => mergedShapes(interpreter, name, a, b));
    const aligned = alignTensors(interpreter, first, second);
    const result = withoutRefusal(interpreter, () =>
      binaryOperation(interpreter, operator, aligned.left, aligned.right),
    );
    return asKeras(interpreter, result, aligned.order);
  }
  const tensor = isKerasTensor(a) ? a : b;
  if (!isKerasTensor(tensor)) return interpreter.unknown('This operation is not supported yet.');
  const [x, y] = [isKerasTensor(a) ? a.keras.tensor : a, isKerasTensor(b) ? b.keras.tensor : b];
  const result = withoutRefusal(interpreter, () => binaryOperation(interpreter, operator, x, y));
  return asKeras(interpreter, result, tensor.keras.order);
}

/** `x < y`: truth values. */
export function compareOperator(name: keyof typeof comparisons): NativeCall {
  const inner: NativeCall = (interpreter, [self, other = none]) => {
    if (!isKerasTensor(self)) return interpreter.unknown('This comparison is not supported yet.');
    if (isKerasTensor(other)) {
      const aligned = alignTensors(interpreter, self, other);
      return kerasTensor(
        interpreter,
        torchCall(interpreter, comparisons[name], [aligned.left, aligned.right]),
        aligned.order,
      );
    }
    const number = other.kind === 'integer' || other.kind === 'float' ? other.value : undefined;
    if (typeof number !== 'number') return interpreter.unknown('This comparison is not supported yet.');
    return kerasTensor(
      interpreter,
      torchCall(interpreter, comparisons[name], [self.keras.tensor, number]),
      self.keras.order,
    );
  };
  const run: NativeCall = (interpreter, positional, keyword) =>
    firstUnknown(positional) ?? runOperation(interpreter, undefined, run, inner, positional, keyword);
  return run;
}

export const negative: NativeCall = (interpreter, [self = none]) =>
  binaryOperator('multiply')(interpreter, [self, { kind: 'integer', value: -1 }], new Map());

/** The last two axes as matrices, as Keras shows them. */
function matmul(interpreter: Interpreter, left: Value, right: Value): Value {
  if (!isKerasTensor(left) || !isKerasTensor(right)) return interpreter.unknown('This product is not supported yet.');
  return matrixProduct(interpreter, left, right);
}

export function matrixProduct(interpreter: Interpreter, left: KerasTensor, right: KerasTensor): KerasTensor {
  const [a, b] = [left, right].map((value) => asShown(interpreter, value));
  if (!a || !b) return left;
  return kerasTensor(interpreter, torchCall(interpreter, 'torch.matmul', [a, b]));
}

function tensorOrNumber(interpreter: Interpreter, value: Value): Value {
  return value.kind === 'tensor' ? kerasTensor(interpreter, value) : value;
}

function asKeras(interpreter: Interpreter, value: Value, order: readonly number[]): Value {
  return value.kind === 'tensor' ? kerasTensor(interpreter, value, order) : value;
}
