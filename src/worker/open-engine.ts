import { availableParallelism, totalmem } from 'node:os';
import { UserError, assertNever, describeError } from '../core/errors';
import { findOp } from '../core/ops/table';
import type { Engine } from '../engine/engine';
import type { Plan } from '../engine/plan';
import { createWasmEngine } from '../engine/wasm/wasm-engine';
import { findMissingKernel } from '../engine/webgpu/find-missing-kernel';
import type { DeviceRecord } from '../protocol/run-folder';
import type { DeviceChoice } from '../protocol/worker';
import { findAdapter } from './gpu/adapters';
import { automaticGpu } from './gpu/automatic-gpu';
import { explainDeviceFailure, isDeviceFailure, isMemoryFailure } from './gpu/gpu-failure';
import { GpuModuleError } from './gpu/load-webgpu';
import { openTunedGpu } from './gpu/open-tuned-gpu';
import type { JobContext } from './job';
import { openTensorflow } from './load-tensorflow';

export interface DeviceRequest {
  readonly device: DeviceChoice;
  /** Of the CPU; null: as many as make sense. */
  readonly threads: number | null;
}

/**
 * The device that a job runs on, and what the job prepares on it (compiles its programs). `plans`: what it will run. With `auto`, a
 * GPU that lacks a kernel or memory for it, or fails, gives way to the CPU, where `prepare` is called again. Throws a UserError where
 * the device is not to be had; an engine that was opened in vain is disposed of.
 */
export async function prepareOnDevice<Prepared>(
  request: DeviceRequest,
  plans: () => readonly Plan[],
  context: JobContext,
  prepare: (engine: Engine) => Promise<Prepared>,
): Promise<{ readonly engine: Engine; readonly prepared: Prepared }> {
  const on = async (open: () => Promise<Engine>) => {
    const engine = await open();
    try {
      return { engine, prepared: await prepare(engine) };
    } catch (error) {
      await engine.dispose();
      throw error;
    }
  };
  const onCpu = () => on(() => openCpu(request.threads, context));
  switch (request.device) {
    case 'cpu':
      return onCpu();
    case 'tensorflow':
      return on(() => openTensorflow(context));
    case 'gpu':
      try {
        return await on(() => openWantedGpu(plans, context));
      } catch (error) {
        throw explainDeviceFailure(error, false);
      }
    case 'auto': {
      const choice = await automaticGpu(context.assets);
      const missing = choice.kind === 'gpu' ? missingKernel(plans()) : undefined;
      if (choice.kind === 'cpu' || missing !== undefined) {
        const reason = choice.kind === 'cpu' ? choice.reason : `the GPU engine has no ${missing ?? ''} yet`;
        context.events.note({ message: `On the CPU: ${reason}.` });
        return onCpu();
      }
      try {
        return await on(() => openTunedGpu(choice.found, context));
      } catch (error) {
        if (error instanceof UserError && !isDeviceFailure(error) && !isMemoryFailure(error)) throw error;
        context.events.warning({
          message: `The CPU is used instead of the GPU: ${describeError(explainDeviceFailure(error, false))}`,
        });
        return onCpu();
      }
    }
    default:
      return assertNever(request.device);
  }
}

/** Does a whole job on a device, which is let go of in the end. With `auto`, what a GPU fails at is done again on the CPU. */
export async function runOnDevice<Result>(
  request: DeviceRequest,
  plans: () => readonly Plan[],
  context: JobContext,
  job: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const { engine, prepared } = await prepareOnDevice(request, plans, context, job);
  await engine.dispose();
  return prepared;
}

export function deviceRecord({ info }: Engine): DeviceRecord {
  return { kind: info.kind, description: info.description, threads: info.threads };
}

export function openCpu(threads: number | null, { assets }: Pick<JobContext, 'assets'>): Promise<Engine> {
  return createWasmEngine({ assets, threads: threads ?? defaultThreads(), memoryLimit: memoryLimit() });
}

async function openWantedGpu(plans: () => readonly Plan[], context: JobContext): Promise<Engine> {
  const found = await findAdapter().catch((error: unknown) => {
    if (error instanceof GpuModuleError) throw new UserError(error.message, error.remedy, { cause: error });
    throw error;
  });
  if (!found) {
    throw new UserError(
      'There is no GPU that can be used.',
      '“cnn-lab doctor” (in VS Code: Check GPU) says why; the device cpu or auto trains all the same.',
    );
  }
  const missing = missingKernel(plans());
  if (missing !== undefined) {
    throw new UserError(`The GPU engine has no ${missing} yet.`, 'Choose the device cpu or auto.');
  }
  if (found.record.software) {
    context.events.warning({
      message: `There is no real GPU here: ${found.record.name} computes on the processor, slower than the device cpu.`,
    });
  }
  return openTunedGpu(found, context);
}

/** `3-D Max Pool (features.2)`, for the middle of a sentence; undefined: the GPU engine can run it all. */
function missingKernel(plans: readonly Plan[]): string | undefined {
  for (const plan of plans) {
    const step = findMissingKernel(plan);
    if (step) return `${findOp(step.op)?.title ?? step.op}${step.path === undefined ? '' : ` (${step.path})`}`;
  }
  return undefined;
}

/** Bytes: the most of the machine's memory, or of what this process is allowed, that leaves the rest of it room. */
export function memoryLimit(): number {
  // 0 or absurdly large where there is no limit.
  const allowed = process.constrainedMemory();
  return 0.8 * (allowed > 0 ? Math.min(totalmem(), allowed) : totalmem());
}

/** All cores, one left for the editor where there are more than two. */
export function defaultThreads(): number {
  const cores = availableParallelism();
  return cores > 2 ? cores - 1 : cores;
}
