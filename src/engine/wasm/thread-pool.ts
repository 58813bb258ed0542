import { Worker } from 'node:worker_threads';
import { instantiateKernels, type KernelExports } from './kernel-module';
import type { WasmMemory, WasmModule } from './web-assembly';
import { PoolControl, abortRun, type ThreadData, type ThreadMessage } from './pool-control';

/** How long a thread may take to end by itself before it is terminated. */
const STOP_GRACE_MS = 5000;

export interface ThreadPoolOptions {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  /** Address of PoolControl.words zeroed words. */
  readonly control: number;
  /** Threads in all, the calling one included. */
  readonly threads: number;
  /** File of the bundled `engine-thread.ts`. */
  readonly entry: string;
}

/** Runs programs on the calling thread (part 0) and on threads of its own. After a failure all it can do is dispose(). */
export class ThreadPool {
  private readonly workers: Worker[] = [];
  private readonly exits: Promise<void>[] = [];
  private failure: Error | undefined;
  private disposed = false;
  private reportBroken: () => void = () => undefined;
  /** Resolves when a thread has failed or ended. */
  private readonly broken = new Promise<void>((resolve) => {
    this.reportBroken = resolve;
  });

  private constructor(
    private readonly kernels: KernelExports,
    private readonly control: Int32Array,
    private readonly threads: number,
  ) {}

  static async start(options: ThreadPoolOptions): Promise<ThreadPool> {
    const { module, memory, control, threads, entry } = options;
    const words = new Int32Array(memory.buffer, control, PoolControl.words);
    const pool = new ThreadPool(await instantiateKernels(module, memory, control), words, threads);
    try {
      const started: Promise<void>[] = [];
      for (let part = 1; part < threads; part++) {
        started.push(pool.startThread(entry, { module, memory, control, part, parts: threads }));
      }
      await Promise.all(started);
    } catch (error) {
      await pool.dispose();
      throw error;
    }
    for (const worker of pool.workers) worker.unref();
    return pool;
  }

  /**
   * Runs all parts of the program at this address; rejects when a part traps or its thread is gone. `times`: an address
   * for the times of its commands, as `run_profiled` in kernels/program.ts writes them.
   */
  async run(program: number, times?: number): Promise<void> {
    if (this.disposed) throw new Error('The CPU engine has been disposed');
    if (this.failure) throw this.failure;
    Atomics.store(this.control, PoolControl.program, program);
    Atomics.add(this.control, PoolControl.job, 1);
    if (this.threads > 1) Atomics.notify(this.control, PoolControl.job);
    let aborted: boolean;
    try {
      const result =
        times === undefined
          ? this.kernels.run(program, 0, this.threads)
          : this.kernels.run_profiled(program, 0, this.threads, times);
      aborted = result !== 0;
    } catch (error) {
      abortRun(this.control);
      throw this.fail('A kernel failed', error);
    }
    if (!aborted) return;
    await this.broken;
    throw this.failure ?? new Error('A thread of the CPU engine failed');
  }

  /** Ends the threads and waits until they have ended. */
  async dispose(): Promise<void> {
    this.disposed = true;
    Atomics.store(this.control, PoolControl.stop, 1);
    Atomics.add(this.control, PoolControl.job, 1);
    Atomics.notify(this.control, PoolControl.job);
    for (const worker of this.workers) worker.ref();
    const timer = setTimeout(() => {
      for (const worker of this.workers) void worker.terminate();
    }, STOP_GRACE_MS);
    await Promise.all(this.exits);
    clearTimeout(timer);
  }

  /** Resolves when the thread waits for its first program. */
  private startThread(entry: string, data: ThreadData): Promise<void> {
    const worker = new Worker(entry, { workerData: data, execArgv: [], name: `cnn-lab engine ${data.part}` });
    this.workers.push(worker);
    this.exits.push(
      new Promise((resolve) => {
        worker.once('exit', () => resolve());
      }),
    );
    return new Promise((resolve, reject) => {
      worker.on('message', (message: ThreadMessage) => {
        if (message.kind === 'ready') resolve();
        else reject(this.fail(`Thread ${data.part} failed`, message.message));
      });
      worker.on('error', (error) => reject(this.fail(`Thread ${data.part} failed`, error)));
      worker.on('exit', (code) => {
        if (this.disposed) reject(new Error('The CPU engine was disposed while it started'));
        else reject(this.fail(`Thread ${data.part} ended unexpectedly with exit code ${code}`));
      });
    });
  }

  /** Remembers the first failure, and wakes who waits for the reason. */
  private fail(what: string, cause?: unknown): Error {
    const detail = cause instanceof Error ? `: ${cause.message}` : typeof cause === 'string' ? `: ${cause}` : '';
    this.failure ??= new Error(`CPU engine: ${what}${detail}`, { cause });
    this.reportBroken();
    return this.failure;
  }
}
