import type { DType } from '../../../../core/graph/graph';

/** Functions of two floats, in the order of `kernels/binary-floats.ts`. */
const floats = [
  ...['add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum', 'fmax', 'fmin'],
  ...['equal_to', 'not_equal', 'less', 'less_equal', 'greater', 'greater_equal', 'divide_slope'],
  ...['maximum_share', 'minimum_share', 'fmax_share', 'fmax_rest', 'fmin_share', 'fmin_rest'],
  ...['copysign', 'copysign_slope', 'divide_or_zero'],
];

/** In the order of `kernels/binary-numbers.ts`. */
const numbers = [
  ...['power', 'power_slope', 'power_log', 'atan2', 'atan2_slope', 'hypot', 'hypot_slope', 'nextafter'],
  ...['logaddexp', 'logaddexp_share', 'logaddexp2', 'logaddexp2_share', 'xlogy', 'is_close', 'xlogy_slope'],
  ...['ldexp', 'ldexp_slope', 'ldexp_log', 'heaviside', 'floor_divide', 'truncate_divide', 'remainder', 'fmod'],
];

/** Functions of two whole numbers, in the order of `kernels/binary-words.ts`. */
const words = [
  ...['add', 'subtract', 'multiply', 'maximum', 'minimum', 'equal_to', 'not_equal', 'less', 'less_equal'],
  ...['greater', 'greater_equal', 'bitwise_and', 'bitwise_or', 'bitwise_xor', 'left_shift', 'right_shift'],
  ...['floor_divide', 'truncate_divide', 'remainder', 'fmod', 'power', 'gcd', 'lcm', 'heaviside'],
];

const codesOfFloats = new Map([
  ...floats.map((name, index) => [name, index] as const),
  ...numbers.map((name, index) => [name, 32 + index] as const),
]);
const codesOfWords = new Map(words.map((name, index) => [name, 96 + index] as const));

/** All functions that the kernels know. */
export const binaryFunctions: readonly string[] = [...new Set([...codesOfFloats.keys(), ...codesOfWords.keys()])];

/** The kernels' number for a function of operands of that type. */
export function binaryCode(name: string, operands: DType): number {
  const code = (operands === 'f32' ? codesOfFloats : codesOfWords).get(name);
  if (code === undefined) throw new Error(`There is no '${name}' of ${operands}`);
  return code;
}
