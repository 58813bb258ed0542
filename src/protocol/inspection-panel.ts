import type { ImageReference, InspectionCalls, InspectionEvents, LayerId, Subject } from './inspection';

/*
 * What the panels that look into models and their host say to each other, as remote procedure calls over postMessage. A panel
 * calls the inspection process through its host; the host adds what only VS Code can do. A panel keeps what it shows in VS
 * Code's state for webviews, so that it comes back after a reload, and asks `start` for the rest.
 */

/** Each is a bundle of its own: src/webviews/<kind>/. */
export type InspectionPanelKind =
  'filters' | 'feature-maps' | 'receptive-field' | 'prediction' | 'confusion' | 'class-view' | 'kernel-playground';

export const inspectionPanelTitles: Readonly<Record<InspectionPanelKind, string>> = {
  filters: 'Filters',
  'feature-maps': 'Feature Maps',
  'receptive-field': 'Receptive Fields',
  prediction: 'Prediction',
  confusion: 'Confusion Matrix',
  'class-view': 'Class View',
  'kernel-playground': 'Kernel Playground',
};

/** What a panel is to show; what is left out stays as it is, or is the panel's choice. */
export interface PanelFocus {
  readonly subject?: Subject;
  readonly layer?: LayerId;
  readonly channel?: number;
  readonly image?: ImageReference;
  /** Images to be gone through: the cell of a confusion matrix. */
  readonly images?: readonly ImageReference[];
}

/** Served by the host. Calls of the inspection process go through it as they are. */
export interface InspectionPanelCalls extends InspectionCalls {
  /** The first call of a panel that has been loaded. */
  start(): Promise<PanelStart>;
  /** All runs, newest first. */
  runs(): Promise<readonly RunChoice[]>;
  /** Lets the user choose an image file; null: they chose none. */
  pickImage(): Promise<ImageReference | null>;
  /** Lets the user choose image files or a folder; empty: they chose none. Absolute paths. */
  pickImages(): Promise<readonly string[]>;
  /** Opens another panel, or brings it to the front. */
  openPanel(kind: InspectionPanelKind, focus: PanelFocus): Promise<void>;
  /** Lets the user choose where the bytes are kept, `name` proposed; false: nowhere. */
  save(name: string, bytes: Uint8Array): Promise<boolean>;
  copy(text: string): Promise<void>;
  /** Shows a line (1-based) of a file in an editor. */
  revealSource(file: string, line: number): Promise<void>;
}

export interface InspectionPanelEvents extends InspectionEvents {
  /** The panel was opened again, with something else to show. */
  focus(focus: PanelFocus): void;
  /** A run has new weights, or is gone: what is shown of it is to be asked for again. */
  runChanged(event: { readonly runFolder: string }): void;
}

export interface PanelStart {
  readonly focus: PanelFocus;
  readonly runs: readonly RunChoice[];
}

export interface RunChoice {
  readonly runFolder: string;
  readonly name: string;
  readonly status: 'running' | 'completed' | 'stopped' | 'failed';
  readonly epochsDone: number;
  /** What its data set is opened by. */
  readonly data?: string;
}
