import { afterAll, beforeAll, describe } from 'vitest';
import type { Engine } from '../../../src/engine/engine';
import { TestEngines } from '../wasm/engines';
import { GpuEngines } from '../webgpu/gpu-engines';
import { noGpuReason } from '../webgpu/software-gpu';
import type { KernelEngines } from './kernel-engines';

/** Tests of what kernels compute, whatever engine they belong to: on all builds of the CPU engine, and on the GPU engine. */
export function describeKernels(tests: (engines: KernelEngines) => void): void {
  describe('on the CPU', () => tests(opened(() => TestEngines.create())));
  describe.skipIf(noGpuReason !== undefined)(`on the GPU${noGpuReason ? ` (skipped: ${noGpuReason})` : ''}`, () =>
    tests(opened(() => GpuEngines.create())),
  );
}

/** Engines that are there while the tests of a block run. */
function opened(create: () => Promise<KernelEngines>): KernelEngines {
  let engines: KernelEngines | undefined;
  beforeAll(async () => {
    engines = await create();
  });
  afterAll(() => engines?.dispose());
  const required = (): KernelEngines => {
    if (!engines) throw new Error('The engines are there in tests alone');
    return engines;
  };
  return {
    get all(): readonly Engine[] {
      return required().all;
    },
    get alike(): readonly Engine[] {
      return required().alike;
    },
    check: (...args) => required().check(...args),
    dispose: () => required().dispose(),
  };
}
