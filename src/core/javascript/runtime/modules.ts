import { SourceFile } from '../../python/source-file';
import type { Interpreter } from '../../python/runtime/interpreter';
import { native, type DictValue, type ModuleValue, type UnknownValue, type Value } from '../../python/runtime/values';
import { globalScope } from '../library/globals';
import { charts, isChartsModule, isTensorFlowModule, tensorFlow } from '../library/tensorflow';
import type { ExportStatement, ImportStatement, Statement } from '../syntax/javascript-syntax';
import { evaluate } from './evaluate';
import { runStatement, type Outcome } from './execute';
import { at, type JavaScriptFrame } from './frame';
import { namesIn } from './hoist';
import { getOwn, objectValue, ownNames, undefinedValue } from './js-values';
import { runScript } from './run-script';
import { JavaScriptScope } from './scope';

/** A file that is read, and what it offers to others. */
export interface JavaScriptModule {
  readonly file: SourceFile;
  readonly interpreter: Interpreter;
  /** JavaScript's own names, and those that are assigned without being declared. */
  readonly globals: JavaScriptScope;
  readonly scope: JavaScriptScope;
  /** `export`: looked up when they are used, as they may change. */
  readonly exports: Map<string, () => Value>;
  /** `export * from` */
  readonly reexports: (() => ModuleValue | DictValue | UnknownValue)[];
  /** CommonJS: the object `module`. */
  readonly commonJs: DictValue;
  /** What `import * as` gives. */
  readonly namespace: ModuleValue;
}

export function makeModule(interpreter: Interpreter, file: SourceFile): JavaScriptModule {
  const globals = globalScope();
  const exports = new Map<string, () => Value>();
  const reexports: JavaScriptModule['reexports'] = [];
  const initial = objectValue();
  const commonJs = objectValue([['exports', initial]]);
  const namespace: ModuleValue = {
    kind: 'module',
    name: file.baseName,
    namespace: new Map(),
    missing: (name) => exported(made, name),
  };
  const scope = new JavaScriptScope(globals, 'function');
  scope.declare('module', commonJs);
  scope.declare('exports', initial);
  scope.declare(
    'require',
    native('require', (machine, [specifier]) =>
      specifier?.kind === 'string'
        ? requireModule(made, specifier.value)
        : machine.unknown('What is required is not known.'),
    ),
  );
  const made: JavaScriptModule = { file, interpreter, globals, scope, exports, reexports, commonJs, namespace };
  return made;
}

function exported(module: JavaScriptModule, name: string): Value | undefined {
  const found = module.exports.get(name);
  if (found) return found();
  for (const source of module.reexports) {
    const loaded = source();
    const member = loaded.kind === 'unknown' ? loaded : memberOf(loaded, name);
    if (member) return member;
  }
  return undefined;
}

/** Runs an import. Other files are read when a name of theirs is first used. */
export function runImport(frame: JavaScriptFrame, statement: ImportStatement): void {
  for (const { name, alias } of statement.names) {
    frame.scope.declareLazily(alias, () => {
      const { place } = frame.interpreter;
      at(frame, statement);
      const value = importedMember(frame, statement.module, name);
      frame.interpreter.place = place;
      return value;
    });
  }
}

function importedMember(frame: JavaScriptFrame, specifier: string, name: string): Value {
  const { interpreter } = frame;
  const loaded = loadModule(frame, specifier);
  if (loaded.kind === 'unknown' || name === '*') return loaded;
  const found = memberOf(loaded, name);
  if (found) return found;
  // `import tf from …` and `import x from './common.cjs'` give the whole.
  if (name === 'default' && (loaded === tensorFlow || loaded.kind === 'dict')) return loaded;
  if (loaded === tensorFlow) return interpreter.unknown(`tf.${name} is not supported yet.`);
  return interpreter.unknown(`${specifier} does not export '${name}'.`);
}

