import { addDims, productOfDims, type Dim } from '../graph/dim';
import type { SourceRange } from '../graph/graph';
import type { ReceptiveField } from '../graph/receptive-field';
import type {
  AnalyzedInput,
  Framework,
  ModelAnalysis,
  ModuleCall,
  ModuleEntry,
  Problem,
  Totals,
  Unknown,
  ValueShape,
} from '../analysis/model-analysis';

/** The calls of a model as a tree, each row after its parent: what the summary shows. Plain data. */
export interface SummaryTable {
  readonly target: string;
  readonly className: string;
  readonly framework: Framework;
  readonly input: AnalyzedInput;
  readonly rows: readonly SummaryRow[];
  readonly totals: Totals;
  readonly problems: readonly Problem[];
  readonly unknowns: readonly Unknown[];
}

export interface SummaryRow {
  /** Position in `SummaryTable.rows`. */
  readonly index: number;
  /** Row of what it stands in; undefined for the model itself. */
  readonly parent: number | undefined;
  readonly depth: number;
  readonly kind: 'module' | 'function';
  /** Module path (`layer1.0.conv1`); of a function that of the module around it; '' is the model. */
  readonly path: string;
  /** What it is called within its parent: `0.conv1`; a function's name. */
  readonly label: string;
  /** `Conv2d`, `BasicBlock`, `add` */
  readonly name: string;
  /** No module stands in it. */
  readonly leaf: boolean;
  readonly inputs: readonly ValueShape[];
  /** Undefined for a module that is never called. */
  readonly output: ValueShape | undefined;
  /** Trained values, of all inside of it; 0 where they were counted before (`shared`). */
  readonly parameters: Dim;
  /** Of these its own, of no module inside of it. */
  readonly ownParameters: Dim;
  /** Values that are not trained. */
  readonly frozenParameters: Dim;
  /** Of these its own. */
  readonly ownFrozen: Dim;
  /** Was called before, with the same parameters. */
  readonly shared: boolean;
  readonly flops?: Dim;
  readonly activationBytes?: Dim;
  readonly receptiveField?: ReceptiveField;
  /** Where it was made; of functions: where they are called. */
  readonly source?: SourceRange;
  /** Why something of it is not known or is refused. */
  readonly note?: { readonly kind: 'problem' | 'unknown'; readonly text: string };
}

export function summaryTable(analysis: ModelAnalysis): SummaryTable {
  const { target, className, framework, input, totals, problems, unknowns } = analysis;
  const called = new Set(analysis.calls.filter(({ kind }) => kind === 'module').map(({ path }) => path));
  const unused = uncalled(analysis.modules, called);
  const rows: SummaryRow[] = [];
  const counts = new ParameterCounts(analysis.state);
  const children = childrenOf(analysis.calls);
  const finished = new Set<string>();
  for (const call of children.get(undefined) ?? []) addCall(call, undefined);
  return { target, className, framework, input, rows: withNotes(rows, analysis), totals, problems, unknowns };

  function addCall(call: ModuleCall, parent: SummaryRow | undefined): void {
    const row = rowOfCall(call, parent, rows.length, className, counts);
    rows.push(row);
    for (const child of children.get(call.index) ?? []) addCall(child, row);
    if (call.kind === 'function' || finished.has(call.path)) return;
    finished.add(call.path);
    for (const entry of unused.get(call.path) ?? []) rows.push(rowOfUnused(entry, row, rows.length, className, counts));
  }
}

function rowOfCall(
  call: ModuleCall,
  parent: SummaryRow | undefined,
  index: number,
  className: string,
  counts: ParameterCounts,
): SummaryRow {
  const { kind, path, name, leaf, inputs, output, repeated, flops, activationBytes, receptiveField } = call;
  const isModule = kind === 'module';
  const own = counts.own(path);
  const source = isModule ? (call.made ?? call.called) : call.called;
  return {
    index,
    parent: parent?.index,
    depth: parent ? parent.depth + 1 : 0,
    kind,
    path,
    label: isModule ? labelOf(path, parent, className) : name,
    name,
    leaf,
    inputs,
    output,
    parameters: repeated || !isModule ? 0 : call.parameters,
    ownParameters: repeated || !isModule ? 0 : leaf ? call.parameters : own.trained,
    frozenParameters: repeated || !isModule ? 0 : counts.frozenIn(path),
    ownFrozen: repeated || !isModule ? 0 : own.frozen,
    shared: isModule && repeated && call.parameters !== 0,
    ...(flops === undefined ? {} : { flops }),
    ...(activationBytes === undefined ? {} : { activationBytes }),
    ...(receptiveField === undefined ? {} : { receptiveField }),
    source,
    ...noteOfOutput(output),
  };
}

