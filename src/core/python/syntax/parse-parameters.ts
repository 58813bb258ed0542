import type { SyntaxNode } from '@lezer/common';
import { parseExpression } from './parse-expression';
import type { Parameter, Parameters } from './syntax';
import { childrenOf, splitAt, textOf, type ParsedText } from './tree';

/** The parameters of a `def` or a lambda. */
export function parseParameters(list: SyntaxNode, text: ParsedText): Parameters {
  const nodes = childrenOf(list).filter((node) => node.name !== '(' && node.name !== ')');
  const parameters: Parameter[] = [];
  let keywordOnly = false;
  const parts = splitAt(nodes, ',');
  for (const [index, part] of parts.entries()) {
    const [first, second] = part;
    const assign = part.findIndex((node) => node.name === 'AssignOp');
    const valueNode = assign < 0 ? undefined : part[assign + 1];
    const defaultValue = valueNode ? parseExpression(valueNode, text) : undefined;
    // The grammar leaves no node for a lone '/': what stands before it is positional-only.
    if (!first) {
      if (index < parts.length - 1) markPositionalOnly(parameters);
    } else if (first.name === '*') {
      keywordOnly = true;
      if (second) parameters.push({ name: textOf(second, text), kind: 'variadic', default: undefined });
    } else if (first.name === '**' && second) {
      parameters.push({ name: textOf(second, text), kind: 'keywords', default: undefined });
    } else {
      const kind = keywordOnly ? 'keyword-only' : 'plain';
      parameters.push({ name: textOf(first, text), kind, default: defaultValue });
    }
  }
  return parameters;
}

function markPositionalOnly(parameters: Parameter[]): void {
  for (const [index, parameter] of parameters.entries()) {
    if (parameter.kind === 'plain') parameters[index] = { ...parameter, kind: 'positional-only' };
  }
}
