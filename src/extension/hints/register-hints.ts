import * as vscode from 'vscode';
import type { AnalysisService } from '../analysis/analysis-service';
import { settingsSection } from '../settings';
import { ModelCodeLenses } from './model-code-lenses';
import { ShapeDiagnostics } from './shape-diagnostics';
import { ShapeHovers } from './shape-hovers';
import { ShapeInlayHints } from './shape-inlay-hints';
import { ShapeQuickFixes } from './shape-quick-fixes';

/** What is shown in the code itself: hovers, inlay hints, lenses, problems and what mends them. */
export function registerHints(analyses: AnalysisService): vscode.Disposable {
  const { languages } = vscode;
  const inlayHints = new ShapeInlayHints(analyses);
  const lenses = new ModelCodeLenses(analyses);
  const diagnostics = new ShapeDiagnostics(analyses);
  return vscode.Disposable.from(
    inlayHints,
    lenses,
    diagnostics,
    languages.registerHoverProvider(selector, new ShapeHovers(analyses)),
    languages.registerInlayHintsProvider(selector, inlayHints),
    languages.registerCodeLensProvider(selector, lenses),
    languages.registerCodeActionsProvider(selector, new ShapeQuickFixes(analyses), ShapeQuickFixes.metadata),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const isChanged = (name: string) => event.affectsConfiguration(`${settingsSection}.${name}`);
      if (isChanged('inlayHints')) inlayHints.refresh();
      if (isChanged('codeLens')) lenses.refresh();
      if (isChanged('diagnostics')) diagnostics.refresh();
      if (isChanged('inputShape')) analyses.reanalyze();
    }),
  );
}

const languageIds = ['python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact'];
/** Notebook cells too: a filter without a notebook type takes them. */
const selector: vscode.DocumentSelector = languageIds.map((language) => ({ language }));
