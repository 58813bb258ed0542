import type * as vscode from 'vscode';
import type { AnalysisService } from './analysis/analysis-service';
import type { DatasetsLibrary } from './datasets-library';
import type { DeviceForecast } from './device-forecast';
import type { CurvesPanel } from './panels/curves-panel';
import type { ErrorReporter } from './report-error';
import type { LibraryRun } from './runs/library-run';
import type { RunLibrary } from './runs/run-library';
import type { TrainingService } from './training-service';
import type { WorkerLauncher } from './worker-launcher';

/** What the commands work with; made once, in activate(). */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly errors: ErrorReporter;
  readonly library: RunLibrary;
  readonly datasets: DatasetsLibrary;
  readonly launcher: WorkerLauncher;
  readonly devices: DeviceForecast;
  readonly training: TrainingService;
  readonly curves: CurvesPanel;
  readonly analyses: AnalysisService;
  /** The run that is selected in the Experiments view. */
  readonly selectedRun: () => LibraryRun | undefined;
}
