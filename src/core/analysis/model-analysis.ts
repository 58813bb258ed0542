import type { Dim } from '../graph/dim';
import type { DType, Graph, Shape, SourceRange } from '../graph/graph';
import type { ReceptiveField } from '../graph/receptive-field';
import type { ArgumentFix, SizeFormula } from '../ops/op';
import type { InputOrigin as CodeInputOrigin } from '../python/find-models';

/*
 * What is known of a model without running it: plain data, written by `analyzeModel`, read by hover, inlay hints, code
 * lenses, diagnostics, the summary panel and the CLI. It crosses threads, so it holds no functions.
 */

export type Framework = 'pytorch' | 'keras' | 'tensorflow.js';

/** What a model that was chosen in a file does with one input. */
export interface ModelAnalysis {
  /** What was traced: a class, a function, a variable, or an expression such as `VGG('VGG16')`. */
  readonly target: string;
  /** Name of the model's class: `ResNet`. */
  readonly className: string;
  readonly framework: Framework;
  readonly input: AnalyzedInput;
  /** Every call of a module and of a function on tensors, in the order in which they begin; calls inside of a call follow it. */
  readonly calls: readonly ModuleCall[];
  /** Modules that were made, in the order of `named_modules()`; each once, under its first path. */
  readonly modules: readonly ModuleEntry[];
  /** What stands where in the code: variables and statements whose value is a tensor. */
  readonly mentions: readonly Mention[];
  /** What PyTorch would refuse, in the order in which it was met. */
  readonly problems: readonly Problem[];
  /** What could not be known, each place once. */
  readonly unknowns: readonly Unknown[];
  /** Parameters and buffers in state_dict order (those that are shared once). */
  readonly state: readonly StateEntry[];
  readonly output: ValueShape;
  readonly totals: Totals;
  /** The whole network, where nothing of it is unknown or refused. */
  readonly graph?: Graph;
}

export interface AnalyzedInput {
  /** As the framework writes it, with the batch size: `['N', 3, 224, 224]`; Keras and TensorFlow.js: `['N', 224, 224, 3]`. */
  readonly shape: Shape;
  readonly origin: InputOrigin;
}

export type InputOrigin =
  | CodeInputOrigin
  /** The data set that was last used with the model. */
  | { readonly kind: 'dataset'; readonly name: string }
  | { readonly kind: 'setting' }
  /** Given with the request: `--input 3,224,224`. */
  | { readonly kind: 'given' }
  /** Nobody says: height and width stay symbols. */
  | { readonly kind: 'symbolic' };

/** The tensors in a value that is given to a call or comes out of it. Shapes are as the framework writes them. */
export type ValueShape =
  | { readonly kind: 'tensor'; readonly shape: Shape; readonly dtype: DType }
  /** A tuple, list or dict; `names` are the dict's keys (or a named tuple's). */
  | { readonly kind: 'several'; readonly items: readonly ValueShape[]; readonly names?: readonly string[] }
  | { readonly kind: 'unknown'; readonly reason: string; readonly range?: SourceRange }
  /** No tensor: `None`, `3`. */
  | { readonly kind: 'other'; readonly text: string };

export interface ModuleCall {
  /** Position in `ModelAnalysis.calls`. */
  readonly index: number;
  /** The call inside of which it happened; undefined for the model's own. */
  readonly parent: number | undefined;
  /** A module (`self.conv1(x)`), or a function or operator on tensors (`F.relu(x)`, `torch.cat(…)`, `x + y`, `x.view(…)`). */
  readonly kind: 'module' | 'function';
  /** Module path (`layer1.0.conv1`); of a function, that of the module in whose forward it stands. '' is the model itself. */
  readonly path: string;
  /** `Conv2d`, `BasicBlock`; of a function, `relu`, `add`, `flatten`. */
  readonly name: string;
  /** A module without modules inside of it. */
  readonly leaf: boolean;
  /** Where the module was made (the constructor's call); undefined for functions and for what no file makes. */
  readonly made?: SourceRange;
  /** Where it is called. Inside of a Sequential: where the module was made. */
  readonly called: SourceRange;
  readonly inputs: readonly ValueShape[];
  readonly output: ValueShape;
  /** Trained values of the module (of a module that is not a leaf: of all inside of it, each once). */
  readonly parameters: Dim;
  /** The module was called before: its parameters are shared, and counted there. */
  readonly repeated: boolean;
  /** Floating-point operations at the given batch size 1 (a multiply-add is 2), all inside of it included; undefined where not known. */
  readonly flops?: Dim;
  /** Bytes of the output for one image; undefined where not known. */
  readonly activationBytes?: Dim;
  /** Of the output with respect to the model's input; undefined where not known or not spatial. */
  readonly receptiveField?: ReceptiveField;
  /** Of a leaf module or a function: how the output's sizes come about. */
  readonly formulas: readonly SizeFormula[];
  /** `64·(3·7² + 1)` */
  readonly parameterFormula?: string;
}

export interface ModuleEntry {
  readonly path: string;
  /** `Conv2d` */
  readonly name: string;
  readonly leaf: boolean;
  readonly made?: SourceRange;
  /** Where it was put into its parent: `self.conv1 = …`; undefined inside of containers. */
  readonly assigned?: SourceRange;
  /** Trained values of it and of all inside of it. */
  readonly parameters: Dim;
}

/** A piece of code whose value is a tensor (or holds tensors). */
export interface Mention {
  readonly range: SourceRange;
  /** 'name': a variable that is read or assigned; 'statement': an assignment or a return, as a whole. */
  readonly kind: 'name' | 'statement';
  /** The variable's name. */
  readonly name?: string;
  /** What it was, each different shape once, in the order of execution: one line may make many. */
  readonly values: readonly { readonly path: string; readonly value: ValueShape }[];
}

/** What PyTorch refuses when the model is made or called. */
export interface Problem {
  /** What to underline: the constructor's argument where that is wrong, else the call. */
  readonly range: SourceRange;
  readonly message: string;
  /** The module that refuses. */
  readonly path?: string;
  /** Where else to look: the call in forward, the tensors that do not fit. */
  readonly related: readonly { readonly range: SourceRange; readonly message: string }[];
  /** Replacing `range` by this text mends it. */
  readonly fix?: { readonly title: string; readonly range: SourceRange; readonly text: string };
  readonly argument?: ArgumentFix;
}

export interface Unknown {
  readonly range: SourceRange;
  readonly reason: string;
  readonly path?: string;
}

export interface StateEntry {
  readonly name: string;
  readonly kind: 'parameter' | 'buffer';
  readonly shape: Shape;
  readonly dtype: DType;
  readonly trained: boolean;
}

export interface Totals {
  /** Trained values. */
  readonly parameters: Dim;
  /** Values of parameters that are frozen. */
  readonly frozenParameters: Dim;
  /** Parameters and buffers in bytes. */
  readonly stateBytes: Dim;
  /** For one image; undefined where a part is not known. */
  readonly flops?: Dim;
  /** Outputs of all leaf modules and functions that compute (views not), in bytes, for one image; undefined where a part is not known. */
  readonly activationBytes?: Dim;
  /** Of the last place in the network that still has height and width: its convolutional part. */
  readonly receptiveField?: ReceptiveField;
}
