import type { Dim } from '../graph/dim';
import type { Attributes, GraphNode, Initializer, NodeId, TensorType } from '../graph/graph';
import type { Arguments, TensorArgument } from './arguments';

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
  /**
   * How far one output element sees in the first input; absent: it sees the element at its own place of every input
   * (which may be broadcast). Weights are no business of this rule.
   */
  receptiveField?(inputs: readonly TensorType[], attrs: A): ReceptiveFieldRule;
  /**
   * How the output's sizes come about, the numbers put in, one line for each size that changes:
   * `⌊(224 + 2·3 − 7)/2⌋ + 1 = 112`. For the hover; absent: nothing needs explaining.
   */
  formulas?(inputs: readonly TensorType[], output: TensorType, attrs: A): readonly SizeFormula[];
  /** How the number of trained values comes about, the numbers put in: `64·(3·7² + 1)`. */
  parameterFormula?(inputs: readonly TensorType[], attrs: A): string | undefined;
  /**
   * Adds the nodes that compute the gradients of the inputs (lowered in turn); one entry per input, `undefined` where
   * `context.needs[i]` is false or the gradient is zero. Absent: the op cannot be differentiated.
   */
  gradient?(context: GradientContext<A>): readonly (NodeId | undefined)[];
  /**
   * Replaces the op by what it is computed with, in a mode: a layer whose work depends on that (dropout, batch norm), or
   * an op made of simpler ones. What it adds is lowered in turn; adding its own op means that it is computed as it is.
   */
  lower?(context: LoweringContext<A>): NodeId;
  /** Element-wise over tensors of one shape: may run in place and share one pass with its neighbours. An op that broadcasts is so only where its inputs' shapes are the output's. */
  elementwise?(attrs: A, inputs: readonly TensorType[]): boolean;
  /** How many of its first inputs an element-wise op reads element by element; absent: all. The rest it reads as a whole (statistics of channels). */
  readonly elementwiseInputs?: number;
  /** The output is the input's memory under another shape, so many elements in; then it is never computed. `undefined`: it is, for these inputs. */
  viewOffset?(inputs: readonly TensorType[], attrs: A): Dim | undefined;
  /**
   * The output may be kept with 16 bits for each float where a run asks for it: activations and their gradients. Not what is
   * summed up over many of them, nor what PyTorch's autocast computes in float32 (exp, softmax, norms of layers, losses).
   */
  readonly halfStorage?: true;
  /** Attributes that hold sizes, which may be symbolic until a Plan fixes the batch size. */
  readonly symbolicAttributes?: readonly string[];
  /** How PyTorch code makes this op. */
  readonly pytorch?: PyTorchBindings;
  /** Other frameworks' names, for import and export. */
  readonly onnx?: string;
  readonly keras?: string;
}

/** One output size and how it comes about. */
export interface SizeFormula {
  /** Which size: `H`, `W`, `C`, `features`. */
  readonly name: string;
  /** With the numbers put in and the result at the end: `⌊(224 + 2·3 − 7)/2⌋ + 1 = 112`. */
  readonly text: string;
}

/**
 * What of its (first) input an output element sees. Arrays are over the last dimensions of the tensor (height, width;
 * depth first where there is one), except where they say otherwise.
 */
export type ReceptiveFieldRule =
  /** A sliding window: convolutions and pools. `padding` is that before the first element. */
  | {
      readonly kind: 'window';
      readonly kernel: readonly number[];
      readonly stride: readonly number[];
      readonly padding: readonly number[];
      readonly dilation: readonly number[];
    }
  /** A transposed convolution: its output is `stride` times denser than its input. */
  | {
      readonly kind: 'transposed';
      readonly kernel: readonly number[];
      readonly stride: readonly number[];
      readonly padding: readonly number[];
      readonly dilation: readonly number[];
    }
  /** Up- or downsampling: `scale` is output size / input size, `taps` how many input elements one output element mixes (nearest 1, linear 2, cubic 4). */
  | { readonly kind: 'resample'; readonly scale: readonly number[]; readonly taps: readonly number[] }
  /** Every output sees the whole input along all dimensions but the batch. */
  | { readonly kind: 'global' }
  /** Every output sees the whole input along these dimensions (numbered from 0), and the element at its own place along the others: softmax, a Linear on the last one. */
  | { readonly kind: 'mixes'; readonly dims: readonly number[] }
  /** Like 'mixes', and these dimensions are gone (or 1, with `keepDims`): mean, max. */
  | { readonly kind: 'reduces'; readonly dims: readonly number[]; readonly keepDims: boolean }
  /** Output dimension i is input dimension `order[i]`. */
  | { readonly kind: 'permute'; readonly order: readonly number[] }
  /** Elements `start`, `start + step`, … along one dimension. */
  | { readonly kind: 'slice'; readonly dim: number; readonly start: number; readonly step: number }
  /** Padding (negative: cropping) before the first element of the last dimensions. */
  | { readonly kind: 'pad'; readonly before: readonly number[] }
  /** Inputs one after another along one dimension. */
  | { readonly kind: 'concat'; readonly dim: number }
  /** The same elements in the same order under another shape: view, flatten, unsqueeze. */
  | { readonly kind: 'reshape' }
  /** Nothing of the input's values: shapes only (zeros_like, argmax of nothing). */
  | { readonly kind: 'none' }
  /** None of these rules says it, or the sizes that it needs are not known. Not 'global', which says that all is seen. */
  | { readonly kind: 'unknown' };

