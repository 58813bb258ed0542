import type { EpochMetrics, RunStatus, StepMetrics } from './run-folder';

/* What the training-curves panel and its host say to each other. The panel sends 'ready', gets a snapshot, then increments. */

export interface CurvesRun {
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly epochsPlanned: number;
  /** 1-based; where the best checkpoint stands. */
  readonly bestEpoch: number | null;
  /** ISO 8601 */
  readonly startedAt: string;
  /** One line for people: `lenet.py:LeNet · digits · Adam 0.001 · batch 64`. */
  readonly summary: string;
  readonly steps: readonly StepMetrics[];
  readonly epochs: readonly EpochMetrics[];
}

export type ToCurvesPanel =
  /** Everything there is to show; replaces what was shown. */
  | { readonly type: 'snapshot'; readonly runs: readonly CurvesRun[]; readonly shown: readonly string[] }
  /** New lines of runs that the panel has; at most one message a frame. */
  | { readonly type: 'increment'; readonly runs: readonly RunIncrement[] }
  /** What became of a 'save'. */
  | { readonly type: 'saved'; readonly file: string }
  | { readonly type: 'failed'; readonly message: string };

export interface RunIncrement {
  readonly id: string;
  readonly status: RunStatus;
  readonly bestEpoch: number | null;
  readonly steps: readonly StepMetrics[];
  readonly epochs: readonly EpochMetrics[];
}

export type FromCurvesPanel =
  | { readonly type: 'ready' }
  /** Which runs are overlaid now: the host follows those. */
  | { readonly type: 'show'; readonly runs: readonly string[] }
  /** The host asks where to and writes the file. */
  | { readonly type: 'save'; readonly suggestedName: string; readonly content: Uint8Array | string }
  | { readonly type: 'openRun'; readonly run: string };
