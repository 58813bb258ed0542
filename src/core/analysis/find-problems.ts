import type { Dim } from '../graph/dim';
import type { SourceRange } from '../graph/graph';
import { parseSignature } from '../ops/signature';
import { pytorchModule } from '../ops/table';
import { PythonException } from '../python/runtime/python-exception';
import type { InstanceValue } from '../python/runtime/values';
import { sourceRangeOf, type Place, type SourceFile } from '../python/source-file';
import { visitExpressions } from '../python/syntax/names-used';
import { parseModule } from '../python/syntax/parse-module';
import type { Expression } from '../python/syntax/syntax';
import { formatValueShape } from './format-value-shape';
import type { Problem, Unknown } from './model-analysis';
import type { RecordedCall, RecordedError } from './recording';

export interface ProblemContext {
  /** The file that problems are shown in. */
  readonly file: SourceFile;
  /** All modules of the model: a fix is only offered where one place made one module. */
  readonly modules: readonly InstanceValue[];
  /** Calls in the file by which modules were made whose constructors stand in other files. */
  readonly origins: ReadonlyMap<InstanceValue, Place>;
  /** Height and width are not known: what depends on them is not certain. */
  readonly symbolic: boolean;
}

/** What PyTorch refuses becomes a problem; what is only not known here stays unknown. */
export function findProblems(
  errors: readonly RecordedError[],
  context: ProblemContext,
): { readonly problems: Problem[]; readonly unknowns: Unknown[] } {
  const problems: Problem[] = [];
  const unknowns: Unknown[] = [];
  const seen = new Set<string>();
  // What was not followed may have left things out: what fails after it may only fail for that.
  let missedWhileMade = false;
  let missed = false;
  for (const recorded of errors) {
    const { error, calls } = recorded;
    const [call] = calls;
    const path = call && call.index >= 0 ? { path: call.path } : {};
    const consequence = missedWhileMade || (missed && error instanceof PythonException);
    if (!error.refused && calls.every(isBeforeForward)) missedWhileMade = true;
    missed = true;
    if (consequence || !isCertain(recorded, context)) {
      const doubt = consequence ? ' (Something before it is not known.)' : " (The input's shape is not known.)";
      unknowns.push({
        range: sourceRangeOf(error.place),
        reason: error.refused ? `${error.reason}${doubt}` : error.reason,
        ...path,
      });
      continue;
    }
    const problem = { ...describe(recorded, context), ...path };
    const key = `${rangeKey(problem.range)}:${problem.message}`;
    if (seen.has(key)) continue;
    seen.add(key);
    problems.push(problem);
  }
  return { problems, unknowns };
}

/** Without the input's sizes, only what compares two numbers of the code is certain. */
function isCertain({ error, calls }: RecordedError, { symbolic }: ProblemContext): boolean {
  if (!error.refused) return false;
  if (!symbolic || calls.every(isBeforeForward)) return true;
  return error.fix !== undefined && typeof error.fix.value === 'number';
}

/** A call while the model was made. */
function isBeforeForward({ index }: RecordedCall): boolean {
  return index < 0;
}

function describe({ error, calls, origin }: RecordedError, context: ProblemContext): Problem {
  const { file } = context;
  const [call] = calls;
  const layer = call?.index !== undefined && call.index >= 0 && isLayerOfLibrary(call) ? call : undefined;
  const made = layer?.module && (context.origins.get(layer.module) ?? layer.module.place);
  const use = innermostIn(file, [layer ? layer.place : error.place, ...calls.map(({ place }) => place)]);
  const argument = error.fix?.argument;
  const constructor = made?.file === file ? made : undefined;
  const isOwnCall = constructor !== undefined && constructor === layer?.module?.place;
  const spot = isOwnCall && argument !== undefined ? argumentSpan(file, constructor, layer, argument) : undefined;
  const place = spot?.place ?? constructor ?? origin ?? use ?? error.place;
  const related: { range: SourceRange; message: string }[] = [];
  if (use && constructor && use.from !== constructor.from) {
    related.push({ range: sourceRangeOf(use), message: `Called here${givenTo(layer)}.` });
  }
  if (place.file !== error.place.file) related.push({ range: sourceRangeOf(error.place), message: error.reason });
  const fix = spot && layer?.module && error.fix ? fixOf(spot, layer.module, error.fix.value, context) : undefined;
  return {
    range: sourceRangeOf(place),
    message: error.reason,
    related,
    ...(fix ? { fix: { title: `Change ${argument ?? ''} to ${fix}`, range: sourceRangeOf(place), text: fix } } : {}),
    ...(error.fix ? { argument: error.fix } : {}),
  };
}

function givenTo(call: RecordedCall | undefined): string {
  const [input] = call?.inputs ?? [];
  return input && input.kind === 'tensor' ? ` with ${formatValueShape(input)}` : '';
}

function isLayerOfLibrary({ module }: RecordedCall): boolean {
  if (!module) return false;
  const { place, order } = module.class;
  return !place || order.some((base) => !base.place && pytorchModule(base.name) !== undefined);
}

function innermostIn(file: SourceFile, places: readonly Place[]): Place | undefined {
  return places.find((place) => place.file === file);
}

/** Where an argument stands in the call that made a layer. */
function argumentSpan(
  file: SourceFile,
  constructor: Place,
  call: RecordedCall | undefined,
  argument: string,
): { readonly place: Place; readonly value: Expression } | undefined {
  const binding = call?.module?.class.order
    .filter(({ place }) => !place)
    .map(({ name }) => pytorchModule(name))
    .find((found) => found !== undefined);
  const expression = binding && callAt(file, constructor);
  if (!expression) return undefined;
  const index = parseSignature(binding.signature).findIndex(({ name }) => name === argument);
  const named = expression.keyword.find(({ name }) => name === argument)?.value;
  // A class derived from the layer has its own constructor: positions say nothing then.
  const own = call?.module?.class.place === undefined;
  const positional = own && !expression.positional.some(({ kind }) => kind === 'starred');
  const value = named ?? (positional && index >= 0 ? expression.positional[index] : undefined);
  return value && { place: { file, from: value.from, to: value.to }, value };
}

function callAt(file: SourceFile, place: Place): (Expression & { readonly kind: 'call' }) | undefined {
  let found: (Expression & { readonly kind: 'call' }) | undefined;
  for (const statement of parseModule(file.text)) {
    if (statement.to < place.from || statement.from > place.to) continue;
    visitExpressions(statement, (expression) => {
      if (expression.kind === 'call' && expression.from === place.from && expression.to === place.to)
        found = expression;
    });
  }
  return found;
}

/** A number written for one layer alone can be replaced. */
function fixOf(
  spot: { readonly place: Place; readonly value: Expression },
  module: InstanceValue,
  value: Dim,
  { modules }: ProblemContext,
): string | undefined {
  const text = typeof value === 'number' ? String(value) : undefined;
  const alone = modules.filter(({ place }) => place.file === module.place.file && place.from === module.place.from);
  return text !== undefined && alone.length === 1 && isLiteral(spot.value) ? text : undefined;
}

/** `400`, `16 * 5 * 5` */
function isLiteral(expression: Expression): boolean {
  if (expression.kind === 'number') return true;
  return expression.kind === 'binary' && isLiteral(expression.left) && isLiteral(expression.right);
}

function rangeKey({ file, startLine, startColumn }: SourceRange): string {
  return `${file}:${startLine}:${startColumn}`;
}
