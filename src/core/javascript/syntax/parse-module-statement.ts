import type { SyntaxNode } from '@lezer/common';
import type { ExportStatement, ImportStatement, ModuleName, Statement } from './javascript-syntax';
import { parseExpression } from './parse-expression';
import { parseString } from './parse-literal';
import { parseStatement } from './parse-statement';
import { childrenOf, inner, problemAt, splitAt } from './tree';

/** Reads an import. Throws a SyntaxProblem where it could not be read. */
export function parseImport(node: SyntaxNode, text: string): ImportStatement {
  const children = childrenOf(node, text);
  const module = children.find((child) => child.name === 'String');
  if (!module) throw problemAt(node, text);
  const names: ModuleName[] = [];
  const typesOnly = children[1]?.name === 'type' && children[2]?.name !== 'from';
  for (const [index, child] of children.entries()) {
    const alias = text.slice(child.from, child.to);
    if (child.name === 'VariableDefinition') {
      names.push({ name: children[index - 1]?.name === 'as' ? '*' : 'default', alias });
    } else if (child.name === 'ImportGroup') names.push(...parseGroup(child, text));
  }
  return {
    kind: 'import',
    module: parseString(module, text),
    names: typesOnly ? [] : names,
    from: node.from,
    to: node.to,
  };
}

/** Reads an export; one of types alone is an empty statement. Throws a SyntaxProblem where it could not be read. */
export function parseExport(node: SyntaxNode, text: string): Statement {
  const children = childrenOf(node, text);
  const span = { from: node.from, to: node.to };
  const [, first, second] = children;
  if (!first) throw problemAt(node, text);
  const source = children.find((child) => child.name === 'String' && child.prevSibling?.name === 'from');
  const module = source && parseString(source, text);
  if (first.name === 'default') {
    if (!second) throw problemAt(node, text);
    if (second.name === 'FunctionDeclaration' || second.name === 'ClassDeclaration') {
      const statement = parseStatement(second, text);
      // A default export has its name here too, where it has one.
      if ((statement.kind === 'function' || statement.kind === 'class') && statement.value.name !== '') {
        return { kind: 'export', flavour: 'default', value: statement.value, ...span };
      }
    }
    return { kind: 'export', flavour: 'default', value: parseExpression(second, text), ...span };
  }
  if (first.name === 'Star') {
    const alias = second?.name === 'as' ? children[3] : undefined;
    const name: ModuleName = { name: '*', alias: alias ? text.slice(alias.from, alias.to) : '*' };
    return { kind: 'export', flavour: 'names', module, names: [name], ...span } satisfies ExportStatement;
  }
  if (first.name === 'ExportGroup') {
    return { kind: 'export', flavour: 'names', module, names: parseGroup(first, text), ...span };
  }
  if (first.name === 'type') return { kind: 'empty', ...span };
  if (first.name === 'Equals' && second) {
    return { kind: 'export', flavour: 'default', value: parseExpression(second, text), ...span };
  }
  return { kind: 'export', flavour: 'declaration', statement: parseStatement(first, text), ...span };
}

function parseGroup(node: SyntaxNode, text: string): ModuleName[] {
  return splitAt(inner(childrenOf(node, text)), ',').flatMap((part): ModuleName[] => {
    const nameOf = (child: SyntaxNode | undefined): string => (child ? text.slice(child.from, child.to) : '');
    if (part.length === 0 || (part[0]?.name === 'type' && part.length > 1)) return [];
    return [{ name: nameOf(part[0]), alias: nameOf(part.at(-1)) }];
  });
}
