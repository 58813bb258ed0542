import type { Dim } from '../graph/dim';
import type { SizeFormula } from './op';

/**
 * How sizes come about, in the words of a textbook. Terms that are 0 and factors that are 1 are left out.
 */

/** Names of the last dimensions of a sequence, an image, a volume. */
const names: Readonly<Record<number, readonly string[]>> = { 1: ['L'], 2: ['H', 'W'], 3: ['D', 'H', 'W'] };

/** One formula for each spatial dimension that has one. */
export function spatialFormulas(rank: number, text: (axis: number) => string | undefined): readonly SizeFormula[] {
  return (names[rank] ?? []).flatMap((name, axis) => {
    const formula = text(axis);
    return formula === undefined ? [] : [{ name, text: formula }];
  });
}

export interface WindowSizes {
  readonly kernel: number;
  readonly stride: number;
  /** Before the first and after the last element. */
  readonly padding: readonly [number, number];
  readonly dilation: number;
  readonly ceilMode?: boolean;
}

/**
 * `⌊(224 + 2·3 − 7)/2⌋ + 1 = 112`: the places of a sliding window; undefined where the window is one element and
 * steps by one. Source: PyTorch, Conv2d and MaxPool2d.
 */
export function windowFormula(input: Dim, output: Dim, window: WindowSizes): string | undefined {
  const { kernel, stride, padding, dilation, ceilMode = false } = window;
  const [before, after] = padding;
  if (kernel === 1 && stride === 1 && before + after === 0) return undefined;
  if (ceilMode && stride > 1) return ceilFormula(input, output, window);
  const padded = formatSize(input) + paddingTerms(before, after);
  if (stride === 1) {
    const span = dilation === 1 || kernel === 1 ? ` − ${kernel} + 1` : ` − ${dilation}·(${kernel} − 1)`;
    return `${padded}${kernel === 1 ? '' : span} = ${formatSize(output)}`;
  }
  return `⌊(${padded}${spanTerms(kernel, dilation)})/${stride}⌋ + 1 = ${formatSize(output)}`;
}

/** No window may begin beyond the input and the padding before it, which takes the last one away where it would. */
function ceilFormula(input: Dim, output: Dim, { kernel, stride, padding, dilation }: WindowSizes): string {
  const [before, after] = padding;
  const places = `(${formatSize(input)}${paddingTerms(before, after)}${spanTerms(kernel, dilation)})`;
  const span = dilation * (kernel - 1) + 1;
  if (
    typeof input === 'number'
      ? Math.ceil((input + before + after - span) / stride) + 1 === output
      : stride + before <= span
  ) {
    return `⌈${places}/${stride}⌉ + 1 = ${formatSize(output)}`;
  }
  const padded = formatSize(input) + (before === 0 ? '' : ` + ${before}`);
  return `⌈${before === 0 ? padded : `(${padded})`}/${stride}⌉ = ${formatSize(output)} (windows that begin in the input)`;
}

/** ` + 2·3`, ` + 1 + 2`, ` − 1`, or nothing. */
export function paddingTerms(before: Dim, after: Dim): string {
  if (before === after && before !== 0)
    return typeof before === 'number' && before < 0 ? ` − 2·${-before}` : ` + 2·${bracketed(before)}`;
  return [before, after].map(plusTerm).join('');
}

/** ` + 3`, ` − 3`, or nothing for 0. */
export function plusTerm(size: Dim): string {
  if (size === 0) return '';
  if (typeof size === 'number' && size < 0) return ` − ${-size}`;
  return ` + ${bracketed(size)}`;
}

function spanTerms(kernel: number, dilation: number): string {
  return dilation === 1 || kernel === 1 ? ` − ${kernel}` : ` − ${dilation}·(${kernel} − 1) − 1`;
}

/** `7²`, `7³`, `3·5`; undefined where all are 1. */
export function kernelFactors(kernel: readonly Dim[]): string | undefined {
  const [first = 1, ...rest] = kernel;
  if (kernel.every((size) => size === 1)) return undefined;
  if (rest.length > 0 && rest.every((size) => size === first)) {
    return `${bracketed(first)}${rest.length === 1 ? '²' : '³'}`;
  }
  return kernel.map(bracketed).join('·');
}

/** `64·(3·7² + 1)`: each of the outputs has so many weights, and a bias. */
export function weightsFormula(outputs: Dim, inputs: readonly Dim[], kernel: readonly Dim[], bias: boolean): string {
  const spatial = kernelFactors(kernel);
  const weights = [...inputs.map(bracketed), ...(spatial === undefined ? [] : [spatial])].join('·');
  return `${bracketed(outputs)}·${bias ? `(${weights} + 1)` : weights}`;
}

/** A size as people write it: `⌊(H − 1)/2⌋ + 3`. */
export function formatSize(size: Dim): string {
  if (typeof size === 'number') return String(size).replace('-', '−');
  return readSum(size);
}

/** In brackets where it is a sum. */
export function bracketed(size: Dim): string {
  const text = formatSize(size);
  return / [+−] /.test(text.replace(/⌊[^⌊⌋]*⌋/g, '')) ? `(${text})` : text;
}

/** Rewrites the canonical text of a size (see dim.ts): a quotient `(a)//b` becomes `⌊(a)/b⌋`. */
function readSum(text: string): string {
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '(') {
      const close = closingBracket(text, at);
      const denominator = /^\/\/(\d+|\()/.exec(text.slice(close + 1));
      let end = close + (denominator?.[0].length ?? 0);
      let divisor = denominator?.[1] ?? '';
      if (divisor === '(') {
        end = closingBracket(text, close + 3);
        divisor = text.slice(close + 4, end);
      }
      result += `⌊${wrapSum(readSum(text.slice(at + 1, close)))}/${wrapSum(readSum(divisor))}⌋`;
      at = end;
    } else if (character === '+') result += ' + ';
    else if (character === '-') result += result === '' ? '−' : ' − ';
    else result += character === '*' ? '·' : character;
  }
  return result;
}

function wrapSum(text: string): string {
  return / [+−] /.test(text) ? `(${text})` : text;
}

function closingBracket(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  return text.length;
}
