import * as vscode from 'vscode';
import { describeError } from '../../core/errors';
import type { ToCurvesPanel } from '../../protocol/curves-panel';
import type { ErrorReporter } from '../report-error';
import type { LibraryRun } from '../runs/library-run';
import type { RunLibrary } from '../runs/run-library';
import type { TrainingService } from '../training-service';
import { openFolders } from '../workspace-folders';
import { CurvesFeed } from './curves-feed';
import { parseCurvesMessage } from './parse-curves-message';
import { showBundle } from './show-bundle';

export interface CurvesPanelParts {
  readonly extensionUri: vscode.Uri;
  /** Keeps which runs were shown: sooner than VS Code keeps the state of a webview. */
  readonly state: vscode.Memento;
  readonly library: RunLibrary;
  readonly training: TrainingService;
  readonly errors: ErrorReporter;
  /** Shows a run in the Experiments view. */
  readonly revealRun: (run: LibraryRun) => void;
}

/**
 * Hosts the training-curves panel: one at most, brought back after a reload. What it shows comes from the run folders;
 * events of a running training only say sooner that there is something to read.
 */
export class CurvesPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  static readonly viewType = 'cnn-lab.curves';

  private panel: vscode.WebviewPanel | undefined;
  private feed = new CurvesFeed();
  private readonly shown = new Set<string>();
  private isReady = false;
  private timer: NodeJS.Timeout | undefined;
  /** One message is put together at a time, so that they arrive in order. */
  private sending: Promise<void> = Promise.resolve();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly parts: CurvesPanelParts) {
    const { library, training } = parts;
    this.subscriptions = [
      vscode.window.registerWebviewPanelSerializer(CurvesPanel.viewType, this),
      library.onDidChange(() => this.schedule()),
      library.onDidChangeMetrics(() => this.schedule()),
      training.onDidChange(() => this.schedule()),
    ];
  }

  /** Opens the panel, or brings it to the front, with these runs among those that are shown; none given: the newest. */
  async show(runFolders: readonly string[], preserveFocus = false): Promise<void> {
    const newest =
      runFolders.length === 0 && this.shown.size === 0 ? (await this.parts.library.runs()).slice(0, 1) : [];
    const added = [...runFolders, ...newest.map(folderOf)].filter((folder) => !this.shown.has(folder));
    if (added.length > 0) this.setShown([...this.shown, ...added]);
    if (!this.panel) {
      const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
      this.adopt(
        vscode.window.createWebviewPanel(CurvesPanel.viewType, title, { viewColumn: column, preserveFocus }, {}),
      );
      return;
    }
    this.panel.reveal(undefined, preserveFocus);
    if (added.length > 0) this.sendSnapshot();
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const runs = await this.parts.library.runs();
    const kept = [
      idsIn(state),
      idsIn({ shown: this.parts.state.get<unknown>(shownKey) }),
      runs.slice(0, 1).map(folderOf),
    ];
    const known = kept.map((ids) => ids.filter((id) => runs.some((run) => run.folder === id)));
    for (const id of known.find((ids) => ids.length > 0) ?? []) this.shown.add(id);
    if (this.panel) panel.dispose();
    else this.adopt(panel);
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.webview.onDidReceiveMessage((message: unknown) => this.receive(message));
    panel.onDidChangeViewState(() => {
      // A hidden panel is unloaded, and asks again when it is back.
      if (!panel.visible) this.isReady = false;
    });
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.isReady = false;
      this.shown.clear();
    });
    showBundle(panel, this.parts.extensionUri, 'curves', title);
  }

  private receive(raw: unknown): void {
    const message = parseCurvesMessage(raw);
    switch (message?.type) {
      case undefined:
        return;
      case 'ready':
        this.isReady = true;
        return this.sendSnapshot();
      case 'show':
        this.setShown(message.runs);
        return this.schedule();
      case 'save':
        return void this.save(message.suggestedName, message.content);
      case 'openRun': {
        const run = this.parts.library.get(message.run);
        if (run) this.parts.revealRun(run);
      }
    }
  }

  private setShown(ids: readonly string[]): void {
    this.shown.clear();
    for (const id of ids) this.shown.add(id);
    void this.parts.state.update(shownKey, ids);
  }

  private sendSnapshot(): void {
    this.queue(async () => {
      this.feed = new CurvesFeed();
      const runs = await this.parts.library.runs();
      const shown = [...this.shown].filter((id) => runs.some((run) => run.folder === id));
      await this.post({ type: 'snapshot', runs: await this.feed.snapshot(runs, this.shown), shown });
    });
  }

  /** Collects what happens in about the time of a frame into one message. */
  private schedule(): void {
    if (!this.isReady) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.queue(() => this.sendIncrement());
    }, frameMs);
  }

  private async sendIncrement(): Promise<void> {
    const runs = await this.parts.library.runs();
    if (!this.isReady) return;
    if (!this.feed.fits(runs)) return this.sendSnapshot();
    const increments = await this.feed.increments(runs, this.shown);
    if (increments === 'restart') this.sendSnapshot();
    else if (increments.length > 0) await this.post({ type: 'increment', runs: increments });
  }

  private async save(suggestedName: string, content: Uint8Array | string): Promise<void> {
    try {
      const folder = openFolders()[0]?.uri;
      const target = await vscode.window.showSaveDialog({
        title: 'Save Training Curves',
        ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, suggestedName) } : {}),
      });
      if (!target) return;
      await vscode.workspace.fs.writeFile(target, typeof content === 'string' ? Buffer.from(content, 'utf8') : content);
      await this.post({ type: 'saved', file: target.fsPath });
    } catch (error) {
      this.parts.errors.report('Saving the curves', error);
      await this.post({ type: 'failed', message: describeError(error) });
    }
  }

  private queue(task: () => Promise<void>): void {
    this.sending = this.sending
      .then(task)
      .catch((error: unknown) => this.parts.errors.report('Reading the metrics', error));
  }

  private async post(message: ToCurvesPanel): Promise<void> {
    await this.panel?.webview.postMessage(message);
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const each of this.subscriptions) each.dispose();
    this.panel?.dispose();
  }
}

const title = 'Training Curves';
const frameMs = 33;
const shownKey = 'curves.shown';

/** What a panel of some version has kept. */
function idsIn(state: unknown): string[] {
  const shown: unknown = typeof state === 'object' && state !== null && 'shown' in state ? state.shown : undefined;
  return Array.isArray(shown) ? shown.filter((id) => typeof id === 'string') : [];
}

function folderOf(run: LibraryRun): string {
  return run.folder;
}
