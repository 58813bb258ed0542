import type { SyntaxNode } from '@lezer/common';

/** The parser's tree read with the text it was made from. */
export interface ParsedText {
  /** What was parsed: the original with a few characters replaced, at the same offsets. */
  readonly patched: string;
  readonly original: string;
}

/** A place that is not Python. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';

  constructor(
    readonly from: number,
    readonly to: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * All children but comments, punctuation and keywords included (they are nodes named by their text).
 * Throws a SyntaxProblem where a child is the parser's mark for what it could not read.
 */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name === 'Comment') continue;
    if (!child.type.isError) children.push(child);
    // The grammar takes a bare `yield` for an error.
    else if (!node.name.startsWith('Yield')) throw new SyntaxProblem(child.from, child.to, 'invalid syntax');
  }
  return children;
}

export function textOf(node: { readonly from: number; readonly to: number }, text: ParsedText): string {
  return text.original.slice(node.from, node.to);
}

/** Splits a list at the nodes named `separator`. */
export function splitAt(nodes: readonly SyntaxNode[], separator: string): SyntaxNode[][] {
  const parts: SyntaxNode[][] = [[]];
  for (const node of nodes) {
    if (node.name === separator) parts.push([]);
    else parts.at(-1)?.push(node);
  }
  return parts;
}
