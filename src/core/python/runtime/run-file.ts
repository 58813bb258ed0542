import { builtins } from '../library/builtins';
import { SourceError } from '../source-error';
import type { SourceFile } from '../source-file';
import { namesChangedBy } from '../syntax/names-changed';
import { parseModule } from '../syntax/parse-module';
import type { Statement } from '../syntax/syntax';
import { runStatement } from './execute';
import type { Frame } from './frame';
import type { Interpreter } from './interpreter';
import { Scope } from './scope';
import { string, type ModuleValue, type Value } from './values';

/** Statements and expressions that one statement at the top of a file may take: a training loop is not worth more. */
const maxStepsPerStatement = 200_000;

/**
 * Runs a file's top level. A statement that cannot be followed (reading files, training loops) ends with what it would
 * have changed being unknown; the others are run. Python that is not Python is an error at once.
 */
export function runFile(
  interpreter: Interpreter,
  file: SourceFile,
  name = moduleName(file.path),
  natives: Readonly<Record<string, Value>> = {},
): ModuleValue {
  const namespace = new Map<string, Value>([...Object.entries(natives), ['__name__', string(name)]]);
  const module: ModuleValue = { kind: 'module', name, namespace };
  module.namespace.set('__file__', string(file.path));
  interpreter.files.set(file.path, module);
  const { place, budget, budgetFloor, tryDepth, observer } = interpreter;
  const scope = new Scope('module', new Scope('module', undefined, builtins), module);
  const frame: Frame = { file, scope, owner: { current: undefined } };
  interpreter.tryDepth = 0;
  // What a script does besides is nobody's mistake: only the model's own making and calling is observed.
  interpreter.observer = undefined;
  const callers = interpreter.frames.splice(0, interpreter.frames.length, frame);
  for (const statement of parseModule(file.text)) runTopLevel(interpreter, frame, statement);
  interpreter.frames.splice(0, interpreter.frames.length, ...callers);
  interpreter.place = place;
  interpreter.tryDepth = tryDepth;
  interpreter.observer = observer;
  // What reading this file took does not count for the statement that imports it.
  interpreter.budgetFloor = Math.max(0, budgetFloor - (budget - interpreter.budget));
  return module;
}

/** `nets` of `models/nets.py`, and `models` of `models/__init__.py`. */
function moduleName(path: string): string {
  const parts = path.split(/[\\/]/);
  const last = (parts.pop() ?? '').replace(/\.py$/, '');
  return last === '__init__' ? (parts.pop() ?? last) : last;
}

function runTopLevel(interpreter: Interpreter, frame: Frame, statement: Statement): void {
  const { tryDepth, withoutGradient } = interpreter;
  interpreter.budgetFloor = Math.max(0, interpreter.budget - maxStepsPerStatement);
  try {
    runStatement(interpreter, frame, statement);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (statement.kind === 'invalid' || error.reason.startsWith('SyntaxError: ')) throw error;
    for (const name of namesChangedBy(statement)) {
      frame.scope.assign(name, { kind: 'unknown', reason: error.reason, place: error.place, cause: error });
    }
    interpreter.tryDepth = tryDepth;
    interpreter.frames.length = 1;
    interpreter.withoutGradient = withoutGradient;
  } finally {
    interpreter.budgetFloor = 0;
  }
}
