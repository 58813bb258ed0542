import { Worker } from 'node:worker_threads';

/*
 * Starting a thread takes longer than decoding a hundred images, and there are several pools before a training begins: a thread that a
 * pool leaves waits a while for the next one.
 */

const idle = new Map<Worker, { readonly entry: string; readonly timer: NodeJS.Timeout }>();

/** A thread that runs this built file; it does not keep the process. */
export function takeThread(entry: string): Worker {
  for (const [worker, waiting] of idle) {
    if (waiting.entry !== entry) continue;
    idle.delete(worker);
    clearTimeout(waiting.timer);
    forget(worker);
    return worker;
  }
  const worker = new Worker(entry, { execArgv: [], name: 'cnn-lab jobs' });
  worker.unref();
  return worker;
}

/** For threads with nothing left to do. Nobody else listens to them from now on. */
export function leaveThread(entry: string, worker: Worker): void {
  forget(worker);
  const drop = (): void => {
    // Whoever comes next gets another one.
    idle.delete(worker);
    clearTimeout(timer);
    void worker.terminate();
  };
  const timer = setTimeout(drop, longestIdleMs).unref();
  idle.set(worker, { entry, timer });
  worker.on('error', drop);
  worker.on('exit', drop);
}

function forget(worker: Worker): void {
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
}

const longestIdleMs = 10_000;
