import type { Dim } from './dim';

/** Index of a node in `Graph.nodes`. */
export type NodeId = number;

/**
 * Element types of tensors: floats (`bf16` is brain floating point), signed and unsigned integers of so many bits, truth
 * values. Engines compute with f32, and with whole numbers and truth values as 32-bit words; other floats are for analysis alone.
 */
export type DType = 'f16' | 'bf16' | 'f32' | 'f64' | 'u8' | 'i8' | 'i16' | 'i32' | 'i64' | 'bool';

/** Sizes, outermost first; activations are `[N, C, H, W]`. */
export type Shape = readonly Dim[];

export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Values that an attribute can have: whatever JSON can hold, so that a Graph can be written and read back. */
export type AttributeValue =
  number | string | boolean | null | readonly AttributeValue[] | { readonly [name: string]: AttributeValue };

export interface Attributes {
  readonly [name: string]: AttributeValue;
}

/** Where a node came from in the user's code. Lines are 1-based, columns 0-based, the end is exclusive. */
export interface SourceRange {
  readonly file: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** How a parameter or buffer gets its first values. */
export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  /** U(−bound, bound) */
  | { readonly kind: 'uniform'; readonly bound: number }
  /** N(mean, std²); the first dimension's index `zeroRow` is zeros (an embedding's padding). */
  | { readonly kind: 'normal'; readonly mean: number; readonly std: number; readonly zeroRow?: number }
  /** Computed by the code, in row-major order: the indices of a relative position bias. */
  | { readonly kind: 'values'; readonly values: readonly number[] };

/**
 * One operation and the single tensor that it makes. The ops 'input', 'parameter' and 'buffer' have no inputs:
 * 'input' has the attribute `name`, 'parameter' and 'buffer' have `init` (an Initializer) and a path.
 */
export interface GraphNode {
  readonly id: NodeId;
  /** Name in the table of ops. */
  readonly op: string;
  readonly attrs: Attributes;
  readonly inputs: readonly NodeId[];
  readonly type: TensorType;
  /** Module path as in PyTorch's state_dict, without the parameter name for layers (`layer1.0.conv1`), with it for parameters (`layer1.0.conv1.weight`). */
  readonly path?: string;
  readonly source?: SourceRange;
}

/**
 * A network as plain data: nodes in topological order (a node's inputs stand before it; `nodes[i].id === i`).
 * Parameters and buffers of the model come first, in state_dict order. Shapes may hold the symbolic batch size 'N'.
 * A Graph from a front end is free of mode: dropout and batch_norm stand in it as layers;
 * lowering to 'train' or 'eval' turns them into what is computed (src/core/graph/lower.ts).
 */
export interface Graph {
  readonly formatVersion: 1;
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly NodeId[];
}
