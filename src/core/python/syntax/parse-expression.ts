import type { SyntaxNode } from '@lezer/common';
import { decodeEscapes, decodeString, literalStart } from './parse-string';
import { isCondition, parseCondition } from './parse-condition';
import { parseParameters } from './parse-parameters';
import type {
  BinaryOperator,
  Call,
  CompareOperator,
  Comprehension,
  ComprehensionClause,
  DictEntry,
  Expression,
  FormatPart,
  UnaryOperator,
} from './syntax';
import { childrenOf, splitAt, SyntaxProblem, textOf, type ParsedText } from './tree';

/** The expression that a node of the parser's tree stands for. Throws a SyntaxProblem where it is not Python. */
export function parseExpression(node: SyntaxNode, text: ParsedText): Expression {
  if (isCondition(node, text)) return parseCondition(node, text);
  const span = { from: node.from, to: node.to };
  switch (node.name) {
    case 'VariableName':
    case 'PropertyName':
      return { kind: 'name', id: textOf(node, text), ...span };
    case 'Number':
      return parseNumber(node, text);
    case 'String':
      return { kind: 'string', value: decodeString(textOf(node, text)), ...span };
    case 'FormatString':
      return { kind: 'format', parts: parseFormatString(node, text), ...span };
    case 'ContinuedString':
      return parseContinuedString(node, text);
    case 'Boolean':
      return { kind: 'constant', value: textOf(node, text) === 'True', ...span };
    case 'None':
      return { kind: 'constant', value: null, ...span };
    case 'Ellipsis':
      return { kind: 'constant', value: '...', ...span };
    case 'ParenthesizedExpression':
      return parseExpression(inner(node)[0] ?? fail(node), text);
    case 'TupleExpression':
      return { kind: 'tuple', items: parseItems(inner(node), text), ...span };
    case 'ArrayExpression':
      return { kind: 'list', items: parseItems(inner(node), text), ...span };
    case 'SetExpression':
      return { kind: 'set', items: parseItems(inner(node), text), ...span };
    case 'DictionaryExpression':
      return { kind: 'dict', entries: parseDictEntries(inner(node), text), ...span };
    case 'ComprehensionExpression':
      return parseComprehension(inner(node), 'generator', span, text);
    case 'ArrayComprehensionExpression':
      return parseComprehension(inner(node), 'list', span, text);
    case 'SetComprehensionExpression':
      return parseComprehension(inner(node), 'set', span, text);
    case 'DictionaryComprehensionExpression':
      return parseComprehension(inner(node), 'dict', span, text);
    case 'MemberExpression':
      return parseMember(node, text);
    case 'CallExpression':
      return parseCall(node, text);
    case 'UnaryExpression': {
      const [operator, operand] = childrenOf(node);
      if (!operator || !operand) return fail(node);
      return {
        kind: 'unary',
        operator: textOf(operator, text) as UnaryOperator,
        operand: parseExpression(operand, text),
        ...span,
      };
    }
    case 'BinaryExpression':
      return parseBinary(node, text);
    case 'LambdaExpression': {
      const children = childrenOf(node);
      const body = children.at(-1) ?? fail(node);
      const list = children.find((child) => child.name === 'ParamList');
      return {
        kind: 'lambda',
        parameters: list ? parseParameters(list, text) : [],
        body: parseExpression(body, text),
        ...span,
      };
    }
    case 'NamedExpression': {
      const [target, , value] = childrenOf(node);
      if (!target || !value) return fail(node);
      return { kind: 'named', target: parseExpression(target, text), value: parseExpression(value, text), ...span };
    }
    case 'AwaitExpression':
      return { kind: 'await', value: parseExpression(childrenOf(node)[1] ?? fail(node), text), ...span };
    case 'YieldExpression':
      return parseYield(node, text);
    default:
      return fail(node);
  }
}

