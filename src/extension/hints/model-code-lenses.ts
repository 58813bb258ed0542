import * as vscode from 'vscode';
import { lensTitles, type LensAction, type LensTitle } from '../../core/hints/lens-titles';
import type { AnalysisService } from '../analysis/analysis-service';
import { commandTable } from '../command-table';
import { readSettings } from '../settings';

/** What stands over a model: train it, open its summary, its size, its input. */
export class ModelCodeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];

  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(private readonly analyses: AnalysisService) {
    this.subscriptions = [this.changed, analyses.onDidChange(() => this.changed.fire())];
  }

  refresh(): void {
    this.changed.fire();
  }

  async provideCodeLenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[]> {
    if (!readSettings().codeLens) return [];
    const view = this.analyses.view(document) ?? (await this.analyses.freshView(document, token));
    if (!view) return [];
    return lensTitles(view.analysis).flatMap((lens) => {
      const place = view.lineInDocument(lens.line);
      // What computes with the model reads the file itself: that must be one.
      const computes = lens.action.kind === 'train' || lens.action.kind === 'lookInside';
      const isPossible = !computes || document.uri.scheme === 'file';
      if (place?.document !== document || !isPossible) return [];
      return [
        new vscode.CodeLens(new vscode.Range(place.line, 0, place.line, 0), commandOf(lens, document.uri, view.uri)),
      ];
    });
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
  }
}

function commandOf({ title, tooltip, action }: LensTitle, uri: vscode.Uri, wholeUri: vscode.Uri): vscode.Command {
  return { title, ...(tooltip === undefined ? {} : { tooltip }), ...actionOf(action, uri, wholeUri) };
}

/** `wholeUri`: of the notebook that a cell is part of. */
function actionOf(
  action: LensAction,
  uri: vscode.Uri,
  wholeUri: vscode.Uri,
): { readonly command: string; readonly arguments?: unknown[] } {
  switch (action.kind) {
    case 'train':
      return {
        command: commandTable.trainModel.id,
        arguments: [{ model: { file: uri.fsPath, target: action.target } }],
      };
    case 'lookInside':
      return {
        command: commandTable.lookInside.id,
        arguments: [{ model: { file: uri.fsPath, target: action.target } }],
      };
    case 'summary':
      return { command: commandTable.openSummary.id, arguments: [{ uri: wholeUri.toString(), target: action.target }] };
    case 'setInputShape':
      return {
        command: commandTable.setInputShape.id,
        arguments: [{ uri: uri.toString(), target: action.target }],
      };
    case 'showTarget':
      return { command: commandTable.chooseTarget.id, arguments: [{ uri: uri.toString(), target: action.target }] };
    case 'chooseTarget':
      return { command: commandTable.chooseTarget.id, arguments: [{ uri: uri.toString() }] };
    case 'none':
      return { command: '' };
  }
}
