import type { Framework } from '../analysis/model-analysis';
import type { Graph, Shape } from '../graph/graph';
import type { Mode } from '../ops/op';
import { findModels } from './find-models';
import { isModuleClass } from './library/module-class';
import { emitKerasModel } from './emit-keras-model';
import { emitModel } from './emit-model';
import { isKerasLayer, isKerasLayerClass } from './library/keras/is-keras-layer';
import { lookupInOrder } from './runtime/attributes';
import { reprOf } from './runtime/format';
import type { Frame } from './runtime/frame';
import { Interpreter, type ModuleReader } from './runtime/interpreter';
import { Scope } from './runtime/scope';
import { Tracer } from './runtime/tracer';
import { integer, lookUp, type InstanceValue, type ModuleValue, type Value } from './runtime/values';
import { SourceError } from './source-error';
import { SourceFile } from './source-file';
import { parseModule } from './syntax/parse-module';

/** What the data decides about a model. */
export interface Adaptation {
  /** Shape of the images, e.g. `['N', 1, 28, 28]`. */
  readonly inputShape: Shape;
  /** Given to the class or function as `num_classes` (or what it calls it), where the target is a plain name. */
  readonly numClasses?: number;
  /** Also give the channels of `inputShape` as `in_channels` (or what it is called). */
  readonly adaptInput?: boolean;
}

export interface TraceRequest extends Adaptation {
  /** Path, as it shall stand in messages and source ranges. */
  readonly file: string;
  readonly text: string;
  /** A class, a function or a variable, or an expression such as `VGG('VGG16')`; null: the only model in the file. */
  readonly target: string | null;
  readonly readModule?: ModuleReader;
  /** What `self.training` is where code branches on it; absent: such a branch is an error. */
  readonly mode?: Mode;
}

export interface TracedModel {
  readonly graph: Graph;
  /** The target, found where none was given. */
  readonly target: string;
  readonly framework: Framework;
}

const classCountNames = ['num_classes', 'n_classes', 'classes', 'num_labels', 'nclass'];
const channelNames = ['in_channels', 'input_channels', 'channels'];

/**
 * Reads the model that a Python file describes into a Graph: its parameters and buffers in state_dict order, then what
 * forward computes for an input of the given shape. Throws a SourceError that says file and line where something is
 * wrong, unknown or not supported.
 */
export function traceModel(request: TraceRequest): TracedModel {
  const file = new SourceFile(request.file, request.text);
  try {
    return trace(request, file);
  } catch (error) {
    // The limits on depth leave room, but the nesting of expressions has none.
    if (!(error instanceof RangeError)) throw error;
    throw new SourceError({ file, from: 0, to: 0 }, 'The code is nested too deeply to be read.');
  }
}

/** A model as it is trained and as it is used. */
export interface TracedForTraining extends TracedModel {
  /** What forward computes in training, over the same state, where code asks `self.training`; undefined: `graph` says both. */
  readonly trainingGraph?: Graph;
}

/** Reads a model once where its code does not branch on `self.training`, else once for each mode. Throws a SourceError. */
export function traceForTraining(request: TraceRequest): TracedForTraining {
  try {
    return traceModel(request);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    // Where the branch was not the reason, the same mistake is found again.
    const evaluated = traceModel({ ...request, mode: 'eval' });
    const { graph: trainingGraph } = traceModel({ ...request, mode: 'train' });
    return { ...evaluated, trainingGraph };
  }
}

function trace(request: TraceRequest, file: SourceFile): TracedModel {
  const target = request.target ?? onlyModel(request, file);
  const { interpreter, module } = openFile(file, request.readModule);
  interpreter.mode = request.mode;
  const model = buildTarget(interpreter, module, file, target, request);
  if (isKerasLayer(model)) {
    return { graph: emitKerasModel(interpreter, model, request.inputShape), target, framework: 'keras' };
  }
  return { graph: emitModel(interpreter, model, request.inputShape), target, framework: 'pytorch' };
}

/** Reads a file's top level; what it defines can then be made and called. */
export function openFile(
  file: SourceFile,
  readModule: ModuleReader | undefined,
): { readonly interpreter: Interpreter; readonly module: ModuleValue } {
  const interpreter = new Interpreter(file, new Tracer('scrap', false), readModule ? { readModule } : {});
  return { interpreter, module: interpreter.runFile(file) };
}

function onlyModel(request: TraceRequest, file: SourceFile): string {
  const models = findModels(request.text, request.file);
  const candidates = models.filter((model) => model.requiredArguments.length === 0 && !model.usedByAnother);
  const [only, second] = candidates;
  if (only && !second) return only.target;
  const whole = { file, from: 0, to: 0 };
  if (only) {
    const names = candidates.map((model) => model.target).join(', ');
    throw new SourceError(whole, 'There are several models in this file.', `Say which one: ${names}.`);
  }
  const [first] = models;
  if (!first) {
    throw new SourceError(
      whole,
      'There is no model in this file (a class derived from nn.Module, or an nn.Sequential).',
    );
  }
  const needing = models.find((model) => !model.usedByAnother) ?? first;
  throw missingArguments(file, needing.target, needing.requiredArguments, needing.from);
}

