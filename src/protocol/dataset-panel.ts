import type { ItemKey } from '../core/data/dataset';
import type { DatasetCalls, DatasetEvents } from './dataset-inspection';
import type { DecodedImage, ImageReference } from './inspection';
import type { RunChoice } from './inspection-panel';

/*
 * What the panels that look at data sets and their host say to each other, as remote procedure calls over postMessage. Calls of
 * the data set process go through the host as they are; the host adds what only VS Code can do. A panel keeps what it shows in
 * VS Code's state for webviews, and asks `start` for the rest.
 */

/** Each is a bundle of its own: src/webviews/<kind>/. */
export type DatasetPanelKind = 'dataset' | 'augmentation';

export const datasetPanelTitles: Readonly<Record<DatasetPanelKind, string>> = {
  dataset: 'Data Set',
  augmentation: 'Augmentation Preview',
};

/** What a panel is to show; what is left out stays as it is, or is the panel's choice. */
export interface DatasetFocus {
  /** What the data set is opened by. */
  readonly location?: string;
  /** Number of an image of it. */
  readonly image?: number;
}

/** Served by the host. */
export interface DatasetPanelCalls extends DatasetCalls {
  /** The first call of a panel that has been loaded. */
  start(): Promise<DatasetPanelStart>;
  /** All data sets that are known. */
  datasets(): Promise<readonly DatasetChoice[]>;
  /** All runs, newest first. */
  runs(): Promise<readonly RunChoice[]>;
  /** Lets the user choose the folder of a data set; null: they chose none. */
  pickDataset(): Promise<string | null>;
  /** Lets the user choose an image file; null: they chose none. */
  pickImage(): Promise<ImageReference | null>;
  decodeImage(image: Exclude<ImageReference, { readonly kind: 'data' }>): Promise<DecodedImage>;
  /** What an earlier search in a run has kept; null: there was none. */
  keptMislabels(runFolder: string): Promise<Mislabels | null>;
  /** Trains the run's model on parts of the data, and has it judge the others. Takes as long as some trainings; `cancel` ends it. */
  findMislabels(request: { readonly runFolder: string; readonly task: number }): Promise<Mislabels>;
  /** Opens another panel, or brings it to the front. */
  openPanel(kind: DatasetPanelKind, focus: DatasetFocus): Promise<void>;
  /** Shows a file in VS Code. Absolute path. */
  openFile(file: string): Promise<void>;
  /** Shows a file in the system's own file manager, or in VS Code's explorer. */
  revealFile(file: string): Promise<void>;
  /** Begins Train Model with this data set. */
  train(location: string): Promise<void>;
  /** The next trainings of this workspace use this augmentation. */
  useAugmentation(augmentation: string): Promise<void>;
  copy(text: string): Promise<void>;
  /** Lets the user choose where the bytes are kept, `name` proposed; false: nowhere. */
  save(name: string, bytes: Uint8Array): Promise<boolean>;
}

export interface DatasetPanelEvents extends DatasetEvents {
  /** The panel was opened again, with something else to show. */
  focus(focus: DatasetFocus): void;
  /** Data sets were found, or are gone. */
  datasetsChanged(): void;
  /** The decisions about a data set were changed by something else than this panel: in an editor, by a command. */
  decisionsChanged(event: { readonly location: string }): void;
  /** A run was made, has ended or is gone. */
  runsChanged(): void;
}

export interface DatasetPanelStart {
  readonly focus: DatasetFocus;
  readonly datasets: readonly DatasetChoice[];
  readonly runs: readonly RunChoice[];
}

/** Images whose label is probably wrong, the most certain first. */
export interface Mislabels {
  readonly suspects: readonly {
    readonly key: ItemKey;
    /** Names of classes. */
    readonly given: string;
    readonly suggested: string;
    /** Out-of-fold probability of the suggested class. */
    readonly confidence: number;
  }[];
  /** How it was searched, in words: `5 folds of 10 epochs`. */
  readonly how: string;
}

export interface DatasetChoice {
  /** What it is opened by. */
  readonly location: string;
  readonly name: string;
  /** `10 classes · 5,000 images` */
  readonly description: string;
}
