import { parser } from '@lezer/python';
import { parseStatements } from './parse-statement';
import type { Statement } from './syntax';
import type { ParsedText } from './tree';

/** A file's statements. Never throws: what is not Python becomes `invalid` statements. */
export function parseModule(text: string): readonly Statement[] {
  const parsed: ParsedText = { original: text, patched: patch(text) };
  return parseStatements(parser.parse(parsed.patched).topNode, parsed);
}

/**
 * Replaces what the grammar does not know by what it does, at the same offsets: form feeds, carriage returns that stand alone,
 * floats that end in a point (`0.`, `1.e-3`), and lines of a notebook that are not Python (`%matplotlib inline`, `!pip install`).
 */
function patch(text: string): string {
  return text
    .replace(/\f/g, ' ')
    .replace(/^[%!](?=[A-Za-z])/gm, '#')
    .replace(
      /(?<![\w.])(\d[\d_]*)\.(?:([eE][+-]?\d[\d_]*)|(?![\w.]))/g,
      (_, digits: string, exponent: string | undefined) => `${digits}${exponent ?? ''} `,
    );
}
