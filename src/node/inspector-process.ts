import type { InspectionCalls, InspectionEvents } from '../protocol/inspection';
import { startHelper, type HelperOptions, type HelperProcess } from './helper-process';

/** An inspection process as its host sees it: it lives until it is disposed of. */
export type InspectorProcess = HelperProcess<InspectionCalls>;

/** `script`: absolute path of dist/inspector.js. */
export function startInspector(options: HelperOptions<InspectionEvents>): InspectorProcess {
  return startHelper('The process that looks into models', options);
}
