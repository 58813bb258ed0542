/**
 * A size that may be symbolic. Numbers are numbers; a symbolic size is the canonical text of a polynomial
 * with integer coefficients over symbols and floor quotients, e.g. `'N'`, `'16*N'`, `'H-2'`, `'((H-3)//2)+1'`.
 * Canonical means: equal polynomials have equal text, so sizes compare with `===` and a Shape is plain JSON.
 */
export type Dim = number | string;

/** Monomial: atoms (symbols or `(…)//k` texts) in sorted order, joined by '*'; '' is the constant term. */
type Polynomial = ReadonlyMap<string, number>;

const cache = new Map<string, Polynomial>();
const maxCacheEntries = 10_000;

export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  const sum = new Map(toPolynomial(a));
  for (const [monomial, coefficient] of toPolynomial(b)) sum.set(monomial, (sum.get(monomial) ?? 0) + coefficient);
  return toDim(sum);
}

export function multiplyDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  const product = new Map<string, number>();
  for (const [left, c] of toPolynomial(a)) {
    for (const [right, d] of toPolynomial(b)) {
      const monomial = [...splitMonomial(left), ...splitMonomial(right)].sort().join('*');
      product.set(monomial, (product.get(monomial) ?? 0) + c * d);
    }
  }
  return toDim(product);
}

export function subtractDims(a: Dim, b: Dim): Dim {
  return addDims(a, multiplyDims(-1, b));
}

/** ⌊a / b⌋; exact where every coefficient divides, else an opaque quotient. */
export function floorDivideDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return Math.floor(a / b);
  if (b === 1) return a;
  const exact = divideExactly(a, b);
  if (exact !== undefined) return exact;
  if (typeof b === 'number') {
    // ⌊(k·b·x + r) / b⌋ = k·x + ⌊r / b⌋: take out what divides, so that equal quotients get equal text.
    const whole = new Map<string, number>();
    const rest = new Map<string, number>();
    for (const [monomial, coefficient] of toPolynomial(a)) {
      const quotient = Math.floor(coefficient / b);
      if (quotient !== 0) whole.set(monomial, quotient);
      if (coefficient - quotient * b !== 0) rest.set(monomial, coefficient - quotient * b);
    }
    const remainder = toDim(rest);
    if (typeof remainder === 'number') return addDims(toDim(whole), Math.floor(remainder / b));
    return addDims(toDim(whole), toDim(new Map([[`(${remainder})//${b}`, 1]])));
  }
  return toDim(new Map([[`(${String(a)})//(${b})`, 1]]));
}

/** a / b where it is known to be a whole polynomial, else undefined. */
export function divideExactly(a: Dim, b: Dim): Dim | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a % b === 0 ? a / b : undefined;
  if (a === 0) return 0;
  if (a === b) return 1;
  const divisor = [...toPolynomial(b)];
  const [only] = divisor;
  if (divisor.length !== 1 || !only) return undefined;
  const [divisorMonomial, divisorCoefficient] = only;
  const quotient = new Map<string, number>();
  for (const [monomial, coefficient] of toPolynomial(a)) {
    if (coefficient % divisorCoefficient !== 0) return undefined;
    const atoms = splitMonomial(monomial);
    for (const atom of splitMonomial(divisorMonomial)) {
      const index = atoms.indexOf(atom);
      if (index < 0) return undefined;
      atoms.splice(index, 1);
    }
    quotient.set(atoms.join('*'), coefficient / divisorCoefficient);
  }
  return toDim(quotient);
}

export function productOfDims(dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>((product, dim) => multiplyDims(product, dim), 1);
}

/** How many elements a tensor of this shape has. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Whether two sizes are equal for all values of their symbols (which are at least 1); undefined where that depends on them. */
export function dimsEqual(a: Dim, b: Dim): boolean | undefined {
  const sign = signOfDim(subtractDims(a, b));
  return sign === undefined ? undefined : sign === 0;
}

/** −1, 0 or 1 where a size has that sign for all values of its symbols (which are at least 1), else undefined. */
export function signOfDim(dim: Dim): -1 | 0 | 1 | undefined {
  if (dim === 0) return 0;
  if (lowestValue(dim) > 0) return 1;
  return lowestValue(multiplyDims(-1, dim)) > 0 ? -1 : undefined;
}

/** A bound from below: each symbol is at least 1, and (p − k + 1)/k ≤ ⌊p/k⌋ ≤ p/k. */
function lowestValue(dim: Dim): number {
  const polynomial = toPolynomial(dim);
  const quotient = [...polynomial].find(([monomial]) => isWholeQuotient(monomial));
  if (quotient) {
    const [monomial, coefficient] = quotient;
    const { numerator, denominator } = splitQuotient(monomial);
    const rest = subtractDims(dim, multiplyDims(coefficient, monomial));
    const bound = coefficient < 0 ? numerator : addDims(numerator, 1 - Number(denominator));
    const lowest = lowestValue(addDims(multiplyDims(denominator, rest), multiplyDims(coefficient, bound)));
    return lowest / Number(denominator);
  }
  let lowest = 0;
  for (const [monomial, coefficient] of polynomial) {
    if (monomial === '') lowest += coefficient;
    else if (coefficient < 0 || monomial.includes('//')) return -Infinity;
    else lowest += coefficient;
  }
  return lowest;
}

