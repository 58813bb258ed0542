import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseIdxImages, parseIdxLabels } from '../../../src/core/data/idx';
import { countLabels } from '../../../src/core/data/splits';

const root = path.join(import.meta.dirname, '../../..');
const samples = path.join(root, 'samples/data');

/** The drawing scripts are plain JavaScript: this is what they export. */
interface DigitScript {
  readonly drawDigit: (split: string, index: number) => { label: number; pixels: Uint8Array };
}
interface SampleScript {
  readonly sampleCounts: { digits: { train: number; test: number }; shapes: { train: number; test: number } };
  readonly shapeFileName: (name: string, index: number) => string;
  readonly shapeFile: (split: string, name: string, index: number) => Uint8Array;
}
interface EncodeScript {
  readonly encodeIdxGz: (dims: readonly number[], values: Uint8Array) => Uint8Array;
}

async function script<T>(file: string): Promise<T> {
  return (await import(pathToFileURL(path.join(root, 'scripts', file)).href)) as T;
}

test.each([
  ['train', 'train', 4000],
  ['test', 't10k', 1000],
])('the script draws the digits of %s as they are kept', async (split, word, count) => {
  const { drawDigit } = await script<DigitScript>('samples/digits.mjs');
  const { encodeIdxGz } = await script<EncodeScript>('samples/encode.mjs');
  const imagesFile = readFileSync(path.join(samples, `digits/${word}-images-idx3-ubyte.gz`));
  const labelsFile = readFileSync(path.join(samples, `digits/${word}-labels-idx1-ubyte.gz`));
  const images = parseIdxImages(gunzipSync(imagesFile), 'images');
  const labels = parseIdxLabels(gunzipSync(labelsFile), 'labels');
  expect([images.count, images.height, images.width, labels.length]).toEqual([count, 28, 28, count]);
  expect(countLabels(labels, 10)).toEqual(new Array(10).fill(count / 10));
  for (let index = 0; index < count; index += 97) {
    const { label, pixels } = drawDigit(split, index);
    expect(labels[index]).toBe(label);
    expect(Buffer.compare(pixels, images.pixels.subarray(index * 784, (index + 1) * 784))).toBe(0);
  }
  expect(Buffer.compare(encodeIdxGz([count], labels), labelsFile)).toBe(0);
});

test('the script makes the files of the shapes as they are kept', async () => {
  const { sampleCounts, shapeFile, shapeFileName } = await script<SampleScript>('make-samples.mjs');
  for (const name of ['circle', 'cross', 'heart', 'moon', 'ring', 'square', 'star', 'triangle']) {
    for (const split of ['train', 'test'] as const) {
      for (const index of [0, 17, sampleCounts.shapes[split] - 1]) {
        const file = path.join(samples, 'shapes', split, name, shapeFileName(name, index));
        expect(Buffer.compare(shapeFile(split, name, index), readFileSync(file)), file).toBe(0);
      }
    }
  }
});
