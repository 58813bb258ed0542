import { elementCount, productOfDims } from '../../graph/dim';
import type { DType, Initializer } from '../../graph/graph';
import { broadcastShapes } from '../../ops/arithmetic/broadcast';
import { bytesOf, dtypeName, dtypeNamed, isFloating, promoteTypes } from '../../ops/arithmetic/promote';
import type { RandomDistribution } from '../../ops/arithmetic/random';
import type { Interpreter } from '../runtime/interpreter';
import {
  boolean,
  float,
  integer,
  list,
  none,
  opaque,
  string,
  tuple,
  type NativeFunctionValue,
  type TensorValue,
  type Value,
} from '../runtime/values';
import { creationFunctions } from './tensor-creation';
import { defineFunctions, dtypeOf, type TensorCall, type TensorFunctions } from './tensor-function';
import { indexTensor } from './tensor-indexing';
import { initialiseInPlace } from './initialise';
import { knownValues } from './known-values';
import { isOperand, scalar } from './tensor-arithmetic';
import { addNode, applyOp, checked } from './tensor-calls';
import { mathFunctions } from './tensor-math';
import { rareFunctions } from './tensor-rare';
import { partFunctions } from './tensor-parts';
import { productFunctions } from './tensor-products';
import { linalgFunctions, reductionFunctions } from './tensor-reductions';
import { shapeFunctions } from './tensor-shapes';
import { copyInto, isContiguous, unshared, viewsAnother } from './tensor-views';

const valuesUnknown = "A tensor's values are not known before the model runs.";

