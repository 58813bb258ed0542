import type { Body, Expression, Pattern, Statement } from './syntax';

/** The variables that a statement may assign, or whose contents it may change (`layers.append(…)`). */
export function namesChangedBy(statement: Statement): Set<string> {
  const names = new Set<string>();
  visit(statement, names);
  return names;
}

function visitBody(body: Body, names: Set<string>): void {
  for (const statement of body) visit(statement, names);
}

function visit(statement: Statement, names: Set<string>): void {
  switch (statement.kind) {
    case 'assign':
      for (const target of statement.targets) addTarget(target, names);
      break;
    case 'annotated':
    case 'update':
      addTarget(statement.target, names);
      break;
    case 'delete':
      for (const target of statement.targets) addTarget(target, names);
      break;
    case 'expression':
      // A method may change its object.
      if (statement.value.kind === 'call' && statement.value.callee.kind === 'attribute') {
        addTarget(statement.value.callee, names);
      }
      break;
    case 'if':
      for (const branch of statement.branches) visitBody(branch.body, names);
      visitBody(statement.otherwise, names);
      break;
    case 'for':
      addTarget(statement.target, names);
      visitBody(statement.body, names);
      visitBody(statement.otherwise, names);
      break;
    case 'while':
      visitBody(statement.body, names);
      visitBody(statement.otherwise, names);
      break;
    case 'with':
      for (const item of statement.items) if (item.target) addTarget(item.target, names);
      visitBody(statement.body, names);
      break;
    case 'try':
      visitBody(statement.body, names);
      for (const handler of statement.handlers) visitBody(handler.body, names);
      visitBody(statement.otherwise, names);
      visitBody(statement.finally, names);
      break;
    case 'match':
      for (const { pattern, body } of statement.cases) {
        addCaptures(pattern, names);
        visitBody(body, names);
      }
      break;
    case 'function':
    case 'class':
      names.add(statement.name);
      break;
    case 'import':
      if (statement.flavour === 'modules') {
        for (const { name, alias } of statement.modules) names.add(alias ?? name.split('.')[0] ?? name);
      } else for (const { name, alias } of statement.names) names.add(alias ?? name);
      break;
    default:
  }
}

/** The names that a pattern assigns. */
function addCaptures(pattern: Pattern, names: Set<string>): void {
  const inner: Pattern[] = [];
  if (pattern.kind === 'capture' || pattern.kind === 'star' || pattern.kind === 'as') {
    if (pattern.name !== undefined) names.add(pattern.name);
  }
  if (pattern.kind === 'as') inner.push(pattern.pattern);
  if (pattern.kind === 'or') inner.push(...pattern.alternatives);
  if (pattern.kind === 'sequence') inner.push(...pattern.items);
  if (pattern.kind === 'mapping') {
    inner.push(...pattern.entries.map((entry) => entry.pattern));
    if (pattern.rest !== undefined) names.add(pattern.rest);
  }
  if (pattern.kind === 'class') inner.push(...pattern.positional, ...pattern.keyword.map((part) => part.pattern));
  for (const part of inner) addCaptures(part, names);
}

/** The variable at the root of a target: `x` of `x`, `x.y`, `x[0].y`, `(x, y)`. */
function addTarget(target: Expression, names: Set<string>): void {
  switch (target.kind) {
    case 'name':
      names.add(target.id);
      break;
    case 'attribute':
    case 'subscript':
      addTarget(target.object, names);
      break;
    case 'call':
      addTarget(target.callee, names);
      break;
    case 'starred':
      addTarget(target.value, names);
      break;
    case 'tuple':
    case 'list':
      for (const item of target.items) addTarget(item, names);
      break;
    default:
  }
}
