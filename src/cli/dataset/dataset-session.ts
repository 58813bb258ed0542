import { startDatasetInspector } from '../../node/dataset-process';
import type { DatasetCalls, DatasetDescription } from '../../protocol/dataset-inspection';
import { datasetInspectorScript } from '../installation';
import type { Output } from '../output';
import { resolveData } from '../resolve-paths';
import { withHelper } from '../with-helper';

/** An opened data set, and the process that looks at it. */
export interface DatasetSession {
  readonly calls: DatasetCalls;
  /** What it is opened by. */
  readonly location: string;
  readonly description: DatasetDescription;
}

/** Does one job with a data set, in a process that is gone when this resolves. Ctrl+C ends it: what was decided is on the disk. */
export async function withDataset<Result>(
  output: Output,
  data: string,
  job: (session: DatasetSession) => Promise<Result>,
): Promise<Result> {
  const location = resolveData(data);
  return withHelper(
    output,
    'Looking at images {bar} {value}/{total}',
    (events) => startDatasetInspector({ script: datasetInspectorScript, events }),
    async (calls) => job({ calls, location, description: await calls.open(location) }),
  );
}
