import type * as vscode from 'vscode';
import { startInspector } from '../../node/inspector-process';
import type { InspectionCalls } from '../../protocol/inspection';
import { ProcessService } from './process-service';

/** The process that looks into models. */
export class InspectorService extends ProcessService<InspectionCalls> {
  /** `script`: absolute path of dist/inspector.js. */
  constructor(script: string, log: vscode.LogOutputChannel) {
    super('Inspection process', (events) => startInspector({ script, events }), log);
  }
}