function missingArguments(file: SourceFile, name: string, required: readonly string[], from: number): SourceError {
  const several = required.length > 1;
  return new SourceError(
    { file, from, to: from + name.length },
    `${name} needs the argument${several ? 's' : ''} ${required.join(', ')}.`,
    `Give an expression as the model, such as ${name}(${required.map((argument) => `${argument}=…`).join(', ')}).`,
  );
}

/** Makes the model that a target names. Throws a SourceError where that is no model. */
export function buildTarget(
  interpreter: Interpreter,
  module: ModuleValue,
  file: SourceFile,
  target: string,
  request: Adaptation,
): InstanceValue {
  const value = isPlainName(target)
    ? buildNamed(interpreter, module, file, target, request)
    : evaluateTarget(interpreter, module, file, target);
  if (value.kind === 'unknown') return interpreter.failUnknown(value);
  if (value.kind === 'instance' && (value.module || isKerasLayer(value))) return value;
  throw new SourceError({ file, from: 0, to: 0 }, `${target} is not a model: it is ${reprOf(value)}.`);
}

function isPlainName(target: string): boolean {
  return /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(target);
}

/** A class or function is called; a model that already stands in the file is taken as it is. */
function buildNamed(
  interpreter: Interpreter,
  module: ModuleValue,
  file: SourceFile,
  target: string,
  request: Adaptation,
): Value {
  const [name = target, ...rest] = target.split('.');
  let value = lookUp(module.namespace, name);
  if (value === undefined) {
    throw new SourceError({ file, from: 0, to: 0 }, `'${name}' is not defined in this file.`);
  }
  for (const part of rest) value = interpreter.getAttribute(value, part);
  if (value.kind === 'class' && !isModuleClass(value) && !isKerasLayerClass(value)) {
    const unknownBase = value.order.find((base) => base.unknownBase)?.unknownBase;
    if (unknownBase) interpreter.failUnknown(unknownBase);
    throw new SourceError(value.place ?? { file, from: 0, to: 0 }, `${target} is not derived from nn.Module.`);
  }
  if (value.kind !== 'class' && value.kind !== 'function') return value;
  const callee = value.kind === 'class' ? lookupInOrder(value.order, '__init__') : value;
  const place = value.place ?? { file, from: 0, to: 0 };
  interpreter.place = place;
  const keyword =
    callee?.kind === 'function'
      ? adaptedArguments(
          callee.parameters.map(({ name: key }) => key),
          request,
        )
      : new Map<string, Value>();
  if (callee?.kind === 'function') {
    const parameters = value.kind === 'class' ? callee.parameters.slice(1) : callee.parameters;
    const required = parameters
      .filter(({ kind, default: fallback }) => !fallback && kind !== 'variadic' && kind !== 'keywords')
      .map((parameter) => parameter.name)
      .filter((parameter) => !keyword.has(parameter));
    if (required.length > 0) throw missingArguments(place.file, target, required, place.from);
  }
  return interpreter.call(value, [], keyword);
}

/** What the data decides: the number of classes, and of channels where the request says so. */
function adaptedArguments(parameters: readonly string[], request: Adaptation): Map<string, Value> {
  const keyword = new Map<string, Value>();
  const classCount = classCountNames.find((name) => parameters.includes(name));
  if (classCount && request.numClasses !== undefined) keyword.set(classCount, integer(request.numClasses));
  const channels = channelNames.find((name) => parameters.includes(name));
  const inputChannels = request.inputShape[1];
  if (channels && request.adaptInput && inputChannels !== undefined) keyword.set(channels, integer(inputChannels));
  return keyword;
}

/** Errors in the expression itself point into it. */
function evaluateTarget(interpreter: Interpreter, module: ModuleValue, file: SourceFile, target: string): Value {
  const source = new SourceFile(`${target} (the model to be read)`, target);
  const [statement, more] = parseModule(target);
  if (statement?.kind !== 'expression' || more) {
    throw new SourceError(
      { file, from: 0, to: 0 },
      `${target} is neither a name nor an expression that makes a model.`,
    );
  }
  const scope = new Scope('function', new Scope('module', undefined, module), module);
  const frame: Frame = { file: source, scope, owner: { current: undefined } };
  const value = interpreter.evaluate(frame, statement.value);
  if (value.kind !== 'class' && value.kind !== 'function') return value;
  interpreter.at(frame, statement);
  return interpreter.call(value);
}
