import { productOfDims } from '../../graph/dim';
import type { Interpreter } from '../runtime/interpreter';
import { numpyModule } from './numpy-module';
import { boolean, float, integer, native, none, type ModuleValue, type Value } from '../runtime/values';

/** A known number, as a JavaScript number. */
export function knownNumber(interpreter: Interpreter, value: Value): number | undefined {
  if (value.kind === 'float') return value.value;
  if (value.kind === 'boolean') return Number(value.value);
  if (value.kind === 'integer') return typeof value.value === 'number' ? value.value : undefined;
  if (value.kind === 'unknown') return undefined;
  return interpreter.raise('TypeError', 'must be real number');
}

/** A function of numbers; unknown where one of them is. */
export function numeric(name: string, apply: (...values: number[]) => Value): [string, Value] {
  return [
    name,
    native(name, (interpreter, positional) => {
      const unknown = positional.find((value) => value.kind === 'unknown');
      if (unknown) return unknown;
      const numbers = positional.map((value) => knownNumber(interpreter, value));
      if (!numbers.every((value) => value !== undefined))
        return interpreter.unknown('It depends on a size that is not known.');
      return apply(...numbers);
    }),
  ];
}

export function floatResult(name: string, apply: (...values: number[]) => number): [string, Value] {
  return numeric(name, (...values) => float(apply(...values)));
}

export const sharedFunctions: [string, Value][] = [
  floatResult('sqrt', Math.sqrt),
  floatResult('exp', Math.exp),
  floatResult('log2', Math.log2),
  floatResult('log10', Math.log10),
  floatResult('sin', Math.sin),
  floatResult('cos', Math.cos),
  floatResult('tanh', Math.tanh),
  ['pi', float(Math.PI)],
  ['e', float(Math.E)],
  ['inf', float(Infinity)],
  ['nan', float(NaN)],
];

/** The product of numbers or sizes: `math.prod((c, h, w))`, `np.prod(x.shape[1:])`. */
export const product = native('prod', (interpreter, [items = none]) => {
  const values = interpreter.iterate(items);
  const unknown = values.find((value) => value.kind === 'unknown');
  if (unknown) return unknown;
  if (values.every((value) => value.kind === 'integer'))
    return integer(productOfDims(values.map((value) => value.value)));
  const numbers = values.map((value) => knownNumber(interpreter, value));
  if (!numbers.every((value) => value !== undefined))
    return interpreter.unknown('It depends on a size that is not known.');
  return float(numbers.reduce((total, value) => total * value, 1));
});

/** `math`, and what model code takes from numpy. */
export const numericModules: readonly ModuleValue[] = [
  {
    kind: 'module',
    name: 'math',
    namespace: new Map<string, Value>([
      ...sharedFunctions,
      numeric('floor', (value) => integer(Math.floor(value))),
      numeric('ceil', (value) => integer(Math.ceil(value))),
      numeric('trunc', (value) => integer(Math.trunc(value))),
      numeric('gcd', (...values) => integer(values.reduce(greatestCommonDivisor, 0))),
      numeric('isclose', (a, b) => ({
        kind: 'boolean',
        value: Math.abs((a ?? 0) - (b ?? 0)) <= 1e-9 * Math.max(Math.abs(a ?? 0), Math.abs(b ?? 0)),
      })),
      numeric('log', (value = NaN, base) =>
        float(base === undefined ? Math.log(value) : Math.log(value) / Math.log(base)),
      ),
      floatResult('pow', (base = NaN, exponent = NaN) => base ** exponent),
      floatResult('fabs', Math.abs),
      floatResult('log1p', Math.log1p),
      floatResult('expm1', Math.expm1),
      floatResult('sinh', Math.sinh),
      floatResult('cosh', Math.cosh),
      floatResult('tan', Math.tan),
      floatResult('asin', Math.asin),
      floatResult('acos', Math.acos),
      floatResult('atan', Math.atan),
      floatResult('atan2', Math.atan2),
      floatResult('hypot', Math.hypot),
      floatResult('degrees', (value = NaN) => (value * 180) / Math.PI),
      floatResult('radians', (value = NaN) => (value * Math.PI) / 180),
      numeric('isqrt', (value = NaN) => integer(Math.floor(Math.sqrt(value)))),
      numeric('factorial', (value = NaN) => integer(factorial(value))),
      numeric('comb', (n = NaN, k = NaN) => integer(Math.round(factorial(n) / (factorial(k) * factorial(n - k))))),
      numeric('lcm', (...values) =>
        integer(values.reduce((a, b) => Math.abs(a * b) / (greatestCommonDivisor(a, b) || 1), 1)),
      ),
      numeric('isnan', (value = NaN) => boolean(Number.isNaN(value))),
      numeric('isinf', (value = NaN) => boolean(value === Infinity || value === -Infinity)),
      numeric('copysign', (a = NaN, b = NaN) => float(Math.abs(a) * (b < 0 || Object.is(b, -0) ? -1 : 1))),
      numeric('fmod', (a = NaN, b = NaN) => float(a % b)),
      ['tau', float(2 * Math.PI)],
      ['prod', product],
    ]),
  },
  numpyModule,
];

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : greatestCommonDivisor(b, a % b);
}
