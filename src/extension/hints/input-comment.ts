/** A change of one line of a text, by its 0-based number. */
export type LineEdit =
  | { readonly kind: 'replace'; readonly line: number; readonly text: string }
  /** A line of its own, before this one. */
  | { readonly kind: 'insert'; readonly line: number; readonly text: string };

/**
 * How a comment `# input: (3, 224, 224)` comes into a text: in the place of the one that stands on the line `comment`,
 * else above the definition on the line `definition`. Lines are numbered from 0.
 */
export function inputComment(
  lines: readonly string[],
  shape: readonly number[],
  { comment, definition }: { readonly comment: number | undefined; readonly definition: number },
): LineEdit {
  const text = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const line = comment === undefined ? undefined : lines[comment];
  if (comment !== undefined && line !== undefined && written.test(line)) {
    return { kind: 'replace', line: comment, text: line.replace(written, `$1${text}`) };
  }
  const indent = /^\s*/.exec(lines[definition] ?? '')?.[0] ?? '';
  return { kind: 'insert', line: definition, text: `${indent}# input: ${text}` };
}

/** As core/python/find-input-shapes.ts reads it. */
const written = /(#\s*input(?:\s+shape)?\s*:\s*)[([]?\s*\d+(?:\s*[,x×]\s*\d+)*\s*,?\s*[)\]]?/i;
