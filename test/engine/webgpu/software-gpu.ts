import { existsSync } from 'node:fs';
import { create } from 'webgpu';
import type { Engine } from '../../../src/engine/engine';
import type { KernelLimits } from '../../../src/engine/webgpu/program-builder';
import { defaultTuning, softwareTuning, type Tuning } from '../../../src/engine/webgpu/tuning';
import { createWebgpuEngine } from '../../../src/engine/webgpu/webgpu-engine';

/** SwiftShader, a GPU in software: Debian's chromium carries it. */
const driver = process.env['CNN_LAB_VULKAN_DRIVER'] ?? '/usr/lib/chromium/vk_swiftshader_icd.json';

// Before the loader is asked for the first time. The instance must outlive its adapters and devices, or the process crashes.
if (existsSync(driver)) process.env['VK_ICD_FILENAMES'] = driver;
const gpu = create([]);

/** Why there is no GPU to test with; undefined: there is one. */
export const noGpuReason: string | undefined = await findAdapter().then(
  (adapter) => (adapter ? undefined : 'Vulkan offers no adapter (is LD_LIBRARY_PATH=/usr/lib/chromium set?)'),
  (error: unknown) => String(error),
);

/** The tile that software compiles in reasonable time, and else what a large GPU does: sums that many threads share. */
const likeHardware: Tuning = { ...softwareTuning, threads: defaultTuning.threads };

/** A GPU engine of its own: on SwiftShader, or on what CNN_LAB_VULKAN_DRIVER names. `limits`: as if the device had less. */
export async function createSoftwareGpuEngine(
  limits: Partial<KernelLimits> = {},
  tuning: Tuning = likeHardware,
): Promise<Engine> {
  const adapter = await findAdapter();
  if (!adapter) throw new Error(noGpuReason);
  return createWebgpuEngine({ adapter, limits, tuning });
}

function findAdapter(): Promise<GPUAdapter | null> {
  return gpu.requestAdapter({ powerPreference: 'high-performance' });
}
