import type { Attributes } from '../../../../core/graph/graph';
import type { KernelStep } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import type { Encoder } from '../encoder';
import { byType, rangeEncoder, wordsEncoder } from '../range';
import { inputOf } from '../../../steps/tensors';

/** Functions whose kernel, and that of their gradient, take nothing but tensors. */
const plain = [
  ...['exp2', 'expm1', 'log', 'log2', 'log10', 'log1p', 'rsqrt', 'reciprocal'],
  ...['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'asinh', 'acosh', 'atanh', 'sinc'],
  ...['erf', 'erfc', 'erfinv', 'lgamma', 'digamma', 'i0'],
];

/** Element-wise functions of one tensor, and their gradients. */
export const unaryEncoders: Readonly<Record<string, Encoder>> = {
  ...Object.fromEntries(
    plain.flatMap((name) => [
      [name, rangeEncoder(name)],
      [`${name}_grad`, rangeEncoder(`${name}_grad`)],
    ]),
  ),
  abs: byType(rangeEncoder('magnitude'), rangeEncoder('magnitude_words')),
  abs_grad: rangeEncoder('abs_grad'),
  affine: rangeEncoder('affine', (attrs) => [numberAttribute(attrs, 'factor'), numberAttribute(attrs, 'shift')]),
  bitwise_not: encodeBitwiseNot,
  ceil: rangeEncoder('round_up'),
  clamp: byType(rangeEncoder('clamp', bounds), wordsEncoder('clamp_words', wordBounds)),
  clamp_grad: rangeEncoder('clamp_grad', bounds),
  exp: rangeEncoder('exp'),
  floor: rangeEncoder('round_down'),
  frac: rangeEncoder('frac'),
  is_finite: rangeEncoder('is_finite'),
  is_inf: rangeEncoder('is_inf'),
  is_nan: rangeEncoder('is_nan'),
  is_negative_inf: rangeEncoder('is_negative_inf'),
  is_positive_inf: rangeEncoder('is_positive_inf'),
  logical_not: byType(rangeEncoder('logical_not'), rangeEncoder('logical_not_words')),
  nan_to_num: rangeEncoder('nan_to_num', (attrs) => [
    numberOr(attrs, 'nan', 0),
    numberOr(attrs, 'posinf', largest),
    numberOr(attrs, 'neginf', -largest),
  ]),
  nan_to_num_grad: rangeEncoder('nan_to_num_grad'),
  round: encodeRound,
  sign: byType(rangeEncoder('sign'), rangeEncoder('sign_words')),
  sign_bit: rangeEncoder('sign_bit'),
  sqrt: rangeEncoder('square_root'),
  sqrt_grad: rangeEncoder('sqrt_grad'),
  trunc: rangeEncoder('round_to_zero'),
};

/** The largest f32. */
const largest = (2 - 2 ** -23) * 2 ** 127;

function bounds(attrs: Attributes): readonly number[] {
  return [numberOr(attrs, 'min', -Infinity), numberOr(attrs, 'max', Infinity)];
}

function wordBounds(attrs: Attributes): readonly number[] {
  return bounds(attrs).map((bound) => Math.trunc(Math.min(Math.max(bound, -(2 ** 31)), 2 ** 31 - 1)));
}

function numberOr(attrs: Attributes, name: string, otherwise: number): number {
  return typeof attrs[name] === 'number' ? attrs[name] : otherwise;
}

/** All bits of whole numbers, as many as their type has; the one of truth values. */
function encodeBitwiseNot(step: KernelStep, program: ProgramBuilder): void {
  const { dtype } = inputOf(step, 0);
  const bits = dtype === 'bool' ? 1 : dtype === 'u8' ? 255 : -1;
  wordsEncoder('flip_bits', () => [bits])(step, program);
}

/** To a number of decimal places, left of the point where that is negative. */
function encodeRound(step: KernelStep, program: ProgramBuilder): void {
  const decimals = numberOr(step.attrs, 'decimals', 0);
  const kernel = decimals < 0 ? 'round_to_step' : 'round_nearest';
  rangeEncoder(kernel, () => [10 ** Math.abs(decimals)])(step, program);
}
