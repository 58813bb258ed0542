import type { FileAnalysis } from '../../../src/core/analysis/file-analysis';
import type { ModelAnalysis, ModuleCall, ValueShape } from '../../../src/core/analysis/model-analysis';
import type { Dim } from '../../../src/core/graph/dim';
import type { SourceRange } from '../../../src/core/graph/graph';
import type { ModelDeclaration } from '../../../src/core/python/find-models';

/* Analyses made by hand: what is shown of them does not depend on how they come about. */

export const madeFile = '/work/net.py';

/** The first place where `code` stands in the text, from `after` on. */
export function rangeOf(text: string, code: string, after = ''): SourceRange {
  const from = text.indexOf(code, text.indexOf(after));
  if (from < 0) throw new Error(`${code} does not stand in the text`);
  const place = (offset: number) => {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length, column: before.at(-1)?.length ?? 0 };
  };
  const [start, end] = [place(from), place(from + code.length)];
  return {
    file: madeFile,
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

export function tensor(...shape: Dim[]): ValueShape {
  return { kind: 'tensor', shape, dtype: 'f32' };
}

export function madeCall(call: Partial<ModuleCall> & Pick<ModuleCall, 'called' | 'name'>): ModuleCall {
  return {
    index: 0,
    parent: undefined,
    kind: 'module',
    path: '',
    leaf: true,
    inputs: [],
    output: tensor('N', 10),
    parameters: 0,
    repeated: false,
    formulas: [],
    ...call,
  };
}

export function madeModel(model: Partial<ModelAnalysis> = {}): ModelAnalysis {
  return {
    target: 'Net',
    className: 'Net',
    framework: 'pytorch',
    input: { shape: ['N', 3, 32, 32], origin: { kind: 'comment' } },
    calls: [],
    modules: [],
    mentions: [],
    problems: [],
    unknowns: [],
    state: [],
    output: tensor('N', 10),
    totals: { parameters: 1000, frozenParameters: 0, stateBytes: 4000 },
    ...model,
  };
}

export function madeDeclaration(declaration: Partial<ModelDeclaration> = {}): ModelDeclaration {
  return {
    name: 'Net',
    target: declaration.name ?? 'Net',
    kind: 'class',
    line: 1,
    from: 6,
    requiredArguments: [],
    takesClassCount: false,
    inputShape: undefined,
    usedByAnother: false,
    ...declaration,
  };
}

export function madeAnalysis(analysis: Partial<FileAnalysis> = {}): FileAnalysis {
  return {
    file: madeFile,
    framework: 'pytorch',
    declarations: [madeDeclaration()],
    models: [madeModel()],
    failures: [],
    dependencies: [],
    ...analysis,
  };
}
