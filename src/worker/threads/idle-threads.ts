import { Worker } from 'node:worker_threads';

/*
 * Starting a thread takes longer than decoding a hundred images, and there are several pools before a training begins: a thread that a
 * pool leaves waits a while for the next one.
 */

interface IdleThread {
  readonly entry: string;
  readonly worker: Worker;
  readonly timer: NodeJS.Timeout;
}

const idle: IdleThread[] = [];

/** A thread that runs this built file; it does not keep the process. */
export function takeThread(entry: string): Worker {
  const index = idle.findIndex((each) => each.entry === entry);
  const [waiting] = index < 0 ? [] : idle.splice(index, 1);
  if (waiting) {
    clearTimeout(waiting.timer);
    forget(waiting.worker);
    return waiting.worker;
  }
  const worker = new Worker(entry, { execArgv: [], name: 'cnn-lab jobs' });
  worker.unref();
  return worker;
}

/** For threads with nothing left to do. Nobody else listens to them from now on. */
export function leaveThread(entry: string, worker: Worker): void {
  forget(worker);
  const drop = (): void => {
    const index = idle.findIndex((each) => each.worker === worker);
    const [dropped] = index < 0 ? [] : idle.splice(index, 1);
    clearTimeout(dropped?.timer);
    void worker.terminate();
  };
  idle.push({ entry, worker, timer: setTimeout(drop, longestIdleMs).unref() });
  // Whoever comes next gets another one.
  worker.on('error', drop);
  worker.on('exit', drop);
}

function forget(worker: Worker): void {
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
}

const longestIdleMs = 10_000;
