import type { Body, Expression, FormatPart, Parameters, Statement } from './syntax';

/** All names that a statement reads, those inside of its functions and classes included. */
export function namesUsedBy(statement: Statement): Set<string> {
  const names = new Set<string>();
  visitExpressions(statement, (expression) => {
    if (expression.kind === 'name') names.add(expression.id);
  });
  return names;
}

type Visitor = (expression: Expression) => void;

/** Calls `visit` with every expression in a statement, outer ones first. */
export function visitExpressions(statement: Statement, visit: Visitor): void {
  for (const expression of expressionsOf(statement)) visitExpression(expression, visit);
  for (const inner of bodiesOf(statement).flat()) visitExpressions(inner, visit);
}

function expressionsOf(statement: Statement): Expression[] {
  switch (statement.kind) {
    case 'expression':
      return [statement.value];
    case 'assign':
      return [...statement.targets, statement.value];
    case 'annotated':
      return present(statement.target, statement.value);
    case 'update':
      return [statement.target, statement.value];
    case 'if':
      return statement.branches.map((branch) => branch.test);
    case 'for':
      return [statement.target, statement.iterable];
    case 'while':
      return [statement.test];
    case 'function':
      return [...statement.decorators, ...defaultsOf(statement.parameters)];
    case 'class':
      return [...statement.decorators, ...statement.bases, ...statement.keyword.map((argument) => argument.value)];
    case 'return':
    case 'raise':
      return present(statement.value);
    case 'assert':
      return present(statement.test, statement.message);
    case 'delete':
      return [...statement.targets];
    case 'with':
      return statement.items.flatMap((item) => present(item.value, item.target));
    case 'match':
      return [statement.subject, ...statement.cases.flatMap((part) => present(part.guard))];
    case 'try':
      return statement.handlers.flatMap((handler) => present(handler.type));
    default:
      return [];
  }
}

function bodiesOf(statement: Statement): readonly Body[] {
  switch (statement.kind) {
    case 'if':
      return [...statement.branches.map((branch) => branch.body), statement.otherwise];
    case 'for':
    case 'while':
      return [statement.body, statement.otherwise];
    case 'function':
    case 'class':
    case 'with':
      return [statement.body];
    case 'match':
      return statement.cases.map((part) => part.body);
    case 'try':
      return [
        statement.body,
        ...statement.handlers.map((handler) => handler.body),
        statement.otherwise,
        statement.finally,
      ];
    default:
      return [];
  }
}

function visitExpression(expression: Expression, visit: Visitor): void {
  visit(expression);
  for (const part of partsOf(expression)) visitExpression(part, visit);
}

function partsOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case 'format':
      return formatted(expression.parts);
    case 'tuple':
    case 'list':
    case 'set':
      return [...expression.items];
    case 'dict':
      return expression.entries.flatMap((entry) => present(entry.key, entry.value));
    case 'comprehension':
      return [
        ...present(expression.element, expression.value),
        ...expression.clauses.flatMap((clause) =>
          clause.kind === 'if' ? [clause.test] : [clause.target, clause.iterable],
        ),
      ];
    case 'attribute':
      return [expression.object];
    case 'subscript':
      return [expression.object, expression.index];
    case 'slice':
      return present(expression.start, expression.stop, expression.step);
    case 'call':
      return [expression.callee, ...expression.positional, ...expression.keyword.map((argument) => argument.value)];
    case 'unary':
      return [expression.operand];
    case 'binary':
    case 'boolean':
      return [expression.left, expression.right];
    case 'compare':
      return [...expression.operands];
    case 'conditional':
      return [expression.test, expression.body, expression.otherwise];
    case 'lambda':
      return [...defaultsOf(expression.parameters), expression.body];
    case 'starred':
    case 'await':
      return [expression.value];
    case 'named':
      return [expression.target, expression.value];
    case 'yield':
      return present(expression.value);
    default:
      return [];
  }
}

function formatted(parts: readonly FormatPart[]): Expression[] {
  return parts.flatMap((part) => (typeof part === 'string' ? [] : [part.value, ...formatted(part.spec)]));
}

function defaultsOf(parameters: Parameters): Expression[] {
  return parameters.flatMap((parameter) => present(parameter.default));
}

function present(...expressions: readonly (Expression | undefined)[]): Expression[] {
  return expressions.filter((expression) => expression !== undefined);
}
