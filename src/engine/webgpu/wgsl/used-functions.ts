import { bitFunctions } from './bit-functions';
import { errorFunctions } from './error-functions';
import { exponentialFunctions } from './exponential-functions';
import { gammaFunctions } from './gamma-functions';
import { quotientFunctions } from './quotient-functions';
import { randomFunctions } from './random-functions';
import { trigonometricFunctions } from './trigonometric-functions';

/**
 * Functions that any kernel may call, by name. WGSL's own promise too little: `tanh` may overflow, `sin` is only good near 0,
 * `atan2` and `pow` have three or four digits on some drivers, and none of them says what it makes of NaN.
 */
const library: Readonly<Record<string, string>> = {
  ...bitFunctions,
  ...errorFunctions,
  ...exponentialFunctions,
  ...gammaFunctions,
  ...quotientFunctions,
  ...randomFunctions,
  ...trigonometricFunctions,
};

/** The texts of the library's functions that a kernel's code calls, and of what these call; not of those that it declares itself. */
export function usedFunctions(code: string): string {
  const found = new Map<string, string>();
  const search = (text: string): void => {
    for (const [, name = ''] of text.matchAll(/\b([a-z]\w*)\(/g)) {
      const own = Object.hasOwn(library, name) ? library[name] : undefined;
      if (own === undefined || found.has(name) || code.includes(`fn ${name}(`)) continue;
      found.set(name, own);
      search(own);
    }
  };
  search(code);
  return [...found.values()].join('\n');
}
