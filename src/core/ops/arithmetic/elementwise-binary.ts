import { productOfDims } from '../../graph/dim';
import type { DType, NodeId, TensorType } from '../../graph/graph';
import { OpError, type LoweringContext, type OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { isElementwise, twoTensors } from './add';
import { binaryGradient, slopeFunctions } from './binary-gradients';
import { broadcastShapes } from './broadcast';
import { lowerBinary } from './lower-binary';
import { dtypeName, floatDtype, isFloating, resultDtype } from './promote';

/** dtype of the result: `common` is the promoted one, `real` a float, `truth` bool. */
type Result = 'common' | 'real' | 'truth';
/** Which dtypes PyTorch refuses for the promoted inputs. */
type Refused = (common: DType, inputs: readonly TensorType[]) => boolean;

const isBool: Refused = (common) => common === 'bool';
const anyBool: Refused = (_, inputs) => inputs.some((input) => input.dtype === 'bool');
const noFloat: Refused = isFloating;
const onlyFloat: Refused = (common) => !isFloating(common);
const shifted: Refused = (common) => isFloating(common) || common === 'bool';
const takesAll: Refused = () => false;

/**
 * Element-wise functions of two tensors, which are broadcast. A number counts as a tensor without dimensions.
 * One operation is counted for each element of the result, whatever the function.
 */
export const binaryOps: readonly OpDefinition[] = [
  binary('subtract', 'sub', 'common', anyBool),
  binary('divide', 'div', 'real'),
  binary('floor_divide', 'floor_divide', 'common', isBool),
  binary('truncate_divide', 'div_trunc', 'common', isBool),
  binary('remainder', 'remainder', 'common', isBool),
  binary('fmod', 'fmod', 'common', isBool),
  binary('power', 'pow', 'common', isBool),
  binary('maximum', 'maximum', 'common'),
  binary('minimum', 'minimum', 'common'),
  binary('fmax', 'fmax', 'common'),
  binary('fmin', 'fmin', 'common'),
  binary('atan2', 'atan2', 'real'),
  binary('hypot', 'hypot', 'common', onlyFloat),
  binary('copysign', 'copysign', 'real'),
  binary('nextafter', 'nextafter', 'common', onlyFloat),
  binary('logaddexp', 'logaddexp', 'common', onlyFloat),
  binary('logaddexp2', 'logaddexp2', 'common', onlyFloat),
  binary('xlogy', 'xlogy', 'real'),
  binary('ldexp', 'ldexp', 'real'),
  binary('heaviside', 'heaviside', 'common'),
  binary('gcd', 'gcd', 'common', shifted),
  binary('lcm', 'lcm', 'common', shifted),
  binary('equal_to', 'eq', 'truth'),
  binary('not_equal', 'ne', 'truth'),
  binary('less', 'lt', 'truth'),
  binary('less_equal', 'le', 'truth'),
  binary('greater', 'gt', 'truth'),
  binary('greater_equal', 'ge', 'truth'),
  binary('is_close', 'isclose', 'truth'),
  binary('logical_and', 'logical_and', 'truth'),
  binary('logical_or', 'logical_or', 'truth'),
  binary('logical_xor', 'logical_xor', 'truth'),
  binary('bitwise_and', 'bitwise_and', 'common', noFloat),
  binary('bitwise_or', 'bitwise_or', 'common', noFloat),
  binary('bitwise_xor', 'bitwise_xor', 'common', noFloat),
  binary('left_shift', 'bitwise_left_shift', 'common', shifted),
  binary('right_shift', 'bitwise_right_shift', 'common', shifted),
];

function binary(name: string, title: string, result: Result, refused: Refused = takesAll): OpDefinition {
  return {
    name,
    title,
    inferType(inputs) {
      const shape = broadcastShapes(title, inputAt(inputs, 0).shape, inputAt(inputs, 1).shape);
      const common = resultDtype(inputs);
      if (refused(common, inputs)) throw wrongDtypes(title, inputs);
      if (result === 'truth') return { shape, dtype: 'bool' };
      return { shape, dtype: result === 'real' ? floatDtype(common) : common };
    },
    flops: (_inputs, output) => productOfDims(output.shape),
    lower: name.startsWith('logical_') ? lowerLogical : lowerBinary,
    gradient: binaryGradient,
    elementwise: (_attrs, inputs) => isElementwise(inputs),
    pytorch: { functions: [twoTensors(name, `torch.${title}`)] },
  };
}

/** Of truth values, logic is bitwise. */
function lowerLogical({ add, node }: LoweringContext): NodeId {
  const operands = node.inputs.map((id) => add('cast', { dtype: 'bool' }, [id]));
  return add(node.op.replace('logical', 'bitwise'), {}, operands);
}

/** What gradients are made of: functions of two tensors of floats that no code names. */
export const slopeOps: readonly OpDefinition[] = slopeFunctions.map((name) => ({
  name,
  title: name,
  inferType: (inputs) => ({ shape: broadcastShapes(name, ...inputs.map(({ shape }) => shape)), dtype: 'f32' }),
  flops: (_inputs, output) => productOfDims(output.shape),
  elementwise: (_attrs, inputs) => isElementwise(inputs),
}));

function wrongDtypes(title: string, inputs: readonly TensorType[]): OpError {
  const dtypes = [...new Set(inputs.map((input) => dtypeName(input.dtype)))].join(' and ');
  return new OpError(`${title} does not take tensors of ${dtypes}.`);
}