/** What a tensor is, and its conversions. */
const queries: TensorFunctions = {
  'Tensor.size(input, dim=None)': (call) =>
    call.has('dim') ? integer(shapeOf(call)[call.dim('dim')] ?? 1) : tuple(shapeOf(call).map(integer)),
  'Tensor.dim|Tensor.ndimension(input)': (call) => integer(shapeOf(call).length),
  'numel|Tensor.nelement(input)': (call) => integer(productOfDims(shapeOf(call))),
  'Tensor.__len__(input)': (call) =>
    integer(shapeOf(call)[0] ?? call.interpreter.raise('TypeError', 'len() of a 0-d tensor')),
  'Tensor.__getitem__(input, index)': (call) => indexTensor(call.interpreter, call.input, call.value('index')),
  'is_floating_point(input)': (call) => boolean(isFloating(call.input.type.dtype)),
  'is_complex(input)': () => boolean(false),
  'is_nonzero(input)': itemOf,
  'Tensor.item|Tensor.__bool__|Tensor.__int__|Tensor.__float__|Tensor.__index__(input)': itemOf,
  'Tensor.tolist(input)': ({ interpreter, input }) => nestedValues(input) ?? interpreter.unknown(valuesUnknown),
  'Tensor.numpy(input, *, force=False)': ({ interpreter }) => interpreter.unknown(valuesUnknown),
  'Tensor.element_size(input)': (call) => integer(bytesOf(call.input.type.dtype)),
  'Tensor.is_contiguous(input, memory_format=None)': (call) =>
    isContiguous(call.input)
      ? boolean(true)
      : call.interpreter.unknown('Whether this tensor is contiguous is not known.'),
  'Tensor.get_device(input)': () => integer(-1),
  'Tensor.retain_grad(input)': () => none,
  'Tensor.register_hook(input, hook)': () => opaque('a handle of a hook'),
  'Tensor.contiguous(input, memory_format=None)': ({ interpreter, input }) =>
    isContiguous(input) ? input : unshared(interpreter, input),
  'clone(input, *, memory_format=None)': ({ interpreter, input }) => unshared(interpreter, input),
  // What is drawn or trained has no history to be cut off.
  'detach|Tensor.detach_(input)': ({ interpreter, input }) =>
    input.data.kind === 'node' && isFloating(input.type.dtype) ? applyOp(interpreter, 'detach', {}, input) : input,
  'Tensor.cpu|Tensor.pin_memory(input, memory_format=None)': ({ input }) => input,
  'Tensor.cuda(input, device=None, non_blocking=False, memory_format=None)': ({ input }) => input,
  'Tensor.requires_grad_(input, requires_grad=True)': (call) => {
    call.input.requiresGrad = call.flag('requires_grad');
    return call.input;
  },
  'Tensor.type(input, dtype=None, non_blocking=False)': (call) => {
    const wanted = call.value('dtype');
    if (wanted.kind === 'none') return string(`torch.${tensorTypes[call.input.type.dtype]}`);
    if (wanted.kind !== 'string') return cast(call, dtypeOf(call.interpreter, wanted));
    const found = Object.entries(tensorTypes).find(([, name]) => `torch.${name}` === wanted.value);
    return found
      ? cast(call, found[0] as DType)
      : call.interpreter.fail(`Tensors of ${wanted.value} are not supported yet.`);
  },
  'Tensor.type_as(input, other)': (call) => cast(call, call.tensor('other').type.dtype),
  'Tensor.float(input, memory_format=None)': (call) => cast(call, 'f32'),
  'Tensor.double(input, memory_format=None)': (call) => cast(call, 'f64'),
  'Tensor.half(input, memory_format=None)': (call) => cast(call, 'f16'),
  'Tensor.bfloat16(input, memory_format=None)': (call) => cast(call, 'bf16'),
  'Tensor.long(input, memory_format=None)': (call) => cast(call, 'i64'),
  'Tensor.int(input, memory_format=None)': (call) => cast(call, 'i32'),
  'Tensor.short(input, memory_format=None)': (call) => cast(call, 'i16'),
  'Tensor.char(input, memory_format=None)': (call) => cast(call, 'i8'),
  'Tensor.byte(input, memory_format=None)': (call) => cast(call, 'u8'),
  'Tensor.bool(input, memory_format=None)': (call) => cast(call, 'bool'),
  'Tensor.to(input, *targets, dtype=None, device=None, non_blocking=False, copy=False, memory_format=None, other=None)':
    convert,
  'Tensor.copy_(input, src, non_blocking=False)': (call) => {
    const source = call.value('src');
    return isOperand(source)
      ? copyInto(call.interpreter, call.input, scalar(call.interpreter, source, call.input.type.dtype))
      : call.wrong('src', 'Tensor');
  },
  'Tensor.fill_(input, value)': (call) => {
    const value = call.value('value');
    if (!isOperand(value)) return call.wrong('value', 'Number');
    const number = value.kind === 'tensor' ? undefined : Number(value.value);
    return refill(
      call,
      number === undefined || Number.isNaN(number) ? undefined : { kind: 'constant', value: number },
      value,
    );
  },
  'Tensor.zero_(input)': (call) => refill(call, { kind: 'constant', value: 0 }, integer(0)),
  'Tensor.normal_(input, mean=0, std=1, *, generator=None)': (call) => {
    const normal = { kind: 'normal', mean: call.number('mean'), std: call.number('std') } as const;
    return redraw(call, normal, normal);
  },
  'Tensor.uniform_(input, from=0, to=1, *, generator=None)': (call) => {
    const [low, high] = [call.number('from'), call.number('to')];
    return redraw(call, low === -high ? { kind: 'uniform', bound: high } : undefined, { kind: 'uniform', low, high });
  },
  'Tensor.bernoulli_(input, p=0.5, *, generator=None)': (call) =>
    call.value('p').kind === 'tensor'
      ? redraw(call, undefined)
      : redraw(call, undefined, { kind: 'bernoulli', p: call.number('p') }),
  'Tensor.exponential_(input, lambd=1, *, generator=None)': (call) => redraw(call, undefined),
  'Tensor.random_(input, from=None, to=None, *, generator=None)': (call) => redraw(call, undefined),
  'torch.is_tensor(obj)': (call) => boolean(call.value('obj').kind === 'tensor'),
  'torch.broadcast_shapes(*shapes)': (call) => {
    const shapes = call.interpreter
      .iterate(call.value('shapes'))
      .map((shape) =>
        (shape.kind === 'integer' ? [shape] : call.interpreter.iterate(shape)).map((size) =>
          size.kind === 'integer' ? size.value : call.wrong('shapes', 'tuple of ints'),
        ),
      );
    return tuple(checked(call.interpreter, () => broadcastShapes('broadcast_shapes', [], ...shapes)).map(integer));
  },
  'torch.promote_types(type1, type2)': (call) =>
    opaque(`torch.${dtypeName(promoteTypes(call.dtype('type1') ?? 'f32', call.dtype('type2') ?? 'f32'))}`),
};

const functions = defineFunctions(
  queries,
  creationFunctions,
  mathFunctions,
  partFunctions,
  productFunctions,
  rareFunctions,
  reductionFunctions,
  shapeFunctions,
);

const linalg = defineFunctions(linalgFunctions);

/** A method of a tensor that is more than one op. */
export function tensorMethod(name: string): NativeFunctionValue | undefined {
  return functions.get(`Tensor.${name}`);
}

/** A function of `torch` that is more than one op. */
export function torchFunction(name: string): NativeFunctionValue | undefined {
  return functions.get(`torch.${name}`);
}

/** A function of `torch.linalg`. */
export function linalgFunction(name: string): NativeFunctionValue | undefined {
  if (name === 'cross' || name === 'matmul' || name === 'diagonal') return torchFunction(name);
  return linalg.get(`torch.${name}`);
}

function shapeOf(call: TensorCall): TensorValue['type']['shape'] {
  return call.input.type.shape;
}

function itemOf(call: TensorCall): Value {
  return tensorItem(call.interpreter, call.input);
}

