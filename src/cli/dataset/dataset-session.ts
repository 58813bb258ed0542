import { SingleBar } from 'cli-progress';
import { startDatasetInspector } from '../../node/dataset-process';
import type { DatasetCalls, DatasetDescription } from '../../protocol/dataset-inspection';
import { exitCodes } from '../exit-codes';
import { datasetInspectorScript } from '../installation';
import type { Output } from '../output';
import { resolveData } from '../resolve-paths';

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
  let bar: SingleBar | undefined;
  const inspector = startDatasetInspector({
    script: datasetInspectorScript,
    events: {
      progress({ done, total }) {
        if (!output.interactive) return;
        if (!bar) {
          bar = new SingleBar({ ...barOptions, stream: process.stderr });
          bar.start(total, done);
        }
        bar.update(done);
      },
    },
  });
  const onSignal = () => {
    // The bar has hidden the cursor.
    bar?.stop();
    process.exit(exitCodes.stopped);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await job({ calls: inspector.calls, location, description: await inspector.calls.open(location) });
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    bar?.stop();
    await inspector.dispose();
  }
}

const barOptions = {
  format: 'Looking at images {bar} {value}/{total}',
  barsize: 24,
  barCompleteChar: '█',
  barIncompleteChar: '░',
  hideCursor: true,
  clearOnComplete: true,
  forceRedraw: true,
  linewrap: false,
} as const;
