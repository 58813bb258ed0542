import { UserError } from '../../core/errors';
import type { InspectionEvents } from '../../protocol/inspection';

/** A long call as it goes on. */
export interface RunningTask {
  /** To be awaited now and then: tells how far it is, lets other messages in, and throws where the task was cancelled. */
  checkpoint(done: number, total: number): Promise<void>;
}

/** How often the process looks at its messages, and tells progress. */
const turnMs = 30;

/** The long calls that are running, by the numbers that their caller gave them. */
export class Tasks {
  private readonly cancelled = new Set<number>();

  constructor(private readonly events: InspectionEvents) {}

  cancel(task: number): void {
    this.cancelled.add(task);
  }

  async run<T>(task: number, work: (running: RunningTask) => Promise<T>): Promise<T> {
    let turnAtMs = performance.now();
    try {
      return await work({
        checkpoint: async (done, total) => {
          if (performance.now() - turnAtMs >= turnMs || done === total) {
            this.events.progress({ task, done, total });
            await new Promise((resolve) => setImmediate(resolve));
            turnAtMs = performance.now();
          }
          if (this.cancelled.has(task)) throw new UserError('Cancelled.');
        },
      });
    } finally {
      this.cancelled.delete(task);
    }
  }
}
