import * as vscode from 'vscode';
import type { SourceLanguage } from '../../core/analysis/file-analysis';
import { notebookSource } from '../../core/analysis/notebook-source';
import { sourceLanguage } from './may-hold-model';

/** One text that is analysed as a whole: a document, or the code cells of a notebook one after another. */
export interface SourceText {
  /** Of the document or of the notebook. */
  readonly uri: vscode.Uri;
  /** Absolute path, as it stands in the analysis. */
  readonly file: string;
  readonly language: SourceLanguage;
  readonly text: string;
  readonly lines: readonly string[];
  /** The documents that the text is made of, in order, and the 0-based line of the text where each begins. */
  readonly parts: readonly SourcePart[];
}

export interface SourcePart {
  readonly document: vscode.TextDocument;
  readonly startLine: number;
}

/** What a document belongs to; undefined for languages and places that are not looked at. */
export function sourceOf(document: vscode.TextDocument): vscode.TextDocument | vscode.NotebookDocument | undefined {
  if (sourceLanguage(document.languageId) === undefined) return undefined;
  if (document.uri.scheme === notebookCellScheme) {
    return vscode.workspace.notebookDocuments.find((each) => cellsOf(each).some((cell) => cell.document === document));
  }
  return watchedSchemes.has(document.uri.scheme) ? document : undefined;
}

/** The text as it stands now. */
export function readSource(source: vscode.TextDocument | vscode.NotebookDocument): SourceText | undefined {
  const { uri } = source;
  const file = uri.fsPath;
  if ('getCells' in source) {
    const documents = cellsOf(source).map(({ document }) => document);
    const { text, starts } = notebookSource(documents.map((each) => each.getText()));
    const parts = documents.map((document, index) => ({ document, startLine: starts[index] ?? 0 }));
    return { uri, file, language: 'python', text, lines: text.split('\n'), parts };
  }
  const language = sourceLanguage(source.languageId);
  if (language === undefined) return undefined;
  const text = source.getText();
  return { uri, file, language, text, lines: text.split(/\r?\n/), parts: [{ document: source, startLine: 0 }] };
}

/** Changes with every edit. */
export function sourceVersion(source: vscode.TextDocument | vscode.NotebookDocument): string {
  if (!('getCells' in source)) return String(source.version);
  return cellsOf(source)
    .map(({ document }) => `${document.uri.fragment}@${document.version}`)
    .join();
}

function cellsOf(notebook: vscode.NotebookDocument): vscode.NotebookCell[] {
  return notebook
    .getCells()
    .filter(
      ({ kind, document }) => kind === vscode.NotebookCellKind.Code && sourceLanguage(document.languageId) === 'python',
    );
}

export const notebookCellScheme = 'vscode-notebook-cell';
const watchedSchemes = new Set(['file', 'untitled']);
