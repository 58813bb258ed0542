import type { Body, Expression } from './syntax/syntax';

/** Names of a file under which torchvision's and timm's builders of models are reached. */
export interface LibraryModelNames {
  /** `models` of `from torchvision import models`, `torchvision.models`, `timm`. */
  readonly modules: ReadonlySet<string>;
  /** `resnet18` of `from torchvision.models import resnet18`. */
  readonly functions: ReadonlySet<string>;
}

export function libraryModelNames(statements: Body): LibraryModelNames {
  const modules = new Set<string>();
  const functions = new Set<string>();
  for (const statement of statements) {
    if (statement.kind !== 'import') continue;
    if (statement.flavour === 'modules') {
      for (const { name, alias } of statement.modules) {
        if (name === 'torchvision') modules.add(`${alias ?? name}.models`);
        if (name === 'torchvision.models') modules.add(alias ?? name);
        if (name === 'timm') modules.add(alias ?? name);
      }
      continue;
    }
    if (statement.level > 0) continue;
    for (const { name, alias } of statement.names) {
      if (statement.module === 'torchvision' && name === 'models') modules.add(alias ?? name);
      const isBuilder = /^torchvision\.models(\.|$)/.test(statement.module) && /^[a-z]/.test(name);
      if (isBuilder || (statement.module === 'timm' && name === 'create_model')) functions.add(alias ?? name);
    }
  }
  return { modules, functions };
}

/** `models.resnet18(…)`, `timm.create_model(…)`, `resnet18(…)` */
export function isLibraryModelCall(value: Expression, { modules, functions }: LibraryModelNames): boolean {
  if (value.kind !== 'call') return false;
  const { callee } = value;
  if (callee.kind === 'name') return functions.has(callee.id);
  if (callee.kind !== 'attribute' || !/^[a-z]/.test(callee.name)) return false;
  const module = dotted(callee.object);
  return module !== undefined && modules.has(module) && (module !== 'timm' || callee.name === 'create_model');
}

function dotted(expression: Expression): string | undefined {
  if (expression.kind === 'name') return expression.id;
  if (expression.kind !== 'attribute') return undefined;
  const object = dotted(expression.object);
  return object && `${object}.${expression.name}`;
}
