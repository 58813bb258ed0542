import { numberAttribute, stringAttribute, booleanAttribute } from '../../../steps/attributes';
import { sizeOf } from '../../../steps/tensors';
import type { ElementEncoder } from '../encoder';
import { truth } from './unary';

type Expression = (a: string, b: string) => string;

/** What the first operand has of the gradient: with NaN both have all of it, as in PyTorch. */
const share =
  (loses: '<' | '>'): Expression =>
  (a, b) =>
    `select(select(1.0, 0.5, ${a} == ${b}), 0.0, ${a} ${loses} ${b})`;
const compare =
  (operator: string): Expression =>
  (a, b) =>
    truth(`${a} ${operator} ${b}`);

/** Functions of two floats. */
const floats: Readonly<Record<string, Expression>> = {
  add: (a, b) => `${a} + ${b}`,
  atan2: (a, b) => `angle_of(${a}, ${b})`,
  // ∂atan2(a, b)/∂a; that by b is the same of (b, a), negated. Of both divided by the larger: squares may overflow.
  atan2_slope: (a, b) =>
    `(${b} / max(abs(${a}), abs(${b}))) / (hypotenuse(${a}, ${b}) * (hypotenuse(${a}, ${b}) / max(abs(${a}), abs(${b}))))`,
  copysign: (a, b) => `with_sign(${a}, ${b})`,
  copysign_slope: (a, b) => `select(select(1.0, -1.0, is_negative(${a}) != is_negative(${b})), 0.0, ${a} == 0.0)`,
  divide: (a, b) => `${a} / ${b}`,
  divide_or_zero: (a, b) => `select(${a} / ${b}, 0.0, ${b} == 0.0)`,
  divide_slope: (a, b) => `-((${a} / ${b}) / ${b})`,
  equal_to: compare('=='),
  floor_divide: (a, b) => `floored_quotient(${a}, ${b})`,
  fmax: (a, b) => `select(select(larger(${a}, ${b}), ${b}, is_nan(${a})), ${a}, is_nan(${b}))`,
  fmax_rest: (a, b) => `select(1.0, 0.0, ${a} >= ${b} || is_nan(${b}))`,
  fmax_share: (a, b) => `select(0.0, 1.0, ${a} >= ${b} || is_nan(${b}))`,
  fmin: (a, b) => `select(select(smaller(${a}, ${b}), ${b}, is_nan(${a})), ${a}, is_nan(${b}))`,
  fmin_rest: (a, b) => `select(1.0, 0.0, ${a} <= ${b} || is_nan(${b}))`,
  fmin_share: (a, b) => `select(0.0, 1.0, ${a} <= ${b} || is_nan(${b}))`,
  fmod: (a, b) => `exact_rest(${a}, ${b})`,
  greater: compare('>'),
  greater_equal: compare('>='),
  heaviside: (a, b) => `select(select(select(0.0, 1.0, ${a} > 0.0), ${b}, ${a} == 0.0), ${a}, is_nan(${a}))`,
  hypot: (a, b) => `hypotenuse(${a}, ${b})`,
  hypot_slope: (a, b) => `${a} / hypotenuse(${a}, ${b})`,
  is_close: (a, b) =>
    truth(
      `${a} == ${b} || (abs(${a} - ${b}) <= 1e-8 + 1e-5 * abs(${b}) && !is_infinite(${a} - ${b}) && !is_nan(${a} - ${b}))`,
    ),
  ldexp: (a, b) => `scaled_by_two(${a}, ${b})`,
  ldexp_log: (a, b) => `scaled_by_two(${a}, ${b}) * 0.693147180559945309`,
  ldexp_slope: (_a, b) => `exponential_of_two(${b})`,
  less: compare('<'),
  less_equal: compare('<='),
  logaddexp: (a, b) => `log_add(${a}, ${b})`,
  logaddexp2: (a, b) => `log_add_two(${a}, ${b})`,
  logaddexp2_share: (a, b) => `logistic((${a} - ${b}) * 0.693147180559945309)`,
  logaddexp_share: (a, b) => `logistic(${a} - ${b})`,
  maximum: (a, b) => `larger(${a}, ${b})`,
  maximum_share: share('<'),
  minimum: (a, b) => `smaller(${a}, ${b})`,
  minimum_share: share('>'),
  multiply: (a, b) => `${a} * ${b}`,
  nextafter: (a, b) => `next_float(${a}, ${b})`,
  not_equal: compare('!='),
  power: (a, b) => `power_of(${a}, ${b})`,
  power_log: (a, b) => `select(power_of(${a}, ${b}) * logarithm(${a}), 0.0, ${a} == 0.0 && ${b} >= 0.0)`,
  power_slope: (a, b) => `select(${b} * power_of(${a}, ${b} - 1.0), 0.0, ${b} == 0.0)`,
  remainder: (a, b) => `floored_rest(${a}, ${b})`,
  subtract: (a, b) => `${a} - ${b}`,
  truncate_divide: (a, b) => `truncated_quotient(${a}, ${b})`,
  xlogy: (a, b) => `select(select(${a} * logarithm(${b}), 0.0, ${a} == 0.0), ${b}, is_nan(${b}))`,
  xlogy_slope: (a, b) => `select(logarithm(${b}), 0.0, ${a} == 0.0 && ${b} <= 0.0)`,
};

