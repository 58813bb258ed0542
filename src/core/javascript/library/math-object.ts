import type { Interpreter } from '../../python/runtime/interpreter';
import { native, type Value } from '../../python/runtime/values';
import { numberValue, objectValue, undefinedValue } from '../runtime/js-values';
import { toNumber } from '../runtime/operators';

const functions: Readonly<Record<string, (...numbers: number[]) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  round: Math.round,
  trunc: Math.trunc,
  sign: Math.sign,
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  exp: Math.exp,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  pow: Math.pow,
  max: Math.max,
  min: Math.min,
  hypot: Math.hypot,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  tanh: Math.tanh,
};

/** `Math` */
export const mathObject: Value = objectValue([
  ...Object.entries(functions).map(([name, compute]) => [name, native(name, apply(compute, name))] as const),
  ['random', native('random', (interpreter) => interpreter.unknown('A random number is not known.'))] as const,
  ...(['PI', 'E', 'LN2', 'LN10', 'LOG2E', 'LOG10E', 'SQRT2'] as const).map(
    (name) => [name, numberValue(Math[name])] as const,
  ),
]);

/** Functions that leave a whole number as it is, so that they work on symbolic sizes, too. */
const whole: ReadonlySet<string> = new Set(['ceil', 'floor', 'round', 'trunc']);

function apply(compute: (...numbers: number[]) => number, name: string) {
  return (interpreter: Interpreter, args: readonly Value[]): Value => {
    const unknown = args.find((value) => value.kind === 'unknown');
    if (unknown) return unknown;
    const [only] = args;
    if (whole.has(name) && only?.kind === 'integer') return only;
    const numbers = args.map((value) => toNumber(value ?? undefinedValue)?.value);
    if (!numbers.every((number) => typeof number === 'number')) {
      return interpreter.unknown('It depends on a number that is not known.');
    }
    return numberValue(compute(...numbers));
  };
}
