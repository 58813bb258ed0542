import type { DType } from '../../graph/graph';
import { dtypeNamed, isFloating } from '../../ops/arithmetic/promote';
import { typeName } from '../runtime/type-name';
import {
  boolean,
  float,
  integer,
  native,
  none,
  opaque,
  tensor,
  tuple,
  type ClassValue,
  type InstanceValue,
  type NativeCall,
  type Value,
} from '../runtime/values';
import type { Interpreter } from '../runtime/interpreter';
import { nativeClass, objectClass } from './native-class';
import { bytesOf } from '../../ops/arithmetic/promote';
import { dtypeValue } from './tensor-attributes';
import { fromData, madeTensor } from './tensor-data';
import { dtypeOf } from './tensor-function';

/** `torch.Tensor`, for isinstance: `Tensor(2, 3)` has sizes, `Tensor([2, 3])` values. */
export const tensorClass = nativeClass('Tensor', [objectClass], {}, typedTensor('f32'));

/** `torch.nn.Parameter` */
export const parameterClass = nativeClass('Parameter', [tensorClass], {}, (interpreter, positional, keyword) => {
  const data = positional[0] ?? keyword.get('data');
  const flag = positional[1] ?? keyword.get('requires_grad');
  if (!data || data.kind === 'none') return emptyParameter(interpreter);
  if (data.kind === 'unknown') return data;
  if (data.kind !== 'tensor')
    return interpreter.raise('TypeError', `nn.Parameter needs a tensor, not ${typeName(data)}`);
  const requiresGrad = flag?.kind !== 'boolean' || flag.value;
  if (requiresGrad && !isFloating(data.type.dtype)) {
    interpreter.raise('RuntimeError', 'Only Tensors of floating point and complex dtype can require gradients');
  }
  const reason = 'First values that are computed from other tensors are not supported yet.';
  const init = data.data.kind === 'node' ? ({ kind: 'unknown', reason, place: interpreter.place } as const) : data.data;
  return tensor(data.type, init, { parameter: true, requiresGrad });
});

function emptyParameter(interpreter: Interpreter): Value {
  const made = madeTensor(interpreter, [0], 'f32', { kind: 'constant', value: 0 });
  return tensor(made.type, made.data, { parameter: true, requiresGrad: true });
}

/** `torch.FloatTensor` and its like: of sizes, or of values. */
function typedTensor(dtype: DType): NativeCall {
  return (interpreter, positional) => {
    const [first] = positional;
    if (first?.kind === 'unknown') return first;
    if (first && first.kind !== 'integer') return fromData(interpreter, first, dtype);
    const shape = positional.map((size) =>
      size.kind === 'integer' ? size.value : interpreter.raise('TypeError', 'the sizes of a tensor must be ints'),
    );
    return madeTensor(interpreter, positional.length === 0 ? [0] : shape, dtype, undefined);
  };
}

/** A guard that is entered by `with`, decorates, and counts how deep gradients are off. */
function guardClass(name: string, depth: (self: InstanceValue | undefined) => number): ClassValue {
  const selfOf = (value: Value | undefined): InstanceValue | undefined =>
    value?.kind === 'instance' ? value : undefined;
  return nativeClass(name, [objectClass], {
    __enter__: (interpreter, [self]) => {
      interpreter.withoutGradient += depth(selfOf(self));
      return none;
    },
    __exit__: (interpreter, [self]) => {
      interpreter.withoutGradient -= depth(selfOf(self));
      return none;
    },
    __call__: (_, [, decorated = none]) => decorated,
  });
}

function guardInstance(interpreter: Interpreter, guard: ClassValue, attributes: [string, Value][] = []): InstanceValue {
  return {
    kind: 'instance',
    class: guard,
    attributes: new Map(attributes),
    module: undefined,
    place: interpreter.place,
  };
}

/** `with torch.no_grad():` and `@torch.no_grad()`; `depth` is 0 where gradients stay on. */
function gradientGuard(name: string, depth: number): NativeCall {
  const guard = guardClass(name, () => depth);
  return (interpreter, [decorated]) =>
    // `@torch.no_grad` without brackets.
    decorated?.kind === 'function' ? decorated : guardInstance(interpreter, guard);
}

/** `torch.set_grad_enabled(False)`: off from the call on, and for a `with` until its end. */
const setGradEnabled: NativeCall = (interpreter, [flag = none]) => {
  if (flag.kind === 'unknown') return flag;
  if (flag.kind === 'training') return guardInstance(interpreter, keptGuard);
  return guardInstance(interpreter, flag.kind === 'boolean' && !flag.value ? offGuard : keptGuard);
};
const offGuard = guardClass('set_grad_enabled', () => 1);
const keptGuard = guardClass('set_grad_enabled', () => 0);

const limitsClass = nativeClass('finfo', [objectClass]);

interface FloatLimits {
  readonly max: number;
  readonly eps: number;
  readonly tiny: number;
  readonly resolution: number;
}

