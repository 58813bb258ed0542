import type { Attributes, DType, Shape } from '../../graph/graph';
import { isFloating } from '../../ops/arithmetic/promote';
import { tuple, type TensorValue, type Value } from '../runtime/values';
import { binaryOp, isOperand, scalar } from './tensor-arithmetic';
import { applyOp } from './tensor-calls';
import type { TensorCall, TensorFunctions } from './tensor-function';

const anyDims = 'input, dim=None, keepdim=False, *, dtype=None';

/** What makes fewer numbers of a tensor, or reads along a dimension. */
export const reductionFunctions: TensorFunctions = {
  [`mean(${anyDims})`]: mean,
  [`nanmean(${anyDims})`]: (call) => reduced(call, 'nanmean', call.dims('dim'), converted(call)),
  [`sum(${anyDims})`]: (call) => reduced(call, 'sum', call.dims('dim'), converted(call)),
  [`nansum(${anyDims})`]: (call) => reduced(call, 'nansum', call.dims('dim'), converted(call)),
  [`prod(${anyDims})`]: (call) => reduced(call, 'prod', oneOrAll(call), converted(call)),
  'std(input, dim=None, unbiased=True, keepdim=False, *, correction=None)': (call) => spread(call, 'std'),
  'var(input, dim=None, unbiased=True, keepdim=False, *, correction=None)': (call) => spread(call, 'var'),
  'torch.std_mean(input, dim=None, unbiased=True, keepdim=False, *, correction=None)': (call) =>
    tuple([spread(call, 'std'), spread(call, 'mean')]),
  'torch.var_mean(input, dim=None, unbiased=True, keepdim=False, *, correction=None)': (call) =>
    tuple([spread(call, 'var'), spread(call, 'mean')]),
  'amax(input, dim=(), keepdim=False)': (call) => reduced(call, 'amax', call.dims('dim')),
  'amin(input, dim=(), keepdim=False)': (call) => reduced(call, 'amin', call.dims('dim')),
  'aminmax(input, *, dim=None, keepdim=False)': (call) =>
    named(['min', 'max'], [reduced(call, 'amin', oneOrAll(call)), reduced(call, 'amax', oneOrAll(call))]),
  'max(input, dim=None, keepdim=False, *, other=None)': (call) => extreme(call, 'amax', 'argmax', 'maximum'),
  'min(input, dim=None, keepdim=False, *, other=None)': (call) => extreme(call, 'amin', 'argmin', 'minimum'),
  'argmax(input, dim=None, keepdim=False)': (call) => reduced(call, 'argmax', oneOrAll(call)),
  'argmin(input, dim=None, keepdim=False)': (call) => reduced(call, 'argmin', oneOrAll(call)),
  'all(input, dim=None, keepdim=False)': (call) => reduced(call, 'all', call.dims('dim')),
  'any(input, dim=None, keepdim=False)': (call) => reduced(call, 'any', call.dims('dim')),
  'logsumexp(input, dim, keepdim=False)': (call) => reduced(call, 'logsumexp', call.dims('dim')),
  'count_nonzero(input, dim=None)': (call) =>
    applyOp(call.interpreter, 'count_nonzero', { dims: call.dims('dim'), keepDims: false }, call.input),
  "norm(input, p='fro', dim=None, keepdim=False, dtype=None)": (call) => norm(call, 'p'),
  'median(input, dim=None, keepdim=False)': (call) => located(call, 'median', 'argmedian'),
  'nanmedian(input, dim=None, keepdim=False)': (call) => located(call, 'median', 'argmedian', { skipsNaN: true }),
  'mode(input, dim=-1, keepdim=False)': (call) => located(call, 'mode', 'argmode'),
  'kthvalue(input, k, dim=-1, keepdim=False)': kthValue,
  "quantile|nanquantile(input, q, dim=None, keepdim=False, *, interpolation='linear')": quantile,
  'cumsum|Tensor.cumsum_(input, dim, *, dtype=None)': (call) => scanned(call, 'cumsum'),
  'cumprod|Tensor.cumprod_(input, dim, *, dtype=None)': (call) => scanned(call, 'cumprod'),
  'logcumsumexp(input, dim, *, dtype=None)': (call) => scanned(call, 'logcumsumexp'),
  'cummax(input, dim)': (call) => named(['values', 'indices'], [scanned(call, 'cummax'), scanned(call, 'argcummax')]),
  'cummin(input, dim)': (call) => named(['values', 'indices'], [scanned(call, 'cummin'), scanned(call, 'argcummin')]),
  'sort(input, dim=-1, descending=False, stable=False)': (call) =>
    named(['values', 'indices'], [scanned(call, 'sort', sortOrder(call)), scanned(call, 'argsort', sortOrder(call))]),
  'argsort(input, dim=-1, descending=False, stable=False)': (call) => scanned(call, 'argsort', sortOrder(call)),
  'msort(input)': (call) => applyOp(call.interpreter, 'sort', { dim: 0 }, call.input),
  'topk(input, k, dim=-1, largest=True, sorted=True)': topk,
  'trace(input)': (call) => {
    const { interpreter, input } = call;
    if (input.type.shape.length !== 2) interpreter.raise('RuntimeError', 'trace: expected a matrix');
    const diagonal = applyOp(interpreter, 'diagonal', { offset: 0, dim1: 0, dim2: 1 }, input);
    return applyOp(interpreter, 'sum', { dims: [0], keepDims: false }, diagonal);
  },
  'dist(input, other, p=2)': (call) => {
    const { interpreter, input } = call;
    const difference = binaryOp(interpreter, 'subtract', input, call.tensor('other'));
    const dims = difference.type.shape.map((_, dim) => dim);
    const p = exponentOf(call.value('p'));
    return applyOp(
      interpreter,
      'norm',
      { dims, keepDims: false, ...(p === 2 || p === undefined ? {} : { p }) },
      difference,
    );
  },
  'histc(input, bins=100, min=0, max=0)': (call) => call.interpreter.unknown('Tensor.histc is not supported yet.'),
  ...dataDependent('unique|unique_consecutive|nonzero|argwhere|masked_select|bincount'),
};

