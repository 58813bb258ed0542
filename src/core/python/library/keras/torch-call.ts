import type { Dim } from '../../../graph/dim';
import { Arguments, type ArgumentValue } from '../../../ops/arguments';
import { OpError, OpUnsupported } from '../../../ops/op';
import { pytorchFunction } from '../../../ops/table';
import type { Interpreter } from '../../runtime/interpreter';
import { boolean, float, integer, list, none, string, type TensorValue, type Value } from '../../runtime/values';
import { SourceError } from '../../source-error';
import { addResult, nodeOf } from '../tensor-calls';
import { tensorMethod, torchFunction } from '../tensor-methods';

/** An argument of a function of the ops table; `{ dim }` is a size that may be symbolic. */
export type Operand = TensorValue | { readonly dim: Dim } | number | boolean | string | null | readonly Operand[];

/**
 * Adds what a function of PyTorch computes: Keras' layers are made of the ops that PyTorch's are made of. Keras' own checks
 * come before, so what is refused here is not known to be refused by Keras.
 */
export function torchCall(
  interpreter: Interpreter,
  name: string,
  positional: readonly Operand[],
  keyword: Readonly<Record<string, Operand>> = {},
): TensorValue {
  const [first] = torchResults(interpreter, name, positional, keyword);
  return first ?? interpreter.fail(`${name} gives no tensor.`);
}

/** All tensors that the function gives. */
export function torchResults(
  interpreter: Interpreter,
  name: string,
  positional: readonly Operand[],
  keyword: Readonly<Record<string, Operand>> = {},
): readonly TensorValue[] {
  const method = name.startsWith('torch.Tensor.') ? tensorMethod(lastName(name)) : undefined;
  const native = method ?? (/^torch\.\w+$/.test(name) ? torchFunction(lastName(name)) : undefined);
  if (native) {
    const values = positional.map(toValue);
    const given = new Map(Object.entries(keyword).map(([key, operand]) => [key, toValue(operand)]));
    const result = withoutRefusal(interpreter, () => native.call(interpreter, values, given));
    return result.kind === 'unknown' ? interpreter.failUnknown(result) : tensorsOf(result);
  }
  const binding = pytorchFunction(name);
  if (!binding) return interpreter.fail(`${shortName(name)} is not supported yet.`);
  const args = positional.map((operand) => toArgument(interpreter, operand));
  const named = new Map(Object.entries(keyword).map(([key, operand]) => [key, toArgument(interpreter, operand)]));
  return withoutRefusal(interpreter, () =>
    tensorsOf(
      addResult(interpreter, binding.build(Arguments.bind(shortName(name), binding.signature, args, named)), []),
    ),
  );
}

/** Runs what may refuse in PyTorch's name. */
export function withoutRefusal<Result>(interpreter: Interpreter, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof OpError) return interpreter.fail(error.message);
    if (error instanceof SourceError && error.refused) throw new SourceError(error.place, error.reason);
    throw error;
  }
}

/** Runs a layer's own checks: an OpError is what Keras refuses too, an OpUnsupported what is not known. */
export function checkedByKeras<Result>(interpreter: Interpreter, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof OpUnsupported) return interpreter.fail(error.message);
    if (error instanceof OpError) return interpreter.refuse(error.message, error.fix);
    throw error;
  }
}

function tensorsOf(value: Value): TensorValue[] {
  if (value.kind === 'tensor') return [value];
  return value.kind === 'tuple' || value.kind === 'list' ? value.items.flatMap(tensorsOf) : [];
}

function toArgument(interpreter: Interpreter, operand: Operand): ArgumentValue {
  if (operand === null) return { kind: 'none' };
  switch (typeof operand) {
    case 'boolean':
      return { kind: 'boolean', value: operand };
    case 'string':
      return { kind: 'string', value: operand };
    case 'number':
      return Number.isInteger(operand) ? { kind: 'integer', value: operand } : { kind: 'float', value: operand };
    default:
  }
  if (isSequence(operand)) return { kind: 'sequence', items: operand.map((item) => toArgument(interpreter, item)) };
  if ('dim' in operand) return { kind: 'integer', value: operand.dim };
  return { kind: 'tensor', tensor: nodeOf(interpreter, operand) };
}

function toValue(operand: Operand): Value {
  if (operand === null) return none;
  switch (typeof operand) {
    case 'boolean':
      return boolean(operand);
    case 'string':
      return string(operand);
    case 'number':
      return Number.isInteger(operand) ? integer(operand) : float(operand);
    default:
  }
  if (isSequence(operand)) return list(operand.map(toValue));
  return 'dim' in operand ? integer(operand.dim) : operand;
}

function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function isSequence(operand: Operand): operand is readonly Operand[] {
  return Array.isArray(operand);
}

function shortName(name: string): string {
  return name.replace('torch.nn.functional.', 'F.');
}
