import { formatShape } from '../graph/dim';
import type { DType, Shape, TensorType } from '../graph/graph';
import { dtypeName, dtypeNamed, isFloating } from './arithmetic/promote';
import type { Arguments } from './arguments';
import { OpError, OpUnsupported, type ArgumentFix } from './op';
import { requireEqual, surelyDiffer } from './shapes';

/** Throws an OpError where shapes differ, an OpUnsupported where that depends on the size of the input. */
export function requireShape(found: Shape, expected: Shape, message: string, fix?: ArgumentFix): void {
  // What differs for sure decides, whatever the sizes are that are not known.
  if (found.length !== expected.length || found.some((size, i) => surelyDiffer(size, expected[i] ?? -1))) {
    throw new OpError(message, fix);
  }
  for (const [i, size] of found.entries()) requireEqual(size, expected[i] ?? -1, message);
}

/** Throws an OpError for whole numbers and truth values, which PyTorch's kernel does not take. */
export function requireFloat(title: string, input: TensorType): void {
  if (isFloating(input.dtype)) return;
  throw new OpError(`${title} expects floating-point numbers, its input is of type torch.${dtypeName(input.dtype)}.`);
}

/** The type named by an argument such as `dtype=torch.float32`; undefined for None. */
export function readDtype(args: Arguments, name: string): DType | undefined {
  const value = args.value(name);
  if (value.kind === 'none') return undefined;
  if (value.kind !== 'other') throw new OpError(`${name} must be a torch.dtype.`);
  const dtype = dtypeNamed(value.description.replace(/^torch\./, ''));
  if (!dtype) throw new OpUnsupported(`${name}=${value.description} is not supported yet.`);
  return dtype;
}

/** An argument that numbers a dimension: an int, where PyTorch takes no bool. */
export function readDimension(args: Arguments, name: string): number {
  if (args.value(name).kind === 'boolean') throw new OpError(`${name} must be an int, not a bool.`);
  return args.integer(name);
}

/** Throws an OpError where the tensor has another number of dimensions. */
export function requireRank(title: string, input: TensorType, ranks: readonly number[]): void {
  const { shape } = input;
  if (ranks.includes(shape.length)) return;
  throw new OpError(
    `${title} expects an input of ${ranks.join(' or ')} dimensions, got ${shape.length}: shape ${formatShape(shape)}.`,
  );
}
