import type { DType, Initializer } from '../../graph/graph';
import type { Dim } from '../../graph/dim';
import { pytorchFunction } from '../../ops/table';
import { shortModuleName } from '../runtime/attributes';
import type { Interpreter } from '../runtime/interpreter';
import {
  initialTensor,
  native,
  none,
  opaque,
  tensor,
  type ModuleValue,
  type NativeCall,
  type TensorValue,
  type Value,
} from '../runtime/values';
import { moduleDictClass, moduleListClass, parameterListClass, sequentialClass } from './containers';
import { initialisers } from './initialise';
import { identityClass, layerClass } from './layers';
import { moduleClass } from './module-class';
import { nativeClass, objectClass } from './native-class';
import { optional } from './read-arguments';
import { callBinding } from './tensor-calls';
import { tensorMethods } from './tensor-methods';

/** `torch.Tensor`, for isinstance. */
export const tensorClass = nativeClass('Tensor', [objectClass], {}, (interpreter, positional) =>
  create(interpreter, positional, new Map(), undefined),
);

/** `torch.nn.Parameter` */
export const parameterClass = nativeClass('Parameter', [tensorClass], {}, (interpreter, positional, keyword) => {
  const data = positional[0] ?? keyword.get('data') ?? none;
  const flag = positional[1] ?? keyword.get('requires_grad');
  if (data.kind === 'unknown') return data;
  if (data.kind !== 'tensor') return interpreter.raise('TypeError', 'nn.Parameter needs a tensor');
  const init =
    data.data.kind === 'node'
      ? ({
          kind: 'unknown',
          reason: 'First values that are computed from other tensors are not supported yet.',
          place: interpreter.place,
        } as const)
      : data.data;
  return tensor(data.type, init, { parameter: true, requiresGrad: flag?.kind !== 'boolean' || flag.value });
});

const torchNn: ModuleValue = {
  kind: 'module',
  name: 'torch.nn',
  namespace: new Map<string, Value>([
    ['Module', moduleClass],
    ['Sequential', sequentialClass],
    ['ModuleList', moduleListClass],
    ['ModuleDict', moduleDictClass],
    ['ParameterList', parameterListClass],
    ['Identity', identityClass],
    ['Parameter', parameterClass],
  ]),
  missing: layerClass,
};

const torch: ModuleValue = {
  kind: 'module',
  name: 'torch',
  namespace: new Map<string, Value>([
    ['Tensor', tensorClass],
    ['FloatTensor', tensorClass],
    ['zeros', native('zeros', (interpreter, args, keyword) => create(interpreter, args, keyword, constant(0)))],
    ['ones', native('ones', (interpreter, args, keyword) => create(interpreter, args, keyword, constant(1)))],
    ['empty', native('empty', (interpreter, args, keyword) => create(interpreter, args, keyword, undefined))],
    ['rand', native('rand', (interpreter, args, keyword) => create(interpreter, args, keyword, undefined))],
    [
      'randn',
      native('randn', (interpreter, args, keyword) =>
        create(interpreter, args, keyword, { kind: 'normal', mean: 0, std: 1 }),
      ),
    ],
    ['full', native('full', full)],
    ['zeros_like', native('zeros_like', like(constant(0)))],
    ['ones_like', native('ones_like', like(constant(1)))],
    ['randn_like', native('randn_like', like({ kind: 'normal', mean: 0, std: 1 }))],
    ['tensor', native('tensor', fromData)],
    ['no_grad', native('no_grad', gradientGuard(1))],
    ['inference_mode', native('inference_mode', gradientGuard(1))],
    ['enable_grad', native('enable_grad', gradientGuard(0))],
    ['Size', opaque('torch.Size')],
    ['device', native('device', () => opaque('a device'))],
    ['manual_seed', native('manual_seed', () => none)],
    ['compile', native('compile', (_, [model = none]) => model)],
    ['is_tensor', native('is_tensor', (_, [value = none]) => ({ kind: 'boolean', value: value.kind === 'tensor' }))],
    ...[
      'float',
      'float32',
      'float16',
      'half',
      'double',
      'float64',
      'bfloat16',
      'long',
      'int64',
      'int',
      'int32',
      'bool',
      'uint8',
      'dtype',
      'channels_last',
      'contiguous_format',
      'Generator',
    ].map((name) => [name, opaque(`torch.${name}`)] as const),
  ]),
  missing: (name) => namedFunction(`torch.${name}`) ?? tensorMethods.get(name),
};

const functional: ModuleValue = {
  kind: 'module',
  name: 'torch.nn.functional',
  namespace: new Map(),
  missing: (name) => namedFunction(`torch.nn.functional.${name}`),
};

const passThrough = native('passThrough', (_, [value = none]) => value);

/** TorchScript and tracing change nothing about what a model computes. */
const jit: ModuleValue = {
  kind: 'module',
  name: 'torch.jit',
  namespace: new Map<string, Value>([
    ...['script', 'ignore', 'unused', 'export', '_overload_method', 'script_method'].map(
      (name) => [name, passThrough] as const,
    ),
    ['is_scripting', native('is_scripting', () => ({ kind: 'boolean', value: false }))],
    ['is_tracing', native('is_tracing', () => ({ kind: 'boolean', value: false }))],
    ['annotate', native('annotate', (_, [, value = none]) => value)],
    ['Final', opaque('Final')],
  ]),
};