/** A tensor's values as lists of lists. */
function nestedValues(value: TensorValue): Value | undefined {
  const values = knownValues(value);
  if (!values) return undefined;
  const nest = (from: number, sizes: readonly number[]): Value => {
    const [size, ...inner] = sizes;
    if (size === undefined) return pythonNumber(value.type.dtype, values[from] ?? 0);
    const step = elementCount(inner);
    return list(Array.from({ length: size }, (_, index) => nest(from + index * step, inner)));
  };
  return nest(0, value.type.shape.map(Number));
}

function pythonNumber(dtype: DType, value: number): Value {
  if (dtype === 'bool') return boolean(value !== 0);
  return isFloating(dtype) ? float(value) : integer(value);
}

/** The one number of a tensor, where it is known; a tensor of several has none. */
export function tensorItem(interpreter: Interpreter, value: TensorValue): Value {
  const { type } = value;
  const count = productOfDims(type.shape);
  if (typeof count === 'number' && count !== 1) {
    interpreter.raise(
      'ValueError',
      `only one element tensors can be converted to Python scalars, this one has ${count}`,
    );
  }
  const [only] = knownValues(value) ?? [];
  return only === undefined ? interpreter.unknown(valuesUnknown) : pythonNumber(type.dtype, only);
}

const tensorTypes: Readonly<Record<DType, string>> = {
  f16: 'HalfTensor',
  bf16: 'BFloat16Tensor',
  f32: 'FloatTensor',
  f64: 'DoubleTensor',
  u8: 'ByteTensor',
  i8: 'CharTensor',
  i16: 'ShortTensor',
  i32: 'IntTensor',
  i64: 'LongTensor',
  bool: 'BoolTensor',
};

function cast(call: TensorCall, dtype: DType): TensorValue {
  return toDtype(call.interpreter, call.input, dtype);
}

function toDtype(interpreter: Interpreter, input: TensorValue, dtype: DType): TensorValue {
  return dtype === input.type.dtype ? input : applyOp(interpreter, 'cast', { dtype }, input);
}

/** Devices and memory formats change nothing that is known here. */
function convert(call: TensorCall): Value {
  const { interpreter, input } = call;
  const targets = call.value('targets');
  const given = [
    ...(targets.kind === 'tuple' ? targets.items : []),
    call.value('dtype'),
    call.value('device'),
    call.value('other'),
  ];
  let dtype: DType | undefined;
  for (const target of given) {
    if (target.kind === 'tensor') dtype = target.type.dtype;
    else if (target.kind === 'opaque' && target.description.startsWith('torch.')) {
      const name = target.description.slice('torch.'.length);
      const isDtype = dtypeNamed(name) ?? /^(complex|q?u?int|float)\d+$/.test(name);
      if (isDtype) dtype = dtypeOf(interpreter, target);
    } else if (target.kind === 'class') dtype = dtypeOf(interpreter, target);
    else if (['float', 'list', 'tuple', 'dict'].includes(target.kind)) {
      return interpreter.raise('TypeError', 'to() received an invalid combination of arguments');
    }
  }
  const converted = dtype ? toDtype(interpreter, input, dtype) : input;
  return call.flag('copy') && converted === input ? unshared(interpreter, input) : converted;
}

/** All values become one: before the model runs its first values, in forward a node. */
function refill(call: TensorCall, init: Initializer | undefined, value: Value): Value {
  const { interpreter, input } = call;
  if (!interpreter.tracer.final && init && !viewsAnother(input)) return initialiseInPlace(interpreter, input, init);
  if (!isOperand(value)) return call.wrong('value', 'Number');
  if (value.kind === 'tensor' && value.type.shape.length > 0) {
    interpreter.raise('RuntimeError', 'fill_ only supports 0-dimension value tensor');
  }
  return copyInto(interpreter, input, scalar(interpreter, value, input.type.dtype));
}

/** Random values in place: first values of a new tensor, or numbers that forward draws from a distribution. */
function redraw(call: TensorCall, init: Initializer | undefined, distribution?: RandomDistribution): Value {
  const { interpreter, input } = call;
  const drawn = distribution && isFloating(input.type.dtype) ? { distribution: { ...distribution } } : {};
  if (interpreter.tracer.final && interpreter.strict && !drawn.distribution) {
    return interpreter.fail('Changing a tensor in place in forward is not supported yet.');
  }
  if (!interpreter.tracer.final && init && !viewsAnother(input)) return initialiseInPlace(interpreter, input, init);
  if (!interpreter.tracer.final && interpreter.strict) {
    return interpreter.fail(`${call.name} with these arguments is not supported yet.`);
  }
  const { shape, dtype } = input.type;
  return copyInto(
    interpreter,
    input,
    addNode(interpreter, 'random', { function: call.name, shape: [...shape], dtype, ...drawn }, []),
  );
}