/** `(p)//k` with a number k, and no other factor. */
function isWholeQuotient(monomial: string): boolean {
  if (!/^\(.*\)\/\/\d+$/.test(monomial)) return false;
  return splitMonomial(monomial).length === 1;
}

/** Replaces symbols by values, e.g. `{ N: 64 }`; a size all of whose symbols are given becomes a number. */
export function substituteDim(dim: Dim, values: Readonly<Record<string, number>>): Dim {
  if (typeof dim === 'number') return dim;
  let sum: Dim = 0;
  for (const [monomial, coefficient] of toPolynomial(dim)) {
    let term: Dim = coefficient;
    for (const atom of splitMonomial(monomial)) term = multiplyDims(term, substituteAtom(atom, values));
    sum = addDims(sum, term);
  }
  return sum;
}

function substituteAtom(atom: string, values: Readonly<Record<string, number>>): Dim {
  if (!atom.startsWith('(')) return values[atom] ?? atom;
  const { numerator, denominator } = splitQuotient(atom);
  return floorDivideDims(substituteDim(numerator, values), substituteDim(denominator, values));
}

/** The size as a person reads it. */
export function formatShape(shape: readonly Dim[]): string {
  return `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
}

/** The shape when every size is known, else undefined. */
export function staticShape(shape: readonly Dim[]): readonly number[] | undefined {
  return shape.every((dim): dim is number => typeof dim === 'number') ? shape : undefined;
}

function toDim(polynomial: ReadonlyMap<string, number>): Dim {
  const terms = [...polynomial].filter(([, coefficient]) => coefficient !== 0);
  if (terms.length === 0) return 0;
  const [first] = terms;
  if (terms.length === 1 && first && first[0] === '') return first[1];
  terms.sort(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : a < b ? -1 : a > b ? 1 : 0));
  let text = '';
  for (const [monomial, coefficient] of terms) {
    const sign = coefficient < 0 ? '-' : text === '' ? '' : '+';
    const magnitude = Math.abs(coefficient);
    text += sign + (monomial === '' ? String(magnitude) : magnitude === 1 ? monomial : `${magnitude}*${monomial}`);
  }
  if (!cache.has(text)) remember(text, new Map(terms));
  return text;
}

function remember(text: string, polynomial: Polynomial): void {
  if (cache.size >= maxCacheEntries) cache.clear();
  cache.set(text, polynomial);
}

function toPolynomial(dim: Dim): Polynomial {
  if (typeof dim === 'number') return new Map([['', dim]]);
  const known = cache.get(dim);
  if (known) return known;
  const parsed = parsePolynomial(dim);
  remember(dim, parsed);
  return parsed;
}

function parsePolynomial(text: string): Polynomial {
  const polynomial = new Map<string, number>();
  for (const term of splitTopLevel(text)) {
    const atoms: string[] = [];
    let coefficient = term.sign;
    for (const factor of splitMonomial(term.text)) {
      if (/^\d+$/.test(factor)) coefficient *= Number(factor);
      else atoms.push(factor);
    }
    const monomial = atoms.sort().join('*');
    polynomial.set(monomial, (polynomial.get(monomial) ?? 0) + coefficient);
  }
  return polynomial;
}

/** Terms of a sum outside of brackets. */
function splitTopLevel(text: string): { sign: 1 | -1; text: string }[] {
  const terms: { sign: 1 | -1; text: string }[] = [];
  let depth = 0;
  let start = 0;
  let sign: 1 | -1 = 1;
  for (let i = 0; i <= text.length; i++) {
    const character = text[i];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === undefined || (depth === 0 && (character === '+' || character === '-'))) {
      if (i > start) terms.push({ sign, text: text.slice(start, i) });
      sign = character === '-' ? -1 : 1;
      start = i + 1;
    }
  }
  return terms;
}

/** Factors of a monomial; a quotient in brackets is one factor. */
function splitMonomial(monomial: string): string[] {
  if (monomial === '') return [];
  const factors: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < monomial.length; i++) {
    const character = monomial[i];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '*' && depth === 0) {
      factors.push(monomial.slice(start, i));
      start = i + 1;
    }
  }
  factors.push(monomial.slice(start));
  return factors;
}

/** `(numerator)//denominator` */
function splitQuotient(atom: string): { numerator: Dim; denominator: Dim } {
  let depth = 0;
  for (let i = 0; i < atom.length; i++) {
    if (atom[i] === '(') depth++;
    else if (atom[i] === ')' && --depth === 0) {
      const denominator = atom.slice(i + 3);
      return {
        numerator: atom.slice(1, i),
        denominator: /^\d+$/.test(denominator) ? Number(denominator) : denominator.replace(/^\((.*)\)$/, '$1'),
      };
    }
  }
  throw new Error(`Not a quotient: ${atom}`);
}
