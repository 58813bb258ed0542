import { UserError } from '../errors';
import type { ModelDeclaration } from '../python/find-models';
import type { ModuleReader } from '../python/runtime/interpreter';
import { SourceError } from '../python/source-error';
import { analyzeTarget, findDeclarations } from './analyze-model';
import type { Failure, FileAnalysis, FileRequest } from './file-analysis';
import type { ModelAnalysis } from './model-analysis';

/** How many of a file's models are shown at most, so that each of its classes is in one. */
const maxTargets = 6;
/** How many are read in search of classes that no other shows: files of builders may have dozens, all alike. */
const maxSearched = 5;

/**
 * All that is known of a file's models. Its main model comes first; others follow as long as they use a class of the
 * file that no model before them used. Never throws for what is wrong in the file: that is told in `failures`.
 */
export function analyzeFile(request: FileRequest, readModule: ModuleReader): FileAnalysis {
  const dependencies = new Set<string>();
  const reader: ModuleReader = (dottedName, fromFile) => {
    const found = readModule(dottedName, fromFile);
    if (found) dependencies.add(found.file);
    return found;
  };
  const declarations = findDeclarations(request.text, request.file, request.language);
  const models: ModelAnalysis[] = [];
  const failures: Failure[] = [];
  const uncovered = new Set(declarations.filter(({ kind }) => kind === 'class').map(({ name }) => name));
  let searched = 0;
  for (const target of targetsOf(request, declarations)) {
    if (models.length >= maxTargets) break;
    const declaration = declarations.find((each) => each.target === target);
    // A second builder is only worth its time if it shows a class that the others do not use. Keras models have no
    // classes of their own: each shows its own layers.
    const [main] = models;
    if (main?.framework === 'pytorch' && (uncovered.size === 0 || searched++ >= maxSearched)) break;
    const analysis = analyzeOne(request, target, declarations, reader, declaration?.line ?? 1, failures);
    if (!analysis) continue;
    const shown = analysis.modules.filter(({ name }) => uncovered.delete(name));
    const isNew = shown.length > 0 || analysis.problems.length > 0 || analysis.framework !== 'pytorch';
    if (models.length === 0 || isNew) models.push(analysis);
  }
  return {
    file: request.file,
    framework: models[0]?.framework ?? 'pytorch',
    declarations,
    models,
    failures,
    dependencies: [...dependencies],
  };
}

/** The chosen one; else all that can be made without arguments, whole models first. */
function targetsOf({ target }: FileRequest, declarations: readonly ModelDeclaration[]): string[] {
  const ready = declarations.filter(({ requiredArguments }) => requiredArguments.length === 0);
  const whole = ready.filter(({ usedByAnother }) => !usedByAnother);
  const parts = ready.filter(({ usedByAnother }) => usedByAnother);
  const [main, ...others] = [...(target === null ? [] : [{ target }]), ...whole, ...parts].map((each) => each.target);
  if (main === undefined) return [];
  return [main, ...fromBothEnds([...new Set(others)].filter((other) => other !== main))];
}

/** First, last, second, last but one, …: variants of one network stand side by side, other networks further away. */
function fromBothEnds(targets: readonly string[]): string[] {
  return targets.map((_, index) => targets.at(index % 2 === 0 ? index / 2 : -(index + 1) / 2) ?? '');
}

function analyzeOne(
  request: FileRequest,
  target: string,
  declarations: readonly ModelDeclaration[],
  readModule: ModuleReader,
  line: number,
  failures: Failure[],
): ModelAnalysis | undefined {
  const { file, text, language, inputs } = request;
  try {
    return analyzeTarget({ file, text, language, target, readModule, inputs }, declarations);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const place = error instanceof SourceError && error.file === file ? error.line : line;
    failures.push({ target, reason: error instanceof SourceError ? error.reason : error.message, line: place });
    return undefined;
  }
}
