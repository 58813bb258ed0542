import type { SyntaxNode } from '@lezer/common';
import { parseArguments, parseExpression, parseExpressionList, parseYield } from './parse-expression';
import { parseParameters } from './parse-parameters';
import { parseImport } from './parse-import';
import { parsePattern } from './parse-pattern';
import type { BinaryOperator, Body, Expression, IfBranch, Statement, TryStatement, WithItem } from './syntax';
import { childrenOf, splitAt, SyntaxProblem, textOf, type ParsedText } from './tree';

/** The statements under a node (a Script or a Body). What is not Python becomes an `invalid` statement. */
export function parseStatements(parent: SyntaxNode, text: ParsedText): Statement[] {
  const statements: Statement[] = [];
  for (let child = parent.firstChild; child; child = child.nextSibling) {
    if (child.name === ':' || child.name === ';' || child.name === 'Comment') continue;
    if (child.type.isError) {
      statements.push({ kind: 'invalid', message: 'invalid syntax', from: child.from, to: child.to });
    } else if (child.name === 'StatementGroup') statements.push(...parseStatements(child, text));
    else statements.push(parseStatement(child, text));
  }
  return statements;
}

function parseStatement(node: SyntaxNode, text: ParsedText): Statement {
  try {
    return convert(node, text);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const { from, to } = error.to > 0 ? error : node;
    return { kind: 'invalid', message: error.message, from, to };
  }
}

function convert(node: SyntaxNode, text: ParsedText): Statement {
  const span = { from: node.from, to: node.to };
  const children = childrenOf(node);
  switch (node.name) {
    case 'ExpressionStatement':
      return { kind: 'expression', value: parseExpressionList(children, text), ...span };
    case 'AssignStatement':
      return convertAssign(children, span, text);
    case 'UpdateStatement': {
      const at = children.findIndex((child) => child.name === 'UpdateOp');
      const operator = children[at];
      if (!operator) return fail(node);
      return {
        kind: 'update',
        target: parseExpressionList(children.slice(0, at), text),
        operator: textOf(operator, text).slice(0, -1) as BinaryOperator,
        value: parseExpressionList(children.slice(at + 1), text),
        ...span,
      };
    }
    case 'IfStatement':
      return convertIf(children, span, text);
    case 'ForStatement': {
      const rest = children.filter((child) => child.name !== 'async');
      const inIndex = rest.findIndex((child) => child.name === 'in');
      const bodyIndex = rest.findIndex((child) => child.name === 'Body');
      return {
        kind: 'for',
        target: parseExpressionList(rest.slice(1, inIndex), text),
        iterable: parseExpressionList(rest.slice(inIndex + 1, bodyIndex), text),
        body: bodyAt(rest, bodyIndex, text),
        otherwise: bodyAfter(rest, 'else', text),
        ...span,
      };
    }
    case 'WhileStatement':
      return {
        kind: 'while',
        test: parseExpression(children[1] ?? fail(node), text),
        body: bodyAt(children, 2, text),
        otherwise: bodyAfter(children, 'else', text),
        ...span,
      };
    case 'FunctionDefinition':
    case 'ClassDefinition':
      return convertDefinition(node, [], text);
    case 'DecoratedStatement': {
      const decorators = children.filter((child) => child.name === 'Decorator');
      return convertDefinition(
        children.at(-1) ?? fail(node),
        decorators.map((decorator) => convertDecorator(decorator, text)),
        text,
      );
    }
    case 'ReturnStatement':
    case 'RaiseStatement': {
      const value = node.name === 'RaiseStatement' ? children.slice(1, 2) : children.slice(1);
      return {
        kind: node.name === 'RaiseStatement' ? 'raise' : 'return',
        value: value.length > 0 ? parseExpressionList(value, text) : undefined,
        ...span,
      };
    }
    case 'AssertStatement': {
      const [test, message] = splitAt(children.slice(1), ',');
      return {
        kind: 'assert',
        test: parseExpressionList(test ?? [], text),
        message: message && message.length > 0 ? parseExpressionList(message, text) : undefined,
        ...span,
      };
    }
    case 'DeleteStatement':
      return {
        kind: 'delete',
        targets: splitAt(children.slice(1), ',').map((part) => parseExpressionList(part, text)),
        ...span,
      };
    case 'PassStatement':
    case 'TypeDefinition':
      return { kind: 'pass', ...span };
    case 'BreakStatement':
      return { kind: 'break', ...span };
    case 'ContinueStatement':
      return { kind: 'continue', ...span };
    case 'ScopeStatement': {
      const names = children.filter((child) => child.name === 'VariableName').map((child) => textOf(child, text));
      return { kind: 'scope', flavour: children[0]?.name === 'global' ? 'global' : 'nonlocal', names, ...span };
    }
    case 'YieldStatement':
      return { kind: 'expression', value: parseYield(node, text), ...span };
    case 'ImportStatement':
      return parseImport(children, span, text);
    case 'TryStatement':
      return convertTry(children, span, text);
    case 'WithStatement':
      return convertWith(children, span, text);
    case 'MatchStatement':
      return convertMatch(children, span, text);
    case 'PrintStatement':
      return { kind: 'invalid', message: "invalid syntax: Python 3's print needs brackets", ...span };
    default:
      return fail(node);
  }
}

