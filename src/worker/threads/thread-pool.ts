import { type TransferListItem, Worker } from 'node:worker_threads';
import { UserError } from '../../core/errors';
import type { ThreadAnswer, ThreadJob } from './serve-jobs';

export interface ThreadPoolOptions {
  /** Built file that each thread runs: see `serveJobs`. */
  readonly entry: string;
  readonly threads: number;
  /** Given to each thread as it starts. */
  readonly workerData: object;
  /** What the threads do, in messages: "augmentation". */
  readonly name: string;
}

/** Threads that answer jobs. A job that fails is rejected by itself; a thread that breaks ends them all. */
export class ThreadPool<Job, Result> {
  private readonly threads: PoolThread[];
  private readonly exits: Promise<unknown>[];
  private readonly pending = new Map<number, Pending<Result>>();
  private nextJob = 0;
  private failure: Error | undefined;
  private disposed = false;

  constructor(private readonly options: ThreadPoolOptions) {
    const { entry, threads, workerData, name } = options;
    this.threads = Array.from({ length: threads }, (_, index) => {
      return { worker: new Worker(entry, { workerData, execArgv: [], name: `cnn-lab ${name} ${index + 1}` }), jobs: 0 };
    });
    this.exits = this.threads.map(({ worker }) => new Promise((resolve) => worker.once('exit', resolve)));
    for (const { worker } of this.threads) this.watch(worker);
  }

  get size(): number {
    return this.threads.length;
  }

  /** Resolves with the answer of the thread that has the fewest jobs. @throws UserError those of the job; Error where it fails otherwise. */
  ask(job: Job, transfer: readonly TransferListItem[] = []): Promise<Result> {
    if (this.failure) return Promise.reject(this.failure);
    const [first, ...others] = this.threads;
    if (!first) return Promise.reject(new RangeError(`The ${this.options.name} has no threads`));
    const thread = others.reduce((least, each) => (each.jobs < least.jobs ? each : least), first);
    const id = this.nextJob++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject, thread });
      // Who waits for an answer keeps the process; who asks no more does not.
      if (thread.jobs++ === 0) thread.worker.ref();
      thread.worker.postMessage({ id, job } satisfies ThreadJob<Job>, transfer);
    });
  }

  /** Ends the threads and waits until they have ended; who waits for an answer is rejected. */
  async dispose(): Promise<void> {
    this.disposed = true;
    this.fail(new Error(`The ${this.options.name} has ended`));
    for (const { worker } of this.threads) void worker.terminate();
    await Promise.all(this.exits);
  }

  private watch(worker: Worker): void {
    const { name } = this.options;
    worker.unref();
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
