import type { SyntaxNode } from '@lezer/common';
import type { FunctionExpression } from './javascript-syntax';
import { parseExpression } from './parse-expression';
import { parseParameters } from './parse-pattern';
import { parseBlock } from './parse-statement';
import { childrenOf, problemAt } from './tree';

/**
 * Reads a function of any form: a declaration, an expression, an arrow function, a method (whose name is given).
 * Throws a SyntaxProblem where it could not be read.
 */
export function parseFunction(node: SyntaxNode, text: string, methodName?: string): FunctionExpression {
  const children = childrenOf(node, text);
  const list = children.find((child) => child.name === 'ParamList');
  const definition = children.find((child) => child.name === 'VariableDefinition');
  const body = children.at(-1);
  if (!list || !body) throw problemAt(node, text);
  const keyNode = methodName === undefined ? definition : (list.prevSibling ?? undefined);
  return {
    kind: 'function',
    name: methodName ?? (definition ? text.slice(definition.from, definition.to) : ''),
    nameSpan: keyNode ? { from: keyNode.from, to: keyNode.to } : { from: node.from, to: node.from },
    parameters: parseParameters(list, text).parameters,
    body: body.name === 'Block' ? parseBlock(body, text) : parseExpression(body, text),
    arrow: node.name === 'ArrowFunction',
    async: children.some((child) => child.name === 'async'),
    generator: children.some((child) => child.name === 'Star'),
    from: node.from,
    to: node.to,
  };
}
