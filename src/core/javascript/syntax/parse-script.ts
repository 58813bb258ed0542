import { parser } from '@lezer/javascript';
import type { Statement } from './javascript-syntax';
import { parseStatements, statementNodes } from './parse-statement';

export type ScriptDialect = 'javascript' | 'typescript';

/** By the file's ending; `otherwise` where that says nothing (a notebook, an untitled file). */
export function dialectOf(file: string, otherwise: ScriptDialect = 'javascript'): ScriptDialect {
  if (/\.[cm]?tsx?$/.test(file)) return 'typescript';
  return /\.([cm]?js|jsx)$/.test(file) ? 'javascript' : otherwise;
}

const javascript = parser.configure({ dialect: 'jsx' });
const typescript = parser.configure({ dialect: 'ts' });
/** In files with JSX, `<T>x` is an element and no cast. */
const typescriptWithJsx = parser.configure({ dialect: 'ts jsx' });

/** A file's statements. Never throws: what could not be read becomes `invalid` statements. Texts that were parsed lately are remembered. */
export function parseScript(text: string, file: string, otherwise?: ScriptDialect): readonly Statement[] {
  const dialect = dialectOf(file, otherwise);
  const grammar = dialect === 'javascript' ? javascript : file.endsWith('.tsx') ? typescriptWithJsx : typescript;
  const key = `${dialect}${file.endsWith('.tsx')} ${text}`;
  const known = remembered.get(key);
  if (known) return known;
  const patched = patch(text);
  const statements = parseStatements(statementNodes(grammar.parse(patched).topNode), patched);
  const oldest = remembered.size >= maxRemembered ? remembered.keys().next() : undefined;
  if (oldest && !oldest.done) remembered.delete(oldest.value);
  remembered.set(key, statements);
  return statements;
}

/** Oldest first: imported files are the same from one keystroke to the next. */
const remembered = new Map<string, readonly Statement[]>();
const maxRemembered = 32;

/** Replaces what the grammar does not know by what it does, at the same offsets. */
function patch(text: string): string {
  return text.replace(/^import(?=\s+\w+\s*=\s*require\s*\()/gm, 'const ');
}
