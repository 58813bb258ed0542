import type { Plan, StateLayout } from './plan';

/**
 * A device that runs Plans. All engines agree to 1e-4 relative. Calls on one engine are made one after the other
 * (await each, or rely on their order); `run` may return before the device is done, `read` waits for it.
 */
export interface Engine {
  readonly info: EngineInfo;
  /** Reserves zeroed memory for a model's state. Throws a UserError when it does not fit. */
  createSession(layout: StateLayout): Promise<Session>;
  /** Frees everything and ends the engine's threads; also after an error. */
  dispose(): Promise<void>;
}

export interface EngineInfo {
  readonly kind: 'wasm' | 'webgpu' | 'tensorflow';
  /** For people: `CPU, 2 threads, relaxed SIMD`. */
  readonly description: string;
  readonly threads: number;
}

export type HostArray = Float32Array | Int32Array;

/** A model's state on the device, and the programs that work on it. */
export interface Session {
  /** Turns a Plan into what the device runs. Programs of a session share one arena: run one at a time. */
  compile(plan: Plan): Promise<Program>;
  /** Copies a state slot out. */
  readState(name: string): Promise<HostArray>;
  /** Overwrites a state slot; the length must fit. */
  writeState(name: string, values: HostArray): Promise<void>;
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
   * One whole step, with the time of each of the plan's steps in milliseconds. NaN: the device goes on from that step to
   * the next without waiting for all of its threads, and the time of both is the next one's.
   */
  profile(): Promise<Float64Array>;
  /** A copy of a plan output as the latest `run` left it. */
  read(name: string): Promise<HostArray>;
}
