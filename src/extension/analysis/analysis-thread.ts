import { setImmediate as immediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { AnalysisAnswer, AnalysisCalls, AnalysisRequest } from '../../protocol/analysis';
import { unpackAnswer } from '../../protocol/pack-answer';
import { connectRpc } from '../../protocol/rpc';

/** A newer request for the same text came before this one's turn. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

export interface AnalysisThreadOptions {
  /** Absolute path of dist/analysis-thread.js. */
  readonly script: string;
  readonly warn: (message: string) => void;
  /** A request that takes longer is given up, with the thread that is caught in it. */
  readonly limitMs?: number;
}

interface Waiting {
  readonly request: AnalysisRequest;
  readonly resolve: (answer: AnalysisAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The thread that reads models, made at the first request and again after a crash. It does one request at a time, the
 * newest first; of several for one text only the newest is done. Where it crashes again and again, it rests for a while.
 */
export class AnalysisThread {
  private readonly waiting = new Map<string, Waiting>();
  private connection: { readonly worker: Worker; readonly calls: AnalysisCalls } | undefined;
  private isBusy = false;
  private isDisposed = false;
  /** In a row, without an answer between them. */
  private crashes = 0;
  private lastCrashMs = 0;

  constructor(private readonly options: AnalysisThreadOptions) {}

  /** Rejects with a SupersededError where a newer request for `key` takes its place. */
  analyze(key: string, request: AnalysisRequest): Promise<AnalysisAnswer> {
    return new Promise((resolve, reject) => {
      if (this.isDisposed) return reject(new Error('The analysis has ended.'));
      this.waiting.get(key)?.reject(new SupersededError(key));
      // Deleted first, so that it stands last: the newest.
      this.waiting.delete(key);
      this.waiting.set(key, { request, resolve, reject });
      void this.work();
    });
  }

  private async work(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    for (let next = this.takeNewest(); next; next = this.takeNewest()) {
      try {
        next.resolve(await this.run(next.request));
      } catch (error) {
        next.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
    this.isBusy = false;
  }

  private takeNewest(): Waiting | undefined {
    const [key, newest] = [...this.waiting].at(-1) ?? [];
    if (key !== undefined) this.waiting.delete(key);
    return newest;
  }

  private async run(request: AnalysisRequest): Promise<AnalysisAnswer> {
    if (this.crashes >= maxCrashes && performance.now() - this.lastCrashMs < pauseMs) {
      throw new Error(`The analysis ended ${this.crashes} times in a row, and is not started again for a while.`);
    }
    const { worker, calls } = (this.connection ??= this.connect());
    const limitMs = this.options.limitMs ?? defaultLimitMs;
    const limit = setTimeout(() => {
      this.options.warn(`The analysis of ${request.file.file} took longer than ${limitMs} ms, and was ended.`);
      void worker.terminate();
    }, limitMs);
    try {
      const packed = await calls.analyze(request);
      clearTimeout(limit);
      const answer = await unpackAnswer(packed, immediate);
      this.crashes = 0;
      return answer;
    } finally {
      clearTimeout(limit);
    }
  }

  private connect(): { readonly worker: Worker; readonly calls: AnalysisCalls } {
    const worker = new Worker(this.options.script, {
      name: 'CNN Lab analysis',
      // Nothing of the host's own flags belongs to the thread.
      execArgv: [],
      // A file that explodes takes this thread with it, not the extension host.
      resourceLimits: { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: maxMegabytes },
    });
    const rpc = connectRpc<AnalysisCalls, Record<string, never>>(
      { post: (message) => worker.postMessage(message), onMessage: (listener) => void worker.on('message', listener) },
      {},
    );
    const connection = { worker, calls: rpc.calls };
    let reason = '';
    worker.on('error', (error: unknown) => (reason = error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => {
      if (this.connection === connection) this.connection = undefined;
      const message = `The analysis ended unexpectedly (${reason === '' ? `exit code ${code}` : reason}).`;
      if (!this.isDisposed) {
        this.crashes++;
        this.lastCrashMs = performance.now();
        this.options.warn(message);
      }
      rpc.close(new Error(message));
    });
    return connection;
  }

  /** Resolves when the thread is gone. */
  async dispose(): Promise<void> {
    this.isDisposed = true;
    for (const { reject } of this.waiting.values()) reject(new Error('The analysis has ended.'));
    this.waiting.clear();
    await this.connection?.worker.terminate();
  }
}

const maxCrashes = 4;
const pauseMs = 5 * 60_000;
const defaultLimitMs = 30_000;
const maxMegabytes = 1024;
