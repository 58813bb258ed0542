import { data, type Forward, type Tensor64 } from '../tensor64';

/** Error function: its Taylor series near 0, Lentz's continued fraction of erfc beyond 2.5. Good to 1e-14. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size > 2.5) return Math.sign(x) * (1 - erfcTail(size));
  let [term, sum] = [x, x];
  for (let n = 1; n < 100; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** e^(−x²)/(x·√π) · 1/(1 + 1/(2x²)/(1 + 2/(2x²)/(1 + …))) */
function erfcTail(x: number): number {
  let fraction = x;
  for (let k = 120; k > 0; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}

function erfc(x: number): number {
  if (x > 2.5) return erfcTail(x);
  return x < -2.5 ? 2 - erfcTail(-x) : 1 - erf(x);
}

/** By Newton's method. */
function erfinv(y: number): number {
  let x = 0;
  for (let i = 0; i < 60; i++) x -= ((erf(x) - y) * Math.sqrt(Math.PI)) / 2 / Math.exp(-x * x);
  return x;
}

/** log Γ(x) for x > 0: Stirling's series at x + 12, and the factors between. */
function lgamma(x: number): number {
  let [product, shifted] = [1, x];
  for (; shifted < x + 12; shifted++) product *= shifted;
  const inverse = 1 / shifted;
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260 - inverse ** 7 / 1680;
  return (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** Its derivative. */
function digamma(x: number): number {
  let [sum, shifted] = [0, x];
  for (; shifted < x + 12; shifted++) sum += 1 / shifted;
  const square = 1 / shifted ** 2;
  const series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)));
  return Math.log(shifted) - 0.5 / shifted - series - sum;
}

function i0(x: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; k < 200; k++) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}

/** Halves to even numbers. */
function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}

const functions: Readonly<Record<string, (x: number) => number>> = {
  ...{ exp: Math.exp, exp2: (x) => 2 ** x, expm1: Math.expm1 },
  ...{ log: Math.log, log2: Math.log2, log10: Math.log10, log1p: Math.log1p },
  ...{ sqrt: Math.sqrt, rsqrt: (x) => 1 / Math.sqrt(x), reciprocal: (x) => 1 / x },
  ...{ sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan },
  ...{ sinh: Math.sinh, cosh: Math.cosh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh },
  ...{ erf, erfc, erfinv, lgamma, digamma, i0 },
  sinc: (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)),
  ...{ abs: Math.abs, floor: Math.floor, ceil: Math.ceil, trunc: Math.trunc, frac: (x) => x - Math.trunc(x) },
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0),
  is_nan: (x) => Number(Number.isNaN(x)),
  is_inf: (x) => Number(Math.abs(x) === Infinity),
  is_finite: (x) => Number(Number.isFinite(x)),
  is_positive_inf: (x) => Number(x === Infinity),
  is_negative_inf: (x) => Number(x === -Infinity),
  sign_bit: (x) => Number(x < 0 || Object.is(x, -0)),
  logical_not: (x) => Number(x === 0),
};

const largest = (2 - 2 ** -23) * 2 ** 127;

/** Element-wise functions of one tensor. */
export const unaryForwards: Readonly<Record<string, Forward>> = {
  ...Object.fromEntries(
    Object.entries(functions).map(([name, f]) => [
      name,
      ([x]: readonly Tensor64[]) => data(x).map((value) => f(value)),
    ]),
  ),
  affine: ([x], { factor, shift }: { factor: number; shift: number }) => data(x).map((value) => factor * value + shift),
  clamp: ([x], { min, max }: { min: number | null; max: number | null }) =>
    data(x).map((value) => Math.min(Math.max(value, min ?? -Infinity), max ?? Infinity)),
  nan_to_num: ([x], { nan, posinf, neginf }: { nan?: number; posinf?: number; neginf?: number }) =>
    data(x).map((value) => {
      if (Number.isNaN(value)) return nan ?? 0;
      if (Number.isFinite(value)) return value;
      return value > 0 ? (posinf ?? largest) : (neginf ?? -largest);
    }),
  round: ([x], { decimals = 0 }: { decimals?: number }) =>
    data(x).map((value) => roundEven(value * 10 ** decimals) / 10 ** decimals),
};
