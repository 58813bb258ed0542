import { UserError } from '../errors';

/** The array of a NumPy file: a view of its bytes, and how to read them. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  readonly type: NpyType;
  /** The values, as many as `shape` says. */
  readonly data: Uint8Array;
}

export interface NpyType {
  /** b bool, i signed, u unsigned, f float, U and S text. */
  readonly kind: 'b' | 'i' | 'u' | 'f' | 'U' | 'S';
  /** Of one value. */
  readonly bytes: number;
  readonly littleEndian: boolean;
}

/**
 * Reads a .npy file of version 1, 2 or 3.
 * Source: numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * @throws UserError where it is none, not all of it, or of a kind that can't be read. `name` is for messages.
 */
export function parseNpy(bytes: Uint8Array, name: string): NpyArray {
  const header = readHeader(bytes, name);
  const descr = /['"]descr['"]\s*:\s*['"]([^'"]*)['"]/.exec(header.text)?.[1];
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(header.text)?.[1];
  const dims = /['"]shape['"]\s*:\s*\(([\d,\sL]*)\)/.exec(header.text)?.[1];
  if (descr === undefined || order === undefined || dims === undefined) {
    throw new UserError(
      `${name} has a header that can't be read${header.text.includes("'descr': [") ? ': it is a table with fields' : ''}.`,
      'Save plain arrays of numbers with numpy.save.',
    );
  }
  const type = parseType(descr, name);
  const shape = dims
    .split(',')
    .map((dim) => dim.trim().replace(/L$/, ''))
    .filter((dim) => dim !== '')
    .map(Number);
  const count = shape.reduce((product, dim) => product * dim, 1);
  const length = count * type.bytes;
  const there = bytes.length - header.end;
  if (!Number.isSafeInteger(length) || there < length) {
    throw new UserError(
      `${name} is cut short: an array of ${describeShape(shape)} needs ${length} bytes, ${there} are there.`,
      'The download or copy did not finish: fetch it again.',
    );
  }
  return { shape, fortranOrder: order === 'True', type, data: bytes.subarray(header.end, header.end + length) };
}

/** Reads value `index` of the file as a number. */
export function npyNumberReader({ data, type }: NpyArray): (index: number) => number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const { kind, bytes, littleEndian: little } = type;
  switch (`${kind}${bytes}`) {
    case 'b1':
    case 'u1':
      return (index) => data[index] ?? 0;
    case 'i1':
      return (index) => view.getInt8(index);
    case 'u2':
      return (index) => view.getUint16(2 * index, little);
    case 'i2':
      return (index) => view.getInt16(2 * index, little);
    case 'u4':
      return (index) => view.getUint32(4 * index, little);
    case 'i4':
      return (index) => view.getInt32(4 * index, little);
    case 'u8':
      return (index) => Number(view.getBigUint64(8 * index, little));
    case 'i8':
      return (index) => Number(view.getBigInt64(8 * index, little));
    case 'f2':
      return (index) => halfToNumber(view.getUint16(2 * index, little));
    case 'f4':
      return (index) => view.getFloat32(4 * index, little);
    case 'f8':
      return (index) => view.getFloat64(8 * index, little);
    default:
      throw new Error(`Values of type ${kind}${bytes} are no numbers`);
  }
}

/** Reads value `index` of an array of texts. */
export function npyTextReader({ data, type }: NpyArray): (index: number) => string {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return (index) => {
    let text = '';
    const start = index * type.bytes;
    if (type.kind === 'S') {
      const own = data.subarray(start, start + type.bytes);
      const end = own.indexOf(0);
      return new TextDecoder().decode(end < 0 ? own : own.subarray(0, end));
    }
    for (let at = start; at < start + type.bytes; at += 4) {
      const code = view.getUint32(at, type.littleEndian);
      if (code === 0) break;
      text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    }
    return text;
  };
}

export function describeShape(shape: readonly number[]): string {
  return shape.length === 0 ? 'one value' : shape.join(' × ');
}

function readHeader(bytes: Uint8Array, name: string): { text: string; end: number } {
  const isNpy = magic.every((byte, index) => bytes[index] === byte);
  if (!isNpy || bytes.length < 12) {
    throw new UserError(
      `${name} is not a NumPy array file.`,
      'Save the array with numpy.save, or fetch the file again.',
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3)
    throw new UserError(`${name} is of version ${version} of NumPy’s format; 1 to 3 are read.`);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > mostHeaderBytes || start + length > bytes.length) {
    throw new UserError(`${name} is cut short in its header.`, 'Fetch it again.');
  }
  return { text: new TextDecoder().decode(bytes.subarray(start, start + length)), end: start + length };
}

/** `\x93NUMPY` */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const mostHeaderBytes = 2 ** 16;

function parseType(descr: string, name: string): NpyType {
  const [, order = '', kind = '', size = ''] = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(descr) ?? [];
  const number = Number(size || '1');
  const isNumber = { b: [1], i: [1, 2, 4, 8], u: [1, 2, 4, 8], f: [2, 4, 8] }[kind]?.includes(number) ?? false;
  const isText = (kind === 'U' || kind === 'S') && number > 0 && number <= mostLetters;
  if (!isNumber && !isText) {
    throw new UserError(
      `${name} holds values of type ${descr === '' ? 'unknown' : descr}${kind === 'O' ? ', Python objects' : ''}, which are not read.`,
      'Save whole numbers (uint8 for images), floats or texts.',
    );
  }
  return {
    kind: kind as NpyType['kind'],
    bytes: kind === 'U' ? 4 * number : number,
    littleEndian: order !== '>',
  };
}

const mostLetters = 4096;

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
