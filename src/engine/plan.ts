import type { Attributes, DType } from '../core/graph/graph';

/**
 * One program for a whole step, all shapes fixed, every buffer placed. Plans are made by `build-plan.ts` and run by any
 * Engine; they are plain data.
 */
export interface Plan {
  /** `train`, `evaluate`, … with the batch size: for profiles and errors. */
  readonly name: string;
  readonly batchSize: number;
  readonly steps: readonly PlanStep[];
  /** Host-filled tensors by name: `images` f32 [N, C, H, W] or, where the device keeps them, `picks` i32 [N, 4] (core/ops/data/gather-images.ts); `targets` i32 [N], `random` i32 [4] (seed low, seed high, step low, step high), `hyper` f32 [8 × parameter groups], `classWeights` f32 [classes]. Only those that the plan uses. */
  readonly inputs: Readonly<Record<string, PlanTensor>>;
  /** Tensors that can be read after a run: `loss` f32 [], `correct` f32 [] (count), `logits` f32 [N, classes]. */
  readonly outputs: Readonly<Record<string, PlanTensor>>;
  /** Bytes of the arena that activations, gradients and inputs share; a multiple of tensorAlignment. */
  readonly arenaBytes: number;
}

/** Place of a tensor: dense, row-major. */
export interface PlanTensor {
  /**
   * `state`: kept between runs (see StateLayout). `arena`: valid within one run (outputs: until the next run). `data`: packed
   * bytes kept between runs, which no step writes (see Session.writeData).
   */
  readonly region: 'state' | 'arena' | 'data';
  /** Bytes from the region's start; a multiple of 4, and of tensorAlignment for every tensor that is not a view into another. */
  readonly offset: number;
  readonly shape: readonly number[];
  /** An element takes 4 bytes, whatever its type; in the region `data` it is a u8 and takes one. */
  readonly dtype: DType;
  /** How an f32 tensor of the arena is kept where it is not kept whole; kernels compute with f32 all the same. */
  readonly storage?: HalfStorage;
}

/**
 * Floats of 16 bits (IEEE 754 binary16), in 2 bytes each; or `rounded` to such numbers in 4 bytes, on devices that have none. What
 * is beyond their range becomes infinite.
 */
export type HalfStorage = 'f16' | 'rounded';

export type PlanStep = KernelStep | ElementwiseGroup;

export interface KernelStep {
  readonly kind: 'kernel';
  /** Name in the table of ops, or an optimiser: `sgd`, `adam`, `adamw`, `rmsprop`, `clip_norm` and `unscale`, which make the factor that gradients are multiplied by, and `update_loss_scale`. */
  readonly op: string;
  readonly attrs: Attributes;
  readonly inputs: readonly PlanTensor[];
  /** Never overlaps an input, except for element-wise ops and batch_norm_running (exactly the same place as an input of the same size) and optimisers. */
  readonly output: PlanTensor;
  /** Module path or parameter, for profiles. */
  readonly path?: string;
}

/**
 * Element-wise steps over tensors of one size, to be run in one pass, tile by tile: each step reads at index i what an
 * earlier one of the group may have written at index i. Outputs are all stored.
 */
export interface ElementwiseGroup {
  readonly kind: 'elementwise';
  readonly steps: readonly KernelStep[];
}

/** What the state region holds. Each group is contiguous, so that an optimiser is one pass over flat buffers. */
export interface StateLayout {
  readonly slots: readonly StateSlot[];
  readonly byteLength: number;
  /** Byte offset and byte length (multiples of tensorAlignment) of the flat regions. `gradients` and each of `moments` mirror `parameters`: same slots at the same relative offsets, padding is zero. */
  readonly parameters: Region;
  readonly gradients: Region;
  readonly moments: readonly Region[];
}

export interface Region {
  readonly offset: number;
  readonly byteLength: number;
}

export interface StateSlot {
  /** Parameter and buffer: the state_dict name. Gradient: `grad:` + that. Moments: `exp_avg:`, `exp_avg_sq:` or `momentum_buffer:` + that. Scale: see loss-scale.ts. */
  readonly name: string;
  readonly role: 'parameter' | 'buffer' | 'gradient' | 'moment' | 'scale';
  readonly tensor: PlanTensor;
}
