import { signOfDim, subtractDims, type Dim } from '../../graph/dim';
import type { DType, Initializer, Shape } from '../../graph/graph';
import { isFloating } from '../../ops/arithmetic/promote';
import type { RandomDistribution } from '../../ops/arithmetic/random';
import { toNumber } from '../runtime/numbers';
import { tuple, type TensorValue, type Value } from '../runtime/values';
import { broadcastShapes } from '../../ops/arithmetic/broadcast';
import { addNode, applyOp, checked, nodeOf } from './tensor-calls';
import { computedTensor, fromData, madeTensor } from './tensor-data';
import type { TensorCall, TensorFunctions } from './tensor-function';

const options =
  'dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, out=None, names=None, memory_format=None, generator=None';
const likeOptions = 'dtype=None, layout=None, device=None, requires_grad=False, memory_format=None, pin_memory=False';

/** Tensors that are made of no other tensor's values. */
export const creationFunctions: TensorFunctions = {
  [`torch.zeros(*size, ${options})`]: (call) => ofSizes(call, call.sizes('size'), constant(0)),
  [`torch.ones(*size, ${options})`]: (call) => ofSizes(call, call.sizes('size'), constant(1)),
  [`torch.empty(*size, ${options})`]: (call) => ofSizes(call, call.sizes('size'), undefined),
  [`torch.rand(*size, ${options})`]: (call) => drawn(call, 'rand', call.sizes('size'), 'f32', fromZeroToOne),
  [`torch.randn(*size, ${options})`]: (call) =>
    isDrawnInForward(call)
      ? drawn(call, 'randn', call.sizes('size'), 'f32', standardNormal)
      : ofSizes(call, call.sizes('size'), standardNormal),
  [`torch.full(size, fill_value, *, ${options})`]: (call) => full(call, call.sizes('size'), call.dtype()),
  [`torch.arange(start, end=None, step=1, *, ${options})`]: arange,
  [`torch.range(start, end, step=1, *, ${options})`]: (call) =>
    call.interpreter.unknown('torch.range is not supported yet.'),
  [`torch.linspace(start, end, steps=100, *, ${options})`]: linspace,
  [`torch.logspace(start, end, steps=100, base=10.0, *, ${options})`]: (call) =>
    generated(call, 'logspace', [call.size('steps')], call.dtype() ?? 'f32'),
  [`torch.eye(n, m=None, *, ${options})`]: (call) => eye(call, call.size('n'), call.size(call.has('m') ? 'm' : 'n')),
  'torch.tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False)': (call) =>
    withGradient(call, fromData(call.interpreter, call.value('data'), call.dtype())),
  'torch.as_tensor|torch.asarray(data, dtype=None, device=None, *, copy=None, requires_grad=False)': (call) => {
    const data = call.value('data');
    return data.kind === 'tensor' && [undefined, data.type.dtype].includes(call.dtype())
      ? data
      : fromData(call.interpreter, data, call.dtype());
  },
  'torch.scalar_tensor(data, *, dtype=None, layout=None, device=None, requires_grad=False)': (call) =>
    fromData(call.interpreter, call.value('data'), call.dtype() ?? 'f32'),
  [`zeros_like(input, *, ${likeOptions})`]: (call) => like(call, constant(0)),
  [`ones_like(input, *, ${likeOptions})`]: (call) => like(call, constant(1)),
  [`empty_like(input, *, ${likeOptions})`]: (call) => like(call, undefined),
  [`full_like(input, fill_value, *, ${likeOptions})`]: (call) =>
    full(call, call.input.type.shape, call.dtype() ?? call.input.type.dtype),
  [`rand_like(input, *, ${likeOptions})`]: (call) =>
    drawn(call, 'rand', call.input.type.shape, call.input.type.dtype, fromZeroToOne),
  [`randn_like(input, *, ${likeOptions})`]: (call) =>
    isDrawnInForward(call)
      ? drawn(call, 'randn', call.input.type.shape, call.input.type.dtype, standardNormal)
      : like(call, standardNormal),
  [`torch.randint_like(input, low, high=None, *, ${likeOptions})`]: (call) =>
    drawn(call, 'randint', call.input.type.shape, call.input.type.dtype),
  [`Tensor.new_zeros(input, *size, ${likeOptions})`]: (call) =>
    ofSizes(call, call.sizes('size'), constant(0), call.input),
  [`Tensor.new_ones(input, *size, ${likeOptions})`]: (call) =>
    ofSizes(call, call.sizes('size'), constant(1), call.input),
  [`Tensor.new_empty(input, *size, ${likeOptions})`]: (call) =>
    ofSizes(call, call.sizes('size'), undefined, call.input),
  [`Tensor.new_full(input, size, fill_value, *, ${likeOptions})`]: (call) =>
    full(call, call.sizes('size'), call.dtype() ?? call.input.type.dtype),
  'Tensor.new_tensor(input, data, *, dtype=None, device=None, requires_grad=False)': (call) =>
    fromData(call.interpreter, call.value('data'), call.dtype()),
  [`torch.randint(low, high=None, size=None, *, ${options})`]: (call) => {
    // `randint(high, size)`: the second is a tuple.
    const second = call.value('high');
    const sizes = second.kind === 'tuple' || second.kind === 'list' ? 'high' : 'size';
    if (!call.has(sizes)) call.interpreter.raise('TypeError', "randint() missing the argument 'size'");
    return drawn(call, 'randint', call.sizes(sizes), 'i64');
  },
  [`torch.randperm(n, *, ${options})`]: (call) => drawn(call, 'randperm', [call.size('n')], 'i64'),
  [`torch.normal(mean, std=1.0, size=None, *, ${options})`]: normal,
  'bernoulli(input, p=None, *, generator=None)': (call) => {
    const { shape, dtype } = call.input.type;
    const p = call.has('p') ? call.number('p') : null;
    return drawnBy(call, 'bernoulli', shape, dtype, { kind: 'bernoulli', p });
  },
  'torch.poisson(input, generator=None)': (call) =>
    drawnBy(call, 'poisson', call.input.type.shape, call.input.type.dtype),
  'multinomial(input, num_samples, replacement=False, *, generator=None)': (call) =>
    drawnBy(call, 'multinomial', [...call.input.type.shape.slice(0, -1), call.size('num_samples')], 'i64'),
  'torch.tril_indices|torch.triu_indices(row, col, offset=0, *, dtype=None, device=None, layout=None)': triangleIndices,
  'torch.meshgrid(*tensors, indexing=None)': meshgrid,
  'torch.cartesian_prod(*tensors)': (call) => {
    const tensors = call.tensors('tensors');
    const sizes = tensors.map((one) => one.type.shape[0] ?? 1);
    if (!sizes.every((size) => typeof size === 'number'))
      return call.interpreter.unknown('How many pairs there are is not known.');
    const count = sizes.reduce((product, size) => product * size, 1);
    return generated(
      call,
      'cartesian_prod',
      tensors.length === 1 ? [count] : [count, tensors.length],
      tensors[0]?.type.dtype ?? 'f32',
    );
  },
};

