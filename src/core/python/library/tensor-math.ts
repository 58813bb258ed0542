import { subtractDims, type Dim } from '../../graph/dim';
import { categoryOf, isFloating } from '../../ops/arithmetic/promote';
import type { TensorValue, Value } from '../runtime/values';
import { asTensor, binaryOp, commonDtype, isOperand, scalar, tensorNegative, type Operand } from './tensor-arithmetic';
import { applyOp } from './tensor-calls';
import type { TensorCall, TensorFunctions } from './tensor-function';

/** `name(input, other)` and `name_`, element-wise. */
function binary(names: string, op: string): TensorFunctions {
  return {
    [`${inPlaceToo(names)}(input, other)`]: (call) => ofTwo(call, op, call.value('input'), call.value('other')),
  };
}

/** As `binary`, but numbers are refused. */
function ofTensors(names: string, op: string): TensorFunctions {
  return {
    [`${inPlaceToo(names)}(input, other)`]: (call) => binaryOp(call.interpreter, op, call.input, call.tensor('other')),
  };
}

/** `sub|subtract` also as `sub_|subtract_`. */
function inPlaceToo(names: string): string {
  const bare = names.split('|').map((name) => `${name.startsWith('torch.') ? '' : name}_`);
  return [
    names,
    ...bare.filter((name) => name !== '_').map((name) => (name.startsWith('Tensor.') ? name : `Tensor.${name}`)),
  ].join('|');
}

function ofTwo(call: TensorCall, op: string, left: Value, right: Value): TensorValue {
  const { interpreter } = call;
  if (!isOperand(left)) return call.wrong('input', 'Tensor');
  if (!isOperand(right)) return call.wrong('other', 'Tensor');
  return binaryOp(interpreter, op, left, right);
}

function operand(call: TensorCall, name: string): Operand {
  const value = call.value(name);
  return isOperand(value) ? value : call.wrong(name, 'Number');
}

/** Sums and differences with a factor: `torch.add(x, y, alpha=2)`. */
function scaledSum(op: string): (call: TensorCall) => Value {
  return (call) => {
    const alpha = call.value('alpha');
    const one = alpha.kind === 'integer' && alpha.value === 1;
    const other = operand(call, 'other');
    const factor = operand(call, 'alpha');
    if (one) return ofTwo(call, op, call.value('input'), other);
    if (factor.kind === 'float' && categoryOf(commonDtype([call.input, other])) < 2) {
      return call.interpreter.raise(
        'RuntimeError',
        'For integral input tensors, argument alpha must not be a floating point number.',
      );
    }
    const scaled = binaryOp(call.interpreter, 'multiply', asTensor(call.interpreter, other, call.input.type), factor);
    return ofTwo(call, op, call.input, scaled);
  };
}

function divide(call: TensorCall): Value {
  const mode = call.has('rounding_mode') ? call.text('rounding_mode') : 'none';
  const ops: Readonly<Record<string, string>> = { none: 'divide', floor: 'floor_divide', trunc: 'truncate_divide' };
  const op = ops[mode];
  if (!op) {
    return call.interpreter.raise(
      'RuntimeError',
      `div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '${mode}'`,
    );
  }
  return ofTwo(call, op, call.value('input'), call.value('other'));
}

function power(call: TensorCall): Value {
  const exponent = call.value('exponent');
  if (!isOperand(exponent)) return call.wrong('exponent', 'Number');
  return ofTwo(call, 'power', call.value('input'), exponent);
}

function clamp(call: TensorCall, min: Value, max: Value): Value {
  const { interpreter, input } = call;
  if (min.kind === 'none' && max.kind === 'none') {
    return interpreter.raise('RuntimeError', "torch.clamp: At least one of 'min' or 'max' must not be None");
  }
  const given = [min, max].filter((bound) => bound.kind !== 'none');
  if (!given.every(isOperand)) return call.wrong(isOperand(min) ? 'max' : 'min', 'Number');
  if (given.some((bound) => bound.kind === 'tensor' || typeof bound.value === 'string')) {
    const above = min.kind === 'none' || !isOperand(min) ? input : binaryOp(interpreter, 'maximum', input, min);
    return max.kind === 'none' || !isOperand(max) ? above : binaryOp(interpreter, 'minimum', above, max);
  }
  const dtype = commonDtype([input, ...given]);
  const converted = dtype === input.type.dtype ? input : applyOp(interpreter, 'cast', { dtype }, input);
  return applyOp(interpreter, 'clamp', { min: finite(min), max: finite(max) }, converted);
}