/** Functions of two whole numbers; a quotient by zero is 0. */
const words: Readonly<Record<string, Expression>> = {
  add: floats['add'] as Expression,
  bitwise_and: (a, b) => `${a} & ${b}`,
  bitwise_or: (a, b) => `${a} | ${b}`,
  bitwise_xor: (a, b) => `${a} ^ ${b}`,
  equal_to: compare('=='),
  floor_divide: (a, b) => `floored_quotient_of_words(${a}, ${b})`,
  fmod: (a, b) => `rest_of_words(${a}, ${b})`,
  gcd: (a, b) => `common_divisor(${a}, ${b})`,
  greater: compare('>'),
  greater_equal: compare('>='),
  heaviside: (a, b) => `select(select(0, 1, ${a} > 0), ${b}, ${a} == 0)`,
  lcm: (a, b) => `common_multiple(${a}, ${b})`,
  left_shift: (a, b) => `select(${a} << (u32(${b}) & 31u), 0, ${b} < 0 || ${b} > 31)`,
  less: compare('<'),
  less_equal: compare('<='),
  maximum: (a, b) => `max(${a}, ${b})`,
  minimum: (a, b) => `min(${a}, ${b})`,
  multiply: (a, b) => `${a} * ${b}`,
  not_equal: compare('!='),
  power: (a, b) => `power_of_words(${a}, ${b})`,
  remainder: (a, b) => `floored_rest_of_words(${a}, ${b})`,
  right_shift: (a, b) => `${a} >> select(u32(${b}) & 31u, 31u, ${b} < 0 || ${b} > 31)`,
  subtract: (a, b) => `${a} - ${b}`,
  truncate_divide: (a, b) => `quotient_of_words(${a}, ${b})`,
};

/** Functions of two tensors, which may be broadcast, and of a tensor and a number. */
export const binaryElements: Readonly<Record<string, ElementEncoder>> = {
  ...Object.fromEntries(
    [...new Set([...Object.keys(floats), ...Object.keys(words)])].map((name): [string, ElementEncoder] => [
      name,
      ({ input, keep, inputTensor }) => expressionOf(name, inputTensor(0).dtype)(keep(input(0)), keep(input(1))),
    ]),
  ),
  // The same for each of the elements that the mean was made of, divided by their number.
  mean_grad: ({ input, inputTensor, number, step }) =>
    `${input(0)} * ${number(sizeOf(inputTensor(0)) / sizeOf(step.output))}`,
  root: ({ input, keep, number, step }) =>
    powerWithNumber(keep(input(0)), 1 / numberAttribute(step.attrs, 'p'), number),
  with_number: ({ input, inputTensor, keep, integer, number, step: { attrs } }) => {
    const { dtype } = inputTensor(0);
    const x = keep(input(0));
    const name = stringAttribute(attrs, 'function');
    const value = numberAttribute(attrs, 'number');
    const numberFirst = booleanAttribute(attrs, 'numberFirst');
    if (name === 'power' && dtype === 'f32' && !numberFirst) return powerWithNumber(x, value, number);
    const other = dtype === 'f32' ? number(value) : integer(value);
    return expressionOf(name, dtype)(...(numberFirst ? ([other, x] as const) : ([x, other] as const)));
  },
};

function expressionOf(name: string, operands: string): Expression {
  const expression = (operands === 'f32' ? floats : words)[name];
  if (!expression) throw new Error(`There is no '${name}' of ${operands}`);
  return expression;
}

/** Powers with one exponent: the usual ones are products and roots. */
function powerWithNumber(x: string, exponent: number, number: (value: number) => string): string {
  switch (exponent) {
    case 1:
      return x;
    case 2:
      return `${x} * ${x}`;
    case 3:
      return `${x} * ${x} * ${x}`;
    case 0.5:
      return `select(square_root(${x}), infinity(), is_infinite(${x}))`;
    case -0.5:
      return `select(1.0 / square_root(${x}), 0.0, is_infinite(${x}))`;
    case -1:
      return `1.0 / ${x}`;
    default:
      return `power_of(${x}, ${number(exponent)})`;
  }
}
