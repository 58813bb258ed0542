import * as vscode from 'vscode';
import type { DatasetCalls, DatasetDescription } from '../../protocol/dataset-inspection';
import {
  datasetPanelTitles,
  type DatasetChoice,
  type DatasetFocus,
  type DatasetPanelCalls,
  type DatasetPanelEvents,
  type DatasetPanelKind,
} from '../../protocol/dataset-panel';
import { datasetCallNames } from '../../protocol/parse-dataset-inspection';
import { serveRpc } from '../../protocol/rpc';
import { commandTable, type TrainArgument } from '../command-table';
import { askForDataFolder } from '../commands/dataset-commands';
import type { DatasetsLibrary } from '../datasets-library';
import type { RunLibrary } from '../runs/run-library';
import { describeDataset } from '../trees/datasets-tree';
import type { DatasetService } from './dataset-service';
import { DecisionsWatcher } from './decisions-watcher';
import type { InspectorService } from './inspector-service';
import type { MislabelSearch } from './mislabel-search';
import { pickImageFile, saveBytes } from './panel-dialogs';
import type { HostedPanel } from './panel-set';
import { runChoices } from './run-choices';
import { showBundle } from './show-bundle';

export interface DatasetPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly service: DatasetService;
  readonly inspector: InspectorService;
  readonly mislabels: MislabelSearch;
  readonly datasets: DatasetsLibrary;
  readonly library: RunLibrary;
  /** Opens another panel. */
  readonly open: (kind: DatasetPanelKind, focus: DatasetFocus) => void;
  /** The next trainings of this workspace use this augmentation. */
  readonly useAugmentation: (augmentation: string) => Promise<void>;
}

/** Hosts one panel that looks at data sets: passes its calls on to the data set process, and does what only VS Code can. */
export class DatasetPanel implements HostedPanel<DatasetFocus> {
  private readonly events: DatasetPanelEvents;
  private readonly watcher: DecisionsWatcher;
  private readonly subscriptions: vscode.Disposable[];
  private loaded = false;

  constructor(
    readonly kind: DatasetPanelKind,
    readonly panel: vscode.WebviewPanel,
    private readonly parts: DatasetPanelParts,
    private focus: DatasetFocus,
  ) {
    const { webview } = panel;
    const { extensionUri, service, mislabels, datasets, library } = parts;
    this.events = serveRpc<DatasetPanelCalls, DatasetPanelEvents>(
      {
        post: (message) => void webview.postMessage(message),
        onMessage: (listener) => void webview.onDidReceiveMessage(listener),
      },
      this.calls(),
    );
    this.watcher = new DecisionsWatcher((location) => this.tell((events) => events.decisionsChanged({ location })));
    this.subscriptions = [
      this.watcher,
      service.onDidProgress((event) => this.tell((events) => events.progress(event))),
      mislabels.onDidProgress((event) => this.tell((events) => events.progress(event))),
      datasets.onDidChange(() => this.tell((events) => events.datasetsChanged())),
      library.onDidChange(() => this.tell((events) => events.runsChanged())),
      panel.onDidChangeViewState(() => {
        // A hidden panel is unloaded, and begins anew when it is back.
        if (!panel.visible) this.loaded = false;
      }),
    ];
    showBundle(panel, extensionUri, kind, datasetPanelTitles[kind]);
  }

  /** Brings it to the front, with something else to show. */
  show(focus: DatasetFocus): void {
    this.focus = { ...this.focus, ...focus };
    this.panel.reveal();
    this.tell((events) => events.focus(focus));
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
  }

  private tell(event: (events: DatasetPanelEvents) => void): void {
    if (this.loaded) event(this.events);
  }

  private calls(): DatasetPanelCalls {
    const { service, inspector, mislabels, library, open, useAugmentation } = this.parts;
    const passed = Object.fromEntries(
      datasetCallNames.map((name) => [name, (request: never) => service.call(name, request)]),
    ) as unknown as DatasetCalls;
    const own: Omit<DatasetPanelCalls, Exclude<keyof DatasetCalls, 'open' | 'cancel'>> = {
      start: async () => {
        this.loaded = true;
        const { focus } = this;
        // It is said once: what the panel shows from then on it keeps itself.
        this.focus = {};
        return { focus, datasets: await this.choices(), runs: await runChoices(library) };
      },
      open: async (location) => {
        const description: DatasetDescription = await service.call('open', location);
        this.watcher.watch(location, description.decisions.file);
        return description;
      },
      datasets: () => this.choices(),
      runs: () => runChoices(library),
      pickDataset: async () => {
        try {
          return await askForDataFolder('Open Data Set');
        } catch (error) {
          if (error instanceof vscode.CancellationError) return null;
          throw error;
        }
      },
      pickImage: pickImageFile,
      decodeImage: (image) => inspector.call('decodeImage', { image, mostSide: 1024 }),
      keptMislabels: (runFolder) => mislabels.kept(runFolder),
      findMislabels: (request) => mislabels.find(request),
      cancel: async (task) => {
        if (!mislabels.cancel(task)) await service.call('cancel', task);
      },
      openPanel: (kind, focus) => {
        open(kind, focus);
        return Promise.resolve();
      },
      openFile: async (file) => {
        await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), {
          viewColumn: vscode.ViewColumn.Beside,
        });
      },
      revealFile: async (file) => {
        // Over a remote connection the system's file manager sees none of it; the explorer does where the folder is open.
        const uri = vscode.Uri.file(file);
        const command = vscode.workspace.getWorkspaceFolder(uri) ? 'revealInExplorer' : 'revealFileInOS';
        await vscode.commands.executeCommand(command, uri);
      },
      train: (data) => {
        const argument: TrainArgument = { data };
        // It ends with the training, and tells what goes wrong itself.
        void vscode.commands.executeCommand(commandTable.trainModel.id, argument);
        return Promise.resolve();
      },
      useAugmentation,
      copy: async (text) => vscode.env.clipboard.writeText(text),
      save: saveBytes,
    };
    return { ...passed, ...own };
  }

  private async choices(): Promise<readonly DatasetChoice[]> {
    return (await this.parts.datasets.datasets()).map(({ dataset }) => ({
      location: dataset.path,
      name: dataset.name,
      description: describeDataset(dataset),
    }));
  }
}
