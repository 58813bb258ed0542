import type { WasmMemory, WasmModule } from './web-assembly';

/** The words of the control block that all threads of a pool share. The first four are used by `kernels/barrier.ts`. */
export const PoolControl = {
  arrivals: 0,
  generation: 1,
  abort: 2,
  sleepers: 3,
  /** Counts the runs: threads wait for it to change. */
  job: 4,
  /** Address of the commands to run. */
  program: 5,
  /** 1: threads end instead of running. */
  stop: 6,
  words: 16,
} as const;

/** What a thread is started with. */
export interface ThreadData {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  /** Address of the control block. */
  readonly control: number;
  readonly part: number;
  readonly parts: number;
}

/** What a thread says. */
export type ThreadMessage = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly message: string };

/** Makes all parts of the running program return; the pool cannot be used any more. */
export function abortRun(control: Int32Array): void {
  Atomics.store(control, PoolControl.abort, 1);
  Atomics.add(control, PoolControl.generation, 1);
  Atomics.notify(control, PoolControl.generation);
}