function fail(node: SyntaxNode): never {
  throw new SyntaxProblem(node.from, node.to, 'invalid syntax');
}

function bodyAt(children: readonly SyntaxNode[], index: number, text: ParsedText): Body {
  const node = children[index];
  return node ? parseStatements(node, text) : [];
}

/** The body that follows a keyword; empty where the keyword does not stand. */
function bodyAfter(children: readonly SyntaxNode[], keyword: string, text: ParsedText): Body {
  const at = children.findIndex((child) => child.name === keyword);
  return at < 0 ? [] : bodyAt(children, at + 1, text);
}

function convertAssign(
  children: readonly SyntaxNode[],
  span: { from: number; to: number },
  text: ParsedText,
): Statement {
  const annotation = children.find((child) => child.name === 'TypeDef');
  const parts = splitAt(
    children.filter((child) => child !== annotation),
    'AssignOp',
  ).map((part) => parseExpressionList(part, text));
  if (annotation) {
    const [target, value] = parts;
    const annotated = childrenOf(annotation).find((child) => child.name !== ':');
    if (!target || !annotated) return { kind: 'invalid', message: 'invalid syntax', ...span };
    return { kind: 'annotated', target, annotation: parseExpression(annotated, text), value, ...span };
  }
  const value = parts.at(-1);
  if (!value) return { kind: 'invalid', message: 'invalid syntax', ...span };
  return { kind: 'assign', targets: parts.slice(0, -1), value, ...span };
}

function convertIf(children: readonly SyntaxNode[], span: { from: number; to: number }, text: ParsedText): Statement {
  const branches: IfBranch[] = [];
  for (const [index, child] of children.entries()) {
    if (child.name !== 'if' && child.name !== 'elif') continue;
    const test = children[index + 1] ?? fail(child);
    branches.push({ test: parseExpression(test, text), body: bodyAt(children, index + 2, text) });
  }
  return { kind: 'if', branches, otherwise: bodyAfter(children, 'else', text), ...span };
}

function convertDecorator(node: SyntaxNode, text: ParsedText): Expression {
  const children = childrenOf(node).slice(1);
  const names = children.filter((child) => child.name === 'VariableName');
  const list = children.find((child) => child.name === 'ArgList');
  const [first, ...rest] = names;
  if (!first) return fail(node);
  let expression = parseExpression(first, text);
  for (const name of rest) {
    expression = {
      kind: 'attribute',
      object: expression,
      name: textOf(name, text),
      from: first.from,
      to: name.to,
    };
  }
  if (!list) return expression;
  return { kind: 'call', callee: expression, ...parseArguments(list, text), from: first.from, to: list.to };
}