/** Source: IEEE 754-2019 for f16, f32 and f64; bf16 has the exponent of f32 and 7 bits of fraction. */
const floatLimits: Partial<Record<DType, FloatLimits>> = {
  f16: { max: 65504, eps: 2 ** -10, tiny: 2 ** -14, resolution: 1e-3 },
  bf16: { max: (2 - 2 ** -7) * 2 ** 127, eps: 2 ** -7, tiny: 2 ** -126, resolution: 1e-2 },
  f32: { max: (2 - 2 ** -23) * 2 ** 127, eps: 2 ** -23, tiny: 2 ** -126, resolution: 1e-6 },
  f64: { max: Number.MAX_VALUE, eps: Number.EPSILON, tiny: 2 ** -1022, resolution: 1e-15 },
};

const finfo: NativeCall = (interpreter, [type]) => {
  const dtype = type ? dtypeOf(interpreter, type) : 'f32';
  const limits = floatLimits[dtype];
  if (!limits) return interpreter.raise('TypeError', 'torch.finfo() requires a floating point input type');
  const attributes: [string, Value][] = [
    ['max', float(limits.max)],
    ['min', float(-limits.max)],
    ['eps', float(limits.eps)],
    ['tiny', float(limits.tiny)],
    ['smallest_normal', float(limits.tiny)],
    ['resolution', float(limits.resolution)],
    ['bits', integer(8 * bytesOf(dtype))],
  ];
  return guardInstance(interpreter, limitsClass, attributes);
};

const iinfo: NativeCall = (interpreter, [type = none]) => {
  const dtype = dtypeOf(interpreter, type);
  if (isFloating(dtype) || dtype === 'bool') {
    return interpreter.raise('TypeError', 'torch.iinfo() requires an integer input type');
  }
  const bits = 8 * bytesOf(dtype);
  const signed = dtype !== 'u8';
  const [low, high] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  const whole = (value: number): Value =>
    Number.isSafeInteger(value) ? integer(value) : interpreter.unknown('This number is too large.');
  return guardInstance(interpreter, limitsClass, [
    ['max', whole(high)],
    ['min', whole(low)],
    ['bits', integer(bits)],
  ]);
};

const dtypeNames = [
  ['float', 'float32', 'float16', 'half', 'double', 'float64', 'bfloat16'],
  ['long', 'int64', 'int', 'int32', 'short', 'int16', 'int8', 'uint8', 'bool'],
].flat();

const typedTensors: readonly (readonly [string, DType])[] = [
  ['DoubleTensor', 'f64'],
  ['HalfTensor', 'f16'],
  ['BFloat16Tensor', 'bf16'],
  ['LongTensor', 'i64'],
  ['IntTensor', 'i32'],
  ['ShortTensor', 'i16'],
  ['CharTensor', 'i8'],
  ['ByteTensor', 'u8'],
  ['BoolTensor', 'bool'],
];

/** Names of `torch` that are no functions of tensors. */
export const tensorNamespace: readonly (readonly [string, Value])[] = [
  ['Tensor', tensorClass],
  ['FloatTensor', tensorClass],
  ...typedTensors.map(([name, dtype]) => [name, native(name, typedTensor(dtype))] as const),
  ['no_grad', native('no_grad', gradientGuard('no_grad', 1))],
  ['inference_mode', native('inference_mode', gradientGuard('inference_mode', 1))],
  ['enable_grad', native('enable_grad', gradientGuard('enable_grad', 0))],
  ['autocast', native('autocast', gradientGuard('autocast', 0))],
  ['set_grad_enabled', native('set_grad_enabled', setGradEnabled)],
  [
    'is_grad_enabled',
    native('is_grad_enabled', (interpreter) =>
      interpreter.withoutGradient > 0
        ? boolean(false)
        : interpreter.unknown('Whether gradients are on depends on how the model is run.'),
    ),
  ],
  [
    'Size',
    native('Size', (interpreter, [sizes = tuple([])]) =>
      sizes.kind === 'unknown' ? sizes : tuple(interpreter.iterate(sizes)),
    ),
  ],
  ['device', native('device', () => opaque('a device'))],
  ['manual_seed', native('manual_seed', () => none)],
  ['compile', native('compile', (_, [model]) => model ?? native('compile', (__, [later = none]) => later))],
  ['get_default_dtype', native('get_default_dtype', () => opaque('torch.float32'))],
  ['finfo', native('finfo', finfo)],
  ['iinfo', native('iinfo', iinfo)],
  ['inf', float(Infinity)],
  ['nan', float(NaN)],
  ['pi', float(Math.PI)],
  ['e', float(Math.E)],
  // A dtype has several names; it is one value.
  ...dtypeNames.map((name) => [name, dtypeValue(dtypeNamed(name) ?? 'f32')] as const),
  ...[
    'complex64',
    'complex128',
    'strided',
    'dtype',
    'channels_last',
    'channels_last_3d',
    'contiguous_format',
    'preserve_format',
    'Generator',
  ].map((name) => [name, opaque(`torch.${name}`)] as const),
];
