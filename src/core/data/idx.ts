import { UserError } from '../errors';

/**
 * The array in an IDX file (the format of MNIST): two zero bytes, a type code, the number of dimensions, each dimension
 * as a big-endian uint32, then the values, last dimension fastest. Only unsigned bytes (type 0x08) are read.
 * `data` is a view of `bytes`. `name` is for messages.
 *
 * Source: "The IDX file format", Y. LeCun, C. Cortes, C. Burges: The MNIST database of handwritten digits.
 * @throws UserError where the bytes are not such a file, or not all of it.
 */
export function parseIdx(bytes: Uint8Array, name: string): IdxArray {
  if (bytes.length < 4) throw truncated(name, 4, bytes.length);
  const [zero0 = 0, zero1 = 0, type = 0, rank = 0] = bytes;
  if (zero0 !== 0 || zero1 !== 0 || !(type in typeNames)) {
    const magic = [zero0, zero1, type, rank].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new UserError(
      `${name} is not an IDX file: it begins with ${magic}.`,
      zero0 === 0x1f && zero1 === 0x8b
        ? 'It is gzipped: give it a name that ends in .gz.'
        : 'Check that the file is what its name says, and fetch it again.',
    );
  }
  if (type !== unsignedByte) {
    throw new UserError(
      `${name} holds values of type ${typeNames[type]}; images and labels must be unsigned bytes.`,
      'Write the file again as unsigned bytes (type code 0x08).',
    );
  }
  const headerLength = 4 + 4 * rank;
  if (bytes.length < headerLength) throw truncated(name, headerLength, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dims = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = headerLength + dims.reduce((product, dim) => product * dim, 1);
  if (bytes.length < expected) throw truncated(name, expected, bytes.length);
  if (bytes.length > expected) {
    throw new UserError(
      `${name} has ${bytes.length - expected} bytes more than its header says (${describeDims(dims)}).`,
      'The file is damaged: fetch it again.',
    );
  }
  return { dims, data: bytes.subarray(headerLength) };
}

export interface IdxArray {
  readonly dims: readonly number[];
  /** Row-major. */
  readonly data: Uint8Array;
}

/** Grey images: `pixels` is [count, height, width]. */
export interface IdxImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
}

const unsignedByte = 0x08;
const typeNames: Readonly<Record<number, string>> = {
  0x08: 'unsigned byte',
  0x09: 'signed byte',
  0x0b: 'int16',
  0x0c: 'int32',
  0x0d: 'float32',
  0x0e: 'float64',
};

/** @throws UserError where the file does not hold a stack of grey images. */
export function parseIdxImages(bytes: Uint8Array, name: string): IdxImages {
  const { dims, data } = parseIdx(bytes, name);
  const [count = 0, height = 0, width = 0] = dims;
  if (dims.length !== 3) {
    throw new UserError(
      `${name} has ${dims.length} dimensions (${describeDims(dims)}); images have three: count × height × width.`,
      dims.length === 1 ? 'It looks like a file of labels: check the names.' : 'Check that it is the file of images.',
    );
  }
  if (height === 0 || width === 0) throw new UserError(`${name} holds images without pixels (${describeDims(dims)}).`);
  return { count, height, width, pixels: data };
}

/** One label, 0 to 255, for each image. @throws UserError where the file does not hold a list. */
export function parseIdxLabels(bytes: Uint8Array, name: string): Uint8Array {
  const { dims, data } = parseIdx(bytes, name);
  if (dims.length !== 1) {
    throw new UserError(
      `${name} has ${dims.length} dimensions (${describeDims(dims)}); labels have one.`,
      'Check that it is the file of labels.',
    );
  }
  return data;
}

/** @throws UserError where images and labels are not as many. */
export function checkIdxPair(images: { name: string; count: number }, labels: { name: string; count: number }): void {
  if (images.count === labels.count) return;
  throw new UserError(
    `${images.name} holds ${images.count} images, but ${labels.name} holds ${labels.count} labels.`,
    'Use the two files that belong together.',
  );
}

function describeDims(dims: readonly number[]): string {
  return dims.length === 0 ? 'none' : dims.join(' × ');
}

function truncated(name: string, expected: number, actual: number): UserError {
  return new UserError(
    `${name} is cut short: ${actual} of ${expected} bytes are there.`,
    'The download or copy did not finish: fetch it again.',
  );
}
