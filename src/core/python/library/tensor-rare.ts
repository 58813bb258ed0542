import { multiplyDims, type Dim } from '../../graph/dim';
import type { Shape } from '../../graph/graph';
import { resultDtype } from '../../ops/arithmetic/promote';
import { boolean, integer, none, tuple, type Value } from '../runtime/values';
import { asTensor, binaryOp, isOperand } from './tensor-arithmetic';
import { assignToTensor } from './tensor-assignment';
import { applyOp } from './tensor-calls';
import { computedTensor } from './tensor-data';
import type { TensorCall, TensorFunctions } from './tensor-function';
import { reshape } from './tensor-shapes';
import { isContiguous, unshared } from './tensor-views';

const windowOptions =
  'periodic=True, alpha=0.54, beta=0.46, *, dtype=None, layout=None, device=None, requires_grad=False';

/** Functions that models seldom need. */
export const rareFunctions: TensorFunctions = {
  'addr(input, vec1, vec2, *, beta=1, alpha=1)': (call) => {
    const { interpreter } = call;
    const [a, b] = [call.tensor('vec1'), call.tensor('vec2')];
    if (a.type.shape.length !== 1 || b.type.shape.length !== 1) interpreter.refuse('addr expects two vectors.');
    const product = binaryOp(interpreter, 'multiply', reshape(interpreter, a, [a.type.shape[0] ?? 1, 1]), b);
    return binaryOp(interpreter, 'add', call.input, product);
  },
  'matrix_power(input, n)': (call) => {
    const exponent = call.integer('n');
    let result = exponent < 0 ? applyOp(call.interpreter, 'inverse', {}, call.input) : call.input;
    for (let left = Math.abs(exponent); left > 1; left--) {
      call.interpreter.spend(10);
      result = applyOp(call.interpreter, 'matmul', {}, result, call.input);
    }
    return result;
  },
  'torch.chain_matmul(*matrices)': (call) => {
    const [first, ...rest] = call.tensors('matrices');
    if (!first) return call.interpreter.raise('RuntimeError', 'chain_matmul(): Expected one or more matrices');
    return rest.reduce((product, next) => applyOp(call.interpreter, 'matmul', {}, product, next), first);
  },
  'torch.block_diag(*tensors)': (call) => {
    const sizes = call
      .tensors('tensors')
      .map(({ type }) => (type.shape.length === 2 ? type.shape : [1, type.shape[0] ?? 1]));
    if (!sizes.every((shape) => shape.every((size) => typeof size === 'number'))) {
      return call.interpreter.unknown('The size of this block diagonal is not known.');
    }
    const sum = (dim: number): number => sizes.reduce((total, shape) => total + Number(shape[dim]), 0);
    return computedTensor(
      call.interpreter,
      'generated',
      'block_diag',
      [sum(0), sum(1)],
      resultDtype(call.tensors('tensors').map((one) => one.type)),
    );
  },
  [`torch.hann_window|torch.hamming_window|torch.blackman_window|torch.bartlett_window(window_length, ${windowOptions})`]:
    (call) =>
      computedTensor(call.interpreter, 'generated', call.name, [call.size('window_length')], call.dtype() ?? 'f32'),
  'masked_scatter|Tensor.masked_scatter_(input, mask, source)': (call) =>
    applyOp(call.interpreter, 'assign_index', {}, call.input, call.tensor('source'), call.tensor('mask')),
  'index_put|Tensor.index_put_(input, indices, values, accumulate=False)': (call) => {
    const target = unshared(call.interpreter, call.input);
    const index = call.value('indices');
    const indices = index.kind === 'list' ? tuple(index.items) : index;
    assignToTensor(call.interpreter, target, indices, call.value('values'), { added: call.flag('accumulate') });
    return target;
  },
  'slice_scatter(input, src, dim=0, start=None, end=None, step=1)': (call) => {
    const slice: Value = {
      kind: 'slice',
      start: call.value('start'),
      stop: call.value('end'),
      step: call.value('step'),
    };
    return replaced(call, call.dim('dim'), slice);
  },
  'select_scatter(input, src, dim, index)': (call) => replaced(call, call.dim('dim'), call.value('index')),
  'Tensor.fill_diagonal_(input, fill_value, wrap=False)': (call) => {
    const value = call.value('fill_value');
    if (call.input.type.shape.length < 2) call.interpreter.raise('RuntimeError', 'dimensions must larger than 1');
    return isOperand(value)
      ? applyOp(call.interpreter, 'assign_index', {}, call.input, asTensor(call.interpreter, value, call.input.type))
      : call.wrong('fill_value', 'Number');
  },
  'diagflat(input, offset=0)': (call) =>
    applyOp(
      call.interpreter,
      'diag_embed',
      { offset: call.integer('offset'), dim1: 0, dim2: 1 },
      reshape(call.interpreter, call.input, [-1]),
    ),
  'Tensor.stride(input, dim=None)': (call) => {
    if (!isContiguous(call.input)) return call.interpreter.unknown('The strides of this tensor are not known.');
    const strides = stridesOf(call.input.type.shape);
    return call.has('dim') ? integer(strides[call.dim('dim')] ?? 1) : tuple(strides.map(integer));
  },
  'Tensor.storage_offset(input)': (call) =>
    isContiguous(call.input)
      ? integer(0)
      : call.interpreter.unknown('Where this tensor begins in memory is not known.'),
  'is_same_size(input, other)': (call) => {
    const [a, b] = [call.input.type.shape, call.tensor('other').type.shape];
    if (a.length !== b.length) return boolean(false);
    if (a.every((size, dim) => size === b[dim])) return boolean(true);
    return a.every((size) => typeof size === 'number') && b.every((size) => typeof size === 'number')
      ? boolean(false)
      : call.interpreter.unknown('Whether these sizes are equal is not known.');
  },
  'is_signed(input)': (call) => boolean(call.input.type.dtype !== 'u8' && call.input.type.dtype !== 'bool'),
  'torch.set_printoptions|torch.set_num_threads|torch.set_float32_matmul_precision|torch.use_deterministic_algorithms|torch.set_anomaly_enabled(*values, warn_only=False, precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None)':
    () => none,
};

/** The tensor with another one in place of a part. */
function replaced(call: TensorCall, dim: number, at: Value): Value {
  const everything: Value = { kind: 'slice', start: none, stop: none, step: none };
  const target = unshared(call.interpreter, call.input);
  assignToTensor(call.interpreter, target, tuple([...Array<Value>(dim).fill(everything), at]), call.tensor('src'));
  return target;
}

function stridesOf(shape: Shape): Dim[] {
  const strides: Dim[] = [];
  let stride: Dim = 1;
  for (const size of [...shape].reverse()) {
    strides.unshift(stride);
    stride = multiplyDims(stride, size);
  }
  return strides;
}
