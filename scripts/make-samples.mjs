// Draws the two data sets that ship in samples/data: `node scripts/make-samples.mjs [folder]`. The same bytes every time.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { digitSize, drawDigit } from './samples/digits.mjs';
import { encodeIdxGz, encodePng } from './samples/encode.mjs';
import { drawShape, shapeNames, shapeSize } from './samples/shapes.mjs';

/** How many drawings: of all digits together, of each shape. */
export const sampleCounts = { digits: { train: 4000, test: 1000 }, shapes: { train: 200, test: 50 } };

export async function makeSamples(folder) {
  await makeDigits(path.join(folder, 'digits'));
  await makeShapes(path.join(folder, 'shapes'));
}

async function makeDigits(folder) {
  await mkdir(folder, { recursive: true });
  for (const [split, fileWord] of [
    ['train', 'train'],
    ['test', 't10k'],
  ]) {
    const count = sampleCounts.digits[split];
    const images = new Uint8Array(count * digitSize * digitSize);
    const labels = new Uint8Array(count);
    for (let index = 0; index < count; index++) {
      const { label, pixels } = drawDigit(split, index);
      images.set(pixels, index * pixels.length);
      labels[index] = label;
    }
    const imagesFile = path.join(folder, `${fileWord}-images-idx3-ubyte.gz`);
    await writeFile(imagesFile, encodeIdxGz([count, digitSize, digitSize], images));
    await writeFile(path.join(folder, `${fileWord}-labels-idx1-ubyte.gz`), encodeIdxGz([count], labels));
  }
}

async function makeShapes(folder) {
  for (const split of ['train', 'test']) {
    for (const name of shapeNames) {
      const classFolder = path.join(folder, split, name);
      await rm(classFolder, { recursive: true, force: true });
      await mkdir(classFolder, { recursive: true });
      for (let index = 0; index < sampleCounts.shapes[split]; index++) {
        await writeFile(path.join(classFolder, shapeFileName(name, index)), shapeFile(split, name, index));
      }
    }
  }
}

export function shapeFileName(name, index) {
  return `${name}-${String(index).padStart(3, '0')}.png`;
}

export function shapeFile(split, name, index) {
  return encodePng(shapeSize, shapeSize, drawShape(split, name, index));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
  await makeSamples(path.resolve(process.argv[2] ?? path.join(root, 'samples/data')));
}
