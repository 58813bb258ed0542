import { productOfDims } from '../../graph/dim';
import type { Attributes, DType, NodeId } from '../../graph/graph';
import { elementwiseGradient, gradientOp } from '../elementwise-gradient';
import { OpError, type LoweringContext, type OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { dtypeName, floatDtype, isFloating } from './promote';

/** dtype of the result: `same` as the input's, `real` a float, `truth` bool. */
type Result = 'same' | 'real' | 'truth';

/**
 * How the gradient is made: of the input or the output, by an op of its own (see `elementwiseGradient`); as that of the
 * identity; not at all where the function is flat between its jumps; or, of `none`, because there is no derivative here.
 */
type Derivative = 'input' | 'output' | 'one' | 'zero' | 'none';

interface Unary {
  readonly name: string;
  readonly result: Result;
  readonly derivative: Derivative;
  /** Names in `torch` and of its Tensor (also with `_`, in place). Absent: the op's own; the front end makes what has none. */
  readonly pytorch?: readonly string[];
  readonly refused?: (dtype: DType) => boolean;
  /** What it is for whole numbers and truth values; absent: a kernel's. */
  readonly ofIntegers?: 'itself' | 'false' | 'true';
}

const isBool = (dtype: DType): boolean => dtype === 'bool';
const notFloat = (dtype: DType): boolean => !isFloating(dtype);

const functions: readonly Unary[] = [
  ...['exp2', 'expm1', 'sqrt', 'rsqrt', 'reciprocal', 'tan', 'erfinv'].map((name) => real(name, 'output')),
  ...['log', 'log2', 'log10', 'log1p', 'sin', 'cos', 'sinh', 'cosh'].map((name) => real(name, 'input')),
  ...['erf', 'erfc', 'lgamma', 'digamma', 'i0', 'sinc'].map((name) => real(name, 'input')),
  ...['asin', 'acos', 'atan', 'asinh', 'acosh', 'atanh'].map((name) => ({
    ...real(name, 'input'),
    pytorch: [name, `arc${name.slice(1)}`],
  })),
  { name: 'abs', result: 'same', derivative: 'input', pytorch: ['abs', 'absolute'], refused: isBool },
  { name: 'sign', result: 'same', derivative: 'zero', pytorch: ['sign', 'sgn'] },
  ...['floor', 'ceil'].map((name): Unary => ({ ...rounding(name), refused: isBool })),
  { ...rounding('trunc'), pytorch: ['trunc', 'fix'], refused: isBool },
  { name: 'frac', result: 'same', derivative: 'one', refused: notFloat },
  { name: 'nan_to_num', result: 'same', derivative: 'input', pytorch: [], ofIntegers: 'itself' },
  { ...rounding('round'), pytorch: [] },
  { name: 'bitwise_not', result: 'same', derivative: 'none', refused: isFloating },
  { ...truth('is_nan', 'isnan'), ofIntegers: 'false' },
  { ...truth('is_inf', 'isinf'), ofIntegers: 'false' },
  { ...truth('is_finite', 'isfinite'), ofIntegers: 'true' },
  { ...truth('is_positive_inf', 'isposinf'), ofIntegers: 'false' },
  { ...truth('is_negative_inf', 'isneginf'), ofIntegers: 'false' },
  truth('sign_bit', 'signbit'),
  truth('logical_not', 'logical_not'),
];

/**
 * Element-wise functions of one tensor, each with the names of `torch` and its Tensor (also with `_`, in place).
 * One operation is counted for each element, whatever the function.
 */
export const unaryOps: readonly OpDefinition[] = [
  {
    ...unary(real('exp', 'none')),
    gradient: ({ add, node, outputGradient }) => [add('multiply', {}, [outputGradient, node.id])],
  },
  multiple('deg2rad', Math.PI / 180),
  multiple('rad2deg', 180 / Math.PI),
  ...functions.map(unary),
];

/** The gradients that are ops of their own. */
export const unaryGradients: readonly OpDefinition[] = functions
  .filter(({ derivative }) => derivative === 'input' || derivative === 'output')
  .map((each) => gradientOp(unary(each)));

function real(name: string, derivative: Derivative): Unary {
  return { name, result: 'real', derivative };
}

function rounding(name: string): Unary {
  return { name, result: 'same', derivative: 'zero', ofIntegers: 'itself' };
}

function truth(name: string, pytorchName: string): Unary {
  return { name, result: 'truth', derivative: 'none', pytorch: [pytorchName] };
}

/** factor · x */
function multiple(name: string, factor: number): OpDefinition {
  return {
    ...unary(real(name, 'none')),
    lower: (context) => context.add('scale', { factor }, [floatInput(context)]),
  };
}

function unary(each: Unary): OpDefinition {
  const { name, result, derivative, pytorch = [name], refused = () => false } = each;
  const title = pytorch[0] ?? name;
  return {
    name,
    title,
    inferType(inputs) {
      const { shape, dtype } = inputAt(inputs, 0);
      if (refused(dtype)) throw new OpError(`${title} does not take a tensor of ${dtypeName(dtype)}.`);
      if (result === 'truth') return { shape, dtype: 'bool' };
      return { shape, dtype: result === 'real' ? floatDtype(dtype) : dtype };
    },
    flops: (_inputs, output) => productOfDims(output.shape),
    elementwise: () => true,
    lower: (context) => lowerUnary(each, context),
    ...(derivative === 'none' ? {} : { gradient: gradientRule(name, derivative) }),
    pytorch: {
      functions: pytorch.map((pytorchName) => ({
        names: [`torch.${pytorchName}`, `torch.Tensor.${pytorchName}`, `torch.Tensor.${pytorchName}_`],
        signature: 'input',
        build: (args) => ({ op: name, attrs: {}, inputs: [args.tensor('input').id] }),
      })),
    },
  };
}

function gradientRule(
  name: string,
  derivative: Exclude<Derivative, 'none'>,
): NonNullable<OpDefinition<Attributes>['gradient']> {
  if (derivative === 'one') return ({ outputGradient }) => [outputGradient];
  if (derivative === 'zero') return () => [undefined];
  return elementwiseGradient(name, derivative);
}

function lowerUnary({ name, result, ofIntegers }: Unary, context: LoweringContext): NodeId {
  const { add, typeOf, node, attrs } = context;
  const [x] = node.inputs as [NodeId];
  const { shape, dtype } = typeOf(x);
  if (isFloating(dtype)) return add(name, attrs, [x]);
  if (result === 'real') return add(name, attrs, [floatInput(context)]);
  if (ofIntegers === 'itself') return x;
  if (ofIntegers === undefined) return add(name, attrs, [x]);
  return add('constant', { value: ofIntegers === 'true' ? 1 : 0, shape: [...shape], dtype: 'bool' }, []);
}

/** The input, as floats. */
function floatInput({ add, typeOf, node }: LoweringContext): NodeId {
  const [x] = node.inputs as [NodeId];
  return isFloating(typeOf(x).dtype) ? x : add('cast', { dtype: 'f32' }, [x]);
}
