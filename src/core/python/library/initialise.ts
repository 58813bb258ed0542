import type { Initializer } from '../../graph/graph';
import type { Interpreter } from '../runtime/interpreter';
import { native, none, string, type NativeCall, type TensorValue, type Value } from '../runtime/values';
import { optional, readArguments } from './read-arguments';

/** `torch.nn.init`: gives a parameter other first values. Formulas: PyTorch, torch.nn.init. */
export const initialisers: ReadonlyMap<string, Value> = new Map<string, Value>(
  Object.entries({
    constant_: initialiser(['tensor', 'val'], (interpreter, _, { val }) => constant(optional(interpreter, val, 0))),
    zeros_: initialiser(['tensor'], () => constant(0)),
    ones_: initialiser(['tensor'], () => constant(1)),
    normal_: initialiser(['tensor', 'mean?', 'std?', 'generator?'], (interpreter, _, { mean, std }) =>
      normal(optional(interpreter, std, 1), optional(interpreter, mean, 0)),
    ),
    trunc_normal_: initialiser(['tensor', 'mean?', 'std?', 'a?', 'b?', 'generator?'], truncatedNormal),
    uniform_: initialiser(['tensor', 'a?', 'b?', 'generator?'], (interpreter, _, { a, b }) => {
      const [low, high] = [optional(interpreter, a, 0), optional(interpreter, b, 1)];
      if (low !== -high) return interpreter.fail('init.uniform_ with bounds that are not ±a is not supported yet.');
      return uniform(high);
    }),
    xavier_uniform_: initialiser(['tensor', 'gain?', 'generator?'], (interpreter, tensor, { gain }) => {
      const { fanIn, fanOut } = fans(interpreter, tensor);
      return uniform(optional(interpreter, gain, 1) * Math.sqrt(6 / (fanIn + fanOut)));
    }),
    xavier_normal_: initialiser(['tensor', 'gain?', 'generator?'], (interpreter, tensor, { gain }) => {
      const { fanIn, fanOut } = fans(interpreter, tensor);
      return normal(optional(interpreter, gain, 1) * Math.sqrt(2 / (fanIn + fanOut)));
    }),
    kaiming_uniform_: initialiser(kaimingArguments(), (interpreter, tensor, args) =>
      uniform(Math.sqrt(3) * kaimingStd(interpreter, tensor, args)),
    ),
    kaiming_normal_: initialiser(kaimingArguments(), (interpreter, tensor, args) =>
      normal(kaimingStd(interpreter, tensor, args)),
    ),
    calculate_gain: native('calculate_gain', (interpreter, positional, keyword) => {
      const { nonlinearity = none, param } = readArguments(
        interpreter,
        'calculate_gain',
        ['nonlinearity', 'param?'],
        positional,
        keyword,
      );
      return { kind: 'float', value: gainOf(interpreter, nonlinearity, param) };
    }),
  }),
);

/** Sets a tensor's first values; only before the model runs. */
export function initialiseInPlace(interpreter: Interpreter, tensor: TensorValue, init: Initializer): TensorValue {
  if (interpreter.tracer.final) interpreter.fail('Changing a tensor in place in forward is not supported yet.');
  tensor.data = { kind: 'initial', init };
  return tensor;
}

type Values = Readonly<Record<string, Value | undefined>>;

function initialiser(
  names: readonly string[],
  build: (interpreter: Interpreter, tensor: TensorValue, args: Values) => Initializer,
): Value {
  const call: NativeCall = (interpreter, positional, keyword) => {
    const args = readArguments(interpreter, 'init', names, positional, keyword);
    const { tensor = none } = args;
    if (tensor.kind === 'unknown') return interpreter.failUnknown(tensor);
    if (tensor.kind !== 'tensor') return interpreter.raise('TypeError', 'torch.nn.init needs a tensor');
    return initialiseInPlace(interpreter, tensor, build(interpreter, tensor, args));
  };
  return native('init', call);
}

function constant(value: number): Initializer {
  return { kind: 'constant', value };
}

function uniform(bound: number): Initializer {
  return { kind: 'uniform', bound };
}

function normal(std: number, mean = 0): Initializer {
  return { kind: 'normal', mean, std };
}

/** Where the bounds lie four standard deviations out or more, cutting makes no difference worth the name (less than 1 in 10,000). */
function truncatedNormal(interpreter: Interpreter, _: TensorValue, { mean, std, a, b }: Values): Initializer {
  const [center, deviation] = [optional(interpreter, mean, 0), optional(interpreter, std, 1)];
  const margin = Math.min(center - optional(interpreter, a, -2), optional(interpreter, b, 2) - center);
  if (margin < 4 * deviation) interpreter.fail('init.trunc_normal_ with bounds this narrow is not supported yet.');
  return normal(deviation, center);
}

function kaimingArguments(): string[] {
  return ['tensor', 'a?', 'mode?', 'nonlinearity?', 'generator?'];
}

function kaimingStd(interpreter: Interpreter, tensor: TensorValue, { a, mode, nonlinearity }: Values): number {
  const { fanIn, fanOut } = fans(interpreter, tensor);
  const fan = mode?.kind === 'string' && mode.value === 'fan_out' ? fanOut : fanIn;
  return gainOf(interpreter, nonlinearity ?? string('leaky_relu'), a ?? { kind: 'integer', value: 0 }) / Math.sqrt(fan);
}

function gainOf(interpreter: Interpreter, nonlinearity: Value, parameter: Value | undefined): number {
  const name = nonlinearity.kind === 'string' ? nonlinearity.value : '';
  switch (name) {
    case 'linear':
    case 'sigmoid':
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
      return 1;
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.SQRT2;
    case 'selu':
      return 3 / 4;
    case 'leaky_relu':
      return Math.sqrt(2 / (1 + optional(interpreter, parameter, 0.01) ** 2));
    default:
      return interpreter.raise('ValueError', `Unsupported nonlinearity ${name}`);
  }
}

/** Inputs and outputs that one output and one input of a weight see. */
function fans(interpreter: Interpreter, tensor: TensorValue): { fanIn: number; fanOut: number } {
  const [out, input, ...kernel] = tensor.type.shape;
  if (typeof out !== 'number' || typeof input !== 'number') {
    return interpreter.raise(
      'ValueError',
      'Fan in and fan out can not be computed for tensor with fewer than 2 dimensions',
    );
  }
  const area = kernel.reduce<number>((product, size) => product * Number(size), 1);
  return { fanIn: input * area, fanOut: out * area };
}
