import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { startInspector, type InspectorProcess } from '../../src/node/inspector-process';
import { startWorker } from '../../src/node/worker-process';
import type { ImageReference, InspectionCalls } from '../../src/protocol/inspection';
import {
  inspectionPanelTitles,
  type InspectionPanelCalls,
  type InspectionPanelEvents,
  type InspectionPanelKind,
  type PanelFocus,
  type RunChoice,
} from '../../src/protocol/inspection-panel';
import { inspectionCallNames } from '../../src/protocol/parse-inspection';
import { serveRpc } from '../../src/protocol/rpc';
import { dist, makeSmallWorkplace, smallConfig, workerScript } from '../support/small-run';
import type { OpenOptions, OpenPanel } from './open-panel';
import { panelSuite } from './panel-suite';

/** What only VS Code can do, as the panel asked for it. */
export interface HostCalls {
  readonly opened: { readonly kind: InspectionPanelKind; readonly focus: PanelFocus }[];
  readonly saved: { readonly name: string; readonly bytes: Uint8Array }[];
  readonly copied: string[];
  /** What the user chooses when asked for files. */
  readonly picked: { image: ImageReference | null; images: readonly string[] };
}

export interface OpenInspection extends OpenPanel<unknown, never> {
  readonly host: HostCalls;
  readonly events: InspectionPanelEvents;
}

export interface OpenInspectionOptions extends OpenOptions {
  readonly runs?: readonly RunChoice[];
  /** Instead of the process's answers, where no run of a test could give them: a thousand classes. */
  readonly answers?: Partial<InspectionPanelCalls>;
}

export interface InspectionSuite {
  /** Folder of a run of three epochs: 8 filters of 3×3 on 12×12 images, 4 classes. */
  readonly runFolder: string;
  /** Of the real inspection process that answers the panels. */
  readonly calls: InspectionCalls;
  readonly process: InspectorProcess;
  /** Ends the process as a crash does; the next call has another, as in the extension. */
  killProcess(): Promise<void>;
  open(focus?: PanelFocus, options?: OpenInspectionOptions): Promise<OpenInspection>;
}

/** Panels in a browser, the real inspection process behind them, and a run that was really trained. */
export function inspectionSuite(kind: InspectionPanelKind): InspectionSuite {
  const suite = panelSuite<unknown, never>(kind, inspectionPanelTitles[kind]);
  let folder: string;
  let runFolder: string;
  let inspector: InspectorProcess;
  const told: InspectionPanelEvents[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cnn-lab panels-'));
    const place = await makeSmallWorkplace(folder);
    runFolder = path.join(folder, 'small-run');
    const worker = startWorker({ script: workerScript, events: {} });
    await worker.calls.train(place.request(runFolder, { config: { ...smallConfig, epochs: 3 } }));
    await worker.ended;
    start();
  });
  function start(): void {
    inspector = startInspector({
      script: path.join(dist, 'inspector.js'),
      events: { progress: (event) => told.forEach((events) => events.progress(event)) },
    });
  }
  afterAll(async () => {
    await inspector.dispose();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get runFolder() {
      return runFolder;
    },
    get calls() {
      return inspector.calls;
    },
    get process() {
      return inspector;
    },
    killProcess: async () => {
      await inspector.dispose();
      start();
    },
    open: async (focus = {}, options = {}) => {
      const host: HostCalls = { opened: [], saved: [], copied: [], picked: { image: null, images: [] } };
      let events: InspectionPanelEvents | undefined;
      const runs = options.runs ?? [{ runFolder, name: 'small-run', status: 'completed', epochsDone: 3 }];
      const panel = await suite.open({
        width: 1200,
        ...options,
        serve: (channel) => {
          events = serveRpc<InspectionPanelCalls, InspectionPanelEvents>(channel, {
            ...standIn(() => inspector, host, focus, runs),
            ...options.answers,
          });
        },
      });
      if (!events) throw new Error('The panel was opened without its host');
      told.push(events);
      return { ...panel, host, events };
    },
  };
}

/** VS Code's part of the host: notes what is asked for. The rest goes to the real process. */
function standIn(
  inspector: () => InspectorProcess,
  host: HostCalls,
  focus: PanelFocus,
  runs: readonly RunChoice[],
): InspectionPanelCalls {
  const passed = Object.fromEntries(
    inspectionCallNames.map((name) => [
      name,
      (request: never) => (inspector().calls[name] as (r: never) => unknown)(request),
    ]),
  );
  const own: Omit<InspectionPanelCalls, keyof InspectionCalls> = {
    start: () => Promise.resolve({ focus, runs }),
    runs: () => Promise.resolve(runs),
    pickImage: () => Promise.resolve(host.picked.image),
    pickImages: () => Promise.resolve(host.picked.images),
    openPanel: (kind, wanted) => {
      host.opened.push({ kind, focus: wanted });
      return Promise.resolve();
    },
    save: (name, bytes) => {
      host.saved.push({ name, bytes });
      return Promise.resolve(true);
    },
    copy: (text) => {
      host.copied.push(text);
      return Promise.resolve();
    },
    revealSource: () => Promise.resolve(),
  };
  return { ...(passed as unknown as InspectionCalls), ...own };
}
