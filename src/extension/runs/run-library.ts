import { dirname, join, relative } from 'node:path';
import * as vscode from 'vscode';
import { listRuns, metricsFile, openRun, runFile } from '../../node/run-store';
import { runsFolderOf, settingsSection } from '../settings';
import { isInside, openFolders } from '../workspace-folders';
import type { LibraryRun } from './library-run';

/** The runs of all open folders, as their folders on the disk tell them, whoever writes there. */
export class RunLibrary implements vscode.Disposable {
  private readonly found = new Map<string, LibraryRun>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly runChanged = new vscode.EventEmitter<string>();
  private readonly metricsChanged = new vscode.EventEmitter<string>();
  private readonly subscriptions: vscode.Disposable[] = [this.changed, this.runChanged, this.metricsChanged];
  private watchers: vscode.Disposable[] = [];
  private reading: Promise<void> = Promise.resolve();
  /** Runs to be read again, and the timer until then. */
  private readonly stale = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  /** What was told last of each run; undefined: nothing has been read yet. */
  private told: ReadonlyMap<string, string> | undefined;
  private allTimer: NodeJS.Timeout | undefined;

  /** A run came, went or changed. */
  readonly onDidChange = this.changed.event;
  /** One run came, went or changed (an epoch was done); tells its folder. */
  readonly onDidChangeRun = this.runChanged.event;
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
    this.queue(() => (runFolder === undefined ? this.readAll() : this.read([runFolder])));
    await this.reading;
  }

  /** Watches the folders that are open now, and reads all that is in them. */
  private start(): void {
    for (const watcher of this.watchers) watcher.dispose();
    this.watchers = [];
    for (const folder of openFolders()) this.watch(folder, runsFolderOf(folder));
    this.queue(() => this.readAll());
  }

  private async readAll(): Promise<void> {
    const lists = await Promise.all(
      openFolders().map(async (folder) =>
        (await listRuns(runsFolderOf(folder))).map((run): LibraryRun => ({ ...run, workspaceFolder: folder.name })),
      ),
    );
    this.found.clear();
    for (const run of lists.flat()) this.found.set(run.folder, run);
    this.tellChange();
  }

  /** Nothing at the first reading, which everybody who asks waits for, nor where all is as it was. */
  private tellChange(): void {
    const before = this.told;
    const now = new Map([...this.found].map(([folder, run]) => [folder, JSON.stringify(run)]));
    this.told = now;
    if (!before) return;
    const folders = new Set([...before.keys(), ...now.keys()]);
    const changed = [...folders].filter((folder) => before.get(folder) !== now.get(folder));
    if (changed.length > 0) this.changed.fire();
    for (const folder of changed) this.runChanged.fire(folder);
  }

  private watch(folder: vscode.WorkspaceFolder, runsFolder: string): void {
    // Below the open folder, which VS Code watches anyway: the folder of the runs need not exist yet.
    const below = isInside(runsFolder, folder.uri.fsPath) ? relative(folder.uri.fsPath, runsFolder) : undefined;
    const steps = below?.split(/[\\/]/) ?? [];
    const watch = (pattern: string, onChange: (uri: vscode.Uri) => void, ignoreChanges = false) => {
      const base = below === undefined ? vscode.Uri.file(runsFolder) : folder;
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(base, pattern),
        false,
        ignoreChanges,
      );
      watcher.onDidCreate(onChange);
      watcher.onDidChange(onChange);
      watcher.onDidDelete(onChange);
      this.watchers.push(watcher);
    };
    const inRuns = (...names: string[]) => [...steps, ...names].join('/');
    const runFolderOf = (uri: vscode.Uri) => join(runsFolder, uri.path.split('/').at(-2) ?? '');
    watch(inRuns('*', runFile), (uri) => this.markStale(runFolderOf(uri)));
    watch(inRuns('*', metricsFile), (uri) => this.metricsChanged.fire(runFolderOf(uri)));
    // A folder as a whole, where it is deleted, moved or copied: what is in it may not be told.
    watch(inRuns('*'), () => this.readAllLater(), true);
    for (const depth of steps.keys()) watch(steps.slice(0, depth + 1).join('/'), () => this.readAllLater(), true);
  }

  private readAllLater(): void {
    this.allTimer ??= setTimeout(() => {
      this.allTimer = undefined;
      this.queue(() => this.readAll());
    }, copyMs);
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
    this.tellChange();
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
    clearTimeout(this.allTimer);
    for (const each of [...this.watchers, ...this.subscriptions]) each.dispose();
  }
}

/** A worker replaces run.json and adds metrics at about the same moment: read once. */
const settleMs = 60;
/** How long the files of a folder may come after it. */
const copyMs = 1000;

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
