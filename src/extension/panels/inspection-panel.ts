import * as vscode from 'vscode';
import type { InspectionCalls } from '../../protocol/inspection';
import { inspectionCallNames } from '../../protocol/parse-inspection';
import {
  inspectionPanelTitles,
  type InspectionPanelCalls,
  type InspectionPanelEvents,
  type InspectionPanelKind,
  type PanelFocus,
} from '../../protocol/inspection-panel';
import { serveRpc } from '../../protocol/rpc';
import type { RunLibrary } from '../runs/run-library';
import { imageFilters } from './image-filters';
import type { InspectorService } from './inspector-service';
import { pickImageFile, saveBytes } from './panel-dialogs';
import type { HostedPanel } from './panel-set';
import { runChoices } from './run-choices';
import { showBundle } from './show-bundle';

export interface InspectionPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly inspector: InspectorService;
  readonly library: RunLibrary;
  /** Opens another panel. */
  readonly open: (kind: InspectionPanelKind, focus: PanelFocus) => void;
}

/** Hosts one panel that looks into models: passes its calls on to the inspection process, and does what only VS Code can. */
export class InspectionPanel implements HostedPanel<PanelFocus> {
  private readonly events: InspectionPanelEvents;
  private readonly subscriptions: vscode.Disposable[];
  private loaded = false;

  constructor(
    readonly kind: InspectionPanelKind,
    readonly panel: vscode.WebviewPanel,
    private readonly parts: InspectionPanelParts,
    private focus: PanelFocus,
  ) {
    const { webview } = panel;
    const { extensionUri, inspector, library } = parts;
    this.events = serveRpc<InspectionPanelCalls, InspectionPanelEvents>(
      {
        post: (message) => void webview.postMessage(message),
        onMessage: (listener) => void webview.onDidReceiveMessage(listener),
      },
      this.calls(),
    );
    this.subscriptions = [
      inspector.onDidProgress((event) => this.tell((events) => events.progress(event))),
      library.onDidChangeRun((runFolder) => this.tell((events) => events.runChanged({ runFolder }))),
      panel.onDidChangeViewState(() => {
        // A hidden panel is unloaded, and begins anew when it is back.
        if (!panel.visible) this.loaded = false;
      }),
    ];
    // The process opens the model while the panel's document is loaded; what goes wrong the panel will hear itself.
    if (focus.subject) void inspector.call('describe', focus.subject).catch(() => undefined);
    showBundle(panel, extensionUri, kind, inspectionPanelTitles[kind]);
  }

  /** Brings it to the front, with something else to show. */
  show(focus: PanelFocus): void {
    this.focus = { ...this.focus, ...focus };
    this.panel.reveal();
    this.tell((events) => events.focus(focus));
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
  }

  private tell(event: (events: InspectionPanelEvents) => void): void {
    if (this.loaded) event(this.events);
  }

  private calls(): InspectionPanelCalls {
    const { inspector, library, open } = this.parts;
    const passed = Object.fromEntries(
      inspectionCallNames.map((name) => [name, (request: never) => inspector.call(name, request)]),
    );
    const own: Omit<InspectionPanelCalls, keyof InspectionCalls> = {
      start: async () => {
        this.loaded = true;
        const { focus } = this;
        // It is said once: what the panel shows from then on it keeps itself.
        this.focus = {};
        return { focus, runs: await runChoices(library) };
      },
      runs: () => runChoices(library),
      pickImage: pickImageFile,
      pickImages: async () => {
        const options = { canSelectFiles: true, canSelectFolders: true, canSelectMany: true, title: 'Choose Images' };
        return ((await vscode.window.showOpenDialog({ ...options, filters: imageFilters })) ?? []).map(
          ({ fsPath }) => fsPath,
        );
      },
      openPanel: (kind, focus) => {
        open(kind, focus);
        return Promise.resolve();
      },
      save: saveBytes,
      copy: async (text) => vscode.env.clipboard.writeText(text),
      revealSource: async (file, line) => {
        const position = new vscode.Position(Math.max(0, line - 1), 0);
        await vscode.window.showTextDocument(vscode.Uri.file(file), {
          viewColumn: vscode.ViewColumn.One,
          selection: new vscode.Range(position, position),
        });
      },
    };
    return { ...(passed as unknown as InspectionCalls), ...own };
  }
}