function convertDefinition(node: SyntaxNode, decorators: readonly Expression[], text: ParsedText): Statement {
  const children = childrenOf(node);
  const name = children.find((child) => child.name === 'VariableName') ?? fail(node);
  const bodyNode = children.find((child) => child.name === 'Body') ?? fail(node);
  const shared = {
    name: textOf(name, text),
    nameSpan: { from: name.from, to: name.to },
    body: parseStatements(bodyNode, text),
    decorators,
    from: node.from,
    to: node.to,
  };
  if (node.name === 'ClassDefinition') {
    const list = children.find((child) => child.name === 'ArgList');
    const { positional, keyword } = list ? parseArguments(list, text) : { positional: [], keyword: [] };
    return { kind: 'class', ...shared, bases: positional, keyword };
  }
  const list = children.find((child) => child.name === 'ParamList');
  return {
    kind: 'function',
    ...shared,
    parameters: list ? parseParameters(list, text) : [],
    generator: hasYield(bodyNode),
  };
}

/** Whether a `yield` stands in the body itself, not in a function inside of it. */
function hasYield(node: SyntaxNode): boolean {
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name.startsWith('Yield')) return true;
    if (child.name === 'FunctionDefinition' || child.name === 'ClassDefinition' || child.name === 'LambdaExpression')
      continue;
    if (hasYield(child)) return true;
  }
  return false;
}

function convertTry(
  children: readonly SyntaxNode[],
  span: { from: number; to: number },
  text: ParsedText,
): TryStatement {
  const handlers: TryStatement['handlers'][number][] = [];
  for (const [index, child] of children.entries()) {
    if (child.name !== 'except') continue;
    const bodyIndex = children.findIndex((candidate, at) => at > index && candidate.name === 'Body');
    const head = children.slice(index + 1, bodyIndex).filter((part) => part.name !== '*');
    const nameNode = head.length > 2 ? head[2] : undefined;
    handlers.push({
      type: head[0] ? parseExpression(head[0], text) : undefined,
      name: nameNode ? textOf(nameNode, text) : undefined,
      body: bodyAt(children, bodyIndex, text),
    });
  }
  return {
    kind: 'try',
    body: bodyAt(children, 1, text),
    handlers,
    otherwise: bodyAfter(children, 'else', text),
    finally: bodyAfter(children, 'finally', text),
    ...span,
  };
}

function convertMatch(
  children: readonly SyntaxNode[],
  span: { from: number; to: number },
  text: ParsedText,
): Statement {
  const bodyIndex = children.findIndex((child) => child.name === 'MatchBody');
  const body = children[bodyIndex];
  if (!body) return { kind: 'invalid', message: 'invalid syntax', ...span };
  const cases = childrenOf(body)
    .filter((child) => child.name === 'MatchClause')
    .map((clause) => {
      const parts = childrenOf(clause);
      const guard = parts.find((part) => part.name === 'Guard');
      return {
        pattern: parsePattern(parts[1] ?? fail(clause), text),
        guard: guard ? parseExpression(childrenOf(guard)[1] ?? fail(guard), text) : undefined,
        body: parseStatements(parts.at(-1) ?? fail(clause), text),
      };
    });
  return { kind: 'match', subject: parseExpressionList(children.slice(1, bodyIndex), text), cases, ...span };
}

function convertWith(children: readonly SyntaxNode[], span: { from: number; to: number }, text: ParsedText): Statement {
  const withIndex = children.findIndex((child) => child.name === 'with');
  const bodyIndex = children.findIndex((child) => child.name === 'Body');
  const items = splitAt(children.slice(withIndex + 1, bodyIndex), ',').flatMap((part): WithItem[] => {
    const [value, , target] = part;
    return value
      ? [{ value: parseExpression(value, text), target: target ? parseExpression(target, text) : undefined }]
      : [];
  });
  return { kind: 'with', items, body: bodyAt(children, bodyIndex, text), ...span };
}
