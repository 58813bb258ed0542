/* What a machine has, and lacks, of what GPUs are reached through. Plain data: what follows of it is told by `explainGpu`. */

export interface SystemFacts {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Of the kernel: `6.1.0-30-amd64`, `23.4.0` (macOS 14), `10.0.22631` (Windows). */
  readonly release: string;
  /** ID of /etc/os-release and those that it says it is like: `ubuntu debian`; empty elsewhere. */
  readonly distribution: string;
  /** Environment variables that decide something, where they are set. */
  readonly environment: Readonly<Partial<Record<GpuVariable, string>>>;
  /** null elsewhere than on Linux. */
  readonly linux: LinuxFacts | null;
}

export const gpuVariables = [
  'CNN_LAB_GPU_ADAPTER',
  'CNN_LAB_GPU_MEMORY',
  'CNN_LAB_GPU_TUNING',
  'VK_DRIVER_FILES',
  'VK_ICD_FILENAMES',
  'VK_ADD_DRIVER_FILES',
  'VK_LOADER_DRIVERS_DISABLE',
  'VK_LOADER_DRIVERS_SELECT',
  'NVIDIA_VISIBLE_DEVICES',
  'NVIDIA_DRIVER_CAPABILITIES',
  'LD_LIBRARY_PATH',
] as const;

export type GpuVariable = (typeof gpuVariables)[number];

export interface LinuxFacts {
  /** What the dynamic linker would load as libvulkan.so.1; null: nothing. */
  readonly vulkanLoader: string | null;
  /** Driver manifests (ICD files) in the order of the loader's search. */
  readonly drivers: readonly VulkanDriver[];
  /** Files and folders that the environment names for drivers and that are not there. */
  readonly absentDriverPaths: readonly string[];
  /** Display controllers that the kernel sees on the PCI bus. */
  readonly pciDisplays: readonly PciDisplay[];
  /** Device files of /dev/dri, and /dev/nvidia0 and the like. */
  readonly deviceFiles: readonly DeviceFile[];
  /** Of the kernel's NVIDIA module, `550.54.14`; null: not loaded. */
  readonly nvidiaModule: string | null;
  /** `docker`, `podman`, `kubernetes`, …; null: not in a container, as far as can be seen. */
  readonly container: string | null;
  /** Windows Subsystem for Linux. */
  readonly wsl: boolean;
  /** /dev/dxg: the GPU of the Windows around it. */
  readonly dxg: boolean;
  readonly user: string;
}

export interface VulkanDriver {
  /** The manifest. */
  readonly file: string;
  /** As the manifest names it. */
  readonly library: string | null;
  /** What that is found as; null: nowhere. */
  readonly libraryFile: string | null;
  readonly apiVersion: string | null;
  /** What is wrong with the manifest itself; null: nothing. */
  readonly damage: string | null;
}

export interface PciDisplay {
  /** `0000:01:00.0` */
  readonly address: string;
  /** `0x10de` */
  readonly vendor: string;
  /** Kernel driver that serves it: `nvidia`, `amdgpu`, `i915`; null: none does. */
  readonly driver: string | null;
}

export interface DeviceFile {
  readonly path: string;
  /** Whether this process may read and write it. */
  readonly accessible: boolean;
  /** `render`, `video`, a number where it has no name. */
  readonly group: string;
}
