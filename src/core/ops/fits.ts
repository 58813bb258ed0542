import { formatShape, subtractDims, type Dim } from '../graph/dim';
import type { DType, Shape, TensorType } from '../graph/graph';
import type { Arguments } from './arguments';
import { OpError, OpUnsupported, type ArgumentFix } from './op';

/** Whether two sizes are the same: symbols that differ may still stand for equal numbers. */
export function compareSizes(a: Dim, b: Dim): 'equal' | 'different' | 'unknown' {
  const difference = subtractDims(a, b);
  if (typeof difference === 'number') return difference === 0 ? 'equal' : 'different';
  return 'unknown';
}

/** Throws an OpError with `message` where the sizes differ, an OpUnsupported where that cannot be known. */
export function requireSize(found: Dim | undefined, expected: Dim, message: string, fix?: ArgumentFix): void {
  const comparison = found === undefined ? 'different' : compareSizes(found, expected);
  if (comparison === 'different') throw new OpError(message, fix);
  if (comparison === 'unknown') {
    throw new OpUnsupported(`${message} Whether ${found ?? '?'} is ${expected} is not known.`);
  }
}

/** As `requireSize`, for all sizes of a shape. */
export function requireShape(found: Shape, expected: Shape, message: string): void {
  if (found.length !== expected.length) throw new OpError(message);
  // What differs for sure decides, whatever the sizes are that are not known.
  if (found.some((size, i) => compareSizes(size, expected[i] ?? -1) === 'different')) throw new OpError(message);
  for (const [i, size] of found.entries()) requireSize(size, expected[i] ?? -1, message);
}

export function isFloat(dtype: DType): boolean {
  return !isWholeNumber(dtype) && dtype !== 'bool';
}

function isWholeNumber(dtype: DType): boolean {
  return /^[iu]\d+$/.test(dtype);
}

/** Throws an OpError for whole numbers and truth values, which PyTorch's kernel does not take. */
export function requireFloat(title: string, input: TensorType): void {
  if (isFloat(input.dtype)) return;
  throw new OpError(`${title} expects floating-point numbers, its input is of type ${pytorchName(input.dtype)}.`);
}

/** `torch.int64` for `i64`. */
export function pytorchName(dtype: DType): string {
  return `torch.${dtype === 'bool' ? 'bool' : dtype.replace(/^bf/, 'bfloat').replace(/^f/, 'float').replace(/^u/, 'uint').replace(/^i/, 'int')}`;
}

/** The type named by an argument such as `dtype=torch.float32`; undefined for None. */
export function readDtype(args: Arguments, name: string): DType | undefined {
  const value = args.value(name);
  if (value.kind === 'none') return undefined;
  if (value.kind !== 'other') throw new OpError(`${name} must be a torch.dtype.`);
  const dtype = dtypes.get(value.description);
  if (!dtype) throw new OpUnsupported(`${name}=${value.description} is not supported yet.`);
  return dtype;
}

const dtypes: ReadonlyMap<string, DType> = new Map([
  ['torch.float', 'f32'],
  ['torch.float32', 'f32'],
  ['torch.long', 'i64'],
  ['torch.int64', 'i64'],
  ['torch.int', 'i32'],
  ['torch.int32', 'i32'],
  ['torch.bool', 'bool'],
]);

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