const fromZeroToOne = { kind: 'uniform', low: 0, high: 1 } as const;
const standardNormal = { kind: 'normal', mean: 0, std: 1 } as const;

function constant(value: number): Initializer {
  return { kind: 'constant', value };
}

/** In forward of a model that is to be trained: what is drawn before, once, has first values instead. */
function isDrawnInForward({ interpreter }: TensorCall): boolean {
  return interpreter.tracer.final && interpreter.strict;
}

function withGradient(call: TensorCall, made: Value): Value {
  if (made.kind === 'tensor') made.requiresGrad = call.flag('requires_grad');
  return made;
}

function checkedSizes(call: TensorCall, shape: Shape): Shape {
  const negative = shape.find((size) => signOfDim(size) === -1);
  if (negative !== undefined) {
    call.interpreter.raise(
      'RuntimeError',
      `Trying to create tensor with negative dimension ${negative}: [${shape.join(', ')}]`,
    );
  }
  return shape;
}

function ofSizes(call: TensorCall, shape: Shape, init: Initializer | undefined, example?: TensorValue): Value {
  const dtype = call.dtype() ?? example?.type.dtype ?? 'f32';
  return withGradient(call, madeTensor(call.interpreter, checkedSizes(call, shape), dtype, init));
}

function like(call: TensorCall, init: Initializer | undefined): Value {
  const { shape, dtype } = call.input.type;
  return withGradient(call, madeTensor(call.interpreter, shape, call.dtype() ?? dtype, init));
}

