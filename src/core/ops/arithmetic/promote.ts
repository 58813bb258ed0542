import type { DType, TensorType } from '../../graph/graph';

/** The dtype that holds the values of both. Source: PyTorch, Tensor Attributes, type promotion. */
export function promoteTypes(a: DType, b: DType): DType {
  if (a === b) return a;
  const [low, high] = rank[a] < rank[b] ? [a, b] : [b, a];
  if (low === 'f16' && high === 'bf16') return 'f32';
  return low === 'u8' && high === 'i8' ? 'i16' : high;
}

/** By what they can hold; f16 and bf16, and u8 and i8, hold nothing of each other. */
const rank: Readonly<Record<DType, number>> = {
  bool: 0,
  u8: 1,
  i8: 2,
  i16: 3,
  i32: 4,
  i64: 5,
  f16: 6,
  bf16: 7,
  f32: 8,
  f64: 9,
};

/** Truth values, whole numbers, floats: numbers of a lower category never change the dtype of a higher one. */
export function categoryOf(dtype: DType): 0 | 1 | 2 {
  if (dtype === 'bool') return 0;
  return isFloating(dtype) ? 2 : 1;
}

export function isFloating(dtype: DType): boolean {
  return dtype === 'f16' || dtype === 'bf16' || dtype === 'f32' || dtype === 'f64';
}

/** dtype of a result of several tensors: those without dimensions only count where they are of a higher category. */
export function resultDtype(inputs: readonly TensorType[]): DType {
  const all = (types: readonly TensorType[]): DType | undefined =>
    types.map((type) => type.dtype).reduce<DType | undefined>((a, b) => (a ? promoteTypes(a, b) : b), undefined);
  const dimensioned = all(inputs.filter((type) => type.shape.length > 0));
  const scalars = all(inputs.filter((type) => type.shape.length === 0));
  if (!dimensioned || !scalars) return dimensioned ?? scalars ?? 'f32';
  return categoryOf(scalars) > categoryOf(dimensioned) ? promoteTypes(dimensioned, scalars) : dimensioned;
}

/** What a function with real results (exp, a quotient) makes of it: floats stay, the rest becomes f32. */
export function floatDtype(dtype: DType): DType {
  return isFloating(dtype) ? dtype : 'f32';
}

const names: Readonly<Record<DType, string>> = {
  bool: 'bool',
  u8: 'uint8',
  i8: 'int8',
  i16: 'int16',
  i32: 'int32',
  i64: 'int64',
  f16: 'float16',
  bf16: 'bfloat16',
  f32: 'float32',
  f64: 'float64',
};

/** PyTorch's name without `torch.`: `float32`. */
export function dtypeName(dtype: DType): string {
  return names[dtype];
}

/** The dtype of that name; `float`, `long` and the like count too. */
export function dtypeNamed(name: string): DType | undefined {
  const found = (Object.keys(names) as DType[]).find((dtype) => names[dtype] === name);
  return found ?? aliases.get(name);
}

const aliases: ReadonlyMap<string, DType> = new Map<string, DType>([
  ['float', 'f32'],
  ['half', 'f16'],
  ['double', 'f64'],
  ['long', 'i64'],
  ['int', 'i32'],
  ['short', 'i16'],
]);

/** Bytes of one element. */
export function bytesOf(dtype: DType): number {
  const bits = /\d+/.exec(dtype)?.[0];
  return bits === undefined ? 1 : Number(bits) / 8;
}
