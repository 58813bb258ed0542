import type { SourceRange } from '../graph/graph';
import type { ModelDeclaration } from '../python/find-models';
import type { FileAnalysis } from '../analysis/file-analysis';
import type { Mention, ModelAnalysis, ModuleCall, ModuleEntry } from '../analysis/model-analysis';

/** A place in a file: the line is 1-based, the column 0-based. */
export interface CodePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The word that stands there: only on its own name does a declaration's line speak of it. */
  readonly word?: string;
}

/** What the code at a position stands for, in the first model that it is part of. */
export type Finding = { readonly range: SourceRange; readonly model: ModelAnalysis } & (
  | { readonly kind: 'calls'; readonly calls: readonly ModuleCall[] }
  /** Modules that were made but are never called. */
  | { readonly kind: 'modules'; readonly modules: readonly ModuleEntry[] }
  | { readonly kind: 'variable'; readonly mention: Mention }
  /** The model itself: its class, or where that is called. */
  | { readonly kind: 'model' }
  /** A class that the model is built of. */
  | { readonly kind: 'block'; readonly modules: readonly ModuleEntry[] }
);

/** Finds the smallest piece of code around a position that something is known of; undefined where nothing is. */
export function findCallAt(analysis: FileAnalysis, position: CodePosition): Finding | undefined {
  const declared = findDeclared(analysis, position);
  if (declared) return declared;
  let best: Finding | undefined;
  for (const model of analysis.models) {
    const found = findInModel(model, position);
    if (found && (!best || isNarrower(found.range, best.range))) best = found;
  }
  return best;
}

/** What is known of exactly this piece of code. */
export function findCallOf(analysis: FileAnalysis, range: SourceRange): Finding | undefined {
  for (const model of analysis.models) {
    const found = findingOf(model, range, []);
    if (found) return found;
  }
  return undefined;
}

function findInModel(model: ModelAnalysis, position: CodePosition): Finding | undefined {
  const narrowest = new Narrowest(position);
  for (const call of model.calls) {
    narrowest.offer(call.called);
    if (call.made && isAtHead(call.made, call.leaf, position)) narrowest.offer(call.made);
  }
  for (const { made, assigned, leaf } of model.modules) {
    if (made && isAtHead(made, leaf, position)) narrowest.offer(made);
    if (assigned && assigned.startLine === position.line) narrowest.offer(assigned);
  }
  const names = model.mentions.filter(({ kind, range }) => kind === 'name' && narrowest.offer(range));
  const { range } = narrowest;
  return range && findingOf(model, range, names);
}

function findingOf(model: ModelAnalysis, range: SourceRange, names: readonly Mention[]): Finding | undefined {
  const mention = names.find((each) => sameRange(each.range, range));
  if (mention) return { kind: 'variable', range, model, mention };
  const modules = model.modules.filter(({ made, assigned }) => sameRange(made, range) || sameRange(assigned, range));
  const paths = new Set(modules.map(({ path }) => path));
  const calls = model.calls.filter(
    (call) =>
      sameRange(call.called, range) || sameRange(call.made, range) || (call.kind === 'module' && paths.has(call.path)),
  );
  if (calls.some(isModelItself)) return { kind: 'model', range, model };
  if (calls.length > 0) return { kind: 'calls', range, model, calls };
  return modules.length > 0 ? { kind: 'modules', range, model, modules } : undefined;
}

function isModelItself({ kind, path }: ModuleCall): boolean {
  return kind === 'module' && path === '';
}

/** What the name of a declaration stands for. */
function findDeclared(analysis: FileAnalysis, position: CodePosition): Finding | undefined {
  if (position.file !== analysis.file) return undefined;
  for (const declaration of analysis.declarations) {
    if (declaration.line !== position.line || declaration.name !== position.word) continue;
    const range = lineRange(analysis.file, declaration.line);
    const model = modelOf(analysis, declaration);
    if (model) return { kind: 'model', range, model };
    for (const holder of analysis.models) {
      const modules = blocksOf(holder, declaration);
      if (modules.length > 0) return { kind: 'block', range, model: holder, modules };
    }
  }
  return undefined;
}

function lineRange(file: string, line: number): SourceRange {
  return { file, startLine: line, startColumn: 0, endLine: line + 1, endColumn: 0 };
}

/** The analysis of what is declared: under its own name, or of the class that another function or expression makes. */
export function modelOf(analysis: FileAnalysis, { target, name, kind }: ModelDeclaration): ModelAnalysis | undefined {
  const models = analysis.models;
  return (
    models.find((model) => model.target === target) ??
    models.find((model) => calleeOf(model.target) === name) ??
    (kind === 'class' ? models.find((model) => model.className === name) : undefined)
  );
}

/** `VGG` of `VGG('VGG16')`. */
function calleeOf(target: string): string | undefined {
  return /^(\w+)\s*\(/.exec(target)?.[1];
}

/** Modules inside of a model that are instances of the class that is declared. */
export function blocksOf(model: ModelAnalysis, { name, kind }: ModelDeclaration): readonly ModuleEntry[] {
  return kind === 'class' ? model.modules.filter((entry) => entry.name === name && entry.path !== '') : [];
}

/**
 * A container is written over many lines, between which other things stand: only its first line speaks of it. A layer
 * speaks wherever its arguments stand.
 */
function isAtHead(made: SourceRange, leaf: boolean, position: CodePosition): boolean {
  return leaf || position.line === made.startLine;
}

/** Keeps the smallest of the ranges around a position. */
class Narrowest {
  range: SourceRange | undefined;

  constructor(private readonly position: CodePosition) {}

  /** Whether the position is in it. */
  offer(range: SourceRange): boolean {
    if (!contains(range, this.position)) return false;
    if (!this.range || isNarrower(range, this.range)) this.range = range;
    return true;
  }
}

/** Both ends count: a hover at the end of a word is meant for the word. */
export function contains(range: SourceRange, { file, line, column }: CodePosition): boolean {
  if (range.file !== file || line < range.startLine || line > range.endLine) return false;
  if (line === range.startLine && column < range.startColumn) return false;
  return line !== range.endLine || column <= range.endColumn;
}

function isNarrower(a: SourceRange, b: SourceRange): boolean {
  const [linesA, linesB] = [a.endLine - a.startLine, b.endLine - b.startLine];
  return linesA === linesB ? a.endColumn - a.startColumn < b.endColumn - b.startColumn : linesA < linesB;
}

export function sameRange(a: SourceRange | undefined, b: SourceRange | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.startLine === b.startLine &&
    a.startColumn === b.startColumn &&
    a.endLine === b.endLine &&
    a.endColumn === b.endColumn &&
    a.file === b.file
  );
}