/** `a, *b`: one expression, or a tuple where a comma stands. */
export function parseExpressionList(nodes: readonly SyntaxNode[], text: ParsedText): Expression {
  const [first] = nodes;
  const last = nodes.at(-1);
  if (!first || !last) throw new SyntaxProblem(0, 0, 'an expression is missing');
  const items = parseItems(nodes, text);
  const [only] = items;
  if (only && !nodes.some((node) => node.name === ',')) return only;
  return { kind: 'tuple', items, from: first.from, to: last.to };
}

/** Comma-separated expressions, some of them starred. */
export function parseItems(nodes: readonly SyntaxNode[], text: ParsedText): Expression[] {
  return splitAt(nodes, ',').flatMap((part) => {
    const [first, second] = part;
    if (!first) return [];
    if (first.name === '*' && second) {
      return [{ kind: 'starred', value: parseExpression(second, text), from: first.from, to: second.to } as const];
    }
    return [parseExpression(first, text)];
  });
}

export function parseYield(node: SyntaxNode, text: ParsedText): Expression {
  const rest = childrenOf(node).slice(1);
  const delegate = rest[0]?.name === 'from';
  const nodes = delegate ? rest.slice(1) : rest;
  const value = nodes.length > 0 ? parseExpressionList(nodes, text) : undefined;
  return { kind: 'yield', value, delegate, from: node.from, to: node.to };
}

/** Arguments in an ArgList. */
export function parseArguments(list: SyntaxNode, text: ParsedText): Pick<Call, 'positional' | 'keyword'> {
  const positional: Expression[] = [];
  const keyword: { name: string | undefined; value: Expression }[] = [];
  for (const part of splitArguments(inner(list))) {
    const [first, second, third] = part;
    const last = part.at(-1);
    if (!first || !last) continue;
    if (first.name === '**' && second) keyword.push({ name: undefined, value: parseExpression(second, text) });
    else if (first.name === '*' && second) {
      positional.push({ kind: 'starred', value: parseExpression(second, text), from: first.from, to: second.to });
    } else if (second?.name === 'AssignOp' && third && textOf(second, text) === '=') {
      keyword.push({ name: textOf(first, text), value: parseExpression(third, text) });
    } else if (second?.name === 'AssignOp' && third) {
      const target = parseExpression(first, text);
      const value = parseExpression(third, text);
      positional.push({ kind: 'named', target, value, from: first.from, to: third.to });
    } else if (part.some((child) => child.name === 'for')) {
      positional.push(parseComprehension(part, 'generator', { from: first.from, to: last.to }, text));
    } else positional.push(parseExpression(first, text));
  }
  return { positional, keyword };
}

/** Splits at commas, but not at those in the target of a generator: `f(a for a, b in c)`. */
function splitArguments(nodes: readonly SyntaxNode[]): SyntaxNode[][] {
  const parts: SyntaxNode[][] = [[]];
  let inTarget = false;
  for (const node of nodes) {
    if (node.name === 'for') inTarget = true;
    else if (node.name === 'in') inTarget = false;
    if (node.name === ',' && !inTarget) parts.push([]);
    else parts.at(-1)?.push(node);
  }
  return parts;
}

/** What stands between a node's brackets. */
function inner(node: SyntaxNode): SyntaxNode[] {
  return childrenOf(node).slice(1, -1);
}

function fail(node: SyntaxNode): never {
  throw new SyntaxProblem(node.from, node.to, 'invalid syntax');
}

function parseNumber(node: SyntaxNode, text: ParsedText): Expression {
  const span = { from: node.from, to: node.to };
  const digits = text.patched.slice(node.from, node.to).replaceAll('_', '');
  if (/j$/i.test(digits)) return { kind: 'invalid', message: 'complex numbers are not supported', ...span };
  const pointTaken = text.original[node.to] === '.' && text.patched[node.to] === ' ';
  const float = !/^0[xob]/i.test(digits) && (/[.e]/i.test(digits) || pointTaken);
  return { kind: 'number', value: Number(digits), float, ...span };
}

