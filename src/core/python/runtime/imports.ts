import { SourceFile } from '../source-file';
import type { ImportStatement } from '../syntax/syntax';
import { moduleAttribute } from './attributes';
import type { Frame } from './frame';
import type { Interpreter } from './interpreter';
import type { ModuleValue, UnknownValue, Value } from './values';

/** Runs an import. What is found nowhere becomes unknown, and matters only where it is used. */
export function runImport(interpreter: Interpreter, frame: Frame, statement: ImportStatement): void {
  if (statement.flavour === 'modules') {
    for (const { name, alias } of statement.modules) {
      const loaded = loadModule(interpreter, frame, name);
      const [root = name] = name.split('.');
      if (alias !== undefined || root === name) frame.scope.assign(alias ?? name, loaded);
      else frame.scope.assign(root, rootPackage(interpreter, frame, root, name, loaded));
    }
    return;
  }
  const dottedName = '.'.repeat(statement.level) + statement.module;
  const [first] = statement.names;
  if (dottedName === '__future__') return;
  if (!first || (statement.names.length === 1 && isOnlyDots(dottedName))) {
    importFromDots(interpreter, frame, statement.names, dottedName);
    return;
  }
  const loaded = isOnlyDots(dottedName) ? undefined : loadModule(interpreter, frame, dottedName);
  if (first.name === '*') {
    if (loaded?.kind === 'module') for (const [name, value] of publicNames(loaded)) frame.scope.assign(name, value);
    return;
  }
  for (const { name, alias } of statement.names) {
    frame.scope.assign(alias ?? name, memberOf(interpreter, frame, loaded, dottedName, name));
  }
}

function importFromDots(
  interpreter: Interpreter,
  frame: Frame,
  names: readonly { readonly name: string; readonly alias: string | undefined }[],
  dots: string,
): void {
  for (const { name, alias } of names) {
    frame.scope.assign(alias ?? name, memberOf(interpreter, frame, loadModule(interpreter, frame, dots), dots, name));
  }
}

function isOnlyDots(dottedName: string): boolean {
  return /^\.+$/.test(dottedName);
}

/** A name of the module, or a module inside of it. */
function memberOf(
  interpreter: Interpreter,
  frame: Frame,
  loaded: ModuleValue | UnknownValue | undefined,
  dottedName: string,
  name: string,
): Value {
  const known = loaded?.kind === 'module' ? moduleAttribute(interpreter, loaded, name) : undefined;
  if (known && known.kind !== 'unknown') return known;
  const inner = loadModule(interpreter, frame, dottedName.endsWith('.') ? dottedName + name : `${dottedName}.${name}`);
  if (inner.kind === 'module') return inner;
  if (known) return known;
  if (loaded?.kind === 'module')
    return interpreter.raise('ImportError', `cannot import name '${name}' from '${dottedName}'`);
  return loaded ?? inner;
}

function loadModule(interpreter: Interpreter, frame: Frame, dottedName: string): ModuleValue | UnknownValue {
  const library = interpreter.library(dottedName);
  if (library) return library;
  const found = interpreter.readModule?.(dottedName, frame.file.path);
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
  loaded: ModuleValue | UnknownValue,
): Value {
  const library = interpreter.library(root);
  if (library) return library;
  const known = frame.scope.names.get(root);
  const opened = known?.kind === 'module' ? known : loadModule(interpreter, frame, root);
  const rootModule: ModuleValue =
    opened.kind === 'module' ? opened : { kind: 'module', name: root, namespace: new Map() };
  if (opened.kind !== 'module' && loaded.kind !== 'module') return loaded;
  let parent = rootModule;
  const parts = dottedName.split('.').slice(1);
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1) parent.namespace.set(part, loaded);
    else {
      const next = parent.namespace.get(part);
      const child: ModuleValue = next?.kind === 'module' ? next : { kind: 'module', name: part, namespace: new Map() };
      parent.namespace.set(part, child);
      parent = child;
    }
  }
  return rootModule;
}

/** The names that `from module import *` brings: `__all__`, or those without a leading underscore. */
function publicNames(loaded: ModuleValue): [string, Value][] {
  const all = loaded.namespace.get('__all__');
  const listed =
    all?.kind === 'list' || all?.kind === 'tuple'
      ? new Set(all.items.flatMap((item) => (item.kind === 'string' ? [item.value] : [])))
      : undefined;
  return [...loaded.namespace].filter(([name]) => (listed ? listed.has(name) : !name.startsWith('_')));
}
