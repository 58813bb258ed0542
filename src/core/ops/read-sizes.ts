import type { Dim } from '../graph/dim';
import { describe, type Arguments, type ArgumentValue } from './arguments';
import { OpError, OpUnsupported } from './op';

/**
 * The readers of sizes (kernels, strides, paddings, output sizes). They take what PyTorch takes: whole numbers, not
 * floats, and not bools either, except where a constructor only makes a tensor of that size (`readCount`).
 * They throw an OpError that names layer, argument and value.
 */

/** An int, or a tuple of `length` ints; a tuple of one counts for all where PyTorch spreads it. */
export function readSizes(
  title: string,
  args: Arguments,
  name: string,
  length: number,
  { spreadsOne = true } = {},
): readonly number[] {
  const expected = sizesExpected(length);
  return readItems(title, args, name, length, expected, spreadsOne).map((item) => toSize(title, name, item, expected));
}

/** Like `readSizes`, and sizes may be symbolic. */
export function readDims(
  title: string,
  args: Arguments,
  name: string,
  length: number,
  { spreadsOne = true } = {},
): readonly Dim[] {
  const expected = sizesExpected(length);
  return readItems(title, args, name, length, expected, spreadsOne).map((item) => toDim(title, name, item, expected));
}

/** Like `readDims`, and None stands for the size of the input: null. */
export function readDimsOrNone(title: string, args: Arguments, name: string, length: number): readonly (Dim | null)[] {
  const expected = `${sizesExpected(length)} (or None in it)`;
  const items = readItems(title, args, name, length, expected, false);
  return items.map((item) => (item.kind === 'none' ? null : toDim(title, name, item, expected)));
}

/** One whole number. */
export function readSize(title: string, args: Arguments, name: string): number {
  return toSize(title, name, args.value(name), 'an int');
}

/** Sizes in a tuple of any length. */
export function readDimList(title: string, args: Arguments, name: string): readonly Dim[] {
  const value = args.value(name);
  if (value.kind !== 'sequence') throw refuse(title, name, value, 'a tuple of ints');
  return value.items.map((item) => toDim(title, name, item, 'a tuple of ints'));
}

/** The size of a tensor that a constructor makes, where True counts as 1. */
export function readCount(title: string, args: Arguments, name: string): number {
  const value = args.value(name);
  return value.kind === 'boolean' ? Number(value.value) : toSize(title, name, value, 'an int');
}

/** True or False and nothing else, as PyTorch's functions in C++ want it (`ceil_mode=1` is refused). */
export function readFlag(title: string, args: Arguments, name: string): boolean {
  const value = args.value(name);
  if (value.kind === 'boolean') return value.value;
  throw refuse(title, name, value, 'True or False');
}

/** Anything that Python's `if` takes: `bias=None`, `return_indices=1`. */
export function readTruth(title: string, args: Arguments, name: string): boolean {
  const value = args.value(name);
  switch (value.kind) {
    case 'boolean':
      return value.value;
    case 'none':
      return false;
    case 'float':
      return value.value !== 0;
    case 'string':
      return value.value !== '';
    case 'sequence':
      return value.items.length > 0;
    case 'integer':
      if (typeof value.value === 'number') return value.value !== 0;
      break;
    case 'tensor':
    case 'training':
    case 'other':
    case 'unknown':
  }
  throw new OpUnsupported(`${title}: whether ${name} is true is not known.`);
}

/** Throws where an element type is given that is not the usual one. */
export function requireFloat32(title: string, args: Arguments): void {
  const value = args.value('dtype');
  if (value.kind === 'none' || /^torch\.float(32)?$/.test(describe(value))) return;
  throw new OpUnsupported(`${title}: dtype=${describe(value)} is not supported yet.`);
}

function sizesExpected(length: number): string {
  return length === 1 ? 'an int or a tuple of 1 int' : `an int or a tuple of ${length} ints`;
}

function readItems(
  title: string,
  args: Arguments,
  name: string,
  length: number,
  expected: string,
  spreadsOne: boolean,
): readonly ArgumentValue[] {
  const value = args.value(name);
  if (value.kind !== 'sequence') return Array<ArgumentValue>(length).fill(value);
  const [only] = value.items;
  if (value.items.length === 1 && only && spreadsOne) return Array<ArgumentValue>(length).fill(only);
  if (value.items.length !== length) throw refuse(title, name, value, expected);
  return value.items;
}

function toSize(title: string, name: string, value: ArgumentValue, expected: string): number {
  const size = toDim(title, name, value, expected);
  if (typeof size === 'number') return size;
  throw new OpUnsupported(`${title}: ${name}=${size} depends on the size of the input; this is not supported yet.`);
}

function toDim(title: string, name: string, value: ArgumentValue, expected: string): Dim {
  if (value.kind === 'integer') return value.value;
  if (value.kind === 'unknown') throw new OpUnsupported(`${title}: ${name} is not known: ${value.reason}`);
  throw refuse(title, name, value, expected);
}

/** Bools, floats, strings, None and tuples at the wrong place are mistakes; other objects may count as ints in Python. */
function refuse(title: string, name: string, value: ArgumentValue, expected: string): OpError {
  if (value.kind === 'tensor' || value.kind === 'training' || value.kind === 'other') {
    return new OpUnsupported(`${title}: ${name}=${describe(value)} is not supported yet.`);
  }
  const whole = value.kind === 'float' && Number.isInteger(value.value);
  const hint = whole ? ' Division with / gives a float: use // or int().' : '';
  return new OpError(`${title}: ${name} must be ${expected}, got ${describe(value)}.${hint}`);
}
