import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { listRuns, metricsFile, openRun, runFile } from '../../node/run-store';
import { runsFolderOf, settingsSection } from '../settings';
import { openFolders } from '../workspace-folders';
import type { LibraryRun } from './library-run';

/** The runs of all open folders, as their folders on the disk tell them, whoever writes there. */
export class RunLibrary implements vscode.Disposable {
  private readonly found = new Map<string, LibraryRun>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly metricsChanged = new vscode.EventEmitter<string>();
  private readonly subscriptions: vscode.Disposable[] = [this.changed, this.metricsChanged];
  private watchers: vscode.Disposable[] = [];
  private reading: Promise<void> = Promise.resolve();
  /** Runs to be read again, and the timer until then. */
  private readonly stale = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  /** A run came, went or changed. */
  readonly onDidChange = this.changed.event;
  /** Lines were added to a run's metrics; tells its folder. */
  readonly onDidChangeMetrics = this.metricsChanged.event;

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.subscriptions.push(
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.start()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${settingsSection}.runsFolder`)) this.start();
      }),
    );
    this.start();
  }

  /** Newest first, once all that is known to have changed is read. */
  async runs(): Promise<readonly LibraryRun[]> {
    await this.reading;
    return [...this.found.values()].sort((a, b) => compare(b.startedAt, a.startedAt) || compare(b.id, a.id));
  }

  get(runFolder: string): LibraryRun | undefined {
    return this.found.get(runFolder);
  }

  /** Reads one run again, or all. Runs that are marked running may have lost their process, which no watcher tells. */
  async refresh(runFolder?: string): Promise<void> {
    if (runFolder === undefined) this.start();
    else this.queue(() => this.read([runFolder]));
    await this.reading;
  }

  /** Watches the folders that are open now, and reads all that is in them. */
  private start(): void {
    for (const watcher of this.watchers) watcher.dispose();
    this.watchers = [];
    const folders = openFolders().map((folder) => ({ folder, runsFolder: runsFolderOf(folder) }));
    for (const { runsFolder } of folders) this.watch(runsFolder);
    this.queue(async () => {
      const lists = await Promise.all(
        folders.map(async ({ folder, runsFolder }) =>
          (await listRuns(runsFolder)).map((run): LibraryRun => ({ ...run, workspaceFolder: folder.name })),
        ),
      );
      this.found.clear();
      for (const run of lists.flat()) this.found.set(run.folder, run);
      this.changed.fire();
    });
  }

  private watch(runsFolder: string): void {
    const watch = (pattern: string, onChange: (uri: vscode.Uri) => void) => {
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(vscode.Uri.file(runsFolder), pattern),
      );
      watcher.onDidCreate(onChange);
      watcher.onDidChange(onChange);
      watcher.onDidDelete(onChange);
      this.watchers.push(watcher);
    };
    const runFolderOf = (uri: vscode.Uri) => join(runsFolder, uri.path.split('/').at(-2) ?? '');
    watch(`*/${runFile}`, (uri) => this.markStale(runFolderOf(uri)));
    watch(`*/${metricsFile}`, (uri) => this.metricsChanged.fire(runFolderOf(uri)));
    // A run's folder as a whole, where it is deleted, or copied here.
    watch('*', (uri) => this.markStale(uri.fsPath));
  }

  private markStale(runFolder: string): void {
    this.stale.add(runFolder);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const folders = [...this.stale];
      this.stale.clear();
      this.queue(() => this.read(folders));
    }, settleMs);
  }

  private async read(runFolders: readonly string[]): Promise<void> {
    for (const runFolder of runFolders) {
      const run = await openRun(runFolder);
      const holder = openFolders().find((folder) => dirname(runFolder) === runsFolderOf(folder));
      if (run && holder) this.found.set(runFolder, { ...run, workspaceFolder: holder.name });
      else this.found.delete(runFolder);
    }
    this.changed.fire();
  }

  private queue(task: () => Promise<void>): void {
    this.reading = this.reading.then(task).catch((error: unknown) => {
      this.log.error(
        `Experiments could not be read: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    });
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const each of [...this.watchers, ...this.subscriptions]) each.dispose();
  }
}

/** A worker replaces run.json and adds metrics at about the same moment: read once. */
const settleMs = 60;

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
