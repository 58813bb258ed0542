import type { SyntaxNode } from '@lezer/common';
import type { Body, Declaration, DeclarationKind, Statement, SwitchCase } from './javascript-syntax';
import { parseClass } from './parse-class';
import { parseBracketed, parseExpression } from './parse-expression';
import { parseFunction } from './parse-function';
import { parseExport, parseImport } from './parse-module-statement';
import { defaultOf, parsePattern } from './parse-pattern';
import { childrenOf, inner, problemAt, splitAt, SyntaxProblem } from './tree';

/** Reads statements. Never throws: one that could not be read is `invalid`. */
export function parseStatements(nodes: readonly SyntaxNode[], text: string): Statement[] {
  return nodes.map((node) => {
    try {
      return parseStatement(node, text);
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      const whole = { from: node.from, to: node.to };
      return { kind: 'invalid', message: error.message, whole, from: error.from, to: error.to };
    }
  });
}

/** The statements of `{…}`. */
export function parseBlock(node: SyntaxNode, text: string): Body {
  return parseStatements(inner(statementNodes(node)), text);
}

/** All children but comments; errors too, as one of them spoils its statement only. */
export function statementNodes(node: SyntaxNode): SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (!/^(Line|Block)Comment$|^Hashbang$/.test(child.name)) nodes.push(child);
  }
  return nodes;
}

/** Reads one statement. Throws a SyntaxProblem where it could not be read. */
export function parseStatement(node: SyntaxNode, text: string): Statement {
  const span = { from: node.from, to: node.to };
  if (node.type.isError) throw problemAt(node, text);
  switch (node.name) {
    case 'ExpressionStatement':
      return { kind: 'expression', value: parseExpression(child(node, 0, text), text), ...span };
    case 'VariableDeclaration':
      return parseDeclaration(node, text);
    case 'FunctionDeclaration':
      // TypeScript: an overload has no body.
      if (node.lastChild?.name !== 'Block') return { kind: 'empty', ...span };
      return { kind: 'function', value: parseFunction(node, text), ...span };
    case 'ClassDeclaration':
      return { kind: 'class', value: parseClass(node, text), ...span };
    case 'Block':
      return { kind: 'block', body: parseBlock(node, text), ...span };
    case 'IfStatement': {
      const [, test, body, , otherwise] = childrenOf(node, text);
      if (!test || !body) throw problemAt(node, text);
      return {
        kind: 'if',
        test: parseBracketed(test, text),
        body: parseStatement(body, text),
        otherwise: otherwise && parseStatement(otherwise, text),
        ...span,
      };
    }
    case 'ForStatement':
      return parseFor(node, text);
    case 'WhileStatement':
      return {
        kind: 'while',
        test: parseBracketed(child(node, 1, text), text),
        body: parseStatement(child(node, 2, text), text),
        ...span,
      };
    case 'DoStatement':
      return {
        kind: 'doWhile',
        test: parseBracketed(child(node, 3, text), text),
        body: parseStatement(child(node, 1, text), text),
        ...span,
      };
    case 'SwitchStatement':
      return {
        kind: 'switch',
        value: parseBracketed(child(node, 1, text), text),
        cases: parseCases(child(node, 2, text), text),
        ...span,
      };
    case 'TryStatement':
      return parseTry(node, text);
    case 'ReturnStatement': {
      const value = childrenOf(node, text).filter((part) => part.name !== ';')[1];
      return { kind: 'return', value: value && parseExpression(value, text), ...span };
    }
    case 'ThrowStatement':
      return { kind: 'throw', value: parseExpression(child(node, 1, text), text), ...span };
    case 'BreakStatement':
    case 'ContinueStatement': {
      const label = childrenOf(node, text).find((part) => part.name === 'Label');
      const kind = node.name === 'BreakStatement' ? 'break' : 'continue';
      return { kind, label: label && text.slice(label.from, label.to), ...span };
    }
    case 'LabeledStatement': {
      const label = child(node, 0, text);
      const body = parseStatement(child(node, 2, text), text);
      return { kind: 'labeled', label: text.slice(label.from, label.to), body, ...span };
    }
    case 'ImportDeclaration':
      return parseImport(node, text);
    case 'ExportDeclaration':
      return parseExport(node, text);
    case 'EnumDeclaration':
      return parseEnum(node, text);
    case 'TypeAliasDeclaration':
    case 'InterfaceDeclaration':
    case 'AmbientDeclaration':
    case 'DebuggerStatement':
    case ';':
      return { kind: 'empty', ...span };
    case 'NamespaceDeclaration':
      return { kind: 'unsupported', message: 'A namespace is not supported yet.', ...span };
    case 'WithStatement':
      return { kind: 'unsupported', message: 'A with statement is not supported yet.', ...span };
    default:
      throw problemAt(node, text);
  }
}

