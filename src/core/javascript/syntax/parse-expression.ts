import type { SyntaxNode } from '@lezer/common';
import type {
  BinaryOperator,
  Expression,
  Item,
  LogicalOperator,
  ObjectMember,
  Pattern,
  PropertyKey,
  UnaryOperator,
} from './javascript-syntax';
import { parseClass } from './parse-class';
import { parseFunction } from './parse-function';
import { parseNumber, parseString, unescape } from './parse-literal';
import { parsePattern } from './parse-pattern';
import { childrenOf, inner, problemAt, splitAt } from './tree';

/** Reads an expression. Throws a SyntaxProblem where it could not be read. */
export function parseExpression(node: SyntaxNode, text: string): Expression {
  const span = { from: node.from, to: node.to };
  const source = text.slice(node.from, node.to);
  switch (node.name) {
    case 'VariableName':
      return { kind: 'identifier', name: source, ...span };
    case 'Number': {
      const value = parseNumber(source);
      return value === undefined ? unsupported(node, 'A BigInt') : { kind: 'number', value, ...span };
    }
    case 'String':
      return { kind: 'string', value: parseString(node, text), ...span };
    case 'BooleanLiteral':
      return { kind: 'boolean', value: source === 'true', ...span };
    case 'null':
    case 'this':
    case 'super':
      return { kind: node.name, ...span };
    case 'TemplateString':
      return { kind: 'template', parts: templateParts(node, text), ...span };
    case 'ArrayExpression':
      return { kind: 'array', items: parseItems(node, text), ...span };
    case 'ObjectExpression':
      return { kind: 'object', members: objectMembers(node, text), ...span };
    case 'FunctionExpression':
    case 'FunctionDeclaration':
    case 'ArrowFunction':
      return parseFunction(node, text);
    case 'ClassExpression':
    case 'ClassDeclaration':
      return parseClass(node, text);
    case 'MemberExpression':
      return parseMember(node, text);
    case 'CallExpression': {
      const children = childrenOf(node, text);
      return {
        kind: 'call',
        callee: parseExpression(first(children, node, text), text),
        items: parseItems(last(children, node, text), text),
        optional: children.some((child) => child.name === '?.'),
        ...span,
      };
    }
    case 'NewExpression': {
      const [, callee, list] = childrenOf(node, text);
      if (!callee) throw problemAt(node, text);
      return { kind: 'new', callee: parseExpression(callee, text), items: list ? parseItems(list, text) : [], ...span };
    }
    case 'UnaryExpression':
      return parseUnary(node, text);
    case 'PostfixExpression': {
      const [operand, operator] = childrenOf(node, text);
      if (!operand || !operator) throw problemAt(node, text);
      const target = parseExpression(operand, text);
      const mark = text.slice(operator.from, operator.to);
      // TypeScript's `value!`
      if (mark === '!') return target;
      return { kind: 'step', by: mark === '++' ? 1 : -1, prefix: false, target, ...span };
    }
    case 'BinaryExpression':
      return parseBinary(node, text);
    case 'ConditionalExpression': {
      const [test, body, otherwise] = childrenOf(node, text).filter((child) => child.name !== 'LogicOp');
      if (!test || !body || !otherwise) throw problemAt(node, text);
      return {
        kind: 'conditional',
        test: parseExpression(test, text),
        body: parseExpression(body, text),
        otherwise: parseExpression(otherwise, text),
        ...span,
      };
    }
    case 'AssignmentExpression':
      return parseAssignment(node, text);
    case 'SequenceExpression':
      return {
        kind: 'sequence',
        items: childrenOf(node, text)
          .filter((child) => child.name !== ',')
          .map((child) => parseExpression(child, text)),
        ...span,
      };
    case 'ParenthesizedExpression':
      return { kind: 'group', value: parseBracketed(node, text), ...span };
    case 'AwaitExpression':
      return { kind: 'await', value: parseExpression(last(childrenOf(node, text), node, text), text), ...span };
    case 'PrefixCast':
      return parseExpression(last(childrenOf(node, text), node, text), text);
    case 'InstantiationExpression':
      return parseExpression(first(childrenOf(node, text), node, text), text);
    case 'YieldExpression':
      return unsupported(node, 'A generator');
    case 'RegExp':
      return unsupported(node, 'A regular expression');
    case 'TaggedTemplateExpression':
      return unsupported(node, 'A tagged template');
    case 'DynamicImport':
      return unsupported(node, 'import()');
    case 'ImportMeta':
      return unsupported(node, 'import.meta');
    case 'NewTarget':
      return unsupported(node, 'new.target');
    case 'JSXElement':
      return unsupported(node, 'JSX');
    default:
      throw problemAt(node, text);
  }
}

/** What stands in `(…)`: of an `if`, of a `while`. */
export function parseBracketed(node: SyntaxNode, text: string): Expression {
  const [only, more] = inner(childrenOf(node, text));
  if (!only || more) throw problemAt(more ?? node, text);
  return parseExpression(only, text);
}

export function parseKey(nodes: readonly SyntaxNode[], text: string): PropertyKey {
  const [node, computed] = nodes;
  if (!node) return '';
  if (node.name === '[' && computed) return parseExpression(computed, text);
  if (node.name === 'String') return parseString(node, text);
  if (node.name === 'Number') return String(parseNumber(text.slice(node.from, node.to)) ?? '');
  return text.slice(node.from, node.to);
}

function unsupported(node: SyntaxNode, what: string): Expression {
  return { kind: 'unsupported', message: `${what} is not supported yet.`, from: node.from, to: node.to };
}

