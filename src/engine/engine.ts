import type { HalfStorage, Plan, StateLayout } from './plan';

/**
 * A device that runs Plans. All engines agree to 1e-4 relative. Calls on one engine are made one after the other
 * (await each, or rely on their order); `run` may return before the device is done, `read` waits for it.
 */
export interface Engine {
  readonly info: EngineInfo;
  /** Reserves zeroed memory for a model's state. Rejects with an EngineMemoryError where it does not fit. */
  createSession(layout: StateLayout): Promise<Session>;
  /** Frees everything and ends the engine's threads; also after an error. */
  dispose(): Promise<void>;
}

export interface EngineInfo {
  readonly kind: 'wasm' | 'webgpu' | 'tensorflow';
  /** For people: `CPU, 2 threads, relaxed SIMD`. */
  readonly description: string;
  readonly threads: number;
  /** Most bytes that a data set may take up on the device (see Session.reserveData): `dataBudget` of its memory. */
  readonly dataBudgetBytes: number;
  /** How it keeps floats in half; absent: it does not. */
  readonly half?: HalfStorage | undefined;
}

/** Bytes that the programs of a session share (the largest counts), but for the commands. */
export interface PlanMemory {
  /** Parameters, gradients, moments and buffers. */
  readonly stateBytes: number;
  /** What reserveData took. */
  readonly dataBytes: number;
  /** Activations, their gradients and the inputs. */
  readonly arenaBytes: number;
  /** What kernels need while they run: packed matrices, partial sums. */
  readonly scratchBytes: number;
  readonly programBytes: number;
}

/** Memory that a device does not have. */
export class EngineMemoryError extends Error {
  override readonly name = 'EngineMemoryError';

  /** Bytes: what was asked for at once, what is in use, and what there can be at most. */
  constructor(
    readonly purpose: string,
    readonly neededBytes: number,
    readonly usedBytes: number,
    readonly limitBytes: number,
    options?: ErrorOptions,
  ) {
    const [needed, used, limit] = [neededBytes, usedBytes, limitBytes].map((bytes) => Math.ceil(bytes / 2 ** 20));
    super(
      `There is not enough memory for ${purpose}: ${needed} MB more are needed, ${used} of ${limit} MB are in use.`,
      options,
    );
  }
}

export type HostArray = Float32Array | Int32Array;

/** A model's state on the device, and the programs that work on it. */
export interface Session {
  /** What a Plan needs beside what the session holds already; nothing is reserved. */
  memoryOf(plan: Plan): PlanMemory;
  /**
   * Turns a Plan into what the device runs. Programs of a session share one arena: run one at a time. Rejects with an
   * EngineMemoryError where it does not fit.
   */
  compile(plan: Plan): Promise<Program>;
  /** Copies a state slot out. */
  readState(name: string): Promise<HostArray>;
  /** Overwrites a state slot; the length must fit. */
  writeState(name: string, values: HostArray): Promise<void>;
  /**
   * Makes room for the packed bytes that plans read in the region `data`, in place of what was there; contents are arbitrary
   * until written. Programs that were compiled before read the new room. Rejects with an EngineMemoryError where it does
   * not fit; then there is none.
   */
  reserveData(byteLength: number): Promise<void>;
  /**
   * Copies bytes to a place of the reserved room; they may be changed once this returns its promise. The runs asked for
   * before read what was there before, those after read these. `offset` is a multiple of 4, and up to 3 bytes behind the
   * last one may change too: what copies to a GPU ask for.
   */
  writeData(offset: number, bytes: Uint8Array): Promise<void>;
  dispose(): Promise<void>;
}

export interface Program {
  readonly plan: Plan;
  /**
   * Host memory of a plan input, to be filled before `run`. Ask again for every run: the array may move.
   * Contents are not kept from run to run.
   */
  input(name: string): HostArray;
  /** One whole step. */
  run(): Promise<void>;
  /**
   * One whole step, with the time of each of the plan's steps in milliseconds. NaN: that step and the next one run as one,
   * and their time is the next one's. Where threads go on to the next step without waiting for each other, both times are
   * those of one thread, and what it waits for in the end is the last one's.
   */
  profile(): Promise<Float64Array>;
  /** A copy of a plan output as the latest `run` left it. */
  read(name: string): Promise<HostArray>;
}
