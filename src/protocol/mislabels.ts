import type { ItemKey } from '../core/data/dataset';
import type { DeviceChoice } from './worker';

/** Which labels of a run's data are most likely wrong: its model is trained anew, several times, and asked for images that it has not seen. */
export interface MislabelRequest {
  readonly runFolder: string;
  /** As many trainings as this; each image is left out of one of them. At least 2. */
  readonly folds: number;
  /** Of each; null: as many as the run took to its best epoch. */
  readonly epochs: number | null;
  readonly device: DeviceChoice;
  readonly threads: number | null;
}

export interface FoldProgress {
  /** 1-based. */
  readonly fold: number;
  readonly folds: number;
  /** 0 … epochs: done of this fold. */
  readonly epoch: number;
  readonly epochs: number;
}

/** Also kept in the run's folder, as mislabels.json. */
export interface MislabelReport {
  /** Of the data set, as it was decided then. */
  readonly fingerprint: string;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly folds: number;
  readonly epochs: number;
  /** Images that were looked at: the training images, and the data set's own validation images. */
  readonly count: number;
  /** Share of them that the models, which have not seen them, give their label. */
  readonly accuracy: number;
  readonly classes: readonly string[];
  /** One of each for every suspect, the surest first. */
  readonly keys: readonly ItemKey[];
  /** Places in `classes`. */
  readonly given: Int32Array;
  readonly suggested: Int32Array;
  /** Of the given and of the suggested class. */
  readonly givenProbabilities: Float32Array;
  readonly suggestedProbabilities: Float32Array;
}
