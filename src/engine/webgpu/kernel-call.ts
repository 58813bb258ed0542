import type { PlanTensor } from '../plan';

/** Memory that the current step alone uses, or constant words that come with the program. */
export interface WorkTensor {
  readonly region: 'scratch' | 'constants';
  /** Bytes from the region's start; a multiple of tensorAlignment. */
  readonly offset: number;
  /** Elements, of 4 bytes each. */
  readonly length: number;
  readonly dtype: 'f32' | 'i32';
}

export type KernelTensor = PlanTensor | WorkTensor;

/** How a kernel reads and writes a tensor. */
export interface TensorUse {
  readonly tensor: KernelTensor;
  /**
   * Elements come in fours: `load4_<name>(i)` reads elements 4i … 4i+3, `store4_<name>` writes them. Only where
   * `mayVectorize(tensor)`; single elements of such a tensor can be read but not written.
   */
  readonly vector?: boolean;
  /** Only elements `from` … `to` − 1 are touched: for tensors that are larger than a shader may bind. */
  readonly window?: { readonly from: number; readonly to: number };
}

/**
 * One dispatch of a compute shader. For each tensor `x` the code calls `load_x(i: u32)` and `store_x(i: u32, value)`, where
 * `i` counts elements from the tensor's start; values are f32, or i32 for whole numbers and truth values (u32 for bytes of the
 * region 'data'). Parameters are `p.<name>`: they may differ from call to call of one pipeline.
 */
export interface KernelCall {
  /** For labels, profiles and errors. */
  readonly name: string;
  readonly tensors: Readonly<Record<string, KernelTensor | TensorUse>>;
  /** u32 */
  readonly sizes?: Readonly<Record<string, number>>;
  /** i32 */
  readonly integers?: Readonly<Record<string, number>>;
  /** f32 */
  readonly numbers?: Readonly<Record<string, number>>;
  /** WGSL with an entry point `main`, and what it calls. One text is compiled once, so put numbers that differ into parameters. */
  readonly code: string;
  /** Workgroups along x, y and z; at most `maximumWorkgroups` along each. */
  readonly workgroups: readonly [number, number, number];
}

/** Of maxComputeWorkgroupsPerDimension, on every device. */
export const maximumWorkgroups = 65535;

export function isTensorUse(use: KernelTensor | TensorUse): use is TensorUse {
  return 'tensor' in use;
}

/** Whether a tensor's elements may be read in fours: it begins where a vec4 may. */
export function mayVectorize(tensor: KernelTensor): boolean {
  return tensor.offset % 16 === 0 && tensor.region !== 'data';
}
