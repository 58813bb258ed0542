import type { ModelDeclaration } from '../python/find-models';
import type { AnalyzedInput, Framework, ModelAnalysis } from './model-analysis';

export type SourceLanguage = 'python' | 'javascript' | 'typescript';

/** Asks what is known of a file's models. Plain data: it is sent to the analysis thread. */
export interface FileRequest {
  /** Absolute path (of a notebook: of the .ipynb file). */
  readonly file: string;
  readonly text: string;
  readonly language: SourceLanguage;
  /** The target to be analysed; null: those that cover the file's classes, chosen by `chooseTargets`. */
  readonly target: string | null;
  /** What is known of inputs besides the code, by target; `'*'` is for all. */
  readonly inputs: Readonly<Record<string, AnalyzedInput>>;
  /** Number of classes of the data set last used with a target. */
  readonly classCounts: Readonly<Record<string, number>>;
}

export interface FileAnalysis {
  readonly file: string;
  readonly framework: Framework;
  /** What the file offers to be traced. */
  readonly declarations: readonly ModelDeclaration[];
  /** One for each target that was traced, the file's main one first. */
  readonly models: readonly ModelAnalysis[];
  /** Targets that could not be read at all, with the reason and the place. */
  readonly failures: readonly Failure[];
  /** Other files that were read: when one changes, the analysis is old. */
  readonly dependencies: readonly string[];
}

export interface Failure {
  readonly target: string;
  readonly reason: string;
  /** 1-based. */
  readonly line: number;
}
