import type { SyntaxNode } from '@lezer/common';
import { parseExpression } from './parse-expression';
import type { Expression } from './syntax';
import { childrenOf, SyntaxProblem, textOf, type ParsedText } from './tree';

/** Whether a node is `a and b`, `a or b`, `not a` or `a if b else c`. */
export function isCondition(node: SyntaxNode, text: ParsedText): boolean {
  switch (node.name) {
    case 'ConditionalExpression':
      return true;
    case 'UnaryExpression':
      return node.firstChild?.name === 'not';
    case 'BinaryExpression': {
      const operator = childrenOf(node)[1];
      return operator !== undefined && ['and', 'or'].includes(textOf(operator, text));
    }
    default:
      return false;
  }
}

type Token =
  { readonly operator: 'and' | 'or' | 'not' | 'if' | 'else'; readonly from: number } | { readonly operand: SyntaxNode };

/**
 * The grammar lets `not` take all that follows: `not a and b` becomes `not (a and b)`. So what stands there is taken
 * apart, brackets left whole, and put together by Python's rules: `if` binds least, then `or`, `and`, `not`.
 */
export function parseCondition(node: SyntaxNode, text: ParsedText): Expression {
  const tokens: Token[] = [];
  collect(node, text, tokens);
  let at = 0;
  const peek = (): string | undefined => {
    const token = tokens[at];
    return token && 'operator' in token ? token.operator : undefined;
  };
  const conditional = (): Expression => {
    const body = either();
    if (peek() !== 'if') return body;
    at++;
    const test = either();
    if (peek() !== 'else') throw new SyntaxProblem(node.from, node.to, 'invalid syntax');
    at++;
    const otherwise = conditional();
    return { kind: 'conditional', test, body, otherwise, from: body.from, to: otherwise.to };
  };
  const chain = (operator: 'and' | 'or', operand: () => Expression): Expression => {
    let left = operand();
    while (peek() === operator) {
      at++;
      const right = operand();
      left = { kind: 'boolean', operator, left, right, from: left.from, to: right.to };
    }
    return left;
  };
  const either = (): Expression => chain('or', both);
  const both = (): Expression => chain('and', negated);
  const negated = (): Expression => {
    const token = tokens[at++];
    if (!token) throw new SyntaxProblem(node.from, node.to, 'invalid syntax');
    if ('operand' in token) return parseExpression(token.operand, text);
    if (token.operator !== 'not') throw new SyntaxProblem(node.from, node.to, 'invalid syntax');
    const operand = negated();
    return { kind: 'unary', operator: 'not', operand, from: token.from, to: operand.to };
  };
  return conditional();
}

function collect(node: SyntaxNode, text: ParsedText, tokens: Token[]): void {
  if (!isCondition(node, text)) {
    tokens.push({ operand: node });
    return;
  }
  for (const child of childrenOf(node)) {
    const operator = child.firstChild ? '' : textOf(child, text);
    switch (operator) {
      case 'and':
      case 'or':
      case 'not':
      case 'if':
      case 'else':
        tokens.push({ operator, from: child.from });
        break;
      default:
        collect(child, text, tokens);
    }
  }
}
