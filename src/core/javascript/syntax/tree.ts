import type { SyntaxNode } from '@lezer/common';

/** A place that the parser could not read. */
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

/** Children that say nothing about what is computed. */
const skipped: ReadonlySet<string> = new Set([
  'LineComment',
  'BlockComment',
  'TypeAnnotation',
  'TypePredicate',
  'TypeParamList',
  'TypeArgList',
  'Optional',
  'Privacy',
  'Hashbang',
]);

/**
 * The children that matter, punctuation and keywords included (they are nodes named by their text).
 * Throws a SyntaxProblem where a child is the parser's mark for what it could not read.
 */
export function childrenOf(node: SyntaxNode, text: string): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    // `method?()` is TypeScript that the grammar does not know.
    if (child.type.isError && text.slice(child.from, child.to) === '?' && node.name === 'MethodDeclaration') continue;
    if (child.type.isError) throw problemAt(child, text);
    if (!skipped.has(child.name)) children.push(child);
  }
  return children;
}

export function problemAt(node: { readonly from: number; readonly to: number }, text: string): SyntaxProblem {
  const found = text.slice(node.from, node.to).trim().split(/\s/)[0] ?? '';
  const message = found === '' ? 'Something is missing here, such as a bracket.' : `'${found}' is not understood here.`;
  return new SyntaxProblem(node.from, Math.max(node.to, node.from), message);
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

/** What stands between brackets. */
export function inner(nodes: readonly SyntaxNode[]): SyntaxNode[] {
  return nodes.slice(1, -1);
}