/** What has as many elements as the data decides. */
function dataDependent(names: string): TensorFunctions {
  const parameters =
    'input, a=None, b=None, c=None, dim=None, mask=None, return_inverse=None, return_counts=None, sorted=None, as_tuple=None, weights=None, minlength=None';
  return {
    [`${names}(${parameters})`]: ({ interpreter, name }) =>
      interpreter.unknown(
        `How many elements ${name} gives depends on the values, which are not known before the model runs.`,
      ),
  };
}

function reduced(
  call: TensorCall,
  op: string,
  dims: readonly number[],
  input = call.input,
  more: Attributes = {},
): TensorValue {
  return applyOp(call.interpreter, op, { dims, keepDims: call.flag('keepdim'), ...more }, input);
}

/** The input as of the dtype that is asked for. */
function converted(call: TensorCall): TensorValue {
  const dtype = call.dtype();
  return !dtype || dtype === call.input.type.dtype
    ? call.input
    : applyOp(call.interpreter, 'cast', { dtype }, call.input);
}

/** One dimension only, or all of them. */
function oneOrAll(call: TensorCall): readonly number[] {
  const rank = call.input.type.shape.length;
  if (!call.has('dim')) return Array.from({ length: rank }, (_, dim) => dim);
  return rank === 0 ? (call.dim('dim'), []) : [call.dim('dim')];
}

/** The mean over height and width is global average pooling, which can be trained. */
function mean(call: TensorCall): Value {
  const input = converted(call);
  const { shape, dtype } = input.type;
  const dims = call.dims('dim');
  const spatial = dtype === 'f32' && shape.length === 4 && dims.length === 2 && dims.includes(2) && dims.includes(3);
  if (!spatial) return reduced(call, 'mean', dims, input);
  const keepDims = call.flag('keepdim');
  const pooled = applyOp(call.interpreter, 'adaptive_avg_pool2d', { outputSize: [1, 1] }, input);
  return keepDims ? pooled : applyOp(call.interpreter, 'reshape', { shape: [...shape.slice(0, 2)] }, pooled);
}

/** The exponent of a norm, kept where it is not 2; the norms of matrices by their names. */
function norm(call: TensorCall, name: string, ofVectors = true): TensorValue {
  const given = call.value(name);
  const p = exponentOf(given);
  const ofMatrix = !ofVectors && given.kind !== 'string' && p !== undefined;
  const attrs = ofMatrix ? { p: `matrix ${p}` } : p === 2 || p === undefined ? {} : { p };
  return reduced(call, 'norm', call.dims('dim'), converted(call), attrs);
}

function exponentOf(value: Value): number | string | undefined {
  if (value.kind === 'string') return value.value === 'fro' ? 2 : value.value;
  const number = value.kind === 'integer' || value.kind === 'float' ? value.value : undefined;
  if (typeof number !== 'number') return undefined;
  return Number.isFinite(number) ? number : number > 0 ? 'inf' : '-inf';
}

/** `x.var(False)` means unbiased=False. */
function spread(call: TensorCall, op: string): TensorValue {
  if (call.value('dim').kind === 'boolean') {
    const dims = call.input.type.shape.map((_, dim) => dim);
    const attrs = correctionOf(call.value('dim'), op);
    return applyOp(call.interpreter, op, { dims, keepDims: false, ...attrs }, call.input);
  }
  const unbiased = call.value('unbiased');
  const correction = call.has('correction') ? call.value('correction') : unbiased;
  return reduced(call, op, call.dims('dim'), call.input, correctionOf(correction, op));
}

