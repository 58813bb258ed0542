import * as vscode from 'vscode';
import type { FileAnalysis } from '../../core/analysis/file-analysis';
import { summaryTable } from '../../core/summary/summary-table';
import { UserError } from '../../core/errors';
import type { SourceRange } from '../../core/graph/graph';
import { isObject } from '../../core/is-object';
import type { SummarySnapshot, ToSummaryPanel } from '../../protocol/summary-panel';
import type { AnalysisSource } from '../analysis/analysis-source';
import type { ErrorReporter } from '../report-error';
import { parseSummaryMessage } from './parse-summary-message';
import { showBundle } from './show-bundle';

export interface SummaryPanelParts {
  readonly extensionUri: vscode.Uri;
  /** Keeps which file is shown: sooner than VS Code keeps the state of a webview. */
  readonly state: vscode.Memento;
  readonly errors: ErrorReporter;
  readonly analyses: AnalysisSource;
  /** Where a place of the analysed text stands in the document now; undefined: where its range says. Needed for notebooks. */
  readonly placeOf?: (
    uri: vscode.Uri,
    range: SourceRange,
  ) => { readonly document: vscode.TextDocument; readonly range: vscode.Range } | undefined;
}

/** Hosts the model-summary panel: one at most, brought back after a reload. It follows the file that it shows. */
export class SummaryPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  static readonly viewType = 'cnn-lab.summary';

  private panel: vscode.WebviewPanel | undefined;
  private shown: Shown | undefined;
  private isReady = false;
  /** The panel has a model in front of its reader, who sees it until the next one is read. */
  private hasSnapshot = false;
  private timer: NodeJS.Timeout | undefined;
  /** Only the newest request's answer is sent. */
  private request = 0;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly parts: SummaryPanelParts) {
    this.subscriptions = [
      vscode.window.registerWebviewPanelSerializer(SummaryPanel.viewType, this),
      parts.analyses.onDidChange((uri) => {
        if (uri.toString() === this.shown?.uri.toString()) this.schedule();
      }),
    ];
  }

  /** Opens the panel, or brings it to the front, with this file; none given: that of the active editor, or what it shows. */
  show(uri?: vscode.Uri, target?: string): void {
    const active = vscode.window.activeTextEditor?.document.uri;
    const notebook = vscode.window.activeNotebookEditor?.notebook.uri;
    const chosen = uri ?? notebook ?? (active && readable.has(active.scheme) ? active : undefined);
    if (chosen) this.setShown({ uri: chosen, target: target ?? null });
    if (this.panel) {
      this.panel.reveal(undefined, true);
      this.send();
      return;
    }
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const options = { viewColumn: column, preserveFocus: false };
    this.adopt(vscode.window.createWebviewPanel(SummaryPanel.viewType, title, options, {}));
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.shown = parseShown(this.parts.state.get<unknown>(shownKey));
    if (this.panel) panel.dispose();
    else this.adopt(panel);
    return Promise.resolve();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.webview.onDidReceiveMessage((message: unknown) => this.receive(message));
    panel.onDidChangeViewState(() => {
      // A hidden panel is unloaded, and asks again when it is back.
      if (!panel.visible) this.forgetPanel();
    });
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.forgetPanel();
    });
    showBundle(panel, this.parts.extensionUri, 'summary', title);
  }

  private forgetPanel(): void {
    this.isReady = false;
    this.hasSnapshot = false;
  }

  private receive(raw: unknown): void {
    const message = parseSummaryMessage(raw);
    const { shown } = this;
    switch (message?.type) {
      case undefined:
        return;
      case 'ready':
        this.isReady = true;
        return this.send();
      case 'reveal':
        return this.attempt('Showing the place in the code', () => this.reveal(message.range));
      case 'choose':
        return shown && this.choose(shown.uri, message.target);
      case 'setInput':
        return shown && this.run('cnn-lab.setInputShape', shown.uri, message.target);
      case 'copy':
        return this.attempt('Copying', async () => {
          await vscode.env.clipboard.writeText(message.text);
          await this.post({ type: 'copied', what: message.what });
        });
    }
  }

  private setShown(shown: Shown): void {
    if (shown.uri.toString() !== this.shown?.uri.toString()) this.hasSnapshot = false;
    this.shown = shown;
    void this.parts.state.update(shownKey, { uri: shown.uri.toString(), target: shown.target });
  }

  /** Collects what happens in about the time of a frame into one message. */
  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.send();
    }, frameMs);
  }

  private send(): void {
    if (this.isReady) this.attempt('Reading the model', () => this.sendSnapshot());
  }

  private async sendSnapshot(): Promise<void> {
    const request = ++this.request;
    const { shown } = this;
    if (!shown) return this.post(noFile);
    const file = vscode.workspace.asRelativePath(shown.uri);
    if (!this.hasSnapshot && !this.parts.analyses.current(shown.uri)) await this.post({ type: 'reading', file });
    const message = await this.newest(shown, file);
    if (request !== this.request || !this.isReady) return;
    this.hasSnapshot = message.type === 'snapshot';
    await this.post(message);
    if (message.type === 'snapshot') this.settleTarget(shown, message.snapshot);
  }

  private async newest({ uri, target }: Shown, file: string): Promise<ToSummaryPanel> {
    try {
      return { type: 'snapshot', snapshot: snapshotOf(await this.parts.analyses.analyze(uri), file, target) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { type: 'empty', message: error.message, remedy: error.remedy ?? null };
    }
  }

  /** What was asked for is asked for once: from then on the panel's own choice counts. */
  private settleTarget({ uri, target }: Shown, { models, failures }: SummarySnapshot): void {
    if (target === null || this.shown?.target !== target || this.shown.uri !== uri) return;
    this.shown = { uri, target: null };
    const isThere = [...models, ...failures].some((each) => each.target === target);
    if (!isThere) this.choose(uri, target);
  }

  /** Has the file read anew with this model in it. */
  private choose(uri: vscode.Uri, target: string): void {
    this.setShown({ uri, target });
    this.run('cnn-lab.chooseTarget', uri, target);
  }

  private run(command: string, uri: vscode.Uri, target: string): void {
    this.attempt('Showing the model', async () => {
      await vscode.commands.executeCommand(command, { uri: uri.toString(), target });
    });
  }

  private async reveal(range: SourceRange): Promise<void> {
    const { shown } = this;
    const place = shown && this.parts.placeOf?.(shown.uri, range);
    const document = place?.document ?? (await vscode.workspace.openTextDocument(vscode.Uri.file(range.file)));
    const selection =
      place?.range ??
      document.validateRange(
        new vscode.Range(range.startLine - 1, range.startColumn, range.endLine - 1, range.endColumn),
      );
    const open = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    const viewColumn = open?.viewColumn ?? vscode.ViewColumn.One;
    const editor = await vscode.window.showTextDocument(document, { viewColumn, preserveFocus: false });
    editor.selection = new vscode.Selection(selection.start, selection.end);
    editor.revealRange(selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  private attempt(what: string, task: () => Promise<void>): void {
    task().catch((error: unknown) => this.parts.errors.report(what, error));
  }

  private async post(message: ToSummaryPanel): Promise<void> {
    await this.panel?.webview.postMessage(message);
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const each of this.subscriptions) each.dispose();
    this.panel?.dispose();
  }
}

interface Shown {
  readonly uri: vscode.Uri;
  /** Asked for, and not shown yet. */
  readonly target: string | null;
}

const title = 'Model Summary';
const frameMs = 33;
const shownKey = 'summary.shown';
/** Kinds of documents that hold code of the user's. */
const readable: ReadonlySet<string> = new Set(['file', 'untitled', 'vscode-remote']);
const noFile: ToSummaryPanel = {
  type: 'empty',
  message: 'No model is shown yet.',
  remedy: 'Open a file with a model and run “CNN Lab: Open Model Summary”.',
};

function snapshotOf(analysis: FileAnalysis, file: string, target: string | null): SummarySnapshot {
  const models = analysis.models.map(summaryTable);
  const ready = analysis.declarations.filter(({ requiredArguments }) => requiredArguments.length === 0);
  const targets = new Set([...models.map((model) => model.target), ...ready.map((declaration) => declaration.target)]);
  return {
    file,
    models,
    targets: [...targets],
    target,
    failures: analysis.failures.map((failure) => ({ ...failure, range: lineRange(analysis.file, failure.line) })),
  };
}

function lineRange(file: string, line: number): SourceRange {
  return { file, startLine: line, startColumn: 0, endLine: line, endColumn: 0 };
}

/** What some version of the extension has kept. */
function parseShown(value: unknown): Shown | undefined {
  if (!isObject(value) || typeof value.uri !== 'string') return undefined;
  return { uri: vscode.Uri.parse(value.uri), target: typeof value.target === 'string' ? value.target : null };
}
