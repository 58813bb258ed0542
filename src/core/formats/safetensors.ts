import { UserError } from '../errors';
import type { DType } from '../graph/graph';

/** A tensor as the file holds it. */
export interface SafeTensor {
  readonly dtype: SafeTensorType;
  readonly shape: readonly number[];
  /** Little-endian, row-major. */
  readonly data: Uint8Array;
}

export type SafeTensorType = keyof typeof bytesPerElement;

export interface SafeTensorsFile {
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  /** `__metadata__`: strings only. */
  readonly metadata: Readonly<Record<string, string>>;
}

const bytesPerElement = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const;
const alignment = 8;
const maxHeaderBytes = 100_000_000;

/**
 * Reads a safetensors file: u64 header length, JSON header, tensors. The data are views into `bytes`.
 * Throws a UserError that names the file and the fault. Format: huggingface/safetensors, README.
 */
export function parseSafetensors(bytes: Uint8Array, file = 'The file'): SafeTensorsFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) throw damaged(file, 'it is shorter than a header');
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > maxHeaderBytes || 8 + headerLength > bytes.length) throw damaged(file, 'its header does not fit');
  const header = parseHeader(bytes.subarray(8, 8 + headerLength), file);
  const body = bytes.subarray(8 + headerLength);
  const tensors = new Map<string, SafeTensor>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') metadata = entry as Record<string, string>;
    else tensors.set(name, parseEntry(name, entry, body, file));
  }
  return { tensors, metadata };
}

/** Writes a safetensors file; the same tensors in the same order give the same bytes. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, SafeTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  let offset = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  let text = JSON.stringify(header);
  // Padded with spaces, so that the data begin at a multiple of 8.
  const encoder = new TextEncoder();
  const padding = -encoder.encode(text).length & (alignment - 1);
  text += ' '.repeat(padding);
  const headerBytes = encoder.encode(text);
  const bytes = new Uint8Array(8 + headerBytes.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes.length), true);
  bytes.set(headerBytes, 8);
  let position = 8 + headerBytes.length;
  for (const { data } of tensors.values()) {
    bytes.set(data, position);
    position += data.byteLength;
  }
  return bytes;
}

/** A float32 tensor for writing. */
export function f32Tensor(shape: readonly number[], values: Float32Array): SafeTensor {
  return { dtype: 'F32', shape, data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

/** Whole numbers or truth values (0 and 1) for writing, as elements of their own type. */
export function integerTensor(dtype: DType, shape: readonly number[], values: ArrayLike<number>): SafeTensor {
  const type = integerTypes[dtype];
  if (!type) throw new Error(`${dtype} is no type of whole numbers`);
  const bytes = bytesPerElement[type];
  const data = new Uint8Array(bytes * values.length);
  const view = new DataView(data.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (bytes === 8) view.setBigInt64(8 * i, BigInt(value), true);
    else if (bytes === 4) view.setInt32(4 * i, value, true);
    else if (bytes === 2) view.setInt16(2 * i, value, true);
    else view.setUint8(i, value);
  }
  return { dtype: type, shape, data };
}

const integerTypes: Partial<Record<DType, 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL'>> = {
  i64: 'I64',
  i32: 'I32',
  i16: 'I16',
  i8: 'I8',
  u8: 'U8',
  bool: 'BOOL',
};

/** A 64-bit whole number without dimensions, such as num_batches_tracked. */
export function i64Scalar(value: number): SafeTensor {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setBigInt64(0, BigInt(value), true);
  return { dtype: 'I64', shape: [], data };
}

/** The values as float32; half and double precision and whole numbers are converted. */
export function toFloat32(tensor: SafeTensor): Float32Array<ArrayBuffer> {
  const { dtype, data } = tensor;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Float32Array(data.byteLength / bytesPerElement[dtype]);
  if (dtype === 'F32') {
    // The bytes as they are: machines are little-endian, as WebAssembly is.
    new Uint8Array(values.buffer).set(data);
    return values;
  }
  const read = readers[dtype];
  for (let i = 0; i < values.length; i++) values[i] = read(view, i);
  return values;
}

/** The values as 32-bit whole numbers; larger ones keep their low bits, fractions are cut off. */
export function toInt32(tensor: SafeTensor): Int32Array<ArrayBuffer> {
  const { dtype, data } = tensor;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Int32Array(data.byteLength / bytesPerElement[dtype]);
  const read = readers[dtype];
  for (let i = 0; i < values.length; i++) values[i] = read(view, i);
  return values;
}

const bits = new DataView(new ArrayBuffer(4));

const readers: Readonly<Record<SafeTensorType, (view: DataView, index: number) => number>> = {
  F64: (view, i) => view.getFloat64(8 * i, true),
  F32: (view, i) => view.getFloat32(4 * i, true),
  F16: (view, i) => halfToNumber(view.getUint16(2 * i, true)),
  BF16(view, i) {
    bits.setUint32(0, view.getUint16(2 * i, true) << 16);
    return bits.getFloat32(0);
  },
  I64: (view, i) => Number(view.getBigInt64(8 * i, true)),
  I32: (view, i) => view.getInt32(4 * i, true),
  I16: (view, i) => view.getInt16(2 * i, true),
  I8: (view, i) => view.getInt8(i),
  U8: (view, i) => view.getUint8(i),
  BOOL: (view, i) => view.getUint8(i),
};

/** IEEE 754 binary16. */
function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function parseHeader(bytes: Uint8Array, file: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>;
  } catch (cause) {
    throw damaged(file, 'its header is not JSON', cause);
  }
  throw damaged(file, 'its header is not a JSON object');
}

function parseEntry(name: string, entry: unknown, body: Uint8Array, file: string): SafeTensor {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(bytesPerElement, dtype)) {
    throw damaged(file, `tensor ${name} has the type ${String(dtype)}, which is not known`);
  }
  const type = dtype as SafeTensorType;
  const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(isSize)) throw damaged(file, `tensor ${name} has no proper shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw damaged(file, `tensor ${name} has no proper place`);
  }
  const [begin = 0, end = 0] = offsets;
  const bytes = shape.reduce((product, size) => product * size, bytesPerElement[type]);
  if (end - begin !== bytes || end > body.length) throw damaged(file, `tensor ${name} does not fit into it`);
  return { dtype: type, shape, data: body.subarray(begin, end) };
}

function damaged(file: string, why: string, cause?: unknown): UserError {
  return new UserError(`${file} is not a sound safetensors file: ${why}.`, undefined, { cause });
}
