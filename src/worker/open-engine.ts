import { availableParallelism } from 'node:os';
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
      return createWasmEngine({ assets, threads: threads ?? defaultThreads() });
    default:
      return assertNever(device);
  }
}

export function deviceRecord({ info }: Engine): DeviceRecord {
  return { kind: info.kind, description: info.description, threads: info.threads };
}

/** All cores, one left for the editor where there are more than two. */
function defaultThreads(): number {
  const cores = availableParallelism();
  return cores > 2 ? cores - 1 : cores;
}
