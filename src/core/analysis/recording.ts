import type { NodeId, SourceRange } from '../graph/graph';
import { unknownModuleClass } from '../python/library/module-class';
import type { Observer } from '../python/runtime/observer';
import type { Interpreter } from '../python/runtime/interpreter';
import type { InstanceValue, UnknownValue, Value } from '../python/runtime/values';
import type { SourceError } from '../python/source-error';
import { sourceRangeOf, type Place, type SourceFile } from '../python/source-file';
import type { Span } from '../python/syntax/syntax';
import type { Mention, Unknown, ValueShape } from './model-analysis';
import { outputNode, shapeKey, valueShape } from './value-shape';

/** A call as it was met; `describeCalls` makes a ModuleCall of it. */
export interface RecordedCall {
  readonly index: number;
  readonly parent: RecordedCall | undefined;
  /** Undefined: functions on tensors, at one place. */
  readonly module: InstanceValue | undefined;
  readonly path: string;
  readonly place: Place;
  readonly inputs: readonly ValueShape[];
  output: ValueShape | undefined;
  /** The node that holds its (first) output. */
  outputNode: NodeId | undefined;
  /** Nodes that it made itself, not by calls inside of it. */
  readonly nodes: NodeId[];
  readonly repeated: boolean;
}

/** An error that was kept, and the calls that were under way. */
export interface RecordedError {
  readonly error: SourceError;
  /** Innermost first. */
  readonly calls: readonly RecordedCall[];
  /** The innermost call in the analysed file that led to it, where it is elsewhere. */
  readonly origin: Place | undefined;
}

interface MentionRecord {
  readonly kind: Mention['kind'];
  readonly name: string | undefined;
  readonly span: Span;
  readonly values: Map<string, { readonly path: string; readonly value: ValueShape }>;
}

const maxValuesPerMention = 64;
/** The largest networks of torchvision make some 2,000; more are an endless loop. */
const maxCalls = 20_000;

/** Keeps what happens while a model is made and called: the calls, what stands where, what fails. */
export class Recording implements Observer {
  readonly calls: RecordedCall[] = [];
  readonly errors: RecordedError[] = [];
  readonly unknowns = new Map<string, Unknown>();
  /** The calls in the analysed file by which modules were made whose own constructors stand in other files. */
  readonly origins = new Map<InstanceValue, Place>();
  /** Where a module was first made an attribute of another. */
  readonly assignments = new Map<InstanceValue, Place>();
  private readonly mentionsBySpan = new Map<Span, MentionRecord>();
  private readonly stack: RecordedCall[] = [];
  private readonly called = new Set<InstanceValue>();
  private readonly kept = new Set<SourceError>();

  constructor(
    /** Only what stands in this file is mentioned. */
    private readonly file: SourceFile,
    private readonly interpreter: Interpreter,
  ) {}

  recover(error: SourceError): UnknownValue {
    if (!this.kept.has(error)) {
      this.kept.add(error);
      const origin = error.place.file === this.file ? undefined : this.innermostCall();
      this.errors.push({ error, calls: [...this.stack].reverse(), origin });
    }
    return { kind: 'unknown', reason: error.reason, place: error.place, cause: error };
  }

  enter(module: InstanceValue, inputs: readonly Value[], place: Place): void {
    // Sizes that a model learns by calling itself while it is made are not the model's calls.
    const { tracer } = this.interpreter;
    const counts = tracer.final;
    const call: RecordedCall = {
      index: counts ? this.calls.length : -1,
      parent: this.stack.at(-1),
      module,
      path: tracer.paths.get(module) ?? '',
      place,
      inputs: counts ? inputs.map(valueShape) : [],
      output: undefined,
      outputNode: undefined,
      nodes: [],
      repeated: this.called.has(module),
    };
    if (counts) {
      if (this.calls.length >= maxCalls) this.interpreter.fail('The model makes too many calls (an endless loop?).');
      this.calls.push(call);
      this.called.add(module);
    }
    this.stack.push(call);
  }

  leave(output: Value): void {
    const call = this.stack.pop();
    if (!call || call.index < 0) return;
    call.output = valueShape(output);
    call.outputNode = outputNode(output);
    if (output.kind === 'unknown') this.noteUnknown(output, call.path);
  }

  nodeMade(id: NodeId, place: Place): void {
    const call = this.stack.at(-1);
    if (!call) return;
    if (isLibraryLayer(call)) {
      call.nodes.push(id);
      return;
    }
    const last = this.calls.at(-1);
    const continues =
      last && !last.module && last.parent === call && last.place.from === place.from && last.place.file === place.file;
    if (continues) {
      last.nodes.push(id);
      last.outputNode = id;
      return;
    }
    this.calls.push({
      index: this.calls.length,
      parent: call,
      module: undefined,
      path: call.path,
      place: { ...place },
      inputs: [],
      output: undefined,
      outputNode: id,
      nodes: [id],
      repeated: false,
    });
  }

  mention(kind: Mention['kind'], file: SourceFile, span: Span, name: string | undefined, value: Value): void {
    const call = this.stack.at(-1);
    if (!call || call.index < 0 || file !== this.file) return;
    const shape = valueShape(value);
    if (shape.kind === 'other') return;
    const known = this.mentionsBySpan.get(span);
    const values = known?.values ?? new Map<string, { path: string; value: ValueShape }>();
    if (!known) this.mentionsBySpan.set(span, { kind, name, span, values });
    const key = shapeKey(shape);
    if (key === undefined || values.has(key) || values.size >= maxValuesPerMention) return;
    // A variable that is not known may be no tensor at all; a call that needs it says so.
    values.set(key, { path: call.path, value: shape });
  }

  making(module: InstanceValue): void {
    const origin = module.place.file === this.file ? undefined : this.innermostCall();
    if (origin) this.origins.set(module, origin);
  }

  assigned(module: InstanceValue, place: Place): void {
    if (!this.assignments.has(module)) this.assignments.set(module, place);
  }

  noteUnknown(value: UnknownValue, path: string): void {
    if (value.cause && this.kept.has(value.cause)) return;
    const { file, from } = value.place;
    const key = `${file.path}:${from}:${value.reason}`;
    if (!this.unknowns.has(key))
      this.unknowns.set(key, { range: sourceRangeOf(value.place), reason: value.reason, path });
  }

  mentions(): Mention[] {
    return [...this.mentionsBySpan.values()]
      .filter(({ values }) => values.size > 0)
      .map(({ kind, name, span, values }) => ({
        kind,
        range: this.rangeOf(span),
        ...(name === undefined ? {} : { name }),
        values: [...values.values()],
      }));
  }

  private innermostCall(): Place | undefined {
    return [...this.interpreter.callPlaces].reverse().find(({ file }) => file === this.file);
  }

  private rangeOf({ from, to }: Span): SourceRange {
    return sourceRangeOf({ file: this.file, from, to });
  }
}

/** A layer of torch.nn, whose nodes are its own; a class of the user's calls functions. */
function isLibraryLayer({ module }: RecordedCall): boolean {
  return module !== undefined && module.class.place === undefined && module.class !== unknownModuleClass;
}
