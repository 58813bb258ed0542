import type { ArgumentFix, Mode } from '../../ops/op';
import { exceptionClasses, type ExceptionName } from '../library/exception-classes';
import { findLibraryModule } from '../library/library';
import { isAlwaysOurs, isPreludePackage, preludeModule } from '../library/prelude/prelude';
import { SourceError } from '../source-error';
import { SourceFile, type Place } from '../source-file';
import type { Expression, Span } from '../syntax/syntax';
import { deleteAttribute, findAttribute, setAttribute } from './attributes';
import { callValue } from './call';
import { evaluate } from './evaluate';
import { runFile } from './run-file';
import { iterate } from './iterate';
import { truthOf } from './truth';
import { PythonException } from './python-exception';
import type { Frame } from './frame';
import type { Observer } from './observer';
import { typeName } from './type-name';
import type { Tracer } from './tracer';
import { none, string, tuple, type InstanceValue, type ModuleValue, type UnknownValue, type Value } from './values';

export interface InterpreterOptions {
  /** Finds another file of the workspace by the dotted name of an import (`.blocks`, `models.resnet`); undefined: not there. */
  readonly readModule?: ModuleReader;
}

export type ModuleReader = (
  dottedName: string,
  fromFile: string,
) => { readonly file: string; readonly text: string } | undefined;

/** How much is done before the interpreter gives up: statements and expressions, and calls inside of each other. */
const maxSteps = 4_000_000;
const maxDepth = 120;

/**
 * Reads a Python program without running it: an abstract interpreter over its syntax. What cannot be known is an
 * UnknownValue, which only becomes an error where it is needed. Nothing is ever executed, no file is opened but
 * through `readModule`.
 */
export class Interpreter {
  /** What is being done now: where errors point to. */
  place: Place;
  /** Steps left. */
  budget = maxSteps;
  /** Where the statement that is run now gives up. */
  budgetFloor = 0;
  /** Above 0 inside of `try`: an import there may be meant to fail. */
  tryDepth = 0;
  /** Where tensor operations go. */
  tracer: Tracer;
  /** The modules whose `forward` runs now, outermost first. */
  readonly moduleStack: InstanceValue[] = [];
  /** The function calls that run now, outermost first. */
  readonly frames: Frame[] = [];
  /** Files by path. */
  readonly files = new Map<string, ModuleValue>();
  readonly readModule: ModuleReader | undefined;
  /** The calls that are under way, outermost first. */
  readonly callPlaces: Place[] = [];
  /** Is told what happens, and keeps errors; undefined: the first error ends the reading. */
  observer: Observer | undefined;
  /** What `self.training` is where code branches on it; undefined: such a branch is an error. */
  mode: Mode | undefined;
  /** The exception whose handler runs now. */
  handled: PythonException | undefined;
  /** Above 0 inside of `with torch.no_grad()`. */
  withoutGradient = 0;
  private readonly provided = new Map<string, boolean>();
  private depth = 0;

  constructor(start: SourceFile, tracer: Tracer, options: InterpreterOptions = {}) {
    this.place = { file: start, from: 0, to: 0 };
    this.tracer = tracer;
    this.readModule = options.readModule;
  }

  at(frame: Frame, span: Span): void {
    if (!frame.file.hidden) this.place = { file: frame.file, from: span.from, to: span.to };
  }

  spend(steps = 1): void {
    this.budget -= steps;
    if (this.budget < this.budgetFloor) this.fail('The code takes too long to read (an endless loop?).');
  }

  /** Ends the reading at the current place: what follows cannot be known here. */
  fail(reason: string, remedy?: string): never {
    throw new SourceError(this.place, reason, remedy);
  }

  /** Ends the reading at the current place: PyTorch refuses this too. */
  refuse(reason: string, fix?: ArgumentFix): never {
    throw new SourceError(this.place, reason, undefined, { refused: true, ...(fix ? { fix } : {}) });
  }

  /** Raises what Python would raise here. */
  raise(name: ExceptionName, message: string): never {
    const exception: InstanceValue = {
      kind: 'instance',
      class: exceptionClasses[name],
      attributes: new Map([['args', tuple([string(message)])]]),
      module: undefined,
      place: this.place,
    };
    throw new PythonException(this.place, exception, message);
  }

  /**
   * What a call gives; with an observer an error is kept and the value unknown. What Python code may want to catch
   * itself is left to it.
   */
  guard<Result extends Value>(run: () => Result): Result | UnknownValue {
    const { observer } = this;
    if (!observer) return run();
    const { tryDepth, moduleStack, withoutGradient } = this;
    const modules = moduleStack.length;
    try {
      return run();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (error instanceof PythonException && tryDepth > 0) throw error;
      this.tryDepth = tryDepth;
      this.withoutGradient = withoutGradient;
      moduleStack.length = modules;
      return observer.recover(error);
    }
  }

