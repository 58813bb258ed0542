import type { Dim } from '../graph/dim';
import type { Attributes, GraphNode, Initializer, NodeId, TensorType } from '../graph/graph';
import type { Arguments } from './arguments';

/**
 * All that the project knows about one operation. An op's file in this folder exports its definition and those of the
 * ops that its gradient and lowering use; `table.ts` lists them; each engine has a kernel file of the same name.
 *
 * FLOPs count multiplications and additions separately (a multiply-add is 2).
 */
export interface OpDefinition<A extends Attributes = Attributes> {
  /** Name in Graphs and Plans, e.g. `conv2d`. */
  readonly name: string;
  /** What the hover and the summary call it, e.g. `Conv2d`. */
  readonly title: string;
  /** The shape rule. Throws an OpError that says what does not fit. */
  inferType(inputs: readonly TensorType[], attrs: A): TensorType;
  /** Floating-point operations of the forward computation; absent: none worth counting (a view). */
  flops?(inputs: readonly TensorType[], output: TensorType, attrs: A): Dim;
  /** How far one output element sees; absent: it sees the input element at its own place. */
  receptiveField?(inputs: readonly TensorType[], attrs: A): ReceptiveFieldRule;
  /**
   * Adds the nodes that compute the gradients of the inputs; one entry per input, `undefined` where
   * `context.needs[i]` is false or the gradient is zero. Absent: the op cannot be differentiated.
   */
  gradient?(context: GradientContext<A>): readonly (NodeId | undefined)[];
  /** Replaces a layer whose work depends on the mode (dropout, batch norm) by what is computed in that mode. */
  lower?(context: LoweringContext<A>): NodeId;
  /** Element-wise over tensors of one shape: may run in place and share one pass with its neighbours. */
  elementwise?(attrs: A): boolean;
  /** The output is the input's memory under another shape, `offset` elements in; never computed. */
  viewOffset?(inputs: readonly TensorType[], attrs: A): Dim;
  /** Attributes that hold sizes, which may be symbolic until a Plan fixes the batch size. */
  readonly symbolicAttributes?: readonly string[];
  /** How PyTorch code makes this op. */
  readonly pytorch?: PyTorchBindings;
  /** Other frameworks' names, for import and export. */
  readonly onnx?: string;
  readonly keras?: string;
}

export type ReceptiveFieldRule =
  | {
      readonly kind: 'window';
      readonly kernel: readonly [number, number];
      readonly stride: readonly [number, number];
      readonly padding: readonly [number, number];
      readonly dilation: readonly [number, number];
    }
  /** Every output sees the whole input plane. */
  | { readonly kind: 'global' };

export type Mode = 'train' | 'eval';

/** Adds nodes to the graph under construction. Its functions may be taken out of it. */
export interface NodeAdder {
  add(this: void, op: string, attrs: Attributes, inputs: readonly NodeId[]): NodeId;
  typeOf(this: void, id: NodeId): TensorType;
}

export interface GradientContext<A extends Attributes = Attributes> extends NodeAdder {
  readonly node: GraphNode;
  readonly attrs: A;
  /** Gradient of the loss with respect to the node's output; same shape. */
  readonly outputGradient: NodeId;
  /** Which inputs need a gradient. */
  readonly needs: readonly boolean[];
}

export interface LoweringContext<A extends Attributes = Attributes> extends NodeAdder {
  readonly mode: Mode;
  /** The layer to be replaced; its inputs' ids are those of the new graph. */
  readonly node: GraphNode;
  readonly attrs: A;
  /** The plan input `random`, i32 [4]: seed and step, what random numbers are keyed by. */
  random(this: void): NodeId;
  /** Stable number of this layer in the graph: the key of its random numbers. */
  readonly key: number;
  /** The buffer's value after this step shall be the node `value` (e.g. a running mean). */
  updateBuffer(this: void, buffer: NodeId, value: NodeId): void;
}

export interface PyTorchBindings {
  /** Layers of `torch.nn`. */
  readonly modules?: readonly ModuleBinding[];
  /** Functions and tensor methods. */
  readonly functions?: readonly FunctionBinding[];
}

export interface ModuleBinding {
  /** Name in `torch.nn`, e.g. `Conv2d`. */
  readonly name: string;
  /** Parameters of the constructor as Python writes them, without self: `in_channels, out_channels, kernel_size, stride=1`. */
  readonly signature: string;
  /** Checks the arguments and says what the layer is. Throws an OpError. */
  build(args: Arguments): ModuleBlueprint;
}

export interface ModuleBlueprint {
  readonly op: string;
  readonly attrs: Attributes;
  /** Parameters and buffers in state_dict order; each one with `input: true` follows x in the op's inputs, in this order. */
  readonly tensors: readonly StateTensorSpec[];
  /** Numbers of dimensions that the layer takes (BatchNorm2d: 4); absent: the op's shape rule says all. */
  readonly ranks?: readonly number[];
}

export interface StateTensorSpec {
  /** `weight`, `bias`, `running_mean`, … */
  readonly name: string;
  readonly kind: 'parameter' | 'buffer';
  readonly type: TensorType;
  readonly init: Initializer;
  /** False for what the op does not read (`num_batches_tracked`). */
  readonly input: boolean;
}

export interface FunctionBinding {
  /** Full names: `torch.relu`, `torch.nn.functional.relu`, `torch.Tensor.relu` (methods bind self to the first parameter). */
  readonly names: readonly string[];
  readonly signature: string;
  /** Says which node a call makes. Throws an OpError. */
  build(args: Arguments): CallBlueprint;
}

export interface CallBlueprint {
  readonly op: string;
  readonly attrs: Attributes;
  readonly inputs: readonly NodeId[];
}

/** A shape or an argument that an op does not accept. The front end adds file and line. */
export class OpError extends Error {
  override readonly name = 'OpError';
}
