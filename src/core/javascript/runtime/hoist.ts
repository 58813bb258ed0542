import type { Body, Pattern, Statement } from '../syntax/javascript-syntax';
import { makeFunction } from './functions';
import { withScope, type JavaScriptFrame } from './frame';
import { undefinedValue } from './js-values';
import type { JavaScriptScope } from './scope';

/** Before a block runs: its functions are there, its `let`, `const` and classes are declared and not there yet. */
export function hoistBlock(frame: JavaScriptFrame, body: Body): void {
  for (const statement of body) {
    const inner = statement.kind === 'export' && statement.flavour === 'declaration' ? statement.statement : statement;
    switch (inner.kind) {
      case 'declare':
        if (inner.flavour === 'var') break;
        for (const { target } of inner.declarations) {
          for (const name of namesIn(target)) frame.scope.declare(name, undefined);
        }
        break;
      case 'class':
        frame.scope.declare(inner.value.name, undefined);
        break;
      case 'function':
        frame.scope.declare(inner.value.name, makeFunction(withScope(frame, frame.scope), inner.value));
        break;
      default:
    }
  }
}

/** Before a function runs: its `var`s are undefined. */
export function hoistVariables(scope: JavaScriptScope, body: Body): void {
  for (const statement of body) {
    visit(statement, (name) => {
      if (!scope.hasOwn(name)) scope.declare(name, undefinedValue);
    });
  }
}

function visit(statement: Statement | undefined, declare: (name: string) => void): void {
  switch (statement?.kind) {
    case 'declare':
      if (statement.flavour !== 'var') return;
      for (const { target } of statement.declarations) namesIn(target).forEach(declare);
      return;
    case 'export':
      if (statement.flavour === 'declaration') visit(statement.statement, declare);
      return;
    case 'block':
      for (const inner of statement.body) visit(inner, declare);
      return;
    case 'if':
      visit(statement.body, declare);
      visit(statement.otherwise, declare);
      return;
    case 'for':
      visit(statement.start, declare);
      visit(statement.body, declare);
      return;
    case 'forOf':
    case 'forIn':
      if (statement.declaration === 'var') namesIn(statement.target).forEach(declare);
      visit(statement.body, declare);
      return;
    case 'while':
    case 'doWhile':
    case 'labeled':
      visit(statement.body, declare);
      return;
    case 'switch':
      for (const { body } of statement.cases) for (const inner of body) visit(inner, declare);
      return;
    case 'try':
      for (const inner of [...statement.body, ...(statement.handler?.body ?? []), ...statement.finally]) {
        visit(inner, declare);
      }
      return;
    default:
  }
}

/** The variables that a pattern binds. */
export function namesIn(pattern: Pattern): string[] {
  switch (pattern.kind) {
    case 'identifier':
      return [pattern.name];
    case 'objectPattern':
      return [
        ...pattern.properties.flatMap(({ target }) => namesIn(target)),
        ...(pattern.rest ? namesIn(pattern.rest) : []),
      ];
    case 'arrayPattern':
      return [
        ...pattern.items.flatMap((item) => (item ? namesIn(item.target) : [])),
        ...(pattern.rest ? namesIn(pattern.rest) : []),
      ];
    default:
      return [];
  }
}