  /** Runs the call of a module, which an observer is told of. */
  observeCall(module: InstanceValue, inputs: readonly Value[], run: () => Value): Value {
    const { observer, place } = this;
    if (!observer) return run();
    observer.enter(module, inputs, place);
    let output: Value = none;
    try {
      output = this.guard(run);
    } finally {
      observer.leave(output);
    }
    return output;
  }

  /** Whether what cannot be trained is an error, even if its shapes are known: without an observer. */
  get strict(): boolean {
    return this.observer === undefined;
  }

  /** What `run` gives; undefined where it raises an exception of that name. */
  attempt<Result>(name: ExceptionName, run: () => Result): Result | undefined {
    const { tryDepth } = this;
    this.tryDepth++;
    try {
      return run();
    } catch (error) {
      if (error instanceof PythonException && error.isInstanceOf(exceptionClasses[name])) return undefined;
      throw error;
    } finally {
      this.tryDepth = tryDepth;
    }
  }

  unknown(reason: string): UnknownValue {
    return { kind: 'unknown', reason, place: this.place };
  }

  /** An unknown value is needed: the error says why it is not known, where that began. */
  failUnknown(value: UnknownValue): never {
    throw value.cause ?? new SourceError(value.place, value.reason);
  }

  call(callee: Value, positional: readonly Value[] = [], keyword: ReadonlyMap<string, Value> = noKeywords): Value {
    const { place } = this;
    if (this.depth >= maxDepth) this.fail('Calls go too deep to be followed (endless recursion?).');
    this.spend();
    this.depth++;
    this.callPlaces.push(place);
    try {
      return callValue(this, callee, positional, keyword);
    } finally {
      this.depth--;
      this.place = place;
      this.callPlaces.pop();
    }
  }

  evaluate(frame: Frame, expression: Expression): Value {
    return evaluate(this, frame, expression);
  }

  /** Raises an AttributeError where there is none. */
  getAttribute(object: Value, name: string): Value {
    const value = findAttribute(this, object, name);
    if (value !== undefined) return value;
    return this.raise('AttributeError', `${describeObject(object)} has no attribute '${name}'`);
  }

  findAttribute(object: Value, name: string): Value | undefined {
    return findAttribute(this, object, name);
  }

  setAttribute(object: Value, name: string, value: Value): void {
    setAttribute(this, object, name, value);
  }

  deleteAttribute(object: Value, name: string): void {
    deleteAttribute(this, object, name);
  }

  callMethod(object: Value, name: string, ...positional: readonly Value[]): Value {
    return this.call(this.getAttribute(object, name), positional);
  }

  iterate(value: Value): readonly Value[] {
    return iterate(this, value);
  }

  /** Whether a condition holds; an error where that is not known. */
  decide(value: Value): boolean {
    const truth = truthOf(this, value);
    if (typeof truth === 'boolean') return truth;
    if (truth.kind === 'training') {
      return this.fail('A branch on self.training is not supported yet.');
    }
    const isTold =
      truth.reason.endsWith('is not supported yet.') || truth.reason.startsWith('This condition is not known');
    if (truth.layer || isTold) return this.failUnknown(truth);
    const { file, from } = truth.place;
    const elsewhere = file !== this.place.file || from < this.place.from || from > this.place.to;
    const where = elsewhere ? ` (${file.baseName}:${file.positionAt(from).line})` : '';
    return this.fail(`This condition is not known: ${truth.reason.replace(/\.$/, '')}${where}.`);
  }

  /** A library by its full name; our own source for it is read when it is first asked for. */
  library(name: string): ModuleValue | undefined {
    const known = findLibraryModule(name);
    if (known) return known;
    const found = preludeModule(name);
    const ours = found ?? (isPreludePackage(name) ? { name, module: { text: '' } } : undefined);
    if (!ours || (!isAlwaysOurs(ours.name) && this.isProvided(name))) return undefined;
    const path = `${ours.name} (CNN Lab)`;
    const { text, natives } = { natives: {}, ...ours.module };
    return this.files.get(path) ?? runFile(this, new SourceFile(path, text, { hidden: true }), ours.name, natives);
  }

  /** Whether the user's environment has the module. */
  private isProvided(name: string): boolean {
    const known = this.provided.get(name);
    if (known !== undefined) return known;
    const found = this.readModule?.(name, this.place.file.path) !== undefined;
    this.provided.set(name, found);
    return found;
  }

  runFile(file: SourceFile): ModuleValue {
    return runFile(this, file);
  }
}

const noKeywords: ReadonlyMap<string, Value> = new Map();

function describeObject(object: Value): string {
  if (object.kind === 'module') return `module '${object.name}'`;
  if (object.kind === 'class') return `type object '${object.name}'`;
  if (object.kind === 'instance') return `'${object.class.name}' object`;
  return `'${typeName(object)}' object`;
}
