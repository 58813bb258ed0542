import * as vscode from 'vscode';
import { quickFixes, type QuickFix } from '../../core/hints/quick-fixes';
import type { AnalysisService } from '../analysis/analysis-service';
import type { DocumentAnalysis } from '../analysis/document-analysis';
import { commandTable } from '../command-table';
import { problemsOf } from './shape-diagnostics';

/** Mends what is underlined. */
export class ShapeQuickFixes implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
  };

  constructor(private readonly analyses: AnalysisService) {}

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const view = this.analyses.view(document);
    if (!view) return [];
    return problemsOf(view).flatMap(({ problem }) => {
      const place = view.toDocument(problem.range);
      if (place?.document !== document || !place.range.intersection(range)) return [];
      const diagnostics = context.diagnostics.filter(
        (each) => each.message === problem.message && each.range.isEqual(place.range),
      );
      return quickFixes(view.analysis, problem).flatMap((fix, index) => {
        const action = actionOf(fix, document, view);
        if (!action) return [];
        action.diagnostics = diagnostics;
        action.isPreferred = index === 0 && fix.kind === 'replace';
        return [action];
      });
    });
  }
}

/** Undefined where the line to be changed was edited since. */
function actionOf(fix: QuickFix, document: vscode.TextDocument, view: DocumentAnalysis): vscode.CodeAction | undefined {
  const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
  switch (fix.kind) {
    case 'replace': {
      const place = view.toDocument(fix.range);
      if (!place) return undefined;
      action.edit = new vscode.WorkspaceEdit();
      action.edit.replace(place.document.uri, place.range, fix.text);
      return action;
    }
    case 'setInputShape': {
      const argument = { uri: document.uri.toString(), target: fix.target };
      action.command = { title: fix.title, command: commandTable.setInputShape.id, arguments: [argument] };
      return action;
    }
  }
}