export type Mode = 'train' | 'eval';

/** Adds nodes to the graph under construction. Its functions may be taken out of it. */
export interface NodeAdder {
  add(this: void, op: string, attrs: Attributes, inputs: readonly NodeId[]): NodeId;
  typeOf(this: void, id: NodeId): TensorType;
  /** The number that a node holds everywhere, where that is known. */
  numberOf(this: void, id: NodeId): number | undefined;
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
  /** The plan input `random`, i32 [6]: seed and step, what random numbers are keyed by, and which part of a batch it is (see `dropout_apply`). */
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
  /** How the layer is called, where that is not with one tensor. */
  readonly call?: ModuleCallBinding;
  /** Methods that change nothing about what the layer computes: `flatten_parameters`. */
  readonly harmlessMethods?: readonly string[];
  /** Static methods that give back a module that computes the same: `convert_sync_batchnorm`. */
  readonly passThroughMethods?: readonly string[];
  /** Of a lazy layer: the constructor argument that its first input decides. */
  readonly lazy?: LazyArgument;
}

export interface ModuleCallBinding {
  /** Parameters of `forward` without self: `query, key, value, need_weights=True`. */
  readonly signature: string;
  /** Says which nodes a call makes; several make a tuple. `layer.tensors` has those of the blueprint, by name. Throws an OpError. */
  build(args: Arguments, layer: LayerState): CallResult;
}

export interface LayerState {
  readonly op: string;
  readonly attrs: Attributes;
  readonly tensors: ReadonlyMap<string, TensorArgument>;
}

/** `LazyConv2d(out_channels, …)` is `Conv2d(in_channels, out_channels, …)` once it has seen an input. */
export interface LazyArgument {
  /** Name of the layer that it becomes: `Conv2d`. */
  readonly becomes: string;
  /** `in_channels` */
  readonly argument: string;
  /** The argument's value for a first input of that type. Throws an OpError. */
  from(input: TensorType): number;
}

export interface ModuleBlueprint {
  readonly op: string;
  readonly attrs: Attributes;
  /** Why every call of it will be refused: PyTorch's constructor keeps some arguments without looking at them. */
  readonly refusedAtCall?: OpError;
  /** Parameters and buffers in state_dict order; each one with `input: true` follows x in the op's inputs, in this order. */
  readonly tensors: readonly StateTensorSpec[];
  /** Attributes of the object beside the constructor's arguments, or in their stead: `head_dim`. */
  readonly attributes?: Attributes;
  /** Parameters and buffers that such layers may have and this one has not: they are None. Absent: weight and bias of a layer with `bias`, `affine` or `elementwise_affine`. */
  readonly absent?: { readonly parameters: readonly string[]; readonly buffers?: readonly string[] };
  /** Numbers of dimensions that the layer's `input` may have (BatchNorm2d: 4), checked when it is called; absent: the op's shape rule says all. */
  readonly ranks?: readonly number[];
}

export interface StateTensorSpec {
  /** `weight`, `bias`, `running_mean`, …; `out_proj.weight` is that of a Linear inside of the layer. */
  readonly name: string;
  readonly kind: 'parameter' | 'buffer';
  readonly type: TensorType;
  readonly init: Initializer;
  /** False for what the op does not read (`num_batches_tracked`). */
  readonly input: boolean;
  /** The tensor is what the constructor was given under that name (`weight=` of a loss); `init` says nothing then. */
  readonly given?: boolean;
}

export interface FunctionBinding {
  /** Full names: `torch.relu`, `torch.nn.functional.relu`, `torch.Tensor.relu` (methods bind self to the first parameter). */
  readonly names: readonly string[];
  readonly signature: string;
  /** Says which nodes a call makes; several make a tuple. Throws an OpError. */
  build(args: Arguments): CallResult;
}

/** One tensor; several as a tuple, which may hold tuples, and null for None: `(output, (h_n, c_n))`, `(output, None)`. */
export type CallResult = CallBlueprint | null | readonly CallResult[];

export interface CallBlueprint {
  readonly op: string;
  readonly attrs: Attributes;
  readonly inputs: readonly NodeId[];
}

/** A constructor argument that would make a layer fit, for a quick fix. */
export interface ArgumentFix {
  /** `in_channels` */
  readonly argument: string;
  readonly value: number | string;
}

/** A shape or an argument that PyTorch refuses too. The front end adds file and line. */
export class OpError extends Error {
  override readonly name: string = 'OpError';

  constructor(
    message: string,
    readonly fix?: ArgumentFix,
  ) {
    super(message);
  }
}

/** An argument of a constructor that PyTorch takes, and refuses only when the layer is called. */
export class OpCallError extends OpError {
  override readonly name = 'OpCallError';
}

/** What PyTorch may well accept but cannot be known or is not supported here: said, never taken for a mistake. */
export class OpUnsupported extends OpError {
  override readonly name = 'OpUnsupported';
}