/** What the number of values is less by, kept where it is not 1. */
function correctionOf(value: Value, op: string): Attributes {
  const less = value.kind === 'boolean' ? Number(value.value) : value.kind === 'integer' ? value.value : 1;
  return op === 'mean' || less === 1 ? {} : { correction: less };
}

function named(names: readonly string[], items: readonly Value[]): Value {
  return { kind: 'tuple', items, names };
}

function extreme(call: TensorCall, op: string, argOp: string, pairOp: string): Value {
  const first = call.value('dim');
  const other = first.kind === 'tensor' ? first : call.value('other');
  if (other.kind === 'tensor') return binaryOp(call.interpreter, pairOp, call.input, other);
  return located(call, op, argOp);
}

/** One number for all values, or for a dimension the values and where they stand. */
function located(call: TensorCall, op: string, argOp: string, more: Attributes = {}): Value {
  if (!call.has('dim')) return reduced(call, op, oneOrAll(call), call.input, more);
  const dims = oneOrAll(call);
  const { interpreter, input } = call;
  const keepDims = call.flag('keepdim');
  // Where the greatest of truth values stands PyTorch knows, though it has no argmax of them.
  const ranked = input.type.dtype === 'bool' ? applyOp(interpreter, 'cast', { dtype: 'u8' }, input) : input;
  return named(
    ['values', 'indices'],
    [
      // The value is that of one place, and so is its gradient.
      applyOp(
        interpreter,
        op,
        { dims, keepDims, ...(op === 'amax' || op === 'amin' ? { ties: 'first' } : more) },
        input,
      ),
      applyOp(interpreter, argOp, { dims, keepDims, ...more }, ranked),
    ],
  );
}

function kthValue(call: TensorCall): Value {
  const k = call.integer('k');
  const { shape } = call.input.type;
  const size = shape[call.dim('dim')] ?? 1;
  if (k < 1 || (typeof size === 'number' && k > size)) {
    call.interpreter.raise(
      'RuntimeError',
      `kthvalue(): selected number k out of range for dimension ${call.dim('dim')}`,
    );
  }
  return located(call, 'kthvalue', 'argkthvalue', { k });
}

function quantile(call: TensorCall): Value {
  const q = call.value('q');
  if (!isOperand(q)) return call.wrong('q', 'float or Tensor');
  const { dtype } = call.input.type;
  // How it is done where values are missing is another function.
  const given = call.name.startsWith('nan') ? 'nan' : call.text('interpolation');
  const interpolation = given === 'linear' ? {} : { interpolation: given };
  const which = q.kind === 'tensor' ? q : scalar(call.interpreter, q, isFloating(dtype) ? dtype : 'f32');
  return applyOp(
    call.interpreter,
    'quantile',
    { dims: oneOrAll(call), keepDims: call.flag('keepdim'), ...interpolation },
    call.input,
    which,
  );
}

function sortOrder(call: TensorCall): Attributes {
  return call.flag('descending') ? { descending: true } : {};
}

function scanned(call: TensorCall, op: string, more: Attributes = {}): TensorValue {
  const dtype: DType | undefined = op.startsWith('cum') && !/max|min/.test(op) ? call.dtype() : undefined;
  const { interpreter, input } = call;
  const made = applyOp(interpreter, op, { dim: call.dim('dim'), ...more }, input);
  return dtype && dtype !== made.type.dtype ? applyOp(interpreter, 'cast', { dtype }, made) : made;
}

function topk(call: TensorCall): Value {
  const { interpreter, input } = call;
  const attrs = { k: call.size('k'), dim: call.dim('dim'), largest: call.flag('largest') };
  return named(
    ['values', 'indices'],
    [applyOp(interpreter, 'topk', attrs, input), applyOp(interpreter, 'argtopk', attrs, input)],
  );
}

/** `torch.linalg`: norms. */
export const linalgFunctions: TensorFunctions = {
  'torch.norm(input, ord=None, dim=None, keepdim=False, *, dtype=None)': (call) =>
    norm(call, 'ord', call.dims('dim').length === 1),
  'torch.vector_norm(input, ord=2, dim=None, keepdim=False, *, dtype=None)': (call) => norm(call, 'ord'),
  "torch.matrix_norm(input, ord='fro', dim=(-2,-1), keepdim=False, *, dtype=None)": (call) => {
    if (shapeOf(call).length < 2)
      call.interpreter.raise('RuntimeError', 'linalg.matrix_norm: The input tensor A must have at least 2 dimensions.');
    return norm(call, 'ord', false);
  },
};

function shapeOf(call: TensorCall): Shape {
  return call.input.type.shape;
}
