import type { Body, Expression, FunctionExpression, Item, Pattern, Statement } from '../syntax/javascript-syntax';
import { namesIn } from './hoist';

/** The variables that a statement may assign, or whose contents it may change (`model.add(…)`). */
export function namesChangedBy(statement: Statement): Set<string> {
  const names = new Set<string>();
  visitStatement(statement, {
    target: (pattern) => addTarget(pattern, names),
    // A method may change its object.
    call: (callee) => {
      if (callee.kind === 'member') addRoot(callee, names);
    },
  });
  return names;
}

/** What a function changes and what it declares itself. */
export function changesIn(node: FunctionExpression): {
  readonly changed: Set<string>;
  readonly declared: Set<string>;
  readonly ownObject: boolean;
} {
  const changed = new Set<string>();
  const declared = new Set<string>();
  let ownObject = false;
  const visitor: Visitor = {
    target: (pattern) => {
      if (pattern.kind === 'member' && rootOf(pattern).kind === 'this') ownObject = true;
      addTarget(pattern, changed);
    },
    call: (callee) => {
      if (callee.kind !== 'member') return;
      if (rootOf(callee).kind === 'this') ownObject = true;
      addRoot(callee, changed);
    },
    declare: (names) => {
      for (const name of names) declared.add(name);
    },
  };
  visitExpression(node, visitor);
  return { changed, declared, ownObject };
}

/** The variables that are given to functions in a statement. */
export function argumentNames(statement: Statement): Set<string> {
  const names = new Set<string>();
  visitStatement(statement, {
    target: () => undefined,
    call: (_, items) => {
      for (const { value } of items) if (value) addRoot(value, names);
    },
  });
  return names;
}

/** Every name in a piece of code that could not be read. */
export function namesInText(text: string): Set<string> {
  return new Set(text.match(/[A-Za-z_$][\w$]*/g) ?? []);
}

interface Visitor {
  target(pattern: Pattern): void;
  declare?(names: readonly string[]): void;
  call(callee: Expression, items: readonly Item[]): void;
}

function visitBody(body: Body, visitor: Visitor): void {
  for (const statement of body) visitStatement(statement, visitor);
}

function visitStatement(statement: Statement | undefined, visitor: Visitor): void {
  switch (statement?.kind) {
    case 'expression':
    case 'throw':
      visitExpression(statement.value, visitor);
      return;
    case 'declare':
      for (const { target, value } of statement.declarations) {
        visitor.declare?.(namesIn(target));
        visitor.target(target);
        if (value) visitExpression(value, visitor);
      }
      return;
    case 'block':
      visitBody(statement.body, visitor);
      return;
    case 'if':
      visitExpression(statement.test, visitor);
      visitStatement(statement.body, visitor);
      visitStatement(statement.otherwise, visitor);
      return;
    case 'for':
      visitStatement(statement.start, visitor);
      if (statement.step) visitExpression(statement.step, visitor);
      visitStatement(statement.body, visitor);
      return;
    case 'forOf':
    case 'forIn':
      if (statement.declaration) visitor.declare?.(namesIn(statement.target));
      visitor.target(statement.target);
      visitExpression(statement.iterable, visitor);
      visitStatement(statement.body, visitor);
      return;
    case 'while':
    case 'doWhile':
      visitExpression(statement.test, visitor);
      visitStatement(statement.body, visitor);
      return;
    case 'labeled':
      visitStatement(statement.body, visitor);
      return;
    case 'switch':
      visitExpression(statement.value, visitor);
      for (const { body } of statement.cases) visitBody(body, visitor);
      return;
    case 'try':
      visitBody(statement.body, visitor);
      visitBody(statement.handler?.body ?? [], visitor);
      visitBody(statement.finally, visitor);
      return;
    case 'class':
    case 'function':
      visitor.declare?.([statement.value.name]);
      visitor.target({ kind: 'identifier', name: statement.value.name, ...statement.value.nameSpan });
      return;
    case 'enum':
      visitor.target({ kind: 'identifier', name: statement.name, from: statement.from, to: statement.to });
      return;
    case 'export':
      if (statement.flavour === 'declaration') visitStatement(statement.statement, visitor);
      else if (statement.flavour === 'default') visitExpression(statement.value, visitor);
      return;
    case 'return':
      if (statement.value) visitExpression(statement.value, visitor);
      return;
    default:
  }
}

/** What an expression does when it is run: functions in it are looked into, as they may be called at once. */
function visitExpression(expression: Expression, visitor: Visitor): void {
  switch (expression.kind) {
    case 'call':
    case 'new':
      visitor.call(expression.callee, expression.items);
      visitExpression(expression.callee, visitor);
      for (const { value } of expression.items) if (value) visitExpression(value, visitor);
      return;
    case 'assign':
      visitor.target(expression.target);
      visitExpression(expression.value, visitor);
      return;
    case 'update':
      if (expression.target.kind === 'identifier' || expression.target.kind === 'member')
        visitor.target(expression.target);
      visitExpression(expression.value, visitor);
      return;
    case 'step':
      if (expression.target.kind === 'identifier' || expression.target.kind === 'member')
        visitor.target(expression.target);
      return;
    case 'function':
      for (const { target } of expression.parameters) visitor.declare?.(namesIn(target));
      if (expression.body instanceof Array) visitBody(expression.body, visitor);
      else visitExpression(expression.body, visitor);
      return;
    case 'member':
      visitExpression(expression.object, visitor);
      return;
    case 'group':
    case 'await':
      visitExpression(expression.value, visitor);
      return;
    case 'unary':
      visitExpression(expression.operand, visitor);
      return;
    case 'binary':
    case 'logical':
      visitExpression(expression.left, visitor);
      visitExpression(expression.right, visitor);
      return;
    case 'conditional':
      for (const part of [expression.test, expression.body, expression.otherwise]) visitExpression(part, visitor);
      return;
    case 'sequence':
      for (const item of expression.items) visitExpression(item, visitor);
      return;
    case 'array':
      for (const { value } of expression.items) if (value) visitExpression(value, visitor);
      return;
    case 'object':
      for (const { value } of expression.members) if (value.kind !== 'function') visitExpression(value, visitor);
      return;
    default:
  }
}

function addTarget(pattern: Pattern, names: Set<string>): void {
  if (pattern.kind === 'member') addRoot(pattern, names);
  else for (const name of namesIn(pattern)) names.add(name);
}

/** The variable at the root: `x` of `x.y`, `x[0].y()`. */
function addRoot(expression: Expression, names: Set<string>): void {
  const root = rootOf(expression);
  if (root.kind === 'identifier') names.add(root.name);
}

function rootOf(expression: Expression): Expression {
  switch (expression.kind) {
    case 'member':
      return rootOf(expression.object);
    case 'call':
      return rootOf(expression.callee);
    case 'group':
    case 'await':
      return rootOf(expression.value);
    default:
      return expression;
  }
}
