import * as vscode from 'vscode';
import { inlayHints, type InlayHintText } from '../../core/hints/inlay-hints';
import type { AnalysisService } from '../analysis/analysis-service';
import type { DocumentAnalysis } from '../analysis/document-analysis';
import { readSettings } from '../settings';
import { shapeText } from './shape-hovers';

/** An inlay hint that knows what its tooltip is about. */
class ShapeInlayHint extends vscode.InlayHint {
  constructor(
    position: vscode.Position,
    readonly hint: InlayHintText,
    readonly document: vscode.TextDocument,
    readonly view: DocumentAnalysis,
  ) {
    super(position, hint.label);
    this.paddingLeft = true;
  }
}

/** The shape that a line makes, at its end. */
export class ShapeInlayHints implements vscode.InlayHintsProvider<ShapeInlayHint>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private readonly known = new WeakMap<DocumentAnalysis, readonly InlayHintText[]>();

  readonly onDidChangeInlayHints = this.changed.event;

  constructor(private readonly analyses: AnalysisService) {
    this.subscriptions = [this.changed, analyses.onDidChange(() => this.changed.fire())];
  }

  refresh(): void {
    this.changed.fire();
  }

  async provideInlayHints(
    document: vscode.TextDocument,
    range: vscode.Range,
    token: vscode.CancellationToken,
  ): Promise<ShapeInlayHint[]> {
    if (!readSettings().inlayHints) return [];
    const view = this.analyses.view(document) ?? (await this.analyses.freshView(document, token));
    if (!view) return [];
    const found: ShapeInlayHint[] = [];
    for (const hint of this.hintsOf(view)) {
      const place = view.lineInDocument(hint.line);
      if (place?.document !== document) continue;
      const position = new vscode.Position(place.line, hint.column);
      if (range.contains(position)) found.push(new ShapeInlayHint(position, hint, document, view));
    }
    return found;
  }

  resolveInlayHint(shown: ShapeInlayHint): ShapeInlayHint {
    const { hint, document, view } = shown;
    const text = shapeText(view, document, hint.about);
    if (text) shown.tooltip = text.markdown;
    return shown;
  }

  private hintsOf(view: DocumentAnalysis): readonly InlayHintText[] {
    const known = this.known.get(view) ?? inlayHints(view.analysis, view.lines);
    this.known.set(view, known);
    return known;
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
  }
}
