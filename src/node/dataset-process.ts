import type { DatasetCalls, DatasetEvents } from '../protocol/dataset-inspection';
import { startHelper, type HelperOptions, type HelperProcess } from './helper-process';

/** A process that looks at data sets, as its host sees it: it lives until it is disposed of. */
export type DatasetProcess = HelperProcess<DatasetCalls>;

/** `script`: absolute path of dist/dataset-inspector.js. A decision that a call has told of is on the disk. */
export function startDatasetInspector(options: HelperOptions<DatasetEvents>): DatasetProcess {
  return startHelper('The process that looks at data sets', options);
}
