import type { Attributes } from '../../../../core/graph/graph';
import { numberAttribute } from '../../../steps/attributes';
import type { ElementContext, ElementEncoder } from '../encoder';

/** A function of one tensor's element, and the gradient of what it made: of dy and x, or of dy and y. */
export function unary(expression: (x: string, element: ElementContext) => string): ElementEncoder {
  return (element) => expression(element.keep(element.input(0)), element);
}

export function gradient(expression: (dy: string, source: string, element: ElementContext) => string): ElementEncoder {
  return (element) => expression(element.input(0), element.keep(element.input(1)), element);
}

/** dy times a slope. */
function slope(expression: (source: string) => string): ElementEncoder {
  return gradient((dy, source) => `${dy} * (${expression(source)})`);
}

/** An op with one expression for floats and one for the words of other types. */
export function byType(floats: ElementEncoder, words: ElementEncoder): ElementEncoder {
  return (element) => (element.inputTensor(0).dtype === 'f32' ? floats : words)(element);
}

/** WGSL that is 1 where a condition holds, else 0. */
export function truth(condition: string): string {
  return `select(0, 1, ${condition})`;
}

/** The largest f32. */
const largest = (2 - 2 ** -23) * 2 ** 127;

/** Element-wise functions of one tensor, and their gradients. */
export const unaryElements: Readonly<Record<string, ElementEncoder>> = {
  abs: byType(
    unary((x) => `abs(${x})`),
    unary((x) => `abs(${x})`),
  ),
  abs_grad: slope((x) => `sign_of(${x})`),
  acos: unary((x) => `arc_cosine(${x})`),
  acos_grad: gradient((dy, x) => `-(${dy} / square_root((1.0 - ${x}) * (1.0 + ${x})))`),
  acosh: unary((x) => `inverse_hyperbolic_cosine(${x})`),
  acosh_grad: gradient((dy, x) => `${dy} / square_root((${x} - 1.0) * (${x} + 1.0))`),
  affine: unary(
    (x, { number, step }) =>
      `${x} * ${number(numberAttribute(step.attrs, 'factor'))} + ${number(numberAttribute(step.attrs, 'shift'))}`,
  ),
  asin: unary((x) => `arc_sine(${x})`),
  asin_grad: gradient((dy, x) => `${dy} / square_root((1.0 - ${x}) * (1.0 + ${x}))`),
  asinh: unary((x) => `inverse_hyperbolic_sine(${x})`),
  asinh_grad: gradient((dy, x) => `${dy} / sqrt(${x} * ${x} + 1.0)`),
  atan: unary((x) => `arc_tangent(${x})`),
  atan_grad: gradient((dy, x) => `${dy} / (1.0 + ${x} * ${x})`),
  atanh: unary((x) => `inverse_hyperbolic_tangent(${x})`),
  atanh_grad: gradient((dy, x) => `${dy} / ((1.0 - ${x}) * (1.0 + ${x}))`),
  bitwise_not: unary((x, { integer, inputTensor }) => `${x} ^ ${integer(bitsOf(inputTensor(0).dtype))}`),
  ceil: unary((x) => `ceil(${x})`),
  clamp: byType(
    unary((x, { number, step }) => `bounded(${x}, ${bounds(step.attrs).map(number).join(', ')})`),
    unary((x, { integer, step }) => {
      const [lower = '', upper = ''] = bounds(step.attrs)
        .map((bound) => Math.trunc(Math.min(Math.max(bound, -(2 ** 31)), 2 ** 31 - 1)))
        .map(integer);
      return `min(max(${x}, ${lower}), ${upper})`;
    }),
  ),
  clamp_grad: gradient((dy, x, { number, step }) => {
    const [lower = '', upper = ''] = bounds(step.attrs).map(number);
    return `select(0.0, ${dy}, ${x} >= ${lower} && ${x} <= ${upper})`;
  }),
  cos: unary((x) => `cosine(${x})`),
  cos_grad: slope((x) => `-sine(${x})`),
  cosh: unary((x) => `hyperbolic_cosine(${x})`),
  cosh_grad: slope((x) => `hyperbolic_sine(${x})`),
  digamma: unary((x) => `digamma_of(${x})`),
  digamma_grad: slope((x) => `trigamma_of(${x})`),
  erf: unary((x) => `error_function(${x})`),
  erf_grad: slope((x) => `bell(${x}) * 1.12837916709551257`),
  erfc: unary((x) => `error_rest(${x})`),
  erfc_grad: slope((x) => `bell(${x}) * -1.12837916709551257`),
  erfinv: unary((x) => `inverse_error_function(${x})`),
  erfinv_grad: slope((y) => `0.886226925452758014 / bell(${y})`),
  exp: unary((x) => `exponential(${x})`),
  exp2: unary((x) => `exponential_of_two(${x})`),
  exp2_grad: slope((y) => `${y} * 0.693147180559945309`),
  expm1: unary((x) => `exponential_minus_one(${x})`),
  expm1_grad: slope((y) => `${y} + 1.0`),
  floor: unary((x) => `floor(${x})`),
  frac: unary((x) => `${x} - trunc(${x})`),
  i0: unary((x) => `bessel(${x}, 0.0)`),
  i0_grad: slope((x) => `with_sign(bessel(${x}, 1.0), ${x})`),
  is_finite: unary((x) => truth(`(bitcast<u32>(${x}) & 0x7fffffffu) < 0x7f800000u`)),
  is_inf: unary((x) => truth(`is_infinite(${x})`)),
  is_nan: unary((x) => truth(`is_nan(${x})`)),
  is_negative_inf: unary((x) => truth(`bitcast<u32>(${x}) == 0xff800000u`)),
  is_positive_inf: unary((x) => truth(`bitcast<u32>(${x}) == 0x7f800000u`)),
  lgamma: unary((x) => `log_gamma(${x})`),
  lgamma_grad: slope((x) => `digamma_of(${x})`),
  log: unary((x) => `logarithm(${x})`),
  log_grad: gradient((dy, x) => `${dy} / ${x}`),
  log10: unary((x) => `logarithm_of_ten(${x})`),
  log10_grad: slope((x) => `0.434294481903251828 / ${x}`),
  log1p: unary((x) => `logarithm_of_one_plus(${x})`),
  log1p_grad: gradient((dy, x) => `${dy} / (${x} + 1.0)`),
  log2: unary((x) => `logarithm_of_two(${x})`),
  log2_grad: slope((x) => `1.44269504088896341 / ${x}`),
  logical_not: byType(
    unary((x) => truth(`${x} == 0.0 && !is_nan(${x})`)),
    unary((x) => truth(`${x} == 0`)),
  ),
  nan_to_num: unary((x, { number, step: { attrs } }) => {
    const nan = number(numberOr(attrs, 'nan', 0));
    const highest = number(numberOr(attrs, 'posinf', largest));
    const lowest = number(numberOr(attrs, 'neginf', -largest));
    return `select(select(${x}, select(${highest}, ${lowest}, is_negative(${x})), is_infinite(${x})), ${nan}, is_nan(${x}))`;
  }),
  nan_to_num_grad: gradient((dy, x) => `select(0.0, ${dy}, (bitcast<u32>(${x}) & 0x7fffffffu) < 0x7f800000u)`),
  reciprocal: unary((x) => `1.0 / ${x}`),
  reciprocal_grad: slope((y) => `-(${y} * ${y})`),
  round: unary((x, { number, step }) => {
    const decimals = numberOr(step.attrs, 'decimals', 0);
    if (decimals === 0) return `round(${x})`;
    const scale = number(10 ** Math.abs(decimals));
    return decimals < 0 ? `round(${x} / ${scale}) * ${scale}` : `round(${x} * ${scale}) / ${scale}`;
  }),
  rsqrt: unary((x) => `1.0 / square_root(${x})`),
  rsqrt_grad: slope((y) => `(-0.5 * ${y}) * (${y} * ${y})`),
  sign: byType(
    unary((x) => `sign_of(${x})`),
    unary((x) => `sign(${x})`),
  ),
  sign_bit: byType(
    unary((x) => truth(`is_negative(${x})`)),
    unary((x) => truth(`${x} < 0`)),
  ),
  sin: unary((x) => `sine(${x})`),
  sin_grad: slope((x) => `cosine(${x})`),
  sinc: unary((x) => `select(sine_of_pi(${x}) / (${x} * 3.14159265358979324), 1.0, ${x} == 0.0)`),
  // Near 0, where the difference cancels: its series.
  sinc_grad: gradient((dy, x, { keep }) => {
    const scaled = keep(`${x} * 3.14159265358979324`);
    const square = keep(`${scaled} * ${scaled}`);
    const near = `(${scaled} * -1.04719755119659775) * (1.0 + ${square} * (${square} * 0.00357142857142857143 - 0.1))`;
    const far = `(cosine_of_pi(${x}) - sine_of_pi(${x}) / ${scaled}) / ${x}`;
    return `${dy} * select(${far}, ${near}, abs(${x}) < 0.1)`;
  }),
  sinh: unary((x) => `hyperbolic_sine(${x})`),
  sinh_grad: slope((x) => `hyperbolic_cosine(${x})`),
  sqrt: unary((x) => `square_root(${x})`),
  sqrt_grad: gradient((dy, y) => `${dy} / (${y} + ${y})`),
  tan: unary((x) => `sine(${x}) / cosine(${x})`),
  tan_grad: slope((y) => `1.0 + ${y} * ${y}`),
  trunc: unary((x) => `trunc(${x})`),
};

export function numberOr(attrs: Attributes, name: string, otherwise: number): number {
  return typeof attrs[name] === 'number' ? attrs[name] : otherwise;
}

function bounds(attrs: Attributes): readonly number[] {
  return [numberOr(attrs, 'min', -Infinity), numberOr(attrs, 'max', Infinity)];
}

/** All bits of whole numbers, as many as their type has; the one of truth values. */
function bitsOf(dtype: string): number {
  return dtype === 'bool' ? 1 : dtype === 'u8' ? 255 : -1;
}
