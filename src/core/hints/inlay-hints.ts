import type { SourceRange } from '../graph/graph';
import type { FileAnalysis } from '../analysis/file-analysis';
import { contains, sameRange } from './find-call-at';
import { formatValueShape } from '../analysis/format-value-shape';
import type { ModelAnalysis, ModuleCall, ValueShape } from '../analysis/model-analysis';

/** A shape at the end of a line of code. */
export interface InlayHintText {
  /** 1-based. */
  readonly line: number;
  /** 0-based. */
  readonly column: number;
  /** `→ (N, 64, 112, 112)` */
  readonly label: string;
  /** The code that a hover says more of. */
  readonly about: SourceRange;
}

/**
 * The shapes that statements of `forward` and the layers of a Sequential make: one at most at the end of a line, of the
 * first model that the line belongs to. Lines with a problem have none. What is not known has none either, but for the
 * place where the knowledge ends: `→ ?`.
 */
export function inlayHints(analysis: FileAnalysis, lines: readonly string[]): readonly InlayHintText[] {
  const hints = new Map<number, InlayHintText>();
  for (const model of analysis.models) {
    const ofModel = new Map<number, InlayHintText>();
    const add = (range: SourceRange, label: string | undefined, about: SourceRange): void => {
      if (label === undefined || range.file !== analysis.file || hints.has(range.endLine)) return;
      const column = endOfCode(lines[range.endLine - 1] ?? '', range.endColumn);
      if (column === undefined) return;
      const before = ofModel.get(range.endLine);
      if (before && before.column > column) return;
      ofModel.set(range.endLine, {
        line: range.endLine,
        column,
        label,
        about,
      });
    };
    for (const [range, calls] of layersInPlace(model, lines))
      add(
        range,
        labelOf(
          calls.map(({ output }) => output),
          model,
        ),
        range,
      );
    for (const { kind, range, values } of model.mentions) {
      if (kind !== 'statement') continue;
      const label =
        labelOf(
          values.map(({ value }) => value),
          model,
        ) ?? whereKnowledgeEnds(model, range);
      add(range, label, lastCallOf(model, range));
    }
    for (const { range } of model.problems)
      for (const [line] of ofModel) if (touches(range, line)) ofModel.delete(line);
    for (const [line, hint] of ofModel) hints.set(line, hint);
  }
  return [...hints.values()].sort((a, b) => a.line - b.line);
}

/** Layers that are called where they are made, in a Sequential or by `Dense(10)(x)`; by where that call stands. */
function layersInPlace(
  model: ModelAnalysis,
  lines: readonly string[],
): ReadonlyMap<SourceRange, readonly ModuleCall[]> {
  const groups = new Map<string, { range: SourceRange; calls: ModuleCall[]; elsewhere: boolean }>();
  for (const call of model.calls) {
    if (call.kind !== 'module' || !call.made || call.path === '') continue;
    const { made, called } = call;
    const key = [made.file, made.startLine, made.startColumn, made.endLine, made.endColumn].join(':');
    const group = groups.get(key) ?? { range: called, calls: [], elsewhere: false };
    group.calls.push(call);
    // Functions that make layers for others (`return nn.Conv2d(…)`) are no place in a network.
    const isHelper = sameRange(called, made) && /^\s*return\b/.test(lines[made.startLine - 1] ?? '');
    const isInPlace = made.startLine === called.startLine && made.startColumn === called.startColumn;
    if (isHelper || !isInPlace || !sameRange(called, group.range)) group.elsewhere = true;
    groups.set(key, group);
  }
  return new Map([...groups.values()].filter(({ elsewhere }) => !elsewhere).map(({ range, calls }) => [range, calls]));
}

/** `→ (N, 64, 56, 56)`; of several shapes the first and the last; undefined where one is not known or is no tensor. */
function labelOf(values: readonly ValueShape[], { framework }: ModelAnalysis): string | undefined {
  if (values.length === 0 || values.some((value) => !hasTensor(value) || hasUnknown(value))) return undefined;
  const texts = [...new Set(values.map((value) => formatValueShape(value, framework)))];
  const [first = '', last] = [texts[0], texts.at(-1)];
  return texts.length === 1 ? `→ ${first}` : `→ ${first} … ${last ?? ''}`;
}

function hasTensor(value: ValueShape): boolean {
  return value.kind === 'tensor' || (value.kind === 'several' && value.items.some(hasTensor));
}

function hasUnknown(value: ValueShape): boolean {
  return value.kind === 'unknown' || (value.kind === 'several' && value.items.some(hasUnknown));
}

/** The outermost call that a statement ends with: that makes its value. */
function lastCallOf({ calls }: ModelAnalysis, statement: SourceRange): SourceRange {
  const isBefore = (a: SourceRange, b: SourceRange) =>
    a.startLine === b.startLine ? a.startColumn < b.startColumn : a.startLine < b.startLine;
  let outermost: SourceRange | undefined;
  for (const { called } of calls) {
    const isEnd = called.endLine === statement.endLine && called.endColumn === statement.endColumn;
    if (!isEnd || !contains(statement, { file: called.file, line: called.startLine, column: called.startColumn }))
      continue;
    if (!outermost || isBefore(called, outermost)) outermost = called;
  }
  return outermost ?? statement;
}

/** What follows from an unknown value is unknown too, and is not said at every line. */
function whereKnowledgeEnds(model: ModelAnalysis, statement: SourceRange): string | undefined {
  const isHere = model.unknowns.some(
    ({ range }) =>
      contains(statement, { file: range.file, line: range.startLine, column: range.startColumn }) &&
      contains(statement, { file: range.file, line: range.endLine, column: range.endColumn }),
  );
  return isHere ? '→ ?' : undefined;
}

/** Past what only closes or separates; undefined where more code follows on the line, whose shape this is not. */
function endOfCode(line: string, column: number): number | undefined {
  const rest = /^([\s,;)\]}]*)(#.*|\/\/.*|)$/.exec(line.slice(column));
  return rest ? column + (rest[1] ?? '').trimEnd().length : undefined;
}

function touches(range: SourceRange, line: number): boolean {
  return range.startLine <= line && line <= range.endLine;
}
