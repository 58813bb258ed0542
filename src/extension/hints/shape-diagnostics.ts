import * as vscode from 'vscode';
import type { Problem } from '../../core/analysis/model-analysis';
import { distinctProblems } from '../../core/hints/quick-fixes';
import type { AnalysisService } from '../analysis/analysis-service';
import type { DocumentAnalysis } from '../analysis/document-analysis';
import { readSettings } from '../settings';

/** Underlines what PyTorch would refuse, in the open documents. */
export class ShapeDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('cnn-lab');
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly analyses: AnalysisService) {
    const { workspace } = vscode;
    this.subscriptions = [
      this.collection,
      analyses.onDidChange((uri) => this.update(uri)),
      // What stood on an edited line no longer holds.
      workspace.onDidChangeTextDocument(({ document }) => {
        if (this.collection.has(document.uri)) this.show(document);
      }),
      workspace.onDidCloseTextDocument(({ uri }) => this.collection.delete(uri)),
    ];
  }

  /** The setting has changed. */
  refresh(): void {
    for (const document of vscode.workspace.textDocuments) this.show(document);
  }

  /** Of a document, or of all cells of a notebook. */
  private update(uri: vscode.Uri): void {
    for (const document of vscode.workspace.textDocuments) {
      const isCell = document.uri.scheme !== uri.scheme && document.uri.path === uri.path;
      if (isCell || document.uri.toString() === uri.toString()) this.show(document);
    }
  }

  private show(document: vscode.TextDocument): void {
    const view = readSettings().diagnostics ? this.analyses.view(document) : undefined;
    if (!view) return this.collection.delete(document.uri);
    const found = problemsOf(view).flatMap(({ problem, severity }) => {
      const place = view.toDocument(problem.range);
      return place?.document === document ? [diagnosticOf(problem, severity, place.range, view)] : [];
    });
    this.collection.set(document.uri, found);
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
  }
}

export interface ShownProblem {
  readonly problem: Problem;
  readonly severity: vscode.DiagnosticSeverity;
}

/** What is refused, then what disagrees with the data. */
export function problemsOf({ analysis, warnings }: DocumentAnalysis): readonly ShownProblem[] {
  const { Error, Warning } = vscode.DiagnosticSeverity;
  return [
    ...distinctProblems(analysis.models.flatMap(({ problems }) => problems)).map((problem) => ({
      problem,
      severity: Error,
    })),
    ...warnings.map((problem) => ({ problem, severity: Warning })),
  ];
}

function diagnosticOf(
  problem: Problem,
  severity: vscode.DiagnosticSeverity,
  range: vscode.Range,
  view: DocumentAnalysis,
): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(range, problem.message, severity);
  diagnostic.source = 'CNN Lab';
  diagnostic.code = severity === vscode.DiagnosticSeverity.Error ? 'shape' : 'class-count';
  diagnostic.relatedInformation = problem.related.flatMap(({ range: related, message }) => {
    const place = view.toDocument(related);
    if (place) return [information(place.document.uri, place.range, message)];
    // In a file that is imported; a line of this one that was edited has no place.
    if (related.file === view.analysis.file) return [];
    const { startLine, startColumn, endLine, endColumn } = related;
    const inFile = new vscode.Range(startLine - 1, startColumn, endLine - 1, endColumn);
    return [information(vscode.Uri.file(related.file), inFile, message)];
  });
  return diagnostic;
}

function information(uri: vscode.Uri, range: vscode.Range, message: string): vscode.DiagnosticRelatedInformation {
  return new vscode.DiagnosticRelatedInformation(new vscode.Location(uri, range), message);
}
