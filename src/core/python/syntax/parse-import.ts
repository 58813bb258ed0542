import type { SyntaxNode } from '@lezer/common';
import type { ImportStatement } from './syntax';
import { splitAt, textOf, type ParsedText } from './tree';

/** `import a.b as c, d` and `from ..a import (b as c, d)`, from the statement's children. */
export function parseImport(
  children: readonly SyntaxNode[],
  span: { readonly from: number; readonly to: number },
  text: ParsedText,
): ImportStatement {
  const importIndex = children.findIndex((child) => child.name === 'import');
  const named = children.slice(importIndex + 1).filter((child) => child.name !== '(' && child.name !== ')');
  const names = splitAt(named, ',')
    .filter((part) => part.length > 0)
    .map((part) => {
      const asIndex = part.findIndex((child) => child.name === 'as');
      const nameNodes = asIndex < 0 ? part : part.slice(0, asIndex);
      const aliasNode = asIndex < 0 ? undefined : part[asIndex + 1];
      return {
        name: nameNodes.map((child) => textOf(child, text)).join(''),
        alias: aliasNode ? textOf(aliasNode, text) : undefined,
      };
    });
  if (children[0]?.name === 'import') return { kind: 'import', flavour: 'modules', modules: names, ...span };
  const path = children
    .slice(1, importIndex)
    .map((child) => textOf(child, text))
    .join('');
  const level = /^\.*/.exec(path)?.[0].length ?? 0;
  return { kind: 'import', flavour: 'names', level, module: path.slice(level), names, ...span };
}
