import { parseStatements } from './parse-statement';
import { parseTree } from './parse-tree';
import type { Statement } from './syntax';
import type { ParsedText } from './tree';
import { unwrapWith } from './unwrap-with';

/** A file's statements. Never throws: what is not Python becomes `invalid` statements. Texts that were parsed lately are remembered. */
export function parseModule(text: string): readonly Statement[] {
  const known = remembered.get(text);
  if (known) return known;
  const parsed: ParsedText = { original: text, patched: patch(text) };
  const statements = parseStatements(parseTree(parsed.patched).topNode, parsed);
  remember(text, statements);
  return statements;
}

/** Oldest first: imported files are the same from one keystroke to the next. */
const remembered = new Map<string, readonly Statement[]>();
const maxRemembered = 200;

function remember(text: string, statements: readonly Statement[]): void {
  const oldest = remembered.size >= maxRemembered ? remembered.keys().next() : undefined;
  if (oldest && !oldest.done) remembered.delete(oldest.value);
  remembered.set(text, statements);
}

/**
 * Replaces what the grammar does not know by what it does, at the same offsets: form feeds, carriage returns that stand alone,
 * floats that end in a point (`0.`, `1.e-3`), brackets around the managers of a `with`, and lines of a notebook that are not Python (`%matplotlib inline`, `!pip install`).
 */
function patch(text: string): string {
  return unwrapWith(text)
    .replace(/\f/g, ' ')
    .replace(/^[%!](?=[A-Za-z])/gm, '#')
    .replace(
      /(?<![\w.])(\d[\d_]*)\.(?:([eE][+-]?\d[\d_]*)|(?![\w.]))/g,
      (_, digits: string, exponent: string | undefined) => `${digits}${exponent ?? ''} `,
    );
}
