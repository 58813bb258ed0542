import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { startDatasetInspector, type DatasetProcess } from '../../src/node/dataset-process';
import { startInspector, type InspectorProcess } from '../../src/node/inspector-process';
import type { DatasetCalls } from '../../src/protocol/dataset-inspection';
import {
  datasetPanelTitles,
  type DatasetChoice,
  type DatasetFocus,
  type DatasetPanelCalls,
  type DatasetPanelEvents,
  type DatasetPanelKind,
} from '../../src/protocol/dataset-panel';
import { datasetCallNames } from '../../src/protocol/parse-dataset-inspection';
import type { ImageReference } from '../../src/protocol/inspection';
import type { RunChoice } from '../../src/protocol/inspection-panel';
import { serveRpc } from '../../src/protocol/rpc';
import { dist } from '../support/small-run';
import type { OpenOptions, OpenPanel } from './open-panel';
import { panelSuite } from './panel-suite';

/** What only VS Code can do, as the panel asked for it. */
export interface DatasetHostCalls {
  readonly panels: { readonly kind: DatasetPanelKind; readonly focus: DatasetFocus }[];
  readonly files: string[];
  readonly revealed: string[];
  readonly trained: string[];
  readonly used: string[];
  readonly copied: string[];
  readonly saved: { readonly name: string; readonly bytes: Uint8Array }[];
  /** Calls of the process, in their order. */
  readonly asked: { readonly name: keyof DatasetCalls; readonly request: unknown }[];
  /** What the user chooses when asked. */
  readonly picked: { dataset: string | null; image: ImageReference | null };
}

export interface OpenDatasetPanel extends OpenPanel<unknown, never> {
  readonly host: DatasetHostCalls;
  readonly events: DatasetPanelEvents;
}

export interface OpenDatasetOptions extends OpenOptions {
  readonly datasets?: readonly DatasetChoice[];
  readonly runs?: readonly RunChoice[];
  readonly answers?: Partial<DatasetPanelCalls>;
}

export interface DatasetSuite {
  /** Of the real data set process that answers the panels. */
  readonly calls: DatasetCalls;
  open(focus?: DatasetFocus, options?: OpenDatasetOptions): Promise<OpenDatasetPanel>;
}

/** Panels in a browser with the real data set process behind them. */
export function datasetSuite(kind: DatasetPanelKind): DatasetSuite {
  const suite = panelSuite<unknown, never>(kind, datasetPanelTitles[kind]);
  let dataset: DatasetProcess;
  let inspector: InspectorProcess;
  const told: DatasetPanelEvents[] = [];
  let cache: string;
  beforeAll(async () => {
    // Scans are kept where nobody else's are.
    cache = await mkdtemp(path.join(tmpdir(), 'cnn-lab cache-'));
    process.env.CNN_LAB_CACHE = cache;
    dataset = startDatasetInspector({
      script: path.join(dist, 'dataset-inspector.js'),
      events: { progress: (event) => told.forEach((events) => events.progress(event)) },
    });
    inspector = startInspector({ script: path.join(dist, 'inspector.js'), events: {} });
  });
  afterAll(async () => {
    delete process.env.CNN_LAB_CACHE;
    await Promise.all([dataset.dispose(), inspector.dispose()]);
    await rm(cache, { recursive: true, force: true });
  });
  return {
    get calls() {
      return dataset.calls;
    },
    open: async (focus = {}, options = {}) => {
      const host: DatasetHostCalls = {
        panels: [],
        files: [],
        revealed: [],
        trained: [],
        used: [],
        copied: [],
        saved: [],
        asked: [],
        picked: { dataset: null, image: null },
      };
      let events: DatasetPanelEvents | undefined;
      const panel = await suite.open({
        width: 1200,
        height: 800,
        ...options,
        serve: (channel) => {
          events = serveRpc<DatasetPanelCalls, DatasetPanelEvents>(channel, {
            ...standIn(dataset.calls, inspector, host, focus, options),
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
  calls: DatasetCalls,
  inspector: InspectorProcess,
  host: DatasetHostCalls,
  focus: DatasetFocus,
  { datasets = [], runs = [] }: OpenDatasetOptions,
): DatasetPanelCalls {
  const passed = Object.fromEntries(
    datasetCallNames.map((name) => [
      name,
      (request: never) => {
        host.asked.push({ name, request });
        return (calls[name] as (r: never) => unknown)(request);
      },
    ]),
  );
  let said = false;
  const noted = <Value>(list: Value[], value: Value) => {
    list.push(value);
    return Promise.resolve();
  };
  const own: Omit<DatasetPanelCalls, keyof DatasetCalls> = {
    start: () => {
      // It is said once, as by the real host: what the panel shows from then on it keeps itself.
      const start = { focus: said ? {} : focus, datasets, runs };
      said = true;
      return Promise.resolve(start);
    },
    datasets: () => Promise.resolve(datasets),
    runs: () => Promise.resolve(runs),
    pickDataset: () => Promise.resolve(host.picked.dataset),
    pickImage: () => Promise.resolve(host.picked.image),
    decodeImage: (image) => inspector.calls.decodeImage({ image, mostSide: 1024 }),
    keptMislabels: () => Promise.resolve(null),
    findMislabels: () => Promise.reject(new Error('No test has asked for it')),
    openPanel: (kind, wanted) => noted(host.panels, { kind, focus: wanted }),
    openFile: (file) => noted(host.files, file),
    revealFile: (file) => noted(host.revealed, file),
    train: (location) => noted(host.trained, location),
    useAugmentation: (augmentation) => noted(host.used, augmentation),
    copy: (text) => noted(host.copied, text),
    save: async (name, bytes) => {
      await noted(host.saved, { name, bytes });
      return true;
    },
  };
  return { ...(passed as unknown as DatasetCalls), ...own };
}