function rowOfUnused(
  entry: ModuleEntry,
  parent: SummaryRow,
  index: number,
  className: string,
  counts: ParameterCounts,
): SummaryRow {
  const { path, name, leaf, parameters } = entry;
  const source = entry.made ?? entry.assigned;
  return {
    index,
    parent: parent.index,
    depth: parent.depth + 1,
    kind: 'module',
    path,
    label: labelOf(path, parent, className),
    name,
    leaf,
    inputs: [],
    output: undefined,
    parameters,
    ownParameters: parameters,
    frozenParameters: counts.frozenIn(path),
    ownFrozen: counts.frozenIn(path),
    shared: false,
    ...(source ? { source } : {}),
  };
}

function labelOf(path: string, parent: SummaryRow | undefined, className: string): string {
  if (path === '') return className;
  return parent && parent.path !== '' && path.startsWith(`${parent.path}.`) ? path.slice(parent.path.length + 1) : path;
}

function childrenOf(calls: readonly ModuleCall[]): ReadonlyMap<number | undefined, readonly ModuleCall[]> {
  const children = new Map<number | undefined, ModuleCall[]>();
  for (const call of calls) {
    const siblings = children.get(call.parent);
    if (siblings) siblings.push(call);
    else children.set(call.parent, [call]);
  }
  return children;
}

/** Modules that no call reaches, the outermost ones, by the path of the called module around them. */
function uncalled(
  modules: readonly ModuleEntry[],
  called: ReadonlySet<string>,
): ReadonlyMap<string, readonly ModuleEntry[]> {
  const reached = new Set<string>();
  for (const path of called) for (const outer of pathsAround(path)) reached.add(outer);
  const found = new Map<string, ModuleEntry[]>();
  const taken: string[] = [];
  for (const entry of modules) {
    const { path, name } = entry;
    // Keras' inputs are layers that nothing calls.
    if (name === 'InputLayer') continue;
    if (called.has(path) || reached.has(path) || taken.some((outer) => path.startsWith(`${outer}.`))) continue;
    taken.push(path);
    const around = pathsAround(path).find((outer) => called.has(outer));
    if (around === undefined) continue;
    const siblings = found.get(around);
    if (siblings) siblings.push(entry);
    else found.set(around, [entry]);
  }
  return found;
}

/** `a.b.c` → `a.b`, `a`, '' */
function pathsAround(path: string): string[] {
  if (path === '') return [];
  const end = path.lastIndexOf('.');
  const outer = end < 0 ? '' : path.slice(0, end);
  return [outer, ...pathsAround(outer)];
}

interface Counts {
  readonly trained: Dim;
  readonly frozen: Dim;
}

/** What parameters a module has itself, and what in it is frozen, by its path. */
class ParameterCounts {
  private readonly direct = new Map<string, Counts>();
  private readonly frozen: { readonly path: string; readonly size: Dim }[] = [];

  constructor(state: ModelAnalysis['state']) {
    for (const { name, kind, shape, trained } of state) {
      if (kind !== 'parameter') continue;
      const path = name.slice(0, Math.max(0, name.lastIndexOf('.')));
      const size = productOfDims(shape);
      const before = this.own(path);
      const after = trained
        ? { ...before, trained: addDims(before.trained, size) }
        : { ...before, frozen: addDims(before.frozen, size) };
      this.direct.set(path, after);
      if (!trained) this.frozen.push({ path, size });
    }
  }

  own(path: string): Counts {
    return this.direct.get(path) ?? { trained: 0, frozen: 0 };
  }

  frozenIn(path: string): Dim {
    return this.frozen
      .filter((each) => path === '' || each.path === path || each.path.startsWith(`${path}.`))
      .reduce<Dim>((sum, { size }) => addDims(sum, size), 0);
  }
}

function noteOfOutput(output: ValueShape): Pick<SummaryRow, 'note'> {
  return output.kind === 'unknown' ? { note: { kind: 'unknown', text: output.reason } } : {};
}

/** Problems are told where they arise: at the first row of the module that refuses. */
function withNotes(rows: readonly SummaryRow[], { problems }: ModelAnalysis): readonly SummaryRow[] {
  const noted = new Map<number, string>();
  for (const problem of problems) {
    if (problem.path === undefined) continue;
    const own = rows.filter(({ kind, path }) => kind === 'module' && path === problem.path);
    const row = own.find(({ output }) => output?.kind !== 'tensor') ?? own[0];
    if (row && !noted.has(row.index)) noted.set(row.index, problem.message);
  }
  return rows.map((row) => {
    const text = noted.get(row.index);
    return text === undefined ? row : { ...row, note: { kind: 'problem', text } };
  });
}
