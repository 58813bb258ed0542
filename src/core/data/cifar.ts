import { UserError } from '../errors';
import type { Image } from './image';

/** `cifar10`: a byte of label before each image; `cifar100`: two, coarse and fine. */
export type CifarKind = 'cifar10' | 'cifar100';

const side = 32;
const planeBytes = side * side;
const imageBytes = 3 * planeBytes;

/**
 * How many images a CIFAR binary file holds: records of the labels and 3,072 bytes, the planes of red, green and blue.
 * Source: A. Krizhevsky, "The CIFAR-10 dataset", binary version.
 * @throws UserError where its length is that of no such file. `name` is for messages.
 */
export function countCifarImages(bytes: number, kind: CifarKind, name: string): number {
  const record = recordBytes(kind);
  if (bytes > 0 && bytes % record === 0) return bytes / record;
  throw new UserError(
    `${name} has ${bytes} bytes: not a whole number of records of ${record} bytes.`,
    'The download or copy did not finish, or the file is of another kind: fetch it again.',
  );
}

/** [count] labels of a file; of CIFAR-100 the fine or the coarse ones. */
export function cifarLabels(bytes: Uint8Array, kind: CifarKind, which: 'fine' | 'coarse'): Int32Array {
  const record = recordBytes(kind);
  const at = kind === 'cifar100' && which === 'fine' ? 1 : 0;
  return Int32Array.from({ length: Math.floor(bytes.length / record) }, (_, index) => bytes[index * record + at] ?? 0);
}

export function cifarImage(bytes: Uint8Array, kind: CifarKind, index: number): Image {
  const record = recordBytes(kind);
  const start = index * record + record - imageBytes;
  const pixels = new Uint8Array(imageBytes);
  for (let i = 0, from = start; i < imageBytes; i += 3, from++) {
    pixels[i] = bytes[from] ?? 0;
    pixels[i + 1] = bytes[from + planeBytes] ?? 0;
    pixels[i + 2] = bytes[from + 2 * planeBytes] ?? 0;
  }
  return { width: side, height: side, channels: 3, pixels };
}

function recordBytes(kind: CifarKind): number {
  return imageBytes + (kind === 'cifar10' ? 1 : 2);
}
