import type { Failure } from '../core/analysis/file-analysis';
import type { SummaryTable } from '../core/summary/summary-table';
import type { SourceRange } from '../core/graph/graph';

/* What the model-summary panel and its host say to each other. The panel sends 'ready' and gets a snapshot; after every change of the file it gets another. */

export type ToSummaryPanel =
  /** Everything there is to show; replaces what was shown. */
  | { readonly type: 'snapshot'; readonly snapshot: SummarySnapshot }
  /** The file is being read for the first time. */
  | { readonly type: 'reading'; readonly file: string }
  /** There is nothing to show: no file was chosen, or it can't be read. */
  | { readonly type: 'empty'; readonly message: string; readonly remedy: string | null }
  /** What was asked for is on the clipboard. */
  | { readonly type: 'copied'; readonly what: string };

export interface SummarySnapshot {
  /** As a person reads it: relative to the workspace. */
  readonly file: string;
  readonly models: readonly SummaryTable[];
  /** All of the file's models that can be shown: those in `models`, and others, which the host is asked for. */
  readonly targets: readonly string[];
  /** The one that was asked for; null: the panel keeps its own, or shows the first. */
  readonly target: string | null;
  readonly failures: readonly (Failure & { readonly range: SourceRange })[];
}

export type FromSummaryPanel =
  | { readonly type: 'ready' }
  /** The host shows this place in the editor. */
  | { readonly type: 'reveal'; readonly range: SourceRange }
  /** A model that is not in the snapshot. */
  | { readonly type: 'choose'; readonly target: string }
  /** The host asks what input the model takes. */
  | { readonly type: 'setInput'; readonly target: string }
  /** `what`: what the text is called, for the notice. */
  | { readonly type: 'copy'; readonly text: string; readonly what: string };
