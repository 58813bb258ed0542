import type * as vscode from 'vscode';
import { startDatasetInspector } from '../../node/dataset-process';
import type { DatasetCalls } from '../../protocol/dataset-inspection';
import { ProcessService } from './process-service';

/** The process that looks at data sets. */
export class DatasetService extends ProcessService<DatasetCalls> {
  /** `script`: absolute path of dist/dataset-inspector.js. */
  constructor(script: string, log: vscode.LogOutputChannel) {
    super('Data set process', (events) => startDatasetInspector({ script, events }), log);
  }
}
