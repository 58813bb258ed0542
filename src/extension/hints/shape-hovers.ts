import * as vscode from 'vscode';
import { hoverText } from '../../core/hints/hover-text';
import { hoverCommands } from '../../core/hints/hover-text-markdown';
import type { CodePosition } from '../../core/hints/find-call-at';
import type { SourceRange } from '../../core/graph/graph';
import type { AnalysisService } from '../analysis/analysis-service';
import type { DocumentAnalysis } from '../analysis/document-analysis';
import { readSettings } from '../settings';

/** Shapes, parameters, FLOPs and receptive field of what the mouse is over. */
export class ShapeHovers implements vscode.HoverProvider {
  constructor(private readonly analyses: AnalysisService) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    // Of what was edited just now the moment until it is read is worth waiting for; else it is at hand.
    const view = await this.analyses.freshView(document, token);
    const place = view?.toAnalyzed(document, position);
    if (!view || !place) return undefined;
    const text = shapeText(view, document, place);
    if (!text) return undefined;
    const range = view.toDocument(text.range)?.range;
    return range ? new vscode.Hover(text.markdown, range) : new vscode.Hover(text.markdown);
  }
}

/** What a hover says at a place of the analysed text; also the tooltip of an inlay hint. */
export function shapeText(view: DocumentAnalysis, document: vscode.TextDocument, place: CodePosition | SourceRange) {
  const text = hoverText(view.analysis, place, {
    batchSize: readSettings().hoverBatchSize,
    placeOf: (range) => view.placeOf(range),
    documentUri: document.uri.toString(),
  });
  if (!text) return undefined;
  const markdown = new vscode.MarkdownString(text.markdown);
  markdown.isTrusted = { enabledCommands: hoverCommands };
  return { markdown, range: text.range };
}
