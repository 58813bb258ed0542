import { multiplyDims, productOfDims } from '../../graph/dim';
import type { Attributes, DType, NodeId, TensorType } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { dtypeName, isFloating } from '../arithmetic/promote';
import { elementwiseGradient, type GradientSource } from '../elementwise-gradient';
import { requireFloat } from '../fits';
import { OpError, type FunctionBinding, type ModuleBinding, type OpDefinition } from '../op';
import { inputAt } from '../shapes';

/** What an element-wise activation does with whole numbers and with truth values. */
export type OtherTypes =
  /** PyTorch has no kernel for them. */
  | 'refused'
  /** The result is of the same type. */
  | 'kept'
  /** The result is float32. */
  | 'promoted';

export interface UnaryActivation<A extends Attributes> {
  /** The function's name in torch: `silu`. */
  readonly name: string;
  /** The layer's: `SiLU`. */
  readonly title: string;
  /** Work for one element; additions, multiplications, divisions, comparisons, exp, log, tanh and erf count 1 each. */
  readonly flopsPerElement: number;
  readonly integers?: OtherTypes;
  readonly booleans?: OtherTypes;
  /** What its gradient is made of, see `elementwiseGradient`; absent: it is lowered. */
  readonly gradient?: GradientSource<A>;
  /** Reads the attributes from a layer's or a function's arguments. */
  readonly attributes: (args: Arguments) => A;
  /** Parameters of the layer's constructor. */
  readonly layer: string;
  /** Names of functions and their parameters. */
  readonly functions: readonly { readonly names: readonly string[]; readonly signature: string }[];
  readonly onnx?: string;
  readonly keras?: string;
}

/** An element-wise function of one tensor, as a layer and as functions. */
export function unaryActivation<A extends Attributes>(activation: UnaryActivation<A>): OpDefinition<A> {
  const { name, title, flopsPerElement, attributes, layer, functions, onnx, keras } = activation;
  const module: ModuleBinding = {
    name: title,
    signature: layer,
    build: (args) => ({ op: name, attrs: attributes(args), tensors: [] }),
  };
  return {
    name,
    title,
    inferType: (inputs) => activationType(activation, inputAt(inputs, 0)),
    flops: (_inputs, output) => multiplyDims(flopsPerElement, productOfDims(output.shape)),
    elementwise: () => true,
    halfStorage: true,
    ...(activation.gradient === undefined ? {} : { gradient: elementwiseGradient(name, activation.gradient) }),
    ...(activation.integers === 'promoted' ? { lower: withFloats<A>(name) } : {}),
    pytorch: { modules: [module], functions: functions.flatMap(bindings) },
    ...(onnx === undefined ? {} : { onnx }),
    ...(keras === undefined ? {} : { keras }),
  };

  function bindings({ names, signature }: { names: readonly string[]; signature: string }): FunctionBinding[] {
    const call = (args: Arguments) => ({ op: name, attrs: attributes(args), inputs: [args.tensor('input').id] });
    const inPlace = names.filter((fullName) => fullName.endsWith('_'));
    const callInPlace = (args: Arguments) => {
      requireSameType(activation, args.tensor('input').type.dtype);
      return call(args);
    };
    return [
      { names: names.filter((fullName) => !fullName.endsWith('_')), signature, build: call },
      { names: inPlace, signature, build: callInPlace },
    ];
  }
}

/** The result's type; throws an OpError for what PyTorch has no kernel for. */
export function activationType(
  {
    title,
    integers = 'refused',
    booleans = 'refused',
  }: Pick<UnaryActivation<Attributes>, 'title' | 'integers' | 'booleans'>,
  input: TensorType,
): TensorType {
  if (isFloating(input.dtype)) return input;
  const other = input.dtype === 'bool' ? booleans : integers;
  if (other === 'refused') requireFloat(title, input);
  return other === 'promoted' ? { ...input, dtype: 'f32' } : input;
}

/** In place there is no room for a result of another type. */
function requireSameType(activation: Pick<UnaryActivation<Attributes>, 'title' | 'integers'>, dtype: DType): void {
  if (isFloating(dtype) || activation.integers !== 'promoted') return;
  throw new OpError(`${activation.title}: the result cannot be put into a tensor of type torch.${dtypeName(dtype)}.`);
}

/** Whole numbers and truth values become floats first. */
export function withFloats<A extends Attributes>(name: string): NonNullable<OpDefinition<A>['lower']> {
  return ({ add, typeOf, node, attrs }) => {
    const [x] = node.inputs as [NodeId];
    return add(name, attrs, [isFloating(typeOf(x).dtype) ? x : add('cast', { dtype: 'f32' }, [x])]);
  };
}

/** Of whole numbers it is a clamp. */
export function clampedIntegers<A extends Attributes>(
  name: string,
  bounds: (attrs: A) => { readonly min: number | null; readonly max: number | null },
): NonNullable<OpDefinition<A>['lower']> {
  return ({ add, typeOf, node, attrs }) => {
    const [x] = node.inputs as [NodeId];
    return isFloating(typeOf(x).dtype) ? add(name, attrs, [x]) : add('clamp', bounds(attrs), [x]);
  };
}

export const noAttributes = (): Attributes => ({});
