import type { Value } from '../../python/runtime/values';
import { SourceError } from '../../python/source-error';
import { isGrowingModel } from '../library/tensorflow-model';
import type { Body, FunctionExpression, Statement } from '../syntax/javascript-syntax';
import { parseScript, type ScriptDialect } from '../syntax/parse-script';
import { runStatement } from './execute';
import { capturedChanges } from './captured-changes';
import { isEffectError } from './effects';
import type { JavaScriptFrame } from './frame';
import { recordCalls } from './functions';
import { hoistBlock, hoistVariables } from './hoist';
import { undefinedValue } from './js-values';
import type { JavaScriptModule } from './modules';
import { argumentNames, namesChangedBy, namesInText } from './names-changed';

/** Statements and expressions that one statement at the top of a file may take: a training loop is not worth more. */
const maxStepsPerStatement = 200_000;

/** Runs a file's top level; what it declares stands in the module's scope. */
export function runScript(module: JavaScriptModule, dialect?: ScriptDialect): JavaScriptFrame {
  const { file, scope, interpreter } = module;
  const body = parseScript(file.text, file.path, dialect);
  const frame: JavaScriptFrame = {
    interpreter,
    file,
    module,
    scope,
    receiver: { current: undefinedValue, home: undefined, newTarget: undefined },
  };
  const { place, budget, budgetFloor, tryDepth, observer } = interpreter;
  interpreter.tryDepth = 0;
  // What a script does besides is nobody's mistake: only the model's own making and calling is observed.
  interpreter.observer = undefined;
  runLeniently(frame, body);
  interpreter.place = place;
  interpreter.tryDepth = tryDepth;
  interpreter.observer = observer;
  // What reading this file took does not count for the statement that imports it.
  interpreter.budgetFloor = Math.max(0, budgetFloor - (budget - interpreter.budget));
  return frame;
}

/**
 * Runs statements one by one. One that cannot be followed (loading data, training) ends with what it would have changed
 * being unknown; the others are run. Ends with a return.
 */
export function runLeniently(frame: JavaScriptFrame, body: Body): void {
  hoistVariables(frame.scope, body);
  hoistBlock(frame, body);
  for (const statement of body) if (runOne(frame, statement)) return;
}

/** Whether the body ends here. */
function runOne(frame: JavaScriptFrame, statement: Statement): boolean {
  const { interpreter } = frame;
  const { tryDepth } = interpreter;
  interpreter.budgetFloor = Math.max(0, interpreter.budget - maxStepsPerStatement);
  const calls = recordCalls(interpreter);
  try {
    return runStatement(frame, statement)?.kind === 'return';
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const unknown = { kind: 'unknown', reason: error.reason, place: error.place, cause: error } as const;
    for (const name of spoiledBy(frame, statement, calls, error)) frame.scope.force(name, unknown);
    interpreter.tryDepth = tryDepth;
    return false;
  } finally {
    interpreter.budgetFloor = 0;
  }
}

/** The names whose values are not known after a statement failed. */
function spoiledBy(
  frame: JavaScriptFrame,
  statement: Statement,
  calls: ReadonlySet<FunctionExpression>,
  error: SourceError,
): Set<string> {
  if (statement.kind === 'invalid') {
    return namesInText(frame.file.text.slice(statement.whole.from, statement.whole.to));
  }
  const names = namesChangedBy(statement);
  for (const node of calls) for (const name of capturedChanges(node).names) if (isData(frame, name)) names.add(name);
  // A function that failed may have added layers to a model that it was given, or not have come to it.
  const grows = [...calls].some((node) => /\.(add|pop)\s*\(/.test(frame.file.text.slice(node.from, node.to)));
  for (const name of argumentNames(statement)) {
    const found = frame.scope.lookup(name);
    if (found.kind !== 'found') continue;
    const model = holdsGrowingModel(found.value);
    if (model ? grows || isEffectError(error) : calls.size > 0 && isData(frame, name)) names.add(name);
  }
  return names;
}

/** A variable of this file that holds what may be changed from inside: an array, an object. */
function isData(frame: JavaScriptFrame, name: string): boolean {
  if (!frame.scope.hasOwn(name)) return false;
  const found = frame.scope.lookup(name);
  if (found.kind !== 'found') return false;
  return ['list', 'dict', 'set', 'instance', 'none', 'integer', 'float', 'string', 'boolean'].includes(
    found.value.kind,
  );
}

function holdsGrowingModel(value: Value): boolean {
  if (value.kind === 'list') return value.items.some(holdsGrowingModel);
  return isGrowingModel(value);
}
