import type { WorkerProcess } from '../node/worker-process';
import { startWorker } from '../node/worker-process';
import type { WorkerCalls, WorkerEvents } from '../protocol/worker';
import { workerScript } from './installation';
import type { Output } from './output';

/** Programs that start others (timeout, npx) pass on the Ctrl+C that the terminal has sent already: that is one. */
const sameSignalMs = 300;

/**
 * Does one job in a worker process and waits until that has ended. Ctrl+C (or SIGTERM) asks it to stop with everything
 * saved; a second one kills it. `onInterrupt` comes before what is said of that.
 */
export async function runWorkerJob<Result>(
  output: Output,
  events: Partial<WorkerEvents>,
  job: (calls: WorkerCalls) => Promise<Result>,
  onInterrupt: () => void = () => undefined,
): Promise<Result> {
  const worker = startWorker({ script: workerScript, events });
  let firstSignalMs: number | undefined;
  const onSignal = () => {
    const nowMs = performance.now();
    if (firstSignalMs !== undefined && nowMs - firstSignalMs < sameSignalMs) return;
    firstSignalMs ??= nowMs;
    onInterrupt();
    interrupt(worker, output);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await job(worker.calls);
  } finally {
    await worker.ended;
    // A Ctrl+C that comes a moment too late must not take away the result, which is about to be told.
    process.on('SIGINT', () => undefined);
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

function interrupt(worker: WorkerProcess, output: Output): void {
  if (worker.state === 'stopping') {
    output.note('Killing the training process.');
    void worker.kill();
    return;
  }
  output.note('Stopping at the next batch, everything saved. Press Ctrl+C again to end at once.');
  void worker.stop();
}