function full(call: TensorCall, shape: Shape, dtype: DType | undefined): Value {
  const value = call.value('fill_value');
  const number = value.kind === 'boolean' ? Number(value.value) : toNumber(value)?.value;
  if (number === undefined && value.kind !== 'tensor') return call.wrong('fill_value', 'Number');
  const own: DType =
    value.kind === 'boolean'
      ? 'bool'
      : value.kind === 'float'
        ? 'f32'
        : value.kind === 'tensor'
          ? value.type.dtype
          : 'i64';
  const init = typeof number === 'number' ? constant(number) : undefined;
  return withGradient(call, madeTensor(call.interpreter, checkedSizes(call, shape), dtype ?? own, init));
}

function generated(
  call: TensorCall,
  name: string,
  shape: Shape,
  dtype: DType,
  values?: readonly number[],
): TensorValue {
  return computedTensor(call.interpreter, 'generated', name, checkedSizes(call, shape), dtype, { values });
}

/** More numbers than these make no sizes. */
const maxKnown = 4096;

/** Ones along the diagonal. */
function eye(call: TensorCall, rows: Dim, columns: Dim): Value {
  const known = typeof rows === 'number' && typeof columns === 'number' && rows * columns <= maxKnown;
  const values = known
    ? Array.from({ length: rows * columns }, (_, i) => Number(Math.floor(i / columns) === i % columns))
    : undefined;
  return generated(call, 'eye', [rows, columns], call.dtype() ?? 'f32', values);
}

/** From start to end in equal steps, counted from the nearer end, in float32 as PyTorch does. */
function linspace(call: TensorCall): Value {
  const steps = call.size('steps');
  const [start, end] = [toNumber(call.value('start'))?.value, toNumber(call.value('end'))?.value];
  const dtype = call.dtype() ?? 'f32';
  const numbers = typeof start === 'number' && typeof end === 'number' && typeof steps === 'number' && dtype === 'f32';
  if (!numbers || steps > maxKnown) return generated(call, 'linspace', [steps], dtype);
  const step = Math.fround((end - start) / Math.max(1, steps - 1));
  const values = Array.from({ length: steps }, (_, i) =>
    Math.fround(i < steps / 2 ? start + step * i : end - step * (steps - 1 - i)),
  );
  return generated(call, 'linspace', [steps], dtype, values);
}

/** `distribution`: what is drawn, where it is computed here. */
function drawn(
  call: TensorCall,
  name: string,
  shape: Shape,
  dtype: DType,
  distribution?: RandomDistribution,
): TensorValue {
  const made = call.dtype() ?? dtype;
  const known = distribution && isFloating(made) ? { distribution } : {};
  return computedTensor(call.interpreter, 'random', name, checkedSizes(call, shape), made, known);
}

/** Numbers that are drawn by the values of a tensor. */
function drawnBy(
  call: TensorCall,
  name: string,
  shape: Shape,
  dtype: DType,
  distribution?: RandomDistribution,
): TensorValue {
  const { interpreter, input } = call;
  if (!isFloating(dtype) && name === 'bernoulli')
    interpreter.raise('RuntimeError', 'bernoulli needs a tensor of floats');
  if (interpreter.strict && !distribution) return computedTensor(interpreter, 'random', name, shape, dtype);
  const attrs = {
    function: name,
    shape: [...shape],
    dtype,
    ...(distribution ? { distribution: { ...distribution } } : {}),
  };
  return addNode(interpreter, 'random', attrs, [nodeOf(interpreter, input).id]);
}

