import { UserError } from '../../core/errors';

/** A long call as it goes on. */
export interface RunningTask {
  /** To be awaited now and then: tells how far it is, lets other messages in, and throws where the task was cancelled. */
  checkpoint(done: number, total: number): Promise<void>;
  /** Aborted when the task is cancelled. */
  readonly signal: AbortSignal;
}

/** How often the process looks at its messages, and tells progress. */
const turnMs = 30;

export interface ProgressListener {
  progress(event: { readonly task: number; readonly done: number; readonly total: number }): void;
}

/** The long calls that are running, by the numbers that their caller gave them. */
export class Tasks {
  private readonly controllers = new Map<number, AbortController>();

  constructor(private readonly events: ProgressListener) {}

  /** Also of a task whose turn has not come yet. */
  cancel(task: number): void {
    this.controllerOf(task).abort(new UserError('Cancelled.'));
  }

  async run<T>(task: number, work: (running: RunningTask) => Promise<T>): Promise<T> {
    const { signal } = this.controllerOf(task);
    let turnAtMs = performance.now();
    try {
      return await work({
        signal,
        checkpoint: async (done, total) => {
          if (performance.now() - turnAtMs >= turnMs || done === total) {
            this.events.progress({ task, done, total });
            await new Promise((resolve) => setImmediate(resolve));
            turnAtMs = performance.now();
          }
          signal.throwIfAborted();
        },
      });
    } finally {
      this.controllers.delete(task);
    }
  }

  private controllerOf(task: number): AbortController {
    const known = this.controllers.get(task) ?? new AbortController();
    this.controllers.set(task, known);
    return known;
  }
}