/** The modules of PyTorch that model code uses, by full name. */
export const torchModules: readonly ModuleValue[] = [
  torch,
  torchNn,
  functional,
  jit,
  { kind: 'module', name: 'torch.nn.init', namespace: new Map(initialisers) },
  { kind: 'module', name: 'torch.nn.parameter', namespace: new Map<string, Value>([['Parameter', parameterClass]]) },
  { kind: 'module', name: 'torch.fx', namespace: new Map<string, Value>([['wrap', native('wrap', () => none)]]) },
  {
    kind: 'module',
    name: 'torch.cuda',
    namespace: new Map<string, Value>([
      ['is_available', native('is_available', () => ({ kind: 'boolean', value: false }))],
    ]),
  },
  { kind: 'module', name: 'torch.autograd', namespace: new Map<string, Value>([['Variable', passThrough]]) },
  { kind: 'module', name: 'torch.utils', namespace: new Map() },
  { kind: 'module', name: 'torch.utils.data', namespace: new Map() },
  { kind: 'module', name: 'torch.optim', namespace: new Map() },
  { kind: 'module', name: 'torch.backends', namespace: new Map() },
  { kind: 'module', name: 'torch.backends.cudnn', namespace: new Map() },
];

function namedFunction(fullName: string): Value | undefined {
  const binding = pytorchFunction(fullName);
  if (!binding) return undefined;
  const at = fullName.lastIndexOf('.');
  const shown = `${shortModuleName(fullName.slice(0, at))}.${fullName.slice(at + 1)}`;
  return native(shown, (interpreter, positional, keyword) =>
    callBinding(interpreter, shown, binding, positional, keyword),
  );
}

function constant(value: number): Initializer {
  return { kind: 'constant', value };
}

/** A tensor of given sizes; without an initializer only its shape is known. */
function create(
  interpreter: Interpreter,
  positional: readonly Value[],
  keyword: ReadonlyMap<string, Value>,
  init: Initializer | undefined,
): Value {
  const [first] = positional;
  const given = keyword.get('size') ?? (positional.length === 1 && first?.kind !== 'integer' ? first : undefined);
  const sizes = given ? interpreter.iterate(given) : positional;
  const shape: Dim[] = [];
  for (const size of sizes) {
    if (size.kind === 'unknown') return size;
    if (size.kind !== 'integer') return interpreter.raise('TypeError', 'the sizes of a tensor must be ints');
    shape.push(size.value);
  }
  const dtype = dtypeOf(keyword.get('dtype'));
  if (!dtype) return interpreter.unknown('Tensors of this type are not supported yet.');
  const made = madeTensor(interpreter, shape, dtype, init);
  const flag = keyword.get('requires_grad');
  made.requiresGrad = flag?.kind === 'boolean' && flag.value;
  return made;
}

function madeTensor(
  interpreter: Interpreter,
  shape: readonly Dim[],
  dtype: DType,
  init: Initializer | undefined,
): TensorValue {
  if (init) return initialTensor({ shape, dtype }, init);
  const reason = 'First values of this kind are not supported yet.';
  return tensor({ shape, dtype }, { kind: 'unknown', reason, place: interpreter.place });
}

function dtypeOf(value: Value | undefined): DType | undefined {
  if (!value || value.kind === 'none') return 'f32';
  if (value.kind !== 'opaque') return undefined;
  if (/^torch\.float(32)?$/.test(value.description)) return 'f32';
  if (/^torch\.(long|int64)$/.test(value.description)) return 'i64';
  return /^torch\.int(32)?$/.test(value.description) ? 'i32' : undefined;
}

function full(interpreter: Interpreter, positional: readonly Value[], keyword: ReadonlyMap<string, Value>): Value {
  const size = positional[0] ?? keyword.get('size') ?? none;
  const fill = positional[1] ?? keyword.get('fill_value');
  return create(interpreter, [size], new Map(), constant(optional(interpreter, fill, 0)));
}

function like(init: Initializer): NativeCall {
  return (interpreter, [other = none]) => {
    if (other.kind === 'unknown') return other;
    if (other.kind !== 'tensor') return interpreter.raise('TypeError', "argument 'input' must be Tensor");
    return initialTensor(other.type, init);
  };
}

/** `torch.tensor(0.5)`, `torch.tensor([1.0, 1.0])`: known where all values are equal, else of a known shape. */
function fromData(interpreter: Interpreter, positional: readonly Value[], keyword: ReadonlyMap<string, Value>): Value {
  const values: number[] = [];
  const shape: number[] = [];
  const visit = (value: Value, depth: number): boolean => {
    if (value.kind === 'list' || value.kind === 'tuple') {
      shape[depth] ??= value.items.length;
      return shape[depth] === value.items.length && value.items.every((item) => visit(item, depth + 1));
    }
    if (value.kind !== 'float' && (value.kind !== 'integer' || typeof value.value !== 'number')) return false;
    values.push(Number(value.value));
    return true;
  };
  const [data = none] = positional;
  if (!visit(data, 0)) return interpreter.unknown('A tensor of these values is not supported yet.');
  const dtype = dtypeOf(keyword.get('dtype'));
  if (!dtype) return interpreter.unknown('Tensors of this type are not supported yet.');
  const [first = 0] = values;
  return madeTensor(interpreter, shape, dtype, values.every((value) => value === first) ? constant(first) : undefined);
}

/** `with torch.no_grad():` and `@torch.no_grad()`; `depth` is 0 where gradients stay on. */
function gradientGuard(depth: number): NativeCall {
  const guard = nativeClass('no_grad', [objectClass], {
    __enter__: (interpreter) => {
      interpreter.withoutGradient += depth;
      return none;
    },
    __exit__: (interpreter) => {
      interpreter.withoutGradient -= depth;
      return none;
    },
    __call__: (_, [, decorated = none]) => decorated,
  });
  return (interpreter, [decorated]) =>
    // `@torch.no_grad` without brackets.
    decorated ?? { kind: 'instance', class: guard, attributes: new Map(), module: undefined, place: interpreter.place };
}
