import { parentPort } from 'node:worker_threads';
import { UserError } from '../../core/errors';

/** What a `ThreadPool` tells a thread: what to do from now on, jobs for it, that there are no more. */
export type ThreadMessage<Job> =
  | { readonly kind: 'start'; readonly service: string; readonly data: object }
  | { readonly kind: 'job'; readonly id: number; readonly job: Job }
  | { readonly kind: 'stop' };

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

/** Begins with what a pool gives all its threads, and answers its jobs, one that waits for nothing after the other. */
export type JobService<Data, Job, Result> = (data: Data) => (job: Job) => Result | Promise<Result>;

/** To be called by the file that threads run, with what they can do. Where this is not a thread, there is nothing to do. */
export function serveJobs(services: Readonly<Record<string, JobService<never, never, unknown>>>): void {
  const port = parentPort;
  if (!port) return;
  let work: ((job: never) => unknown) | undefined;
  const answer = async (id: number, job: unknown): Promise<void> => {
    let answer: ThreadAnswer<unknown>;
    try {
      if (!work) throw new Error('A job came before its service');
      answer = { id, result: await work(job as never) };
    } catch (error) {
      const isUserError = error instanceof UserError;
      const message = error instanceof Error ? error.message : String(error);
      answer = { id, failure: { message, remedy: isUserError ? error.remedy : undefined, isUserError } };
    }
    port.postMessage(answer);
  };
  port.on('message', (message: ThreadMessage<unknown>) => {
    if (message.kind === 'job') void answer(message.id, message.job);
    else if (message.kind === 'stop') work = undefined;
    else work = services[message.service]?.(message.data as never);
  });
}