function parseContinuedString(node: SyntaxNode, text: ParsedText): Expression {
  const span = { from: node.from, to: node.to };
  const parts: FormatPart[] = [];
  for (const child of childrenOf(node)) {
    if (child.name === 'FormatString') parts.push(...parseFormatString(child, text));
    else parts.push(decodeString(textOf(child, text)));
  }
  if (parts.every((part): part is string => typeof part === 'string')) {
    return { kind: 'string', value: parts.join(''), ...span };
  }
  return { kind: 'format', parts, ...span };
}

function parseFormatString(node: SyntaxNode, text: ParsedText): FormatPart[] {
  const literal = textOf(node, text);
  const { raw, quote, start } = literalStart(literal);
  const decode = (content: string): string => {
    const braces = content.replaceAll('{{', '{').replaceAll('}}', '}');
    return raw ? braces : decodeEscapes(braces);
  };
  const parts: FormatPart[] = [];
  let at = node.from + start;
  for (const child of childrenOf(node)) {
    if (child.name !== 'FormatReplacement') continue;
    if (child.from > at) parts.push(decode(text.original.slice(at, child.from)));
    parts.push(...parseReplacement(child, text));
    at = child.to;
  }
  const end = node.to - quote.length;
  if (end > at) parts.push(decode(text.original.slice(at, end)));
  return parts;
}

/** `{value!r:spec}`, and `{value=}`, which also shows its own text. */
function parseReplacement(node: SyntaxNode, text: ParsedText): FormatPart[] {
  const children = inner(node);
  const isEnd = (child: SyntaxNode): boolean => /^Format(SelfDoc|Conversion|Spec)$/.test(child.name);
  const endIndex = children.findIndex(isEnd);
  const valueNodes = endIndex < 0 ? children : children.slice(0, endIndex);
  const value = parseExpressionList(valueNodes, text);
  const selfDoc = children.find((child) => child.name === 'FormatSelfDoc');
  const conversionNode = children.find((child) => child.name === 'FormatConversion');
  const specNode = children.find((child) => child.name === 'FormatSpec');
  const spec = specNode ? parseFormatSpec(specNode, text) : [];
  const written = conversionNode ? textOf(conversionNode, text).slice(1) : selfDoc && !specNode ? 'r' : '';
  const conversion = written === 's' || written === 'r' || written === 'a' ? written : '';
  const part: FormatPart = { value, conversion, spec };
  return selfDoc ? [text.original.slice(node.from + 1, selfDoc.to), part] : [part];
}

function parseFormatSpec(node: SyntaxNode, text: ParsedText): FormatPart[] {
  const parts: FormatPart[] = [];
  let at = node.from + 1;
  for (const child of childrenOf(node)) {
    if (child.name !== 'FormatReplacement') continue;
    if (child.from > at) parts.push(text.original.slice(at, child.from));
    parts.push(...parseReplacement(child, text));
    at = child.to;
  }
  if (node.to > at) parts.push(text.original.slice(at, node.to));
  return parts;
}

function parseDictEntries(nodes: readonly SyntaxNode[], text: ParsedText): DictEntry[] {
  return splitAt(nodes, ',').flatMap((part): DictEntry[] => {
    const [first, second, third] = part;
    if (!first) return [];
    if (first.name === '**' && second) return [{ key: undefined, value: parseExpression(second, text) }];
    if (!third) return fail(first);
    return [{ key: parseExpression(first, text), value: parseExpression(third, text) }];
  });
}

function parseComprehension(
  nodes: readonly SyntaxNode[],
  flavour: Comprehension['flavour'],
  span: { from: number; to: number },
  text: ParsedText,
): Comprehension {
  const firstFor = nodes.findIndex((node) => node.name === 'for' || node.name === 'async');
  const head = nodes.slice(0, firstFor);
  const [element, , value] = head;
  if (!element || firstFor < 0) throw new SyntaxProblem(span.from, span.to, 'invalid syntax');
  const clauses: ComprehensionClause[] = [];
  let rest = nodes.slice(firstFor).filter((node) => node.name !== 'async');
  while (rest.length > 0) {
    const next = rest.findIndex((node, index) => index > 0 && (node.name === 'for' || node.name === 'if'));
    const clause = next < 0 ? rest : rest.slice(0, next);
    rest = next < 0 ? [] : rest.slice(next);
    clauses.push(parseClause(clause, text));
  }
  return {
    kind: 'comprehension',
    flavour,
    element: parseExpression(element, text),
    value: flavour === 'dict' && value ? parseExpression(value, text) : undefined,
    clauses,
    ...span,
  };
}

