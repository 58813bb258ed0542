import type { GpuAdapterRecord, GpuListing, GpuTest } from '../../../src/protocol/gpu';
import type { LinuxFacts, SystemFacts, VulkanDriver } from '../../../src/node/gpu/system-facts';

/* Machines that nobody here has. */

export const hardware: GpuAdapterRecord = {
  name: 'NVIDIA GeForce RTX 4070',
  backend: 'vulkan',
  vendor: 'nvidia',
  architecture: 'lovelace',
  driver: 'NVIDIA: 550.54.14',
  software: false,
  limits: {
    bufferBytes: 2 ** 32,
    bindingBytes: 2 ** 31 - 4,
    storageBuffers: 16,
    workgroupBytes: 49_152,
    workgroupThreads: 1024,
  },
  features: ['shader-f16', 'subgroups', 'timestamp-query'],
};

export const software: GpuAdapterRecord = { ...hardware, name: 'llvmpipe (LLVM 15.0.6, 256 bits)', software: true };

export function listed(adapters: readonly GpuAdapterRecord[], refused: readonly string[] = []): GpuListing {
  return {
    kind: 'listed',
    adapters,
    chosen: adapters.length > 0 ? 0 : null,
    refused,
    automatic: { kind: 'cpu', reason: 'no GPU was found' },
  };
}

export const passed = {
  kind: 'done',
  numbers: { largestError: 2e-6, tolerance: 1e-3, worst: 'the logits', preparationSeconds: 0.5 },
  tuningSeconds: 2.5,
  speed: { gemmGflops: 9000, matrixSize: 4096, copyGigabytesPerSecond: 400 },
} as const satisfies GpuTest;

export const mesaDriver = driver('/usr/share/vulkan/icd.d/radeon_icd.x86_64.json', 'libvulkan_radeon.so');
export const nvidiaDriver = driver('/usr/share/vulkan/icd.d/nvidia_icd.json', 'libGLX_nvidia.so.0');
export const softwareDriver = driver('/usr/share/vulkan/icd.d/lvp_icd.x86_64.json', 'libvulkan_lvp.so');

export function driver(file: string, library: string): VulkanDriver {
  return { file, library, libraryFile: `/usr/lib/${library}`, apiVersion: '1.3.255', damage: null };
}

export const amd = { address: '0000:03:00.0', vendor: '0x1002', driver: 'amdgpu' };
export const nvidia = { address: '0000:01:00.0', vendor: '0x10de', driver: 'nvidia' };
export const renderNode = { path: '/dev/dri/renderD128', accessible: true, group: 'render' };

/** A machine with an AMD card and all that belongs to it, but for what is changed. */
export function linux(changes: Partial<LinuxFacts> = {}, system: Partial<SystemFacts> = {}): SystemFacts {
  return {
    platform: 'linux',
    arch: 'x64',
    release: '6.1.0-30-amd64',
    distribution: 'debian',
    environment: {},
    linux: {
      vulkanLoader: '/lib/x86_64-linux-gnu/libvulkan.so.1',
      drivers: [mesaDriver],
      absentDriverPaths: [],
      pciDisplays: [amd],
      deviceFiles: [renderNode],
      nvidiaModule: null,
      container: null,
      wsl: false,
      dxg: false,
      user: 'ada',
      ...changes,
    },
    ...system,
  };
}

/** The same with an NVIDIA card and its driver. */
export function nvidiaMachine(changes: Partial<LinuxFacts> = {}, system: Partial<SystemFacts> = {}): SystemFacts {
  const deviceFiles = ['/dev/nvidia0', '/dev/nvidiactl'].map((path) => ({ path, accessible: true, group: 'root' }));
  const own = { drivers: [nvidiaDriver], pciDisplays: [nvidia], deviceFiles, nvidiaModule: '550.54.14' };
  return linux({ ...own, ...changes }, system);
}
