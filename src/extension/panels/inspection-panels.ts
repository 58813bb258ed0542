import * as vscode from 'vscode';
import { inspectionPanelTitles, type InspectionPanelKind, type PanelFocus } from '../../protocol/inspection-panel';
import { InspectionPanel, type InspectionPanelParts } from './inspection-panel';

/** The panels that look into models: one of each kind at most, brought back after a reload. */
export class InspectionPanels implements vscode.Disposable {
  private readonly open = new Map<InspectionPanelKind, InspectionPanel>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly parts: Omit<InspectionPanelParts, 'open'>) {
    const kinds = Object.keys(inspectionPanelTitles) as InspectionPanelKind[];
    this.subscriptions = kinds.map((kind) =>
      vscode.window.registerWebviewPanelSerializer(viewType(kind), {
        deserializeWebviewPanel: (panel: vscode.WebviewPanel) => {
          if (this.open.has(kind)) panel.dispose();
          else this.adopt(kind, panel, {});
          return Promise.resolve();
        },
      }),
    );
  }

  show(kind: InspectionPanelKind, focus: PanelFocus): void {
    const open = this.open.get(kind);
    if (open) {
      open.show(focus);
      return;
    }
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    this.adopt(kind, vscode.window.createWebviewPanel(viewType(kind), inspectionPanelTitles[kind], column, {}), focus);
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
    for (const { panel } of this.open.values()) panel.dispose();
  }

  private adopt(kind: InspectionPanelKind, panel: vscode.WebviewPanel, focus: PanelFocus): void {
    const own = new InspectionPanel(
      kind,
      panel,
      { ...this.parts, open: (other, otherFocus) => this.show(other, otherFocus) },
      focus,
    );
    this.open.set(kind, own);
    panel.onDidDispose(() => {
      own.dispose();
      this.open.delete(kind);
    });
  }
}

function viewType(kind: InspectionPanelKind): string {
  return `cnn-lab.${kind}`;
}
