import type * as vscode from 'vscode';
import type { FileAnalysis } from '../../core/analysis/file-analysis';

/** What is known of the models in documents; what panels, hovers and lenses read. */
export interface AnalysisSource {
  /** The newest finished analysis of a document; undefined while there is none. */
  current(uri: vscode.Uri): FileAnalysis | undefined;
  /** The analysis of the document as it stands now. Rejects with a UserError where it cannot be read. */
  analyze(uri: vscode.Uri, token?: vscode.CancellationToken): Promise<FileAnalysis>;
  /** A newer analysis of this document is there. */
  readonly onDidChange: vscode.Event<vscode.Uri>;
}