function memberOf(loaded: Value, name: string): Value | undefined {
  if (loaded.kind === 'dict') return getOwn(loaded, name);
  if (loaded.kind !== 'module') return undefined;
  const bound = loaded.namespace.get(name);
  return bound && bound.kind !== 'lazy' ? bound : loaded.missing?.(name);
}

/** What `require(specifier)` gives, and `import * as` of it. */
export function loadModule(
  { interpreter, file }: Pick<JavaScriptModule, 'interpreter' | 'file'>,
  specifier: string,
): ModuleValue | DictValue | UnknownValue {
  if (isTensorFlowModule(specifier)) return tensorFlow;
  if (isChartsModule(specifier)) return charts;
  const found = interpreter.readModule?.(specifier, file.path);
  if (!found) return interpreter.unknown(`The module '${specifier}' was not found.`);
  const files = filesOf(interpreter);
  let module = files.get(found.file);
  if (!module) {
    module = makeModule(interpreter, new SourceFile(found.file, found.text));
    files.set(found.file, module);
    runScript(module);
  }
  const assigned = getOwn(module.commonJs, 'exports');
  if (assigned?.kind === 'unknown') return assigned;
  if (assigned?.kind === 'dict' && ownNames(assigned).length > 0) return assigned;
  if (assigned && assigned.kind !== 'dict') {
    // `module.exports = createModel`
    return { ...module.namespace, namespace: new Map([['default', assigned]]) };
  }
  return module.namespace;
}

/** `require('./model')` where the file exports one thing gives that. */
function requireModule(from: JavaScriptModule, specifier: string): Value {
  const loaded = loadModule(from, specifier);
  if (loaded.kind !== 'module' || loaded === tensorFlow) return loaded;
  const only = loaded.namespace.get('default');
  return only && only.kind !== 'lazy' ? only : loaded;
}

const modulesByInterpreter = new WeakMap<Interpreter, Map<string, JavaScriptModule>>();

function filesOf(interpreter: Interpreter): Map<string, JavaScriptModule> {
  const known = modulesByInterpreter.get(interpreter);
  if (known) return known;
  const made = new Map<string, JavaScriptModule>();
  modulesByInterpreter.set(interpreter, made);
  return made;
}

/** Runs an export. */
export function runExport(frame: JavaScriptFrame, statement: ExportStatement): Outcome | undefined {
  const { exports } = frame.module;
  switch (statement.flavour) {
    case 'declaration': {
      const { statement: inner } = statement;
      for (const name of namesDeclared(inner)) exports.set(name, () => lookUpExport(frame, name));
      return runStatement(frame, inner);
    }
    case 'default': {
      const value = evaluate(frame, statement.value);
      exports.set('default', () => value);
      // `export default function createModel() {…}` is a declaration, too.
      if ((statement.value.kind === 'function' || statement.value.kind === 'class') && statement.value.name !== '') {
        frame.scope.declare(statement.value.name, value);
      }
      return undefined;
    }
    case 'names':
      runExportNames(frame, statement);
      return undefined;
  }
}

function runExportNames(frame: JavaScriptFrame, statement: ExportStatement & { readonly flavour: 'names' }): void {
  const { exports, reexports } = frame.module;
  for (const { name, alias } of statement.names) {
    const { module: specifier } = statement;
    if (specifier === undefined) exports.set(alias, () => lookUpExport(frame, name));
    else if (alias === '*') reexports.push(() => loadModule(frame, specifier));
    else exports.set(alias, () => importedMember(frame, specifier, name));
  }
}

function namesDeclared(statement: Statement): string[] {
  switch (statement.kind) {
    case 'declare':
      return statement.declarations.flatMap(({ target }) => namesIn(target));
    case 'function':
    case 'class':
      return [statement.value.name];
    case 'enum':
      return [statement.name];
    default:
      return [];
  }
}

function lookUpExport(frame: JavaScriptFrame, name: string): Value {
  const found = frame.scope.lookup(name);
  return found.kind === 'found' ? found.value : undefinedValue;
}
