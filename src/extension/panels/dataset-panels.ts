import * as vscode from 'vscode';
import { datasetPanelTitles, type DatasetFocus, type DatasetPanelKind } from '../../protocol/dataset-panel';
import { DatasetPanel, type DatasetPanelParts } from './dataset-panel';

/** The panels that look at data sets: one of each kind at most, brought back after a reload. */
export class DatasetPanels implements vscode.Disposable {
  private readonly open = new Map<DatasetPanelKind, DatasetPanel>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly parts: Omit<DatasetPanelParts, 'open'>) {
    const kinds = Object.keys(datasetPanelTitles) as DatasetPanelKind[];
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

  show(kind: DatasetPanelKind, focus: DatasetFocus): void {
    const open = this.open.get(kind);
    if (open) {
      open.show(focus);
      return;
    }
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    this.adopt(kind, vscode.window.createWebviewPanel(viewType(kind), datasetPanelTitles[kind], column, {}), focus);
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
    for (const { panel } of this.open.values()) panel.dispose();
  }

  private adopt(kind: DatasetPanelKind, panel: vscode.WebviewPanel, focus: DatasetFocus): void {
    const own = new DatasetPanel(
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

function viewType(kind: DatasetPanelKind): string {
  return `cnn-lab.${kind}`;
}