function normal(call: TensorCall): Value {
  const shapes = ['mean', 'std'].flatMap((name) => {
    const value = call.value(name);
    return value.kind === 'tensor' ? [value.type.shape] : [];
  });
  if (shapes.length === 0 && !call.has('size')) {
    call.interpreter.raise('TypeError', 'normal() needs a size where mean and std are numbers');
  }
  const shape =
    shapes.length > 0 ? checked(call.interpreter, () => broadcastShapes('normal', ...shapes)) : call.sizes('size');
  const [mean, std] = shapes.length > 0 ? [] : [call.number('mean'), call.number('std')];
  const known = mean === undefined || std === undefined ? undefined : ({ kind: 'normal', mean, std } as const);
  return drawn(call, 'normal', shape, 'f32', known);
}

/** ⌈(end − start) / step⌉ numbers. Source: PyTorch, arange. */
function arange(call: TensorCall): Value {
  const { interpreter } = call;
  const [first, second] = call.has('end') ? ['start', 'end'] : [undefined, 'start'];
  const bounds = [first, second, 'step'].map((name) =>
    name ? toNumber(call.value(name)) : ({ kind: 'integer', value: 0 } as const),
  );
  const [start, end, step] = bounds;
  if (!start || !end || !step) return interpreter.unknown('The bounds of arange are not known.');
  const dtype = call.dtype() ?? (bounds.some((bound) => bound?.kind === 'float') ? 'f32' : 'i64');
  if ([start, end, step].every((bound) => typeof bound.value === 'number')) {
    const [from, to, by] = [Number(start.value), Number(end.value), Number(step.value)];
    if (by === 0) interpreter.raise('RuntimeError', 'step must be nonzero');
    if ((to - from) * by < 0) {
      interpreter.raise('RuntimeError', 'upper bound and larger bound inconsistent with step sign');
    }
    const count = Math.ceil((to - from) / by);
    const values = count <= maxKnown ? Array.from({ length: count }, (_, i) => from + i * by) : undefined;
    return generated(call, 'arange', [count], dtype, values);
  }
  if (step.value !== 1) return interpreter.unknown('How many numbers arange gives is not known.');
  return generated(call, 'arange', [subtractDims(end.value, start.value)], dtype);
}

function triangleIndices(call: TensorCall): Value {
  const [rows, columns, offset] = [call.integer('row'), call.integer('col'), call.integer('offset')];
  const lower = call.name === 'tril_indices';
  const ends = Array.from({ length: rows }, (_, row) => {
    const border = Math.min(columns, Math.max(0, row + offset + (lower ? 1 : 0)));
    return lower ? ([0, border] as const) : ([border, columns] as const);
  });
  const count = ends.reduce((sum, [from, to]) => sum + to - from, 0);
  if (2 * count > maxKnown) return generated(call, call.name, [2, count], call.dtype() ?? 'i64');
  const places = ends.flatMap(([from, to], row) =>
    Array.from({ length: to - from }, (_, index) => [row, from + index] as const),
  );
  const values = [...places.map(([row]) => row), ...places.map(([, column]) => column)];
  return generated(call, call.name, [2, count], call.dtype() ?? 'i64', values);
}

/** The coordinates of a grid, one tensor for each vector. With `xy` the first two dimensions change places. */
function meshgrid(call: TensorCall): Value {
  const { interpreter } = call;
  const vectors = call.tensors('tensors');
  const swap = call.has('indexing') && call.text('indexing') === 'xy' && vectors.length > 1;
  const sizes: Dim[] = vectors.map(({ type }) => {
    if (type.shape.length > 1)
      interpreter.raise('RuntimeError', 'torch.meshgrid: Expected 0D or 1D tensor in the tensor list');
    return type.shape[0] ?? 1;
  });
  const place = (index: number): number => (swap && index < 2 ? 1 - index : index);
  const shape = sizes.map((_, index) => sizes[place(index)] ?? 1);
  return tuple(
    vectors.map((vector, index) => {
      const alone = sizes.map((_, dim) => (dim === place(index) ? (sizes[index] ?? 1) : 1));
      return applyOp(interpreter, 'expand', { shape }, applyOp(interpreter, 'reshape', { shape: alone }, vector));
    }),
  );
}
