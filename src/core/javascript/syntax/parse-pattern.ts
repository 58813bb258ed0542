import type { SyntaxNode } from '@lezer/common';
import type { Expression, Parameter, Pattern } from './javascript-syntax';
import { parseExpression, parseKey } from './parse-expression';
import { childrenOf, inner, problemAt, splitAt } from './tree';

/** Reads what a declaration or a parameter binds. Throws a SyntaxProblem where it could not be read. */
export function parsePattern(node: SyntaxNode, text: string): Pattern {
  const span = { from: node.from, to: node.to };
  switch (node.name) {
    case 'VariableName':
    case 'VariableDefinition':
      return { kind: 'identifier', name: text.slice(node.from, node.to), ...span };
    case 'ObjectPattern': {
      const parts = inner(childrenOf(node, text)).filter((child) => child.name === 'PatternProperty');
      const properties = [];
      let rest: Pattern | undefined;
      for (const part of parts) {
        const children = childrenOf(part, text);
        const [first] = children;
        if (!first) throw problemAt(part, text);
        if (first.name === 'Spread') rest = patternOf(children[1], part, text);
        else properties.push(parseProperty(children, part, text));
      }
      return { kind: 'objectPattern', properties, rest, ...span };
    }
    case 'ArrayPattern': {
      const parts = splitAt(inner(childrenOf(node, text)), ',');
      if (parts.at(-1)?.length === 0) parts.pop();
      const last = parts.at(-1);
      const rest = last?.[0]?.name === 'Spread' ? patternOf(last[1], node, text) : undefined;
      const items = (rest ? parts.slice(0, -1) : parts).map((part) =>
        part[0] ? { target: parsePattern(part[0], text), default: defaultOf(part, text) } : undefined,
      );
      return { kind: 'arrayPattern', items, rest, ...span };
    }
    default:
      throw problemAt(node, text);
  }
}

/** Parameters of a function, and (TypeScript) the fields that those of a constructor make. */
export function parseParameters(
  node: SyntaxNode,
  text: string,
): { readonly parameters: readonly Parameter[]; readonly fields: readonly string[] } {
  // `x => …` has no brackets.
  if (node.firstChild?.name === 'VariableDefinition' && text[node.from] !== '(') {
    return {
      parameters: [{ target: parsePattern(node.firstChild, text), default: undefined, rest: false, optional: false }],
      fields: [],
    };
  }
  const parameters: Parameter[] = [];
  const fields: string[] = [];
  for (const part of splitAt(inner(childrenOf(node, text)), ',')) {
    const rest = part.some((child) => child.name === 'Spread');
    const target = part.find((child) => /^(VariableDefinition|ObjectPattern|ArrayPattern)$/.test(child.name));
    // `this: Type` says nothing here.
    if (!target) continue;
    parameters.push({
      target: parsePattern(target, text),
      default: defaultOf(part, text),
      rest,
      optional: target.nextSibling?.name === 'Optional',
    });
    const isField = part.some((child) => child.name === 'readonly') || hasPrivacyBefore(target);
    if (isField) fields.push(text.slice(target.from, target.to));
  }
  return { parameters, fields };
}

function hasPrivacyBefore(node: SyntaxNode): boolean {
  return node.prevSibling?.name === 'Privacy';
}

function parseProperty(
  children: readonly SyntaxNode[],
  node: SyntaxNode,
  text: string,
): { key: string | Expression; target: Pattern; default: Expression | undefined } {
  const colon = children.findIndex((child) => child.name === ':');
  const target = colon < 0 ? children[0] : children[colon + 1];
  return {
    key: parseKey(children, text),
    target: patternOf(target, node, text),
    default: defaultOf(children, text),
  };
}

function patternOf(node: SyntaxNode | undefined, parent: SyntaxNode, text: string): Pattern {
  if (!node) throw problemAt(parent, text);
  return parsePattern(node, text);
}

export function defaultOf(nodes: readonly SyntaxNode[], text: string): Expression | undefined {
  const equals = nodes.findIndex((node) => node.name === 'Equals');
  const value = equals < 0 ? undefined : nodes[equals + 1];
  return value && parseExpression(value, text);
}
