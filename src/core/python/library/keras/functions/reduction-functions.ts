import type { Value } from '../../../runtime/values';
import { alongAxis } from '../activations';
import { identityOrder, kerasTensor, nodeAxis, shownShape } from '../keras-tensor';
import { torchCall } from '../torch-call';
import { axesOf, flagOf, integerOf, tensorFunction, tensorOf } from './define-function';

/** Reductions by PyTorch's name; TensorFlow has them with `reduce_` in front. */
const reductions: Readonly<Record<string, string>> = {
  mean: 'torch.mean',
  sum: 'torch.sum',
  max: 'torch.amax',
  min: 'torch.amin',
  prod: 'torch.prod',
  std: 'torch.std',
  var: 'torch.var',
  variance: 'torch.var',
  logsumexp: 'torch.logsumexp',
};

export const reductionFunctions: readonly (readonly [string, Value])[] = [
  ...Object.entries(reductions).flatMap(([name, callee]) => {
    const made = reduction(name, callee);
    return [[name, made] as const, [`reduce_${name}`, made] as const];
  }),
  ...(['argmax', 'argmin'] as const).map((name) => [name, indexOfExtremum(name)] as const),
  [
    'l2_normalize',
    tensorFunction('l2_normalize', ['x', 'axis?|dim', 'epsilon?'], (interpreter, { x, axis }) =>
      alongAxis(
        interpreter,
        'torch.nn.functional.normalize',
        tensorOf(interpreter, x),
        integerOf(interpreter, axis) ?? -1,
      ),
    ),
  ],
];

function reduction(name: string, callee: string): Value {
  const parameters = ['x|input_tensor', 'axis?|reduction_indices', 'keepdims?|keep_dims'];
  return tensorFunction(name, parameters, (interpreter, { x, axis, keepdims }) => {
    const input = tensorOf(interpreter, x);
    const rank = shownShape(input).length;
    const axes = axesOf(interpreter, axis, rank) ?? identityOrder(rank);
    const keeps = flagOf(interpreter, keepdims);
    const dims = axes.map((shown) => nodeAxis(input, shown));
    // TensorFlow's deviation is that of the whole population.
    const exact = callee === 'torch.std' || callee === 'torch.var' ? { unbiased: false } : {};
    const [first = 0] = dims;
    const operand = callee === 'torch.prod' ? first : dims;
    if (callee === 'torch.prod' && dims.length !== 1)
      return interpreter.fail('A product over several axes is not supported yet.');
    const node = torchCall(interpreter, callee, [input.keras.tensor], { dim: operand, keepdim: keeps, ...exact });
    if (keeps) return kerasTensor(interpreter, node, input.keras.order);
    return kerasTensor(interpreter, node, without(input.keras.order, axes));
  });
}

function indexOfExtremum(name: 'argmax' | 'argmin'): Value {
  return tensorFunction(name, ['x|input', 'axis?', 'keepdims?'], (interpreter, { x, axis }) => {
    const input = tensorOf(interpreter, x);
    const given = integerOf(interpreter, axis);
    if (given === undefined) return interpreter.fail(`${name} over all axes is not supported yet.`);
    const [shown = 0] = axesOf(interpreter, axis, shownShape(input).length) ?? [];
    const node = torchCall(interpreter, `torch.${name}`, [input.keras.tensor], { dim: nodeAxis(input, shown) });
    return kerasTensor(interpreter, node, without(input.keras.order, [shown]));
  });
}

/** The order when shown axes are gone. */
function without(order: readonly number[], axes: readonly number[]): readonly number[] {
  const kept = order.filter((_, shown) => !axes.includes(shown));
  const sorted = [...kept].sort((a, b) => a - b);
  return kept.map((axis) => sorted.indexOf(axis));
}
