import { none, type Value } from '../../../runtime/values';
import { elementwise } from '../activations';
import { isKerasTensor, type KerasTensor } from '../keras-tensor';
import { binaryOf } from '../keras-operators';
import { binary, mergeElementwise } from '../layers/merging';
import type { Interpreter } from '../../../runtime/interpreter';
import { tensorFunction, tensorList, tensorOf } from './define-function';

/** Functions of one tensor that keep its shape, by what PyTorch calls them. */
const unary: Readonly<Record<string, string>> = {
  exp: 'torch.exp',
  log: 'torch.log',
  log1p: 'torch.log1p',
  sqrt: 'torch.sqrt',
  rsqrt: 'torch.rsqrt',
  square: 'torch.square',
  abs: 'torch.abs',
  absolute: 'torch.abs',
  sign: 'torch.sign',
  floor: 'torch.floor',
  ceil: 'torch.ceil',
  round: 'torch.round',
  sin: 'torch.sin',
  cos: 'torch.cos',
  erf: 'torch.erf',
  reciprocal: 'torch.reciprocal',
  negative: 'torch.neg',
  logical_not: 'torch.logical_not',
};

const operators = {
  add: 'add',
  subtract: 'subtract',
  multiply: 'multiply',
  divide: 'divide',
  true_divide: 'divide',
  floor_divide: 'floor_divide',
  power: 'power',
  pow: 'power',
  mod: 'mod',
  matmul: 'matmul',
  dot: 'matmul',
} as const;

/** Merges of a list of tensors as functions of older Keras: `add([a, b])`. */
const merges: Readonly<Record<string, string>> = {
  add: 'Add',
  subtract: 'Subtract',
  multiply: 'Multiply',
  average: 'Average',
  maximum: 'Maximum',
  minimum: 'Minimum',
};

/** `keras.layers.add([a, b])` and its like. */
export const mergeFunctions: readonly (readonly [string, Value])[] = Object.entries(merges).map(([name, layer]) => [
  name,
  tensorFunction(name, ['inputs'], (interpreter, { inputs }) =>
    mergeElementwise(interpreter, layer, tensorList(interpreter, inputs)),
  ),
]);

export const elementwiseFunctions: readonly (readonly [string, Value])[] = [
  ...Object.entries(unary).map(
    ([name, callee]) =>
      [
        name,
        tensorFunction(name, ['x|input|features'], (interpreter, { x }) =>
          elementwise(interpreter, callee, tensorOf(interpreter, x)),
        ),
      ] as const,
  ),
  ...Object.entries(operators).map(
    ([name, operator]) =>
      [
        name,
        tensorFunction(name, ['x1|x|a', 'x2|y|b'], (interpreter, { x1 = none, x2 = none }) =>
          binaryOf(interpreter, operator, x1, x2),
        ),
      ] as const,
  ),
  ...(['maximum', 'minimum'] as const).map(
    (name) =>
      [
        name,
        tensorFunction(name, ['x1|x', 'x2|y'], (interpreter, { x1, x2 }) => extremum(interpreter, name, x1, x2)),
      ] as const,
  ),
  [
    'add_n',
    tensorFunction('add_n', ['inputs'], (interpreter, { inputs }) => {
      const tensors = tensorList(interpreter, inputs);
      return tensors.length === 1 ? tensorOf(interpreter, tensors[0]) : mergeElementwise(interpreter, 'Add', tensors);
    }),
  ],
  [
    'clip',
    tensorFunction(
      'clip',
      ['x|t', 'x_min|clip_value_min|min_value', 'x_max|clip_value_max|max_value'],
      (interpreter, args) => {
        const [low, high] = [numberOf(args['x_min']), numberOf(args['x_max'])];
        if (low === undefined || high === undefined) return interpreter.unknown('These bounds are not supported yet.');
        return elementwise(interpreter, 'torch.clamp', tensorOf(interpreter, args['x']), low, high);
      },
    ),
  ],
];

function extremum(
  interpreter: Interpreter,
  name: 'maximum' | 'minimum',
  left: Value | undefined,
  right: Value | undefined,
): Value {
  if (isKerasTensor(left) && isKerasTensor(right)) return binary(interpreter, name, `torch.${name}`, left, right);
  const tensor: KerasTensor = tensorOf(interpreter, isKerasTensor(left) ? left : right);
  const number = numberOf(isKerasTensor(left) ? right : left);
  if (number === undefined) return interpreter.unknown(`${name} of this value is not supported yet.`);
  const [low, high] = name === 'maximum' ? [number, null] : [null, number];
  return elementwise(interpreter, 'torch.clamp', tensor, low, high);
}

function numberOf(value: Value | undefined): number | undefined {
  if (value?.kind === 'float') return value.value;
  return value?.kind === 'integer' && typeof value.value === 'number' ? value.value : undefined;
}