function finite(value: Value): number | null {
  const number: Dim | undefined = value.kind === 'integer' || value.kind === 'float' ? value.value : undefined;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function where(call: TensorCall, condition: TensorValue, input: Value, other: Value): Value {
  const { interpreter } = call;
  if (!isOperand(input) || !isOperand(other)) return call.wrong(isOperand(input) ? 'other' : 'input', 'Tensor');
  const dtype = commonDtype([input, other]);
  const [a, b] = [input, other].map((value) => (value.kind === 'tensor' ? value : scalar(interpreter, value, dtype)));
  return a && b ? applyOp(interpreter, 'where', {}, condition, a, b) : call.wrong('input', 'Tensor');
}

/** input + value · tensor1 ∘ tensor2, the circle being a product or a quotient. */
function addProduct(op: 'multiply' | 'divide'): (call: TensorCall) => Value {
  return (call) => {
    const { interpreter } = call;
    const product = binaryOp(interpreter, op, call.tensor('tensor1'), call.tensor('tensor2'));
    const value = operand(call, 'value');
    const scaled =
      value.kind === 'integer' && value.value === 1 ? product : binaryOp(interpreter, 'multiply', product, value);
    return binaryOp(interpreter, 'add', call.input, scaled);
  };
}

/** Element-wise functions of several tensors or numbers. */
export const mathFunctions: TensorFunctions = {
  'add|Tensor.add_(input, other, *, alpha=1)': scaledSum('add'),
  'sub|subtract|Tensor.sub_|Tensor.subtract_(input, other, *, alpha=1)': scaledSum('subtract'),
  'torch.rsub(input, other, *, alpha=1)': (call) => ofTwo(call, 'subtract', call.value('other'), call.value('input')),
  ...binary('mul|multiply', 'multiply'),
  'div|divide|Tensor.div_|Tensor.divide_(input, other, *, rounding_mode=None)': divide,
  ...binary('true_divide', 'divide'),
  ...binary('floor_divide', 'floor_divide'),
  ...binary('remainder', 'remainder'),
  ...binary('fmod', 'fmod'),
  'pow|Tensor.pow_(input, exponent)': power,
  'float_power(input, exponent)': (call) => {
    const exponent = operand(call, 'exponent');
    const [base, wide] = [call.input, exponent].map((value) =>
      value.kind === 'tensor' ? applyOp(call.interpreter, 'cast', { dtype: 'f64' }, value) : value,
    );
    return base && wide ? binaryOp(call.interpreter, 'power', base, wide) : call.input;
  },
  ...ofTensors('maximum', 'maximum'),
  ...ofTensors('minimum', 'minimum'),
  ...ofTensors('fmax', 'fmax'),
  ...ofTensors('fmin', 'fmin'),
  ...ofTensors('atan2|arctan2', 'atan2'),
  ...ofTensors('hypot', 'hypot'),
  ...binary('copysign', 'copysign'),
  ...ofTensors('nextafter', 'nextafter'),
  ...ofTensors('logaddexp', 'logaddexp'),
  ...binary('xlogy', 'xlogy'),
  ...binary('eq', 'equal_to'),
  ...binary('ne|not_equal', 'not_equal'),
  ...binary('lt|less', 'less'),
  ...binary('le|less_equal', 'less_equal'),
  ...binary('gt|greater', 'greater'),
  ...binary('ge|greater_equal', 'greater_equal'),
  ...ofTensors('logical_and', 'logical_and'),
  ...ofTensors('logical_or', 'logical_or'),
  ...ofTensors('logical_xor', 'logical_xor'),
  ...binary('bitwise_and', 'bitwise_and'),
  ...binary('bitwise_or', 'bitwise_or'),
  ...binary('bitwise_xor', 'bitwise_xor'),
  ...binary('bitwise_left_shift', 'left_shift'),
  ...binary('bitwise_right_shift', 'right_shift'),
  ...ofTensors('logaddexp2', 'logaddexp2'),
  ...ofTensors('gcd', 'gcd'),
  ...ofTensors('lcm', 'lcm'),
  ...ofTensors('ldexp', 'ldexp'),
  'heaviside(input, values)': (call) => {
    const steps = call.tensor('values');
    if (steps.type.dtype !== call.input.type.dtype) {
      call.interpreter.raise('RuntimeError', 'heaviside is not yet implemented for tensors with different dtypes.');
    }
    return binaryOp(call.interpreter, 'heaviside', call.input, steps);
  },
  'conj|resolve_conj|resolve_neg|conj_physical(input)': ({ input }) => input,
  'isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False)': (call) =>
    ofTwo(call, 'is_close', call.input, call.tensor('other')),
  'equal(input, other)': (call) => call.interpreter.unknown("A tensor's values are not known before the model runs."),
  'allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False)': (call) =>
    call.interpreter.unknown("A tensor's values are not known before the model runs."),
  'neg|negative|Tensor.neg_|Tensor.negative_(input)': ({ interpreter, input }) => tensorNegative(interpreter, input),
  'positive(input)': ({ interpreter, input }) =>
    input.type.dtype === 'bool'
      ? interpreter.raise('RuntimeError', 'The `+` operator, on a bool tensor is not supported.')
      : input,
  'square|Tensor.square_(input)': ({ interpreter, input }) =>
    input.type.dtype === 'bool'
      ? binaryOp(interpreter, 'multiply', applyOp(interpreter, 'cast', { dtype: 'i64' }, input), input)
      : applyOp(interpreter, 'multiply', {}, input, input),
  'round|Tensor.round_(input, *, decimals=0)': (call) => {
    const { interpreter, input } = call;
    if (input.type.dtype === 'bool') interpreter.raise('RuntimeError', 'round is not implemented for bool');
    const decimals = call.integer('decimals');
    return applyOp(interpreter, 'round', decimals === 0 ? {} : { decimals }, input);
  },
  'nan_to_num|Tensor.nan_to_num_(input, nan=0.0, posinf=None, neginf=None)': (call) => {
    const given = ['nan', 'posinf', 'neginf'].filter((name) => call.has(name));
    const attrs = Object.fromEntries(given.map((name) => [name, call.number(name)]));
    return Object.values(attrs).every(Number.isFinite)
      ? applyOp(call.interpreter, 'nan_to_num', attrs, call.input)
      : call.interpreter.fail('nan_to_num with an infinity in the place of another is not supported yet.');
  },
  'clamp|clip|Tensor.clamp_|Tensor.clip_(input, min=None, max=None)': (call) =>
    clamp(call, call.value('min'), call.value('max')),
  'clamp_min|Tensor.clamp_min_(input, min)': (call) => clamp(call, call.value('min'), { kind: 'none' }),
  'clamp_max|Tensor.clamp_max_(input, max)': (call) => clamp(call, { kind: 'none' }, call.value('max')),
  'torch.where(condition, input=None, other=None)': (call) =>
    call.has('input') || call.has('other')
      ? where(call, call.tensor('condition'), call.value('input'), call.value('other'))
      : call.interpreter.unknown('How many elements are true is not known before the model runs.'),
  'Tensor.where(input, condition, other)': (call) =>
    where(call, call.tensor('condition'), call.input, call.value('other')),
  'diff(input, n=1, dim=-1, prepend=None, append=None)': (call) => {
    const { interpreter, input } = call;
    if (call.has('prepend') || call.has('append') || call.integer('n') !== 1) {
      return interpreter.unknown('diff with n, prepend or append is not supported yet.');
    }
    const dim = call.dim('dim');
    const length = subtractDims(input.type.shape[dim] ?? 1, 1);
    const later = applyOp(interpreter, 'slice', { dim, start: 1, length }, input);
    return binaryOp(interpreter, 'subtract', later, applyOp(interpreter, 'slice', { dim, start: 0, length }, input));
  },
  'lerp|Tensor.lerp_(input, end, weight)': (call) => {
    const { interpreter, input } = call;
    const end = call.tensor('end');
    const weight = operand(call, 'weight');
    if (input.type.dtype !== end.type.dtype || !isFloating(input.type.dtype)) {
      interpreter.raise('RuntimeError', 'lerp expects tensors of one floating point type');
    }
    const difference = binaryOp(interpreter, 'subtract', end, input);
    return binaryOp(interpreter, 'add', input, binaryOp(interpreter, 'multiply', difference, weight));
  },
  'addcmul|Tensor.addcmul_(input, tensor1, tensor2, *, value=1)': addProduct('multiply'),
  'addcdiv|Tensor.addcdiv_(input, tensor1, tensor2, *, value=1)': addProduct('divide'),
  'masked_fill|Tensor.masked_fill_(input, mask, value)': (call) => {
    const { interpreter, input } = call;
    const value = operand(call, 'value');
    if (value.kind === 'tensor' && value.type.shape.length > 0) {
      interpreter.raise('RuntimeError', 'masked_fill only supports a 0-dimensional value tensor');
    }
    return applyOp(
      interpreter,
      'masked_fill',
      {},
      input,
      call.tensor('mask'),
      scalar(interpreter, value, input.type.dtype),
    );
  },
  'isreal(input)': ({ interpreter, input }) => applyOp(interpreter, 'is_finite', {}, input),
  'torch.logit|Tensor.logit(input, eps=None)': ({ interpreter, input }) =>
    applyOp(
      interpreter,
      'log',
      {},
      binaryOp(interpreter, 'divide', input, binaryOp(interpreter, 'subtract', { kind: 'integer', value: 1 }, input)),
    ),
};
