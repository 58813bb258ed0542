/* What is known of a machine's GPUs: what the worker finds, and what is made of it. */

/** A GPU as the WebGPU implementation (Dawn) offers it. */
export interface GpuAdapterRecord {
  /** For people: `NVIDIA GeForce RTX 4070`. */
  readonly name: string;
  /** `vulkan`, `d3d12`, `metal`, … */
  readonly backend: string;
  readonly vendor: string;
  readonly architecture: string;
  /** What the driver says of itself, its version for the most part. */
  readonly driver: string;
  /** Computes on the CPU: correct, and slower than the CPU engine. */
  readonly software: boolean;
  readonly limits: GpuLimits;
  readonly features: readonly string[];
}

export interface GpuLimits {
  readonly bufferBytes: number;
  readonly bindingBytes: number;
  readonly storageBuffers: number;
  readonly workgroupBytes: number;
  readonly workgroupThreads: number;
}

/** What the worker finds when it looks for GPUs. */
export type GpuListing =
  | {
      readonly kind: 'listed';
      readonly adapters: readonly GpuAdapterRecord[];
      /** Number of the adapter that is used where a GPU is asked for; null: there is none. */
      readonly chosen: number | null;
      /** Adapters that are there and that Dawn gives no access to, by name. */
      readonly refused: readonly string[];
      readonly automatic: AutomaticDevice;
    }
  | {
      /** The native module that GPUs are reached through could not be loaded. */
      readonly kind: 'unloadable';
      readonly reason: GpuModuleProblem;
      readonly message: string;
    };

/** `missing`: not installed; `no-binary`: not made for this platform; `broken`: it is there and does not load. */
export type GpuModuleProblem = 'missing' | 'no-binary' | 'broken';

/** What the device choice `auto` stands for at present. */
export type AutomaticDevice =
  /** `checked`: it computes correctly; else that is still to be seen, when it is used for the first time. */
  | { readonly kind: 'gpu'; readonly name: string; readonly checked: boolean }
  | { readonly kind: 'cpu'; readonly reason: string };

/** How the GPU does when it is put to work. */
export type GpuTest =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'done';
      readonly numbers: GpuNumbers;
      /** What measuring the tiles of matrix products took, which training uses from then on; null: not measured. */
      readonly tuningSeconds: number | null;
      readonly speed: GpuSpeed;
    }
  | { readonly kind: 'failed'; readonly message: string };

/** A small network, trained on the GPU and on the CPU. */
export interface GpuNumbers {
  /** Of all tensors that were compared: the largest difference, relative to the largest value of its tensor. */
  readonly largestError: number;
  readonly tolerance: number;
  /** The tensor that has it. */
  readonly worst: string;
  /** Seconds that it took to make the device and to compile the kernels. */
  readonly preparationSeconds: number;
}

export interface GpuSpeed {
  /** Of square matrices of `matrixSize`, in f32. */
  readonly gemmGflops: number;
  readonly matrixSize: number;
  /** Read and written, of a copy within the device's memory. */
  readonly copyGigabytesPerSecond: number;
}
