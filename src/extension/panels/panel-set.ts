import * as vscode from 'vscode';

/** A panel of a set, as its set sees it. */
export interface HostedPanel<Focus> extends vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  /** Brings it to the front, with something else to show. */
  show(focus: Focus): void;
}

/** Panels of several kinds, each a bundle of its own: one of each kind at most, brought back after a reload. */
export class PanelSet<Kind extends string, Focus extends object> implements vscode.Disposable {
  private readonly open = new Map<Kind, HostedPanel<Focus>>();
  private readonly subscriptions: vscode.Disposable[];

  /** `host`: takes a panel that was just opened or brought back; of one that was brought back the focus is empty. */
  constructor(
    private readonly titles: Readonly<Record<Kind, string>>,
    private readonly host: (kind: Kind, panel: vscode.WebviewPanel, focus: Partial<Focus>) => HostedPanel<Focus>,
  ) {
    const kinds = Object.keys(titles) as Kind[];
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

  show(kind: Kind, focus: Focus): void {
    const open = this.open.get(kind);
    if (open) {
      open.show(focus);
      return;
    }
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    this.adopt(kind, vscode.window.createWebviewPanel(viewType(kind), this.titles[kind], column, {}), focus);
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
    for (const { panel } of this.open.values()) panel.dispose();
  }

  private adopt(kind: Kind, panel: vscode.WebviewPanel, focus: Partial<Focus>): void {
    const own = this.host(kind, panel, focus);
    this.open.set(kind, own);
    panel.onDidDispose(() => {
      own.dispose();
      this.open.delete(kind);
    });
  }
}

function viewType(kind: string): string {
  return `cnn-lab.${kind}`;
}
