import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../../core/errors';

/** As a `ThreadPool` sends it. */
export interface ThreadJob<Job> {
  readonly id: number;
  readonly job: Job;
}

export type ThreadAnswer<Result> =
  | { readonly id: number; readonly result: Result }
  | {
      readonly id: number;
      readonly failure: {
        readonly message: string;
        readonly remedy: string | undefined;
        readonly isUserError: boolean;
      };
    };

/**
 * Answers the jobs of a `ThreadPool`, one that waits for nothing after the other; to be called by the file that its threads run.
 * `start` gets what the pool gives all its threads. Where this is not a thread, there is nothing to do.
 */
export function serveJobs<Data, Job, Result>(start: (data: Data) => (job: Job) => Result | Promise<Result>): void {
  const port = parentPort;
  if (!port) return;
  const work = start(workerData as Data);
  const answer = async ({ id, job }: ThreadJob<Job>): Promise<void> => {
    let answer: ThreadAnswer<Result>;
    try {
      answer = { id, result: await work(job) };
    } catch (error) {
      const isUserError = error instanceof UserError;
      const message = error instanceof Error ? error.message : String(error);
      answer = { id, failure: { message, remedy: isUserError ? error.remedy : undefined, isUserError } };
    }
    port.postMessage(answer);
  };
  port.on('message', (asked: ThreadJob<Job>) => void answer(asked));
}
