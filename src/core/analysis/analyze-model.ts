import { UserError } from '../errors';
import { addDims, multiplyDims, productOfDims, type Dim } from '../graph/dim';
import type { Graph, GraphNode, NodeId, TensorType } from '../graph/graph';
import { computeReceptiveFields } from '../graph/compute-receptive-fields';
import type { ReceptiveField } from '../graph/receptive-field';
import { opNamed } from '../ops/table';
import { callModel, outputsOf } from '../python/emit-model';
import { findModels, type ModelDeclaration } from '../python/find-models';
import { namedModules } from '../python/library/module-class';
import type { Interpreter, ModuleReader } from '../python/runtime/interpreter';
import type { InstanceValue, Value } from '../python/runtime/values';
import { sourceRangeOf, SourceFile } from '../python/source-file';
import { buildTarget, openFile } from '../python/trace-model';
import { bytesPerElement, describeCalls, distinctTensors, isLeaf, trainedIn } from './describe-calls';
import { findProblems } from './find-problems';
import type {
  AnalyzedInput,
  ModelAnalysis,
  ModuleCall,
  ModuleEntry,
  StateEntry,
  Totals,
  Unknown,
  ValueShape,
} from './model-analysis';
import { Recording } from './recording';
import { resolveInput } from './resolve-input';
import { inputOfLayer } from './symbolic-input';
import { valueShape } from './value-shape';

export interface AnalyzeRequest {
  /** Path, as it shall stand in messages and ranges. */
  readonly file: string;
  readonly text: string;
  /** A class, function, variable or expression; null: the file's main model. */
  readonly target: string | null;
  readonly readModule?: ModuleReader;
  /** What is known of inputs besides the code, by target; '*' is for all. See `resolveInput`. */
  readonly inputs?: Readonly<Record<string, AnalyzedInput>>;
  /** Given to the model as its number of classes, where it takes one. */
  readonly numClasses?: number;
}

/**
 * Makes a model and calls it once, without running anything: what each module does to the shapes, what PyTorch would
 * refuse, and what cannot be known. Unlike `traceModel` it goes on after an error. Throws a UserError where there is no
 * such model in the file at all.
 */
export function analyzeModel(request: AnalyzeRequest): ModelAnalysis {
  const declarations = findModels(request.text, request.file);
  const target = request.target ?? mainTarget(declarations);
  if (target === undefined) {
    throw new UserError(`There is no model in ${request.file}.`, 'Name one, with its arguments: file.py:Net(10).');
  }
  return analyzeTarget({ ...request, target }, declarations);
}

/** The first that needs no arguments and is no part of another. */
export function mainTarget(declarations: readonly ModelDeclaration[]): string | undefined {
  const ready = declarations.filter(({ requiredArguments }) => requiredArguments.length === 0);
  return (ready.find(({ usedByAnother }) => !usedByAnother) ?? ready[0])?.target;
}

export function analyzeTarget(
  request: AnalyzeRequest & { readonly target: string },
  declarations: readonly ModelDeclaration[],
): ModelAnalysis {
  const input = resolveInput(request.target, declarations, request.inputs ?? {});
  const { analysis, firstLayer } = analyzeWith(request, input);
  if (input.origin.kind !== 'symbolic' || !firstLayer) return analysis;
  const shape = inputOfLayer(firstLayer);
  if (!shape || shape.join() === input.shape.join()) return analysis;
  return analyzeWith(request, { shape, origin: input.origin }).analysis;
}

function analyzeWith(
  request: AnalyzeRequest & { readonly target: string },
  input: AnalyzedInput,
): { readonly analysis: ModelAnalysis; readonly firstLayer: InstanceValue | undefined } {
  const file = new SourceFile(request.file, request.text);
  const { interpreter, module } = openFile(file, request.readModule);
  const recording = new Recording(file, () => interpreter.tracer);
  interpreter.observer = recording;
  interpreter.mode = 'eval';
  const adaptation = {
    inputShape: input.shape,
    ...(request.numClasses === undefined ? {} : { numClasses: request.numClasses }),
  };
  const model = interpreter.guard(() => buildTarget(interpreter, module, file, request.target, adaptation));
  const known = model.kind === 'instance' ? model : undefined;
  if (model.kind === 'unknown') recording.noteUnknown(model, '');
  const type: TensorType = { shape: input.shape, dtype: 'f32' };
  let output: Value = model;
  if (known) output = interpreter.guard(() => callAndKeep(interpreter, known, type));
  const { builder } = interpreter.tracer;
  const reached = builder.finish([]);
  const { nodes } = reached;
  const receptiveFields = computeReceptiveFields(reached);
  const calls = describeCalls(recording.calls, { interpreter, nodes, receptiveFields });
  const modules = known ? namedModules(interpreter, known) : [];
  const { problems, unknowns } = findProblems(recording.errors, {
    file,
    modules: modules.map(([, each]) => each),
    symbolic: input.origin.kind === 'symbolic',
  });
  const allUnknowns = [...unknowns, ...recording.unknowns.values()];
  const graph = allUnknowns.length + problems.length === 0 ? finish(interpreter, output) : undefined;
  const analysis: ModelAnalysis = {
    target: request.target,
    className: known?.class.name ?? request.target,
    framework: 'pytorch',
    input,
    calls,
    modules: modules.map(([path, each]) => entryOf(path, each, interpreter, recording)),
    mentions: recording.mentions(),
    problems,
    unknowns: dedupe(allUnknowns),
    state: stateOf(nodes),
    output: valueShape(output),
    totals: totalsOf(known, interpreter, calls, nodes, receptiveFields),
    ...(graph ? { graph } : {}),
  };
  return { analysis, firstLayer: firstLayerWithWeights(recording) };
}