function parseClause(nodes: readonly SyntaxNode[], text: ParsedText): ComprehensionClause {
  const [keyword, ...rest] = nodes;
  if (!keyword) throw new SyntaxProblem(0, 0, 'invalid syntax');
  if (keyword.name === 'if') return { kind: 'if', test: parseExpression(rest[0] ?? fail(keyword), text) };
  const inIndex = rest.findIndex((node) => node.name === 'in');
  return {
    kind: 'for',
    target: parseExpressionList(rest.slice(0, inIndex), text),
    iterable: parseExpressionList(rest.slice(inIndex + 1), text),
  };
}

function parseMember(node: SyntaxNode, text: ParsedText): Expression {
  const span = { from: node.from, to: node.to };
  const [object, bracket, ...rest] = childrenOf(node);
  if (!object || !bracket) return fail(node);
  if (bracket.name === '.') {
    const property = rest[0] ?? fail(node);
    return { kind: 'attribute', object: parseExpression(object, text), name: textOf(property, text), ...span };
  }
  const inside = rest.slice(0, -1);
  const parts = splitAt(inside, ',').filter((part) => part.length > 0);
  const items = parts.map((part) => parseSubscriptItem(part, text));
  const [only] = items;
  const index: Expression =
    only && !inside.some((child) => child.name === ',')
      ? only
      : { kind: 'tuple', items, from: bracket.from, to: node.to };
  return { kind: 'subscript', object: parseExpression(object, text), index, ...span };
}

function parseSubscriptItem(part: readonly SyntaxNode[], text: ParsedText): Expression {
  const [first] = part;
  const last = part.at(-1);
  if (!first || !last) throw new SyntaxProblem(0, 0, 'invalid syntax');
  if (!part.some((node) => node.name === ':')) return parseExpressionList(part, text);
  const [start, stop, step] = splitAt(part, ':').map(([node]) => (node ? parseExpression(node, text) : undefined));
  return { kind: 'slice', start, stop, step, from: first.from, to: last.to };
}

function parseCall(node: SyntaxNode, text: ParsedText): Expression {
  const [callee, list] = childrenOf(node);
  if (!callee || !list) return fail(node);
  return {
    kind: 'call',
    callee: parseExpression(callee, text),
    ...parseArguments(list, text),
    from: node.from,
    to: node.to,
  };
}

function parseBinary(node: SyntaxNode, text: ParsedText): Expression {
  const span = { from: node.from, to: node.to };
  const children = childrenOf(node);
  const left = children[0] ?? fail(node);
  const right = children.at(-1) ?? fail(node);
  const operator = children
    .slice(1, -1)
    .map((child) => textOf(child, text))
    .join(' ')
    .trim();
  if (isCompareOperator(operator)) {
    const first = parseExpression(left, text);
    const last = parseExpression(right, text);
    // `a < b < c` is one comparison; `(a < b) < c` is two.
    if (first.kind === 'compare' && left.name === 'BinaryExpression') {
      return {
        kind: 'compare',
        operands: [...first.operands, last],
        operators: [...first.operators, operator],
        ...span,
      };
    }
    return { kind: 'compare', operands: [first, last], operators: [operator], ...span };
  }
  return {
    kind: 'binary',
    operator: operator as BinaryOperator,
    left: parseExpression(left, text),
    right: parseExpression(right, text),
    ...span,
  };
}

function isCompareOperator(operator: string): operator is CompareOperator {
  return ['<', '>', '==', '!=', '<=', '>=', 'in', 'not in', 'is', 'is not'].includes(operator);
}
