/**
 * Takes away the brackets of `with (open(a) as f, open(b) as g):`, which the grammar does not know, at the same offsets:
 * what stands in them becomes one line. Other brackets after `with` are left.
 */
export function unwrapWith(text: string): string {
  let result = text;
  for (const match of text.matchAll(/^[ \t]*(?:async[ \t]+)?with[ \t]*\(/gm)) {
    const open = match.index + match[0].length - 1;
    const group = readGroup(text, open);
    if (!group || !/^[ \t]*:/.test(text.slice(group.close + 1)) || !group.hasAs) continue;
    result = result.slice(0, open) + group.line + result.slice(group.close + 1);
  }
  return result;
}

interface Group {
  readonly close: number;
  /** The group without its brackets, comments and line ends; as long as it was. */
  readonly line: string;
  readonly hasAs: boolean;
}

/** The brackets that open at an offset; undefined where they do not close. */
function readGroup(text: string, open: number): Group | undefined {
  const token = /#[^\n]*|"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\w+|[^]/g;
  token.lastIndex = open;
  let depth = 0;
  let line = '';
  let hasAs = false;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [part] = match;
    if ('([{'.includes(part)) depth++;
    if (')]}'.includes(part)) depth--;
    if (depth === 0) return { close: match.index, line: `${line.replace(/,(\s*)$/, ' $1')} `, hasAs };
    if (depth === 1 && part === 'as') hasAs = true;
    const isBracket = match.index === open;
    const isBlank = isBracket || part.startsWith('#') || part === '\n' || part === '\r';
    line += isBlank ? ' '.repeat(part.length) : part;
  }
  return undefined;
}
