import { UserError } from '../errors';
import { describeReceptiveFields } from '../graph/compute-receptive-fields';
import type { Graph } from '../graph/graph';
import { findJavaScriptModels } from '../javascript/find-js-models';
import { outputsOf } from '../python/emit-model';
import { findModels, type ModelDeclaration } from '../python/find-models';
import { isUninitialised } from '../python/library/layers';
import type { Interpreter, ModuleReader } from '../python/runtime/interpreter';
import type { InstanceValue, Value } from '../python/runtime/values';
import { sourceRangeOf, SourceFile } from '../python/source-file';
import { describeCalls } from './describe-calls';
import { describeState, describeTotals } from './describe-totals';
import type { SourceLanguage } from './file-analysis';
import { findProblems } from './find-problems';
import { modelFacts, type ModelFacts } from './model-facts';
import type { AnalyzedInput, ModelAnalysis, ModuleEntry, Unknown } from './model-analysis';
import { Recording } from './recording';
import { resolveInput } from './resolve-input';
import { frameworkOf, openSource, runModel } from './run-model';
import { inputOfLayer } from './symbolic-input';
import { valueShape } from './value-shape';

export interface AnalyzeRequest {
  /** Path, as it shall stand in messages and ranges. */
  readonly file: string;
  readonly text: string;
  /** Absent: by the file's name. */
  readonly language?: SourceLanguage;
  /** A class, function, variable or expression; null: the file's main model. */
  readonly target: string | null;
  readonly readModule?: ModuleReader;
  /** What is known of inputs besides the code, by target; '*' is for all. See `resolveInput`. */
  readonly inputs?: Readonly<Record<string, AnalyzedInput>>;
  /** Given to the model as its number of classes, where it takes one. */
  readonly numClasses?: number;
}

/**
 * Makes a model and calls it once, without running anything: what each module does to the shapes, what the framework
 * would refuse, and what cannot be known. Unlike `traceModel` it goes on after an error. Throws a UserError where there
 * is no such model in the file at all.
 */
export function analyzeModel(request: AnalyzeRequest): ModelAnalysis {
  const language = request.language ?? languageOf(request.file);
  const declarations = findDeclarations(request.text, request.file, language);
  const target = request.target ?? mainTarget(declarations);
  if (target === undefined) {
    throw new UserError(`There is no model in ${request.file}.`, 'Name one, with its arguments: file.py:Net(10).');
  }
  return analyzeTarget({ ...request, target, language }, declarations);
}

export function languageOf(file: string): SourceLanguage {
  if (/\.[cm]?tsx?$/.test(file)) return 'typescript';
  return /\.[cm]?jsx?$/.test(file) ? 'javascript' : 'python';
}

/** The models that a file declares. Never throws. */
export function findDeclarations(text: string, file: string, language: SourceLanguage): readonly ModelDeclaration[] {
  return language === 'python' ? findModels(text, file) : findJavaScriptModels(text, file, language);
}

/** The first that needs no arguments and is no part of another. */
export function mainTarget(declarations: readonly ModelDeclaration[]): string | undefined {
  const ready = declarations.filter(({ requiredArguments }) => requiredArguments.length === 0);
  return (ready.find(({ usedByAnother }) => !usedByAnother) ?? ready[0])?.target;
}

/** Six times what the largest network of torchvision takes: an endless loop is known for one within a second. */
const maxSteps = 1_000_000;

type TargetRequest = AnalyzeRequest & { readonly target: string; readonly language: SourceLanguage };

export function analyzeTarget(request: TargetRequest, declarations: readonly ModelDeclaration[]): ModelAnalysis {
  const input = resolveInput(request.target, declarations, request.inputs ?? {});
  const { analysis, firstLayer } = analyzeWith(request, input);
  if (analysis.input.origin.kind !== 'symbolic' || !firstLayer) return analysis;
  const shape = inputOfLayer(firstLayer);
  if (!shape || shape.join() === input.shape.join()) return analysis;
  return analyzeWith(request, { shape, origin: input.origin }).analysis;
}

interface Analyzed {
  readonly analysis: ModelAnalysis;
  readonly firstLayer: InstanceValue | undefined;
}

