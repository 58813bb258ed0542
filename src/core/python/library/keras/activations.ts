import type { Interpreter } from '../../runtime/interpreter';
import { native, none, type TensorValue, type Value } from '../../runtime/values';
import { isKerasTensor, kerasTensor, nodeAxis, type KerasTensor } from './keras-tensor';
import { runOperation } from './symbolic';
import { torchCall, type Operand } from './torch-call';

/** What an activation makes of a tensor; undefined: nothing (linear). */
export type Activation = ((interpreter: Interpreter, input: KerasTensor) => KerasTensor) | undefined;

/** Applies it, where there is one. */
export function activate(interpreter: Interpreter, activation: Activation, input: KerasTensor): KerasTensor {
  return activation ? activation(interpreter, input) : input;
}

/** The result of a function of PyTorch that works on every element, in the layout of its input. */
export function elementwise(
  interpreter: Interpreter,
  name: string,
  input: KerasTensor,
  ...rest: readonly Operand[]
): KerasTensor {
  return kerasTensor(interpreter, torchCall(interpreter, name, [input.keras.tensor, ...rest]), input.keras.order);
}

/** Activations with their default arguments, by what PyTorch calls them. Source: keras.activations. */
const simple: Readonly<Record<string, readonly [string, ...Operand[]]>> = {
  relu: ['torch.nn.functional.relu'],
  relu6: ['torch.nn.functional.relu6'],
  sigmoid: ['torch.sigmoid'],
  tanh: ['torch.tanh'],
  elu: ['torch.nn.functional.elu', 1],
  selu: ['torch.nn.functional.selu'],
  celu: ['torch.nn.functional.celu', 1],
  gelu: ['torch.nn.functional.gelu'],
  silu: ['torch.nn.functional.silu'],
  swish: ['torch.nn.functional.silu'],
  mish: ['torch.nn.functional.mish'],
  softplus: ['torch.nn.functional.softplus'],
  softsign: ['torch.nn.functional.softsign'],
  exponential: ['torch.exp'],
  hard_sigmoid: ['torch.nn.functional.hardsigmoid'],
  hard_silu: ['torch.nn.functional.hardswish'],
  hard_swish: ['torch.nn.functional.hardswish'],
  hard_tanh: ['torch.nn.functional.hardtanh'],
  hard_shrink: ['torch.nn.functional.hardshrink', 0.5],
  soft_shrink: ['torch.nn.functional.softshrink', 0.5],
  tanh_shrink: ['torch.nn.functional.tanhshrink'],
  log_sigmoid: ['torch.nn.functional.logsigmoid'],
  leaky_relu: ['torch.nn.functional.leaky_relu', 0.2],
};

const activations = new Map<string, NonNullable<Activation>>([
  ...Object.entries(simple).map(
    ([name, [callee, ...rest]]) =>
      [
        name,
        (interpreter: Interpreter, input: KerasTensor) => elementwise(interpreter, callee, input, ...rest),
      ] as const,
  ),
  ['softmax', (interpreter, input) => alongAxis(interpreter, 'torch.nn.functional.softmax', input, -1)],
  ['log_softmax', (interpreter, input) => alongAxis(interpreter, 'torch.nn.functional.log_softmax', input, -1)],
  ['linear', (_, input) => input],
]);

/** A function of PyTorch along one axis of the shown shape. */
export function alongAxis(interpreter: Interpreter, name: string, input: KerasTensor, axis: number): KerasTensor {
  const result: TensorValue = torchCall(interpreter, name, [input.keras.tensor], { dim: nodeAxis(input, axis) });
  return kerasTensor(interpreter, result, input.keras.order);
}

/** `'relu'`, `keras.activations.relu`, `tf.nn.relu`, a layer, a function of the user's; None is linear. */
export function readActivation(interpreter: Interpreter, value: Value): Activation {
  if (value.kind === 'none') return undefined;
  if (value.kind === 'unknown') return interpreter.failUnknown(value);
  if (value.kind === 'string') {
    if (value.value === 'linear') return undefined;
    const known = activations.get(value.value);
    return known ?? interpreter.raise('ValueError', `Unknown activation function: '${value.value}'`);
  }
  const callee = value.kind === 'class' ? interpreter.call(value) : value;
  if (callee.kind === 'unknown') return interpreter.failUnknown(callee);
  if (!['function', 'native', 'instance', 'partial', 'method'].includes(callee.kind)) {
    return interpreter.raise('ValueError', 'An activation is a name, a function or a layer');
  }
  return (machine, input) => {
    const result = machine.call(callee, [input]);
    if (isKerasTensor(result)) return result;
    return result.kind === 'unknown' ? machine.failUnknown(result) : machine.fail('The activation gives no tensor.');
  };
}

/** The functions of `keras.activations`, which `tf.nn` has under the same names. */
export const activationFunctions: ReadonlyMap<string, Value> = new Map(
  [...activations].map(([name, activation]) => {
    const run = native(name, (interpreter, positional, keyword) => {
      const unknown = [...positional, ...keyword.values()].find((value) => value.kind === 'unknown');
      if (unknown) return unknown;
      return runOperation(interpreter, undefined, run.call, apply, positional, keyword);
    });
    const apply = (interpreter: Interpreter, [first]: readonly Value[], keyword: ReadonlyMap<string, Value>): Value => {
      const input = first ?? keyword.get('x') ?? keyword.get('features') ?? keyword.get('logits') ?? none;
      if (!isKerasTensor(input)) return interpreter.unknown(`${name} of this value is not supported yet.`);
      const axis = keyword.get('axis');
      if (axis?.kind === 'integer' && typeof axis.value === 'number' && name.endsWith('softmax')) {
        return alongAxis(interpreter, `torch.nn.functional.${name}`, input, axis.value);
      }
      const slope = keyword.get('alpha') ?? keyword.get('negative_slope');
      if (slope?.kind === 'float' && name === 'leaky_relu') {
        return elementwise(interpreter, 'torch.nn.functional.leaky_relu', input, slope.value);
      }
      return activation(interpreter, input);
    };
    return [name, run] as const;
  }),
);
