import { productOfDims, type Dim } from '../../graph/dim';
import type { BinaryOperator } from '../syntax/syntax';
import type { Interpreter } from '../runtime/interpreter';
import { knownInteger } from '../runtime/subscript';
import {
  integer,
  native,
  none,
  opaque,
  tuple,
  type NativeCall,
  type NativeFunctionValue,
  type TensorValue,
  type Value,
} from '../runtime/values';
import { optional, readArguments } from './read-arguments';
import { initialiseInPlace } from './initialise';
import { tensorBinary, tensorNegative } from './tensor-arithmetic';
import { applyOp, nodeOf } from './tensor-calls';
import { indexTensor } from './tensor-indexing';

type Method = (
  interpreter: Interpreter,
  self: TensorValue,
  args: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
) => Value;

/** Methods that are not single ops: sizes, parts, shapes, arithmetic. Functions of `torch` with the same names share them. */
const methods: Readonly<Record<string, Method>> = {
  size: (interpreter, self, args, keyword) => {
    const { dim } = readArguments(interpreter, 'size', ['dim?'], args, keyword);
    if (!dim || dim.kind === 'none') return tuple(self.type.shape.map(integer));
    return integer(self.type.shape[dimension(interpreter, self, dim)] ?? 1);
  },
  dim: (_, self) => integer(self.type.shape.length),
  ndimension: (_, self) => integer(self.type.shape.length),
  numel: (_, self) => integer(productOfDims(self.type.shape)),
  nelement: (_, self) => integer(productOfDims(self.type.shape)),
  __len__: (interpreter, self) =>
    integer(self.type.shape[0] ?? interpreter.raise('TypeError', 'len() of a 0-d tensor')),
  __getitem__: (interpreter, self, [index = none]) => indexTensor(interpreter, self, index),
  contiguous: (_, self) => self,
  to: (interpreter, self, args, keyword) => convert(interpreter, self, [...args, ...keyword.values()]),
  cuda: (_, self) => self,
  cpu: (_, self) => self,
  float: (interpreter, self) => convert(interpreter, self, [opaque('torch.float32')]),
  type_as: (interpreter, self, [other]) =>
    other?.kind === 'tensor' && other.type.dtype === self.type.dtype
      ? self
      : interpreter.unknown('Converting the type of a tensor is not supported yet.'),
  requires_grad_: (_, self, [flag]) => {
    self.requiresGrad = flag?.kind === 'boolean' ? flag.value : true;
    return self;
  },
  clone: (interpreter, self) =>
    self.data.kind === 'node' ? applyOp(interpreter, 'scale', { factor: 1 }, self) : { ...self },
  add: arithmetic('+'),
  sub: arithmetic('-'),
  subtract: arithmetic('-'),
  mul: arithmetic('*'),
  multiply: arithmetic('*'),
  div: arithmetic('/'),
  divide: arithmetic('/'),
  true_divide: arithmetic('/'),
  pow: arithmetic('**'),
  square: (interpreter, self) => applyOp(interpreter, 'multiply', {}, self, self),
  neg: (interpreter, self) => tensorNegative(interpreter, self),
  add_: arithmetic('+', true),
  sub_: arithmetic('-', true),
  mul_: arithmetic('*', true),
  div_: arithmetic('/', true),
  squeeze: squeeze,
  unsqueeze: (interpreter, self, args, keyword) => {
    const { dim } = readArguments(interpreter, 'unsqueeze', ['dim'], args, keyword);
    const rank = self.type.shape.length + 1;
    const at = normalized(interpreter, knownInteger(interpreter, dim ?? none, 'dim must be an int'), rank);
    return reshape(interpreter, self, [...self.type.shape.slice(0, at), 1, ...self.type.shape.slice(at)]);
  },
  view_as: (interpreter, self, [other]) =>
    other?.kind === 'tensor'
      ? reshape(interpreter, self, other.type.shape)
      : interpreter.fail('view_as needs a tensor.'),
  unflatten: (interpreter, self, args, keyword) => {
    const { dim, sizes } = readArguments(interpreter, 'unflatten', ['dim', 'sizes'], args, keyword);
    const at = dimension(interpreter, self, dim ?? none);
    const parts = interpreter.iterate(sizes ?? none).map((size): Dim => (size.kind === 'integer' ? size.value : -1));
    return reshape(interpreter, self, [...self.type.shape.slice(0, at), ...parts, ...self.type.shape.slice(at + 1)]);
  },
  chunk: (interpreter, self, args, keyword) => {
    const { chunks, dim } = readArguments(interpreter, 'chunk', ['chunks', 'dim?'], args, keyword);
    const at = dimension(interpreter, self, dim ?? integer(0));
    const size = knownSize(interpreter, self, at);
    const count = knownInteger(interpreter, chunks ?? none, 'chunks must be an int');
    return tuple(parts(interpreter, self, at, equalParts(size, Math.ceil(size / Math.max(1, count)))));
  },
  split: (interpreter, self, args, keyword) => {
    const names = ['split_size_or_sections', 'dim?'];
    const { split_size_or_sections: sections = none, dim } = readArguments(interpreter, 'split', names, args, keyword);
    const at = dimension(interpreter, self, dim ?? integer(0));
    const size = knownSize(interpreter, self, at);
    if (sections.kind === 'integer') {
      const each = knownInteger(interpreter, sections, 'split_size must be an int');
      return tuple(parts(interpreter, self, at, equalParts(size, Math.max(1, each))));
    }
    const lengths = interpreter.iterate(sections).map((item) => knownInteger(interpreter, item, 'sizes must be ints'));
    if (lengths.reduce((sum, length) => sum + length, 0) !== size) {
      interpreter.fail(`split: the sizes ${lengths.join(', ')} do not sum to ${size}.`);
    }
    return tuple(parts(interpreter, self, at, lengths));
  },
  narrow: (interpreter, self, args, keyword) => {
    const { dim, start, length } = readArguments(interpreter, 'narrow', ['dim', 'start', 'length'], args, keyword);
    return applyOp(
      interpreter,
      'slice',
      {
        dim: dimension(interpreter, self, dim ?? none),
        start: knownInteger(interpreter, start ?? none, 'start must be an int'),
        length: knownInteger(interpreter, length ?? none, 'length must be an int'),
      },
      self,
    );
  },
  mean: spatialMean,
  fill_: (interpreter, self, [value]) =>
    initialiseInPlace(interpreter, self, { kind: 'constant', value: optional(interpreter, value, 0) }),
  zero_: (interpreter, self) => initialiseInPlace(interpreter, self, { kind: 'constant', value: 0 }),
  normal_: (interpreter, self, args, keyword) => {
    const { mean, std } = readArguments(interpreter, 'normal_', ['mean?', 'std?', 'generator?'], args, keyword);
    const init = { kind: 'normal', mean: optional(interpreter, mean, 0), std: optional(interpreter, std, 1) } as const;
    return initialiseInPlace(interpreter, self, init);
  },
  uniform_: (interpreter, self, args, keyword) => {
    const { from, to } = readArguments(interpreter, 'uniform_', ['from?', 'to?', 'generator?'], args, keyword);
    const [low, high] = [optional(interpreter, from, 0), optional(interpreter, to, 1)];
    if (low !== -high) return interpreter.fail('uniform_ with bounds that are not ±a is not supported yet.');
    return initialiseInPlace(interpreter, self, { kind: 'uniform', bound: high });
  },
};

