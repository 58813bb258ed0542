import type { Span } from '../python/syntax/syntax';
import type {
  Body,
  CallExpression,
  Expression,
  FunctionExpression,
  Parameter,
  Pattern,
  Statement,
} from './syntax/javascript-syntax';

/** What makes a model when it is called. */
export interface Makers {
  readonly functions: ReadonlySet<string>;
  /** Names under which `sequential` and `model` are imported. */
  readonly imported: ReadonlySet<string>;
  /** Methods of the class around. */
  readonly methods?: ReadonlySet<string>;
}

/** TensorFlow.js itself, given to a function: known, whoever calls it. */
export function isTensorFlowParameter({ target }: Parameter): boolean {
  return target.kind === 'identifier' && target.name === 'tf';
}

/** Whether a function needs to be given this. */
export function isRequired(parameter: Parameter): boolean {
  return !parameter.default && !parameter.rest && !parameter.optional && !isTensorFlowParameter(parameter);
}

/**
 * Functions without a name that statements at the top of a file call or hand on: `(async () => {…})()`,
 * `window.onload = () => {…}`, `ready().then(() => {…})`.
 */
export function anonymousFunctions(body: Body): FunctionExpression[] {
  return body.flatMap((statement) => (statement.kind === 'expression' ? functionsIn(statement.value) : []));
}

function functionsIn(value: Expression): FunctionExpression[] {
  switch (value.kind) {
    case 'function':
      return [value];
    case 'group':
    case 'await':
      return functionsIn(value.value);
    case 'unary':
      return functionsIn(value.operand);
    case 'assign':
      // `exports.build = function …` is found under its name.
      return /\bexports$/.test(nameOf(value.target)) ? [] : functionsIn(value.value);
    case 'call':
      return [
        ...functionsIn(value.callee),
        ...value.items.flatMap((item) => (item.value ? functionsIn(item.value) : [])),
      ];
    case 'member':
      return functionsIn(value.object);
    default:
      return [];
  }
}

function nameOf(target: Pattern | Expression): string {
  if (target.kind === 'identifier') return target.name;
  if (target.kind !== 'member' || typeof target.key !== 'string') return '';
  return target.key === 'exports' ? 'exports' : nameOf(target.object);
}

/** Whether an expression makes a model: `tf.sequential()`, `await createModel()`, either side of a choice. */
export function isModelCall(value: Expression, makers: Makers, variables: ReadonlySet<string> = new Set()): boolean {
  switch (value.kind) {
    case 'identifier':
      return variables.has(value.name);
    case 'group':
    case 'await':
      return isModelCall(value.value, makers, variables);
    case 'assign':
      return isModelCall(value.value, makers, variables);
    case 'conditional':
      return isModelCall(value.body, makers, variables) || isModelCall(value.otherwise, makers, variables);
    case 'object':
      return value.members.some((member) => member.kind === 'property' && isModelCall(member.value, makers, variables));
    case 'call':
      return isMaker(value.callee, makers) || isTidied(value, makers);
    default:
      return false;
  }
}

/** `tf.tidy(() => …)` gives what its function returns. */
function isTidied({ callee, items }: CallExpression, makers: Makers): boolean {
  const run = items.at(-1)?.value;
  return callee.kind === 'member' && callee.key === 'tidy' && run?.kind === 'function' && returnsModel(run, makers);
}

function isMaker(callee: Expression, makers: Makers): boolean {
  if (callee.kind === 'identifier') return makers.functions.has(callee.name) || makers.imported.has(callee.name);
  if (callee.kind !== 'member' || typeof callee.key !== 'string') return false;
  if (callee.object.kind === 'this') return (makers.methods ?? makers.functions).has(callee.key);
  const isTensorFlow =
    callee.object.kind === 'identifier' && /^(tf|tfc|tfjs|tensorflow|tfl)$/i.test(callee.object.name);
  return isTensorFlow && (callee.key === 'sequential' || callee.key === 'model');
}

/** Follows `const model = tf.sequential()` … `return model`, and `return tf.model(…)`. */
export function returnsModel(value: FunctionExpression, makers: Makers): boolean {
  if (!Array.isArray(value.body)) return isModelCall(value.body as Expression, makers);
  const body = value.body as Body;
  const variables = new Set(assignedModels(body, makers).map(({ name }) => name));
  return statementsIn(body).some(
    (statement) =>
      statement.kind === 'return' && statement.value !== undefined && isReturned(statement.value, makers, variables),
  );
}

function isReturned(value: Expression, makers: Makers, variables: ReadonlySet<string>): boolean {
  // `return this.model`
  if (value.kind === 'member' && value.object.kind === 'this' && typeof value.key === 'string') {
    return variables.has(`this.${value.key}`);
  }
  return isModelCall(value, makers, variables);
}

export interface AssignedModel {
  /** Of a member `this.model`. */
  readonly name: string;
  readonly owner: 'variable' | 'this';
  readonly span: Span;
  readonly value: Expression;
}

/** Variables and members of `this` that are given a model in a body; functions inside of it not looked into. */
export function assignedModels(body: Body, makers: Makers): AssignedModel[] {
  return statementsIn(body).flatMap((statement): AssignedModel[] => {
    if (statement.kind === 'declare') {
      return statement.declarations.flatMap(({ target, value }) =>
        target.kind === 'identifier' && value && isDirect(value, makers)
          ? [{ name: target.name, owner: 'variable', span: target, value }]
          : [],
      );
    }
    if (statement.kind !== 'expression' || statement.value.kind !== 'assign') return [];
    const { target, value } = statement.value;
    if (!isDirect(value, makers)) return [];
    if (target.kind === 'identifier') return [{ name: target.name, owner: 'variable', span: target, value }];
    return target.kind === 'member' && target.object.kind === 'this' && typeof target.key === 'string'
      ? [{ name: `this.${target.key}`, owner: 'this', span: target, value }]
      : [];
  });
}

/** An object that holds a model is not one. */
function isDirect(value: Expression, makers: Makers): boolean {
  return value.kind !== 'object' && isModelCall(value, makers);
}

/** All statements of a body and of those inside of them, functions apart. */
export function statementsIn(body: Body): Statement[] {
  return body.flatMap((statement): Statement[] => [statement, ...statementsIn(innerOf(statement))]);
}

function innerOf(statement: Statement): Body {
  switch (statement.kind) {
    case 'block':
      return statement.body;
    case 'if':
      return statement.otherwise ? [statement.body, statement.otherwise] : [statement.body];
    case 'for':
    case 'forOf':
    case 'forIn':
    case 'while':
    case 'doWhile':
    case 'labeled':
      return [statement.body];
    case 'switch':
      return statement.cases.flatMap(({ body }) => body);
    case 'try':
      return [...statement.body, ...(statement.handler?.body ?? []), ...statement.finally];
    case 'export':
      return statement.flavour === 'declaration' ? [statement.statement] : [];
    default:
      return [];
  }
}