function firstLayerWithWeights({ calls }: Recording): InstanceValue | undefined {
  return calls.find(({ module }) => module && isLeaf(module) && (module.module?.parameters.size ?? 0) > 0)?.module;
}

function callAndKeep(interpreter: Interpreter, model: InstanceValue, type: TensorType): Value {
  return callModel(interpreter, model, type).output;
}

function finish(interpreter: Interpreter, output: Value): Graph | undefined {
  let graph: Graph | undefined;
  interpreter.guard(() => {
    graph = interpreter.tracer.builder.finish(outputsOf(interpreter, output));
    return output;
  });
  return graph;
}

function entryOf(path: string, module: InstanceValue, interpreter: Interpreter, recording: Recording): ModuleEntry {
  const assigned = recording.assignments.get(module);
  return {
    path,
    name: module.class.name,
    leaf: isLeaf(module),
    made: sourceRangeOf(module.place),
    ...(assigned ? { assigned: sourceRangeOf(assigned) } : {}),
    parameters: trainedIn(module, interpreter),
  };
}

function dedupe(unknowns: readonly Unknown[]): Unknown[] {
  const byPlace = new Map<string, Unknown>();
  for (const unknown of unknowns) {
    const { file, startLine, startColumn } = unknown.range;
    const key = `${file}:${startLine}:${startColumn}:${unknown.reason}`;
    if (!byPlace.has(key)) byPlace.set(key, unknown);
  }
  return [...byPlace.values()];
}

function stateOf(nodes: readonly GraphNode[]): StateEntry[] {
  return nodes.flatMap(({ op, path = '', type, attrs }) =>
    op === 'parameter' || op === 'buffer'
      ? [
          {
            name: path,
            kind: attrs.frozen === true ? 'parameter' : op,
            shape: type.shape,
            dtype: type.dtype,
            trained: op === 'parameter',
          },
        ]
      : [],
  );
}

function totalsOf(
  model: InstanceValue | undefined,
  interpreter: Interpreter,
  calls: readonly ModuleCall[],
  nodes: readonly GraphNode[],
  fields: ReadonlyMap<NodeId, ReceptiveField>,
): Totals {
  let frozen: Dim = 0;
  for (const tensor of model ? distinctTensors(model, interpreter) : []) {
    if (!tensor.requiresGrad) frozen = addDims(frozen, productOfDims(tensor.type.shape));
  }
  let stateBytes: Dim = 0;
  for (const { op, type } of nodes) {
    if (op !== 'parameter' && op !== 'buffer') continue;
    stateBytes = addDims(stateBytes, multiplyDims(bytesPerElement(type.dtype), productOfDims(type.shape)));
  }
  const flops = calls.find(({ parent }) => parent === undefined)?.flops;
  const activationBytes = sumActivations(calls, nodes);
  const field = [...fields.values()].filter(({ kind }) => kind === 'window').at(-1);
  return {
    parameters: model ? trainedIn(model, interpreter) : 0,
    frozenParameters: frozen,
    stateBytes,
    ...(flops === undefined ? {} : { flops }),
    ...(activationBytes === undefined ? {} : { activationBytes }),
    ...(field ? { receptiveField: field } : {}),
  };
}

/** What is computed and may have to be kept: views and the model's state are no memory of their own. */
function sumActivations(calls: readonly ModuleCall[], nodes: readonly GraphNode[]): Dim | undefined {
  if (calls.some(({ output }) => isUnknown(output))) return undefined;
  let total: Dim = 0;
  for (const node of nodes) {
    if (['input', 'parameter', 'buffer', 'constant'].includes(node.op) || opNamed(node.op).viewOffset) continue;
    const size = productOfDims(node.type.shape.map((dim) => (dim === 'N' ? 1 : dim)));
    total = addDims(total, multiplyDims(bytesPerElement(node.type.dtype), size));
  }
  return total;
}

function isUnknown(shape: ValueShape): boolean {
  return shape.kind === 'unknown';
}
