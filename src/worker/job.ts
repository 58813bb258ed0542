import type { WorkerEvents } from '../protocol/worker';

/** What every job gets. */
export interface JobContext {
  readonly events: WorkerEvents;
  /** Aborted when the host asks for an end, or is gone. */
  readonly signal: AbortSignal;
  /** Folder of dist: the engine's files. */
  readonly assets: string;
  /** Takes work that goes on beside the job, which ends only when that has, too. Absent: there is no such end, work is waited for. */
  readonly beside?: (work: Promise<void>) => void;
}

/** The same context, its warnings and notes also kept in a list, as lines for the log of a run that has no folder yet. */
export function keepingMessages(context: JobContext): { readonly context: JobContext; readonly messages: string[] } {
  const { events } = context;
  const messages: string[] = [];
  const keeping: WorkerEvents = {
    runStarted: (event) => events.runStarted(event),
    dataProgress: (event) => events.dataProgress(event),
    step: (event) => events.step(event),
    epoch: (event) => events.epoch(event),
    foldProgress: (event) => events.foldProgress(event),
    warning(event) {
      messages.push(`Warning: ${event.message}`);
      events.warning(event);
    },
    note(event) {
      messages.push(event.message);
      events.note(event);
    },
  };
  return { context: { ...context, events: keeping }, messages };
}

/**
 * A function to be awaited between the steps of a long job: gives the process's other events (a request to stop) their
 * turn at least every `intervalMs`.
 */
export function createYield(intervalMs = 20): () => Promise<void> {
  let yieldedAtMs = performance.now();
  return async () => {
    if (performance.now() - yieldedAtMs < intervalMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    yieldedAtMs = performance.now();
  };
}
