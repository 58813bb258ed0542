import { SingleBar } from 'cli-progress';
import type { HelperProcess } from '../node/helper-process';
import { barStyle } from './bar-style';
import { exitCodes } from './exit-codes';
import type { Output } from './output';

interface HelperProgress {
  progress(event: { readonly done: number; readonly total: number }): void;
}

/**
 * Does one job with a helper process, which is gone when this resolves. What takes long is a bar on a terminal, of that format. Ctrl+C
 * ends it: what it has told of is kept.
 */
export async function withHelper<Calls, Result>(
  output: Output,
  format: string,
  start: (events: HelperProgress) => HelperProcess<Calls>,
  job: (calls: Calls) => Promise<Result>,
): Promise<Result> {
  let bar: SingleBar | undefined;
  const helper = start({
    progress({ done, total }) {
      if (!output.interactive) return;
      if (!bar) {
        bar = new SingleBar({ ...barStyle, format, stream: process.stderr });
        bar.start(total, done);
      }
      bar.update(done);
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
    return await job(helper.calls);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    bar?.stop();
    await helper.dispose();
  }
}