function first(nodes: readonly SyntaxNode[], node: SyntaxNode, text: string): SyntaxNode {
  const [found] = nodes;
  if (!found) throw problemAt(node, text);
  return found;
}

function last(nodes: readonly SyntaxNode[], node: SyntaxNode, text: string): SyntaxNode {
  const found = nodes.at(-1);
  if (!found) throw problemAt(node, text);
  return found;
}

function templateParts(node: SyntaxNode, text: string): (string | Expression)[] {
  const parts: (string | Expression)[] = [];
  let at = node.from + 1;
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'Interpolation') continue;
    parts.push(unescape(text.slice(at, child.from)));
    const [value] = inner(childrenOf(child, text));
    if (!value) throw problemAt(child, text);
    parts.push(parseExpression(value, text));
    at = child.to;
  }
  parts.push(unescape(text.slice(at, node.to - 1)));
  return parts.filter((part) => part !== '');
}

/** Items of an array or arguments of a call. A comma at the end makes no item. */
function parseItems(node: SyntaxNode, text: string): Item[] {
  const parts = splitAt(inner(childrenOf(node, text)), ',');
  if (parts.at(-1)?.length === 0) parts.pop();
  return parts.map((part): Item => {
    const value = part.at(-1);
    if (!value) return { value: undefined, spread: false, from: node.from, to: node.to };
    const spread = part[0]?.name === 'Spread';
    return { value: parseExpression(value, text), spread, from: part[0]?.from ?? value.from, to: value.to };
  });
}

function objectMembers(node: SyntaxNode, text: string): ObjectMember[] {
  return inner(childrenOf(node, text))
    .filter((child) => child.name !== ',')
    .map((child): ObjectMember => {
      const span = { from: child.from, to: child.to };
      const parts = childrenOf(child, text);
      const value = last(parts, child, text);
      if (parts[0]?.name === 'Spread') return { kind: 'spread', value: parseExpression(value, text), ...span };
      const named = parts.filter((part) => !['async', 'get', 'set', 'Star'].includes(part.name));
      const key = parseKey(named, text);
      if (parts.some((part) => part.name === 'ParamList')) {
        const method = parseFunction(child, text, typeof key === 'string' ? key : '');
        if (parts[0]?.name === 'get') return { kind: 'getter', key, value: method, ...span };
        if (parts[0]?.name === 'set') return { kind: 'setter', key, value: method, ...span };
        return { kind: 'property', key, value: method, ...span };
      }
      // `{filters}` is `{filters: filters}`.
      if (parts.length === 1 && typeof key === 'string') {
        return { kind: 'property', key, value: { kind: 'identifier', name: key, ...span }, ...span };
      }
      return { kind: 'property', key, value: parseExpression(value, text), ...span };
    });
}

function parseMember(node: SyntaxNode, text: string): Expression {
  const children = childrenOf(node, text);
  const [object] = children;
  const mark = children.find((child) => child.name === '.' || child.name === '?.' || child.name === '[');
  if (!object || !mark) throw problemAt(node, text);
  const bracket = children.findIndex((child) => child.name === '[');
  const property = bracket < 0 ? children.at(-1) : children[bracket + 1];
  if (!property) throw problemAt(node, text);
  return {
    kind: 'member',
    object: parseExpression(object, text),
    key: bracket < 0 ? text.slice(property.from, property.to) : parseExpression(property, text),
    optional: children.some((child) => child.name === '?.'),
    from: node.from,
    to: node.to,
  };
}

function parseUnary(node: SyntaxNode, text: string): Expression {
  const [mark, value] = childrenOf(node, text);
  if (!mark || !value) throw problemAt(node, text);
  const operand = parseExpression(value, text);
  const operator = text.slice(mark.from, mark.to);
  const span = { from: node.from, to: node.to };
  if (operator === '++' || operator === '--') {
    return { kind: 'step', by: operator === '++' ? 1 : -1, prefix: true, target: operand, ...span };
  }
  return { kind: 'unary', operator: operator as UnaryOperator, operand, ...span };
}

const logical: ReadonlySet<string> = new Set(['&&', '||', '??']);

function parseBinary(node: SyntaxNode, text: string): Expression {
  const [left, mark, right] = childrenOf(node, text);
  if (!left || !mark || !right) throw problemAt(node, text);
  const operator = text.slice(mark.from, mark.to);
  if (operator === 'as' || operator === 'satisfies') return parseExpression(left, text);
  const operands = { left: parseExpression(left, text), right: parseExpression(right, text) };
  const span = { from: node.from, to: node.to };
  return logical.has(operator)
    ? { kind: 'logical', operator: operator as LogicalOperator, ...operands, ...span }
    : { kind: 'binary', operator: operator as BinaryOperator, ...operands, ...span };
}

function parseAssignment(node: SyntaxNode, text: string): Expression {
  const [left, mark, right] = childrenOf(node, text);
  if (!left || !mark || !right) throw problemAt(node, text);
  const span = { from: node.from, to: node.to };
  const value = parseExpression(right, text);
  if (mark.name === 'UpdateOp') {
    const operator = text.slice(mark.from, mark.to - 1) as BinaryOperator | LogicalOperator;
    return { kind: 'update', target: parseExpression(left, text), operator, value, ...span };
  }
  return { kind: 'assign', target: assignmentTarget(left, text), value, ...span };
}

function assignmentTarget(node: SyntaxNode, text: string): Pattern {
  if (node.name === 'VariableName') {
    return { kind: 'identifier', name: text.slice(node.from, node.to), from: node.from, to: node.to };
  }
  if (node.name === 'MemberExpression') {
    const member = parseExpression(node, text);
    if (member.kind === 'member') return member;
  }
  return parsePattern(node, text);
}