/** By name, bound by the first argument. */
export const tensorMethods: ReadonlyMap<string, NativeFunctionValue> = new Map(
  Object.entries(methods).map(([name, method]) => [name, native(name, asFunction(name, method))]),
);

function asFunction(name: string, method: Method): NativeCall {
  return (interpreter, positional, keyword) => {
    const named = keyword.get('input');
    const [self = named, ...rest] = positional;
    if (self?.kind === 'unknown') return self;
    if (self?.kind !== 'tensor')
      return interpreter.unknown(`${name}() of something else than a tensor is not supported yet.`);
    const args = positional.length === 0 ? new Map([...keyword].filter(([key]) => key !== 'input')) : keyword;
    const unknown = [...rest, ...args.values()].find((value) => value.kind === 'unknown');
    return unknown ?? method(interpreter, self, rest, args);
  };
}

function arithmetic(operator: BinaryOperator, inPlace = false): Method {
  return (interpreter, self, args, keyword) => {
    if (keyword.has('alpha') || keyword.has('rounding_mode')) {
      return interpreter.unknown('alpha and rounding_mode are not supported yet.');
    }
    const other = args[0] ?? keyword.get('other') ?? keyword.get('exponent') ?? none;
    return tensorBinary(interpreter, operator, self, other, inPlace);
  };
}

