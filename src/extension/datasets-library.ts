import * as vscode from 'vscode';
import type { DatasetSummary } from '../core/data/dataset';
import { isImageFileName } from '../core/data/image-file-name';
import { describeError } from '../core/errors';
import { findDatasets } from '../node/find-datasets';
import { KnownArchives } from '../node/known-archives';
import { readSettings, settingsSection } from './settings';
import { isInside, openFolders } from './workspace-folders';

export interface KnownDataset {
  readonly dataset: DatasetSummary;
  /** `sample`: one that CNN Lab brings along. */
  readonly origin: 'workspace' | 'setting' | 'sample';
}

/** The data sets in the open folders, in the folders of the setting, and those that ship with the extension. */
export class DatasetsLibrary implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[] = [this.changed];
  private found: Promise<readonly KnownDataset[]> | undefined;
  /** An image that comes or goes is no reason to unpack them again. */
  private readonly archives = new KnownArchives();
  private search = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly samplesFolder: string,
    private readonly log: vscode.LogOutputChannel,
  ) {
    // Of a folder that is moved or deleted as a whole, only the folder itself may be told: so everything is watched.
    const watcher = vscode.workspace.createFileSystemWatcher('**/*', false, true, false);
    // What is said of a data set is changed in place; of images, only whether they are there counts.
    const descriptions = vscode.workspace.createFileSystemWatcher('**/dataset.json', true, false, true);
    this.subscriptions.push(
      watcher,
      descriptions,
      descriptions.onDidChange((uri) => this.markStale(uri)),
      watcher.onDidCreate((uri) => this.markStale(uri)),
      watcher.onDidDelete((uri) => this.markStale(uri)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(settingsSection)) this.refresh();
      }),
    );
  }

  /** Searched for at the first call, and again after a change. */
  datasets(): Promise<readonly KnownDataset[]> {
    return (this.found ??= this.find(this.search.signal));
  }

  refresh(): void {
    this.search.abort();
    this.search = new AbortController();
    this.found = undefined;
    this.changed.fire();
  }

  private async find(signal: AbortSignal): Promise<readonly KnownDataset[]> {
    const settings = readSettings();
    const places: { folder: string; origin: KnownDataset['origin'] }[] = [
      ...openFolders().map((folder) => ({ folder: folder.uri.fsPath, origin: 'workspace' as const })),
      ...settings.dataFolders.map((folder) => ({ folder, origin: 'setting' as const })),
      ...(settings.showSampleDatasets ? [{ folder: this.samplesFolder, origin: 'sample' as const }] : []),
    ];
    const known = new Map<string, KnownDataset>();
    for (const { folder, origin } of places) {
      try {
        const options = {
          signal,
          archives: this.archives,
          onProblem: (where: string, problem: Error) => this.log.warn(`${where}: ${describeError(problem)}`),
        };
        for (const dataset of await findDatasets(folder, options)) {
          // The samples may themselves be open as a folder.
          const isSample = isInside(dataset.path, this.samplesFolder);
          const key = `${dataset.path}\n${dataset.name}`;
          if (!known.has(key)) known.set(key, { dataset, origin: isSample ? 'sample' : origin });
        }
      } catch (error) {
        if (signal.aborted) break;
        this.log.warn(`No data sets could be read in ${folder}: ${describeError(error)}`);
      }
    }
    return signal.aborted ? this.datasets() : [...known.values()];
  }

  private markStale(uri: vscode.Uri): void {
    if (!mayBelongToDataset(vscode.workspace.asRelativePath(uri, false))) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), settleMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.search.abort();
    for (const each of this.subscriptions) each.dispose();
  }
}

/** An image, a file of a data set or an archive of one, or what may be a folder; nothing in hidden folders, where runs and tools keep their own. */
function mayBelongToDataset(path: string): boolean {
  if (/(^|\/)(\.|node_modules\/|__pycache__\/)/.test(path)) return false;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    isImageFileName(name) ||
    /ubyte(\.gz)?$/.test(name) ||
    /(^dataset\.json|\.(csv|tsv|npy|npz|parquet|bin|zip|tar|tgz|tar\.gz))$/i.test(name) ||
    !/\.\w{1,5}$/.test(name)
  );
}

/** Thousands of images may be copied in one go. */
const settleMs = 1000;
