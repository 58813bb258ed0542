import * as vscode from 'vscode';
import type { FileAnalysis } from '../../core/analysis/file-analysis';
import type { CodePosition } from '../../core/hints/find-call-at';
import type { Problem } from '../../core/analysis/model-analysis';
import type { SourceRange } from '../../core/graph/graph';
import { LineMatch } from './match-lines';
import type { SourcePart, SourceText } from './source-text';

/** An analysis and the text that it was made of. */
export interface FinishedAnalysis {
  readonly analysis: FileAnalysis;
  readonly warnings: readonly Problem[];
  readonly syntaxErrors: number;
  readonly source: SourceText;
}

export interface DocumentRange {
  readonly document: vscode.TextDocument;
  readonly range: vscode.Range;
}

/**
 * The newest analysis of a text that may have been edited since, by the places where its lines stand now. What was
 * edited has no place: of that nothing is known until it is analysed.
 */
export class DocumentAnalysis {
  readonly analysis: FileAnalysis;
  readonly warnings: readonly Problem[];
  /** Of the document or notebook. */
  readonly uri: vscode.Uri;
  /** Of the text that was analysed. */
  readonly lines: readonly string[];
  private readonly match: LineMatch;

  constructor(
    finished: FinishedAnalysis,
    private readonly now: SourceText,
  ) {
    this.analysis = finished.analysis;
    this.warnings = finished.warnings;
    this.uri = now.uri;
    this.lines = finished.source.lines;
    this.match = new LineMatch(finished.source.lines, now.lines);
  }

  /** Undefined where the line was edited. */
  toAnalyzed(document: vscode.TextDocument, position: vscode.Position): CodePosition | undefined {
    const part = this.now.parts.find((each) => each.document === document);
    const line = part && this.match.toOlder(part.startLine + position.line);
    if (line === undefined) return undefined;
    const word = document.getWordRangeAtPosition(position);
    return {
      file: this.analysis.file,
      line: line + 1,
      column: position.character,
      ...(word ? { word: document.getText(word) } : {}),
    };
  }

  /** Undefined for places in other files, and where one of the lines was edited or all do not stand together any more. */
  toDocument({ file, startLine, startColumn, endLine, endColumn }: SourceRange): DocumentRange | undefined {
    if (file !== this.analysis.file) return undefined;
    const first = this.match.toNewer(startLine - 1);
    if (first === undefined) return undefined;
    for (let line = startLine; line < endLine; line++) {
      if (this.match.toNewer(line) !== first + line - startLine + 1) return undefined;
    }
    const part = this.partAt(first);
    if (!part) return undefined;
    const start = first - part.startLine;
    const range = new vscode.Range(start, startColumn, start + endLine - startLine, endColumn);
    return { document: part.document, range };
  }

  /** Where a 1-based line of the analysed text stands now. */
  lineInDocument(line: number): { readonly document: vscode.TextDocument; readonly line: number } | undefined {
    const now = this.match.toNewer(line - 1);
    const part = now === undefined ? undefined : this.partAt(now);
    return part && now !== undefined ? { document: part.document, line: now - part.startLine } : undefined;
  }

  /** As a person calls it: `line 12`, `cell 2, line 3`, `blocks.py, line 5`. */
  placeOf(range: SourceRange): string {
    if (range.file !== this.analysis.file) return `${fileName(range.file)}, line ${range.startLine}`;
    const now = this.match.toNewer(range.startLine - 1) ?? range.startLine - 1;
    const part = this.now.parts.length > 1 ? this.partAt(now) : undefined;
    if (!part) return `line ${now + 1}`;
    return `cell ${this.now.parts.indexOf(part) + 1}, line ${now - part.startLine + 1}`;
  }

  private partAt(line: number): SourcePart | undefined {
    return this.now.parts.filter(({ startLine }) => startLine <= line).at(-1);
  }
}

function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