/** Devices and the type that the tensor already has change nothing. */
function convert(interpreter: Interpreter, self: TensorValue, targets: readonly Value[]): Value {
  const current =
    self.type.dtype === 'f32' ? /^torch\.(float|float32|FloatTensor)$/ : /^torch\.(long|int64|int|int32)$/;
  for (const target of targets) {
    if (target.kind === 'opaque' && target.description.startsWith('torch.') && !current.test(target.description)) {
      return interpreter.unknown(`Converting a tensor to ${target.description} is not supported yet.`);
    }
    if (target.kind === 'tensor' && target.type.dtype !== self.type.dtype) {
      return interpreter.unknown('Converting the type of a tensor is not supported yet.');
    }
  }
  return self;
}

function squeeze(
  interpreter: Interpreter,
  self: TensorValue,
  args: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  const { dim } = readArguments(interpreter, 'squeeze', ['dim?'], args, keyword);
  const { shape } = self.type;
  if (dim) {
    const at = dimension(interpreter, self, dim);
    return shape[at] === 1
      ? reshape(
          interpreter,
          self,
          shape.filter((_, index) => index !== at),
        )
      : self;
  }
  const kept = shape.filter((size) => size !== 1);
  return kept.length === shape.length ? self : reshape(interpreter, self, kept);
}

/** The mean over height and width, `x.mean([2, 3])`: global average pooling. */
function spatialMean(
  interpreter: Interpreter,
  self: TensorValue,
  args: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
): Value {
  const { dim, keepdim } = readArguments(interpreter, 'mean', ['dim?', 'keepdim?', 'dtype?'], args, keyword);
  const given =
    dim?.kind === 'tuple' || dim?.kind === 'list' ? dim.items : args.filter((item) => item.kind === 'integer');
  const dims = given.map((item) => dimension(interpreter, self, item)).sort();
  if (self.type.shape.length !== 4 || dims.length !== 2 || dims[0] !== 2 || dims[1] !== 3) {
    return interpreter.unknown('mean over dimensions other than height and width is not supported yet.');
  }
  const pooled = applyOp(interpreter, 'adaptive_avg_pool2d', { outputSize: [1, 1] }, self);
  const keep = keepdim?.kind === 'boolean' && keepdim.value;
  return keep ? pooled : reshape(interpreter, pooled, self.type.shape.slice(0, 2));
}

export function reshape(interpreter: Interpreter, self: TensorValue, shape: readonly Dim[]): TensorValue {
  if (self.data.kind === 'initial' && !shape.includes(-1))
    return { ...self, type: { ...self.type, shape: [...shape] } };
  nodeOf(interpreter, self);
  return applyOp(interpreter, 'reshape', { shape: [...shape] }, self);
}

function dimension(interpreter: Interpreter, self: TensorValue, dim: Value): number {
  return normalized(interpreter, knownInteger(interpreter, dim, 'dim must be an int'), self.type.shape.length);
}

function normalized(interpreter: Interpreter, dim: number, rank: number): number {
  const at = dim < 0 ? dim + rank : dim;
  if (at < 0 || at >= rank) {
    interpreter.raise(
      'IndexError',
      `Dimension out of range (expected to be in range of [${-rank}, ${rank - 1}], but got ${dim})`,
    );
  }
  return at;
}

function knownSize(interpreter: Interpreter, self: TensorValue, dim: number): number {
  const size = self.type.shape[dim];
  return typeof size === 'number'
    ? size
    : interpreter.fail(`Splitting a dimension of size ${size ?? '?'} is not supported yet.`);
}

function equalParts(size: number, each: number): number[] {
  const lengths: number[] = [];
  for (let start = 0; start < size; start += each) lengths.push(Math.min(each, size - start));
  return lengths;
}

function parts(interpreter: Interpreter, self: TensorValue, dim: number, lengths: readonly number[]): TensorValue[] {
  let start = 0;
  return lengths.map((length) => {
    const part = applyOp(interpreter, 'slice', { dim, start, length }, self);
    start += length;
    return part;
  });
}
