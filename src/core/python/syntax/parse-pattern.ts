import type { SyntaxNode } from '@lezer/common';
import { parseExpression } from './parse-expression';
import type { Expression, Pattern } from './syntax';
import { childrenOf, splitAt, SyntaxProblem, textOf, type ParsedText } from './tree';

/** A pattern of a `case`, from its node. Throws a SyntaxProblem where it is not Python. */
export function parsePattern(node: SyntaxNode, text: ParsedText): Pattern {
  const children = childrenOf(node);
  const span = { from: node.from, to: node.to };
  switch (node.name) {
    case 'CapturePattern':
      return { kind: 'capture', name: captured(textOf(node, text)), ...span };
    case 'LiteralPattern':
      return { kind: 'value', value: literal(node, text), ...span };
    case 'AttributePattern':
      return { kind: 'value', value: dotted(children, text), ...span };
    case 'AsPattern': {
      const [inner, , name] = children;
      if (!inner || !name) return fail(node);
      return { kind: 'as', pattern: parsePattern(inner, text), name: textOf(name, text), ...span };
    }
    case 'OrPattern': {
      const alternatives = children
        .filter((child) => child.name !== 'LogicOp')
        .map((child) => parsePattern(child, text));
      // `'a' | 'b' as letter` names them all; the grammar gives the name to the last one.
      const last = alternatives.at(-1);
      if (last?.kind !== 'as') return { kind: 'or', alternatives, ...span };
      const all = [...alternatives.slice(0, -1), last.pattern];
      return { kind: 'as', pattern: { kind: 'or', alternatives: all, ...span }, name: last.name, ...span };
    }
    case 'SequencePattern': {
      const items = children.filter((child) => !['(', ')', '[', ']', ','].includes(child.name) && !isMissing(child));
      const [only] = items;
      const grouped = only && children[0]?.name === '(' && !children.some((child) => child.name === ',');
      if (grouped) return parsePattern(only, text);
      return { kind: 'sequence', items: items.map((child) => parsePattern(child, text)), ...span };
    }
    case 'StarPattern': {
      const name = children.at(-1);
      return { kind: 'star', name: name && captured(textOf(name, text)), ...span };
    }
    case 'MappingPattern':
      return parseMapping(node, text);
    case 'ClassPattern':
      return parseClass(node, text);
    default:
      return fail(node);
  }
}

function captured(name: string): string | undefined {
  return name === '_' ? undefined : name;
}

function literal(node: SyntaxNode, text: ParsedText): Expression {
  const [first, second] = childrenOf(node);
  if (!first) return fail(node);
  if (first.name !== 'ArithOp' || !second) return parseExpression(first, text);
  return { kind: 'unary', operator: '-', operand: parseExpression(second, text), from: node.from, to: node.to };
}

/** `Activation.RELU` from its names. */
function dotted(children: readonly SyntaxNode[], text: ParsedText): Expression {
  const [first, ...rest] = children.filter((child) => child.name !== '.');
  if (!first) throw new SyntaxProblem(0, 0, 'invalid syntax');
  let expression = parseExpression(first, text);
  for (const name of rest) {
    expression = { kind: 'attribute', object: expression, name: textOf(name, text), from: first.from, to: name.to };
  }
  return expression;
}

function parseMapping(node: SyntaxNode, text: ParsedText): Pattern {
  const entries: { key: Expression; pattern: Pattern }[] = [];
  let rest: string | undefined;
  for (const part of splitAt(childrenOf(node).slice(1, -1), ',')) {
    const [first, second, third] = part;
    if (!first) continue;
    if (first.name === '**' && second) rest = textOf(second, text);
    else if (third) {
      const key = first.name === 'AttributePattern' ? dotted(childrenOf(first), text) : literal(first, text);
      entries.push({ key, pattern: parsePattern(third, text) });
    } else return fail(first);
  }
  return { kind: 'mapping', entries, rest, from: node.from, to: node.to };
}

function parseClass(node: SyntaxNode, text: ParsedText): Pattern {
  const children = childrenOf(node);
  const list = children.find((child) => child.name === 'PatternArgList') ?? fail(node);
  const positional: Pattern[] = [];
  const keyword: { name: string; pattern: Pattern }[] = [];
  for (const child of childrenOf(list).filter((part) => !isMissing(part))) {
    if (child.name === 'KeywordPattern') {
      const parts = childrenOf(child);
      const [name, last] = [parts[0], parts.at(-1)];
      if (name && last) keyword.push({ name: textOf(name, text), pattern: parsePattern(last, text) });
    } else if (child.name.endsWith('Pattern')) positional.push(parsePattern(child, text));
  }
  const type = dotted(
    children.filter((child) => child !== list),
    text,
  );
  return { kind: 'class', type, positional, keyword, from: node.from, to: node.to };
}

/** The grammar takes empty brackets for brackets around a pattern that is missing. */
function isMissing(node: SyntaxNode): boolean {
  return node.name === 'LiteralPattern' && node.firstChild?.type.isError === true;
}

function fail(node: SyntaxNode): never {
  throw new SyntaxProblem(node.from, node.to, 'invalid syntax');
}
