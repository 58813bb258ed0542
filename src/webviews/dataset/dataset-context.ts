import type { Decision } from '../../core/data/decisions';
import type { DatasetFocus, DatasetPanelCalls, DatasetPanelKind } from '../../protocol/dataset-panel';
import type { RunChoice } from '../../protocol/inspection-panel';
import type { PanelStatus } from '../shared/panel-status';
import type { ThumbnailStore } from '../shared/thumbnail-store';
import type { DatasetModel } from './dataset-model';
import type { DatasetState } from './dataset-state';
import type { DuplicateSearch } from './duplicate-search';

/** What the views of the panel work with. */
export interface DatasetContext {
  readonly calls: DatasetPanelCalls;
  readonly status: PanelStatus;
  readonly thumbnails: ThumbnailStore;
  readonly runs: readonly RunChoice[];
  readonly model: DatasetModel | undefined;
  readonly state: DatasetState;
  /** Sets controls, and keeps them; the view that is shown is updated. */
  change(patch: Partial<DatasetState>): void;
  /** The same, where what is shown stays as it is. */
  keepQuietly(patch: Partial<DatasetState>): void;
  /** Keeps decisions as one step; `done` says what was done, such as `3 images excluded`. */
  decide(decisions: readonly Decision[], done: string): void;
  undo(): void;
  /** Looks at every image, unless that was done or is under way. */
  scan(): void;
  readonly duplicates: DuplicateSearch;
  openPanel(kind: DatasetPanelKind, focus: DatasetFocus): void;
}

/** What stands under a tab. */
export interface DatasetView {
  readonly root: HTMLElement;
  /** Another data set is looked at, or its files have changed. */
  reset(): void;
  /** It is shown, or what it shows has changed: decisions, a scan, controls. */
  update(): void;
}
