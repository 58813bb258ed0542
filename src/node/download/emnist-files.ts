import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { checkIdxPair, parseIdxImages, parseIdxLabels } from '../../core/data/idx';
import { UserError } from '../../core/errors';

/**
 * Writes one of the EMNIST sets as MNIST's files are: images upright and labels from 0. EMNIST keeps images by columns
 * (they were written by MATLAB) and counts letters from 1 (G. Cohen et al., arXiv:1702.05373; NIST's notes on the set).
 * @throws UserError where the files are not what they should be.
 */
export async function writeEmnistSet(from: string, set: string, classCount: number, to: string): Promise<void> {
  for (const [theirs, ours] of [
    ['train', 'train'],
    ['test', 't10k'],
  ] as const) {
    const imagesName = `emnist-${set}-${theirs}-images-idx3-ubyte.gz`;
    const labelsName = `emnist-${set}-${theirs}-labels-idx1-ubyte.gz`;
    const imageBytes = await unpack(join(from, imagesName));
    const images = parseIdxImages(imageBytes, imagesName);
    const labelBytes = await unpack(join(from, labelsName));
    const labels = parseIdxLabels(labelBytes, labelsName);
    checkIdxPair({ name: imagesName, count: images.count }, { name: labelsName, count: labels.length });
    if (images.height !== images.width) throw new UserError(`${imagesName} holds images that are not square.`);
    if (labels.some((label) => label < 1 || label > classCount)) {
      throw new UserError(`${labelsName} has labels that are not from 1 to ${classCount}.`, 'Fetch it again.');
    }
    // Both are views of the bytes, which are written with their headers.
    transposeImages(images.pixels, images.height);
    labels.forEach((label, index) => (labels[index] = label - 1));
    await writeFile(join(to, `${ours}-images-idx3-ubyte.gz`), await gzipAsync(imageBytes));
    await writeFile(join(to, `${ours}-labels-idx1-ubyte.gz`), await gzipAsync(labelBytes));
  }
}

const gunzipAsync = promisify(gunzip);
const gzipAsync = promisify<Uint8Array, Buffer>(gzip);

async function unpack(file: string): Promise<Uint8Array> {
  const packed = await readFile(file).catch(() => undefined);
  if (!packed) throw new UserError(`${file} is not in the archive.`, 'The archive is another one than was meant.');
  return gunzipAsync(packed, { maxOutputLength: mostBytes });
}

/** The largest of the sets has 814,255 images of 784 bytes. */
const mostBytes = 700_000_000;

/** Rows become columns, in place. `pixels` is [count, side, side]. */
function transposeImages(pixels: Uint8Array, side: number): void {
  const area = side * side;
  for (let start = 0; start < pixels.length; start += area) {
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < row; column++) {
        const [a, b] = [start + row * side + column, start + column * side + row];
        const kept = pixels[a] ?? 0;
        pixels[a] = pixels[b] ?? 0;
        pixels[b] = kept;
      }
    }
  }
}
