import type { Attributes, TensorType } from '../../graph/graph';
import type { TensorValue } from '../runtime/values';
import { moveValues } from './moved-values';

/*
 * Small tensors whose values the code says: widths of stages from `torch.linspace`, depths from `torch.diff`. What is
 * computed from them alone is known too, as PyTorch rounds it. Sizes and layers are made from such numbers.
 */

/** More are not worth following. */
const maxElements = 4096;

/** A tensor's values in row-major order, where they are known; those of parameters and buffers are not: they change. */
export function knownValues(value: TensorValue): readonly number[] | undefined {
  const { data, type } = value;
  if (value.parameter || value.changesSeen !== value.storage.changes) return undefined;
  if (data.kind !== 'initial') return data.values;
  const count = elementsOf(type);
  return data.init.kind === 'constant' && count !== undefined && count <= maxElements
    ? new Array<number>(count).fill(data.init.value)
    : undefined;
}

/** The values that an op computes from known ones; undefined where that is not followed. */
export function computeValues(
  op: string,
  attrs: Attributes,
  inputs: readonly { readonly values: readonly number[]; readonly type: TensorType }[],
  output: TensorType,
): readonly number[] | undefined {
  const count = elementsOf(output);
  const [first, second] = inputs;
  if (!first || count === undefined || count > maxElements) return undefined;
  const rounded = (values: readonly number[]): readonly number[] => values.map((value) => roundTo(output, value));
  const unary = unaryFunctions[op];
  if (unary && inputs.length === 1) return rounded(first.values.map(unary));
  const binary = binaryFunctions[op];
  if (binary && second && inputs.length === 2) {
    const [left, right] = [spread(first, output, count), spread(second, output, count)];
    return rounded(left.map((value, index) => binary(value, right[index] ?? 0)));
  }
  switch (op) {
    case 'scale':
      return rounded(first.values.map((value) => value * Number(attrs.factor)));
    case 'reshape':
    case 'flatten':
    case 'unflatten':
    case 'copy':
    case 'cast':
      return rounded(first.values);
    case 'expand':
      return spread(first, output, count);
    case 'slice':
    case 'strided_slice':
      return pick(first, output, Number(attrs.dim), Number(attrs.start), Number(attrs.step ?? 1));
    default: {
      const moved = moveValues(op, attrs, inputs, output);
      return moved && rounded(moved);
    }
  }
}

/** The shortest float64 that PyTorch's element type holds; integers lose their fraction. */
function roundTo({ dtype }: TensorType, value: number): number {
  if (dtype === 'f32') return Math.fround(value);
  if (dtype === 'bool') return Number(value !== 0);
  return dtype === 'i64' || dtype === 'i32' ? Math.trunc(value) : value;
}

function elementsOf({ shape }: TensorType): number | undefined {
  let count = 1;
  for (const size of shape) {
    if (typeof size !== 'number') return undefined;
    count *= size;
  }
  return count;
}

type Known = { readonly values: readonly number[]; readonly type: TensorType };

/** The values as they are seen under a larger shape. */
function spread({ values, type }: Known, output: TensorType, count: number): number[] {
  const sizes = output.shape.map(Number);
  const strides = stridesOf(type.shape.map(Number));
  const offset = sizes.length - type.shape.length;
  return Array.from({ length: count }, (_, index) => {
    let rest = index;
    let at = 0;
    for (let dim = sizes.length - 1; dim >= 0; dim--) {
      const size = sizes[dim] ?? 1;
      if (dim >= offset && type.shape[dim - offset] !== 1) at += (rest % size) * (strides[dim - offset] ?? 0);
      rest = Math.floor(rest / size);
    }
    return values[at] ?? 0;
  });
}

function pick({ values, type }: Known, output: TensorType, dim: number, start: number, step: number): number[] {
  const from = type.shape.map(Number);
  const inner = from.slice(dim + 1).reduce((product, size) => product * size, 1);
  const outer = from.slice(0, dim).reduce((product, size) => product * size, 1);
  const length = Number(output.shape[dim] ?? 1);
  const picked: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < length; i++) {
      const at = (o * (from[dim] ?? 1) + start + i * step) * inner;
      picked.push(...values.slice(at, at + inner));
    }
  }
  return picked;
}

function stridesOf(sizes: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (let dim = sizes.length - 1; dim >= 0; dim--) {
    strides[dim] = stride;
    stride *= sizes[dim] ?? 1;
  }
  return strides;
}

/** To the nearest, halves to even, as PyTorch rounds. */
function roundHalfToEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}

const unaryFunctions: Readonly<Record<string, (value: number) => number>> = {
  exp: Math.exp,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sqrt: Math.sqrt,
  rsqrt: (value) => 1 / Math.sqrt(value),
  reciprocal: (value) => 1 / value,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  round: roundHalfToEven,
  sin: Math.sin,
  cos: Math.cos,
  logical_not: (value) => Number(value === 0),
};

const binaryFunctions: Readonly<Record<string, (left: number, right: number) => number>> = {
  add: (left, right) => left + right,
  subtract: (left, right) => left - right,
  multiply: (left, right) => left * right,
  divide: (left, right) => left / right,
  floor_divide: (left, right) => Math.floor(left / right),
  remainder: (left, right) => left - right * Math.floor(left / right),
  power: (left, right) => left ** right,
  maximum: Math.max,
  minimum: Math.min,
  equal_to: (left, right) => Number(left === right),
  not_equal: (left, right) => Number(left !== right),
  less: (left, right) => Number(left < right),
  less_equal: (left, right) => Number(left <= right),
  greater: (left, right) => Number(left > right),
  greater_equal: (left, right) => Number(left >= right),
};