function child(node: SyntaxNode, index: number, text: string): SyntaxNode {
  const found = childrenOf(node, text)[index];
  if (!found) throw problemAt(node, text);
  return found;
}

function parseDeclaration(node: SyntaxNode, text: string): Declaration {
  const [keyword, ...rest] = childrenOf(node, text).filter((part) => part.name !== ';');
  if (!keyword || !isDeclarationKind(keyword.name)) throw problemAt(node, text);
  const declarations = splitAt(rest, ',').map((part) => {
    const [target] = part;
    if (!target) throw problemAt(node, text);
    return {
      target: parsePattern(target, text),
      value: defaultOf(part, text),
      from: target.from,
      to: part.at(-1)?.to ?? target.to,
    };
  });
  return { kind: 'declare', flavour: keyword.name, declarations, from: node.from, to: node.to };
}

function isDeclarationKind(name: string): name is DeclarationKind {
  return name === 'var' || name === 'let' || name === 'const';
}

function parseFor(node: SyntaxNode, text: string): Statement {
  const children = childrenOf(node, text);
  const head = children.find((part) => part.name.startsWith('For'));
  const bodyNode = children.at(-1);
  if (!head || !bodyNode) throw problemAt(node, text);
  const span = { from: node.from, to: node.to };
  const body = parseStatement(bodyNode, text);
  const parts = inner(childrenOf(head, text));
  if (head.name === 'ForOfSpec' || head.name === 'ForInSpec') {
    const declaration = parts[0] && isDeclarationKind(parts[0].name) ? parts[0].name : undefined;
    const target = declaration === undefined ? parts[0] : parts[1];
    const iterable = parts.at(-1);
    if (!target || !iterable) throw problemAt(head, text);
    return {
      kind: head.name === 'ForOfSpec' ? 'forOf' : 'forIn',
      declaration,
      target: parsePattern(target, text),
      iterable: parseExpression(iterable, text),
      body,
      ...span,
    };
  }
  const [startNode] = parts;
  // A declaration brings its own semicolon.
  const declared = startNode?.name === 'VariableDeclaration' ? parseDeclaration(startNode, text) : undefined;
  const [startPart = [], testPart = [], stepPart = []] = splitAt(declared ? parts.slice(1) : parts, ';');
  const [start, test, step] = declared ? [[], startPart, testPart] : [startPart, testPart, stepPart];
  const expressionOf = (part: readonly SyntaxNode[]) => part[0] && parseExpression(part[0], text);
  const startValue = expressionOf(start);
  return {
    kind: 'for',
    start: declared ?? (startValue && { kind: 'expression', value: startValue, ...spanOf(startValue) }),
    test: expressionOf(test),
    step: expressionOf(step),
    body,
    ...span,
  };
}

function spanOf({ from, to }: { readonly from: number; readonly to: number }): { from: number; to: number } {
  return { from, to };
}

function parseCases(node: SyntaxNode, text: string): SwitchCase[] {
  const cases: { test: SwitchCase['test']; nodes: SyntaxNode[] }[] = [];
  for (const part of inner(statementNodes(node))) {
    if (part.name === 'CaseLabel') cases.push({ test: parseExpression(child(part, 1, text), text), nodes: [] });
    else if (part.name === 'DefaultLabel') cases.push({ test: undefined, nodes: [] });
    else cases.at(-1)?.nodes.push(part);
  }
  return cases.map(({ test, nodes }) => ({ test, body: parseStatements(nodes, text) }));
}

function parseTry(node: SyntaxNode, text: string): Statement {
  const children = childrenOf(node, text);
  const clause = children.find((part) => part.name === 'CatchClause');
  const ending = children.find((part) => part.name === 'FinallyClause');
  const blockOf = (part: SyntaxNode): Body => {
    const block = childrenOf(part, text).find((inside) => inside.name === 'Block');
    return block ? parseBlock(block, text) : [];
  };
  const parameter =
    clause && childrenOf(clause, text).find((part) => /^(VariableDefinition|\w+Pattern)$/.test(part.name));
  return {
    kind: 'try',
    body: blockOf(node),
    handler: clause && { parameter: parameter && parsePattern(parameter, text), body: blockOf(clause) },
    finally: ending ? blockOf(ending) : [],
    from: node.from,
    to: node.to,
  };
}

function parseEnum(node: SyntaxNode, text: string): Statement {
  const children = childrenOf(node, text);
  const name = children.find((part) => part.name === 'TypeDefinition');
  const body = children.find((part) => part.name === 'EnumBody');
  if (!name || !body) throw problemAt(node, text);
  const members = splitAt(inner(childrenOf(body, text)), ',')
    .filter((part) => part.length > 0)
    .map((part) => ({
      name: part[0] ? text.slice(part[0].from, part[0].to) : '',
      value: defaultOf(part, text),
    }));
  return { kind: 'enum', name: text.slice(name.from, name.to), members, from: node.from, to: node.to };
}
