import { availableParallelism, totalmem } from 'node:os';
import { UserError, assertNever } from '../core/errors';
import type { Engine } from '../engine/engine';
import { createWasmEngine } from '../engine/wasm/wasm-engine';
import type { DeviceRecord } from '../protocol/run-folder';
import type { DeviceChoice } from '../protocol/worker';

/** The device that a job runs on. Throws a UserError where it is not to be had. */
export async function openEngine(device: DeviceChoice, threads: number | null, assets: string): Promise<Engine> {
  switch (device) {
    case 'gpu':
      throw new UserError('The GPU engine is not part of this version.', 'Choose the device cpu or auto.');
    case 'auto':
    case 'cpu':
      return createWasmEngine({ assets, threads: threads ?? defaultThreads(), memoryLimit: memoryLimit() });
    default:
      return assertNever(device);
  }
}

export function deviceRecord({ info }: Engine): DeviceRecord {
  return { kind: info.kind, description: info.description, threads: info.threads };
}

/** Bytes: the most of the machine's memory, or of what this process is allowed, that leaves the rest of it room. */
function memoryLimit(): number {
  // 0 or absurdly large where there is no limit.
  const allowed = process.constrainedMemory();
  return 0.8 * (allowed > 0 ? Math.min(totalmem(), allowed) : totalmem());
}

/** All cores, one left for the editor where there are more than two. */
function defaultThreads(): number {
  const cores = availableParallelism();
  return cores > 2 ? cores - 1 : cores;
}
