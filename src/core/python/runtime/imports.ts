import { SourceFile } from '../source-file';
import type { ImportStatement } from '../syntax/syntax';
import { moduleAttribute } from './attributes';
import type { Frame } from './frame';
import type { Interpreter } from './interpreter';
import { lookUp, type Binding, type ModuleValue, type UnknownValue, type Value } from './values';

/**
 * Runs an import. What is found nowhere becomes unknown, and matters only where it is used. Other files are read when a
 * name of theirs is first used: a training script imports much that says nothing about the model.
 */
export function runImport(interpreter: Interpreter, frame: Frame, statement: ImportStatement): void {
  const bind = (name: string, resolve: () => Value): void =>
    frame.scope.assign(name, deferred(interpreter, frame, resolve));
  if (statement.flavour === 'modules') {
    for (const { name, alias } of statement.modules) {
      const [root = name] = name.split('.');
      if (alias !== undefined || root === name) bind(alias ?? name, () => loadModule(interpreter, frame, name));
      else {
        const known = frame.scope.names.get(root);
        bind(root, () => rootPackage(interpreter, frame, root, name, known));
      }
    }
    return;
  }
  const dottedName = '.'.repeat(statement.level) + statement.module;
  if (dottedName === '__future__') return;
  if (statement.names[0]?.name === '*' || statement.names.length === 0) {
    const loaded = loadModule(interpreter, frame, dottedName);
    if (loaded.kind === 'module') for (const [name, value] of publicNames(loaded)) frame.scope.assign(name, value);
    return;
  }
  for (const { name, alias } of statement.names) {
    bind(alias ?? name, () => memberOf(interpreter, frame, dottedName, name));
  }
}

/** Found at once inside of functions and of `try`, where failing may be part of the plan. */
function deferred(interpreter: Interpreter, frame: Frame, resolve: () => Value): Binding {
  if (frame.scope.kind !== 'module' || interpreter.tryDepth > 0) return resolve();
  const { place } = interpreter;
  return {
    kind: 'lazy',
    resolve() {
      const outer = interpreter.place;
      interpreter.place = place;
      const value = resolve();
      interpreter.place = outer;
      return value;
    },
  };
}

/** A name of the module, or a module inside of it. */
function memberOf(interpreter: Interpreter, frame: Frame, dottedName: string, name: string): Value {
  const loaded = loadModule(interpreter, frame, dottedName);
  const known = loaded.kind === 'module' ? moduleAttribute(interpreter, loaded, name) : undefined;
  if (known && known.kind !== 'unknown') return known;
  const inner = loadModule(interpreter, frame, dottedName.endsWith('.') ? dottedName + name : `${dottedName}.${name}`);
  if (inner.kind === 'module') return inner;
  if (known) return known;
  if (loaded.kind === 'module') {
    return interpreter.raise('ImportError', `cannot import name '${name}' from '${dottedName}'`);
  }
  return loaded;
}

function loadModule(interpreter: Interpreter, frame: Frame, dottedName: string): ModuleValue | UnknownValue {
  const library = interpreter.library(dottedName);
  if (library) return library;
  const from = frame.file.hidden ? interpreter.place.file : frame.file;
  const found = interpreter.readModule?.(dottedName, from.path);
  if (found) {
    return interpreter.files.get(found.file) ?? interpreter.runFile(new SourceFile(found.file, found.text));
  }
  const [root = dottedName] = dottedName.split('.');
  const reason =
    root !== '' && interpreter.library(root)
      ? `${dottedName} is not supported yet.`
      : `The module '${dottedName}' was not found.`;
  return interpreter.unknown(reason);
}

/** What `import a.b` binds to `a`: the package, with its module reachable from it. */
function rootPackage(
  interpreter: Interpreter,
  frame: Frame,
  root: string,
  dottedName: string,
  known: Binding | undefined,
): Value {
  const library = interpreter.library(root);
  if (library) return library;
  const bound = known?.kind === 'lazy' ? known.resolve() : known;
  const opened = bound?.kind === 'module' ? bound : loadModule(interpreter, frame, root);
  const loaded = loadModule(interpreter, frame, dottedName);
  if (opened.kind !== 'module' && loaded.kind !== 'module') return loaded;
  const rootModule: ModuleValue =
    opened.kind === 'module' ? opened : { kind: 'module', name: root, namespace: new Map() };
  let parent = rootModule;
  const parts = dottedName.split('.').slice(1);
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1) {
      parent.namespace.set(part, loaded);
      continue;
    }
    const next = lookUp(parent.namespace, part);
    const child: ModuleValue = next?.kind === 'module' ? next : { kind: 'module', name: part, namespace: new Map() };
    parent.namespace.set(part, child);
    parent = child;
  }
  return rootModule;
}

/** The names that `from module import *` brings: `__all__`, or those without a leading underscore. */
function publicNames(loaded: ModuleValue): [string, Binding][] {
  const all = lookUp(loaded.namespace, '__all__');
  const listed =
    all?.kind === 'list' || all?.kind === 'tuple'
      ? new Set(all.items.flatMap((item) => (item.kind === 'string' ? [item.value] : [])))
      : undefined;
  return [...loaded.namespace].filter(([name]) => (listed ? listed.has(name) : !name.startsWith('_')));
}