function analyzeWith(request: TargetRequest, wanted: AnalyzedInput): Analyzed {
  const file = new SourceFile(request.file, request.text);
  const { interpreter, make } = openSource(file, request.language, request.readModule);
  const recording = new Recording(file, interpreter);
  interpreter.observer = recording;
  interpreter.mode = 'eval';
  interpreter.budget = maxSteps;
  const made: Value = interpreter.guard(() => make(request.target, wanted, request.numClasses));
  const model = made.kind === 'instance' ? made : undefined;
  if (made.kind === 'unknown') recording.noteUnknown(made, '');
  const { output, input } = model ? runGuarded(interpreter, model, wanted) : { output: made, input: wanted };
  // What was found is described to its end, even if reading it took too long.
  interpreter.budget = Infinity;
  const reached = interpreter.tracer.builder.finish([]);
  const { nodes } = reached;
  const facts = modelFacts(interpreter);
  const { fields, convolutional } = describeReceptiveFields(reached);
  const calls = describeCalls(recording.calls, { facts, nodes, receptiveFields: fields });
  const modules = model ? facts.named(model) : [];
  for (const [path, module] of modules) {
    if (!isUninitialised(module)) continue;
    const reason = `The sizes of ${module.class.name} are not known: forward never calls it.`;
    recording.noteUnknown({ kind: 'unknown', reason, place: module.place }, path);
  }
  const { problems, unknowns } = findProblems(recording.errors, {
    file,
    modules: modules.map(([, each]) => each),
    origins: recording.origins,
    symbolic: input.origin.kind === 'symbolic',
  });
  const allUnknowns = distinct([...unknowns, ...recording.unknowns.values()]);
  const graph = allUnknowns.length + problems.length === 0 ? finish(interpreter, output) : undefined;
  const analysis: ModelAnalysis = {
    target: request.target,
    className: model?.class.name ?? request.target,
    framework: frameworkOf(made, request.language),
    input,
    calls,
    modules: modules.map(([path, each]) => entryOf(path, each, facts, recording)),
    mentions: recording.mentions(),
    problems,
    unknowns: allUnknowns,
    state: describeState(nodes, frozenNames(modules)),
    output: valueShape(output),
    totals: describeTotals(model, facts, { calls, nodes, receptiveField: convolutional }),
    ...(graph ? { graph } : {}),
  };
  return { analysis, firstLayer: firstLayerWithWeights(recording, facts) };
}

function runGuarded(
  interpreter: Interpreter,
  model: InstanceValue,
  wanted: AnalyzedInput,
): { readonly output: Value; readonly input: AnalyzedInput } {
  let input = wanted;
  const output = interpreter.guard(() => {
    const run = runModel(interpreter, model, wanted);
    input = run.input;
    return run.output;
  });
  return { output, input };
}

function frozenNames(modules: readonly (readonly [string, InstanceValue])[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [path, { module }] of modules) {
    for (const [name, value] of module?.parameters ?? []) {
      if (value.kind === 'tensor' && !value.requiresGrad) names.add(path === '' ? name : `${path}.${name}`);
    }
  }
  return names;
}

function firstLayerWithWeights({ calls }: Recording, facts: ModelFacts): InstanceValue | undefined {
  return calls.find(({ module }) => module && facts.isLeaf(module) && (module.module?.parameters.size ?? 0) > 0)
    ?.module;
}

function finish(interpreter: Interpreter, output: Value): Graph | undefined {
  let graph: Graph | undefined;
  interpreter.guard(() => {
    graph = interpreter.tracer.builder.finish(outputsOf(interpreter, output));
    return output;
  });
  return graph;
}

function entryOf(path: string, module: InstanceValue, facts: ModelFacts, recording: Recording): ModuleEntry {
  const assigned = recording.assignments.get(module);
  return {
    path,
    name: module.class.name,
    leaf: facts.isLeaf(module),
    made: sourceRangeOf(module.place),
    ...(assigned ? { assigned: sourceRangeOf(assigned) } : {}),
    parameters: facts.count(module, 'trained'),
  };
}

function distinct(unknowns: readonly Unknown[]): Unknown[] {
  const byPlace = new Map<string, Unknown>();
  for (const unknown of unknowns) {
    const { file, startLine, startColumn } = unknown.range;
    const key = `${file}:${startLine}:${startColumn}:${unknown.reason}`;
    if (!byPlace.has(key)) byPlace.set(key, unknown);
  }
  return [...byPlace.values()];
}
