import { productOfDims } from '../../graph/dim';
import type { DType } from '../../graph/graph';
import { OpError, type OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { dtypeName, floatDtype, isFloating } from './promote';

/** dtype of the result: `same` as the input's, `real` a float, `truth` bool. */
type Result = 'same' | 'real' | 'truth';

const isBool = (dtype: DType): boolean => dtype === 'bool';
const notFloat = (dtype: DType): boolean => !isFloating(dtype);

/**
 * Element-wise functions of one tensor, each with the names of `torch` and its Tensor (also with `_`, in place).
 * One operation is counted for each element, whatever the function.
 */
export const unaryOps: readonly OpDefinition[] = [
  ...['exp', 'exp2', 'expm1', 'log', 'log2', 'log10', 'log1p', 'sqrt', 'rsqrt', 'reciprocal'].map(real),
  ...['sin', 'cos', 'tan', 'sinh', 'cosh'].map(real),
  ...['erf', 'erfc', 'erfinv', 'lgamma', 'digamma', 'i0', 'sinc', 'deg2rad', 'rad2deg'].map(real),
  unary('asin', 'real', ['asin', 'arcsin']),
  unary('acos', 'real', ['acos', 'arccos']),
  unary('atan', 'real', ['atan', 'arctan']),
  unary('asinh', 'real', ['asinh', 'arcsinh']),
  unary('acosh', 'real', ['acosh', 'arccosh']),
  unary('atanh', 'real', ['atanh', 'arctanh']),
  unary('abs', 'same', ['abs', 'absolute'], isBool),
  unary('sign', 'same', ['sign', 'sgn']),
  unary('floor', 'same', ['floor'], isBool),
  unary('ceil', 'same', ['ceil'], isBool),
  unary('trunc', 'same', ['trunc', 'fix'], isBool),
  unary('frac', 'same', ['frac'], notFloat),
  unary('nan_to_num', 'same', []),
  unary('round', 'same', []),
  unary('bitwise_not', 'same', ['bitwise_not'], isFloating),
  unary('is_nan', 'truth', ['isnan']),
  unary('is_inf', 'truth', ['isinf']),
  unary('is_finite', 'truth', ['isfinite']),
  unary('is_positive_inf', 'truth', ['isposinf']),
  unary('is_negative_inf', 'truth', ['isneginf']),
  unary('sign_bit', 'truth', ['signbit']),
  unary('logical_not', 'truth', ['logical_not']),
];

function real(name: string): OpDefinition {
  return unary(name, 'real', [name]);
}

function unary(
  name: string,
  result: Result,
  pytorchNames: readonly string[],
  refused: (dtype: DType) => boolean = () => false,
): OpDefinition {
  const title = pytorchNames[0] ?? name;
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
    pytorch: {
      functions: pytorchNames.map((pytorchName) => ({
        names: [`torch.${pytorchName}`, `torch.Tensor.${pytorchName}`, `torch.Tensor.${pytorchName}_`],
        signature: 'input',
        build: (args) => ({ op: name, attrs: {}, inputs: [args.tensor('input').id] }),
      })),
    },
  };
}
