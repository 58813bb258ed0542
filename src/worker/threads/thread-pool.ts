import path from 'node:path';
import type { TransferListItem, Worker } from 'node:worker_threads';
import { UserError } from '../../core/errors';
import { leaveThread, takeThread } from './idle-threads';
import type { ThreadAnswer, ThreadMessage } from './serve-jobs';

export interface ThreadPoolOptions {
  /** What the threads do: one of job-thread.ts. It stands in messages, too. */
  readonly service: 'augmentation' | 'decoding';
  readonly threads: number;
  /** What each of them begins with. */
  readonly data: object;
  /** Folder of the built files: `job-thread.js`. */
  readonly assets: string;
}

/** Threads that answer jobs. A job that fails is rejected by itself; a thread that breaks ends them all. */
export class ThreadPool<Job, Result> {
  private readonly entry: string;
  private readonly threads: PoolThread[];
  private readonly pending = new Map<number, Pending<Result>>();
  private nextJob = 0;
  private failure: Error | undefined;
  private disposed = false;

  constructor(private readonly options: ThreadPoolOptions) {
    const { assets, service, threads, data } = options;
    this.entry = path.join(assets, 'job-thread.js');
    this.threads = Array.from({ length: threads }, () => ({ worker: takeThread(this.entry), jobs: 0 }));
    for (const { worker } of this.threads) {
      this.watch(worker);
      worker.postMessage({ kind: 'start', service, data } satisfies ThreadMessage<Job>);
    }
  }

  get size(): number {
    return this.threads.length;
  }

  /** Resolves with the answer of the thread that has the fewest jobs. @throws UserError those of the job; Error where it fails otherwise. */
  ask(job: Job, transfer: readonly TransferListItem[] = []): Promise<Result> {
    if (this.failure) return Promise.reject(this.failure);
    const [first, ...others] = this.threads;
    if (!first) return Promise.reject(new RangeError(`The ${this.options.service} has no threads`));
    const thread = others.reduce((least, each) => (each.jobs < least.jobs ? each : least), first);
    const id = this.nextJob++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject, thread });
      // Who waits for an answer keeps the process; who asks no more does not.
      if (thread.jobs++ === 0) thread.worker.ref();
      thread.worker.postMessage({ kind: 'job', id, job } satisfies ThreadMessage<Job>, transfer);
    });
  }

  /** Leaves the threads, and waits until those have ended that were at work; who waits for an answer is rejected. */
  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    const isSound = this.failure === undefined;
    this.fail(new Error(`The ${this.options.service} has ended`));
    const ends = this.threads.map(async ({ worker, jobs }) => {
      if (!isSound || jobs > 0) return worker.terminate();
      worker.postMessage({ kind: 'stop' } satisfies ThreadMessage<Job>);
      leaveThread(this.entry, worker);
      return undefined;
    });
    await Promise.all(ends);
  }

  private watch(worker: Worker): void {
    const { service: name } = this.options;
    worker.on('message', (answer: ThreadAnswer<Result>) => {
      const waiting = this.pending.get(answer.id);
      if (!waiting) return;
      this.pending.delete(answer.id);
      if (--waiting.thread.jobs === 0) worker.unref();
      if ('result' in answer) waiting.resolve(answer.result);
      else if (answer.failure.isUserError) waiting.reject(new UserError(answer.failure.message, answer.failure.remedy));
      else waiting.reject(new Error(`The ${name} failed: ${answer.failure.message}`));
    });
    worker.on('error', (error) => this.fail(new Error(`The ${name} failed: ${error.message}`, { cause: error })));
    worker.on('exit', (code) => {
      if (!this.disposed) this.fail(new Error(`A thread of the ${name} ended unexpectedly with exit code ${code}`));
    });
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.pending.values()) reject(this.failure);
    this.pending.clear();
  }
}

interface PoolThread {
  readonly worker: Worker;
  /** That it has not answered. */
  jobs: number;
}

interface Pending<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
  readonly thread: PoolThread;
}
