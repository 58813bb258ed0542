import type { FileAnalysis, FileRequest } from '../core/analysis/file-analysis';
import type { Problem } from '../core/analysis/model-analysis';
import type { PackedAnswer } from './pack-answer';

/*
 * What the extension host and the analysis thread say to each other, over a worker thread's port (structured clone).
 * The thread answers one request after another; which requests are worth asking is the host's business.
 */

export interface AnalysisCalls {
  /** Rejects with a UserError where the file cannot be read at all. */
  analyze(request: AnalysisRequest): Promise<PackedAnswer>;
}

export interface AnalysisRequest {
  readonly file: FileRequest;
  /** Texts of other documents with unsaved changes, by absolute path: they count, not what is on the disk. */
  readonly unsaved: Readonly<Record<string, string>>;
}

export interface AnalysisAnswer {
  readonly analysis: FileAnalysis;
  /** Places in the text that the grammar does not take. */
  readonly syntaxErrors: number;
  /** Where a model disagrees with the data that it was last trained on. */
  readonly warnings: readonly Problem[];
}
