import { createHash } from 'node:crypto';
import type { Dataset } from '../../core/data/dataset';
import { convertChannels } from '../../core/data/image';
import { writePlanes } from '../../core/data/image';
import { checkIdxPair, type IdxImages, parseIdxImages, parseIdxLabels } from '../../core/data/idx';
import { resizeBilinear } from '../../core/data/resize';
import { UserError } from '../../core/errors';
import { type IdxSource, readIdxFile } from '../../node/data/idx-files';
import { allocateDatasetBuffer, viewSplits } from './dataset-buffer';
import type { ImageSize } from './decode-image';

/**
 * Reads a data set of IDX files. Label k is class k, named by its number, up to the highest that occurs.
 * `size`: images are resized to it where it is given; else they stay as they are.
 * @throws UserError where a file is not what it says or the files do not belong together.
 */
export async function loadIdx(source: IdxSource, size: ImageSize | undefined, signal?: AbortSignal): Promise<Dataset> {
  const hash = createHash('sha256');
  const parts: { name: 'train' | 'val' | 'test'; images: IdxImages; labels: Uint8Array }[] = [];
  for (const split of source.splits) {
    signal?.throwIfAborted();
    const imageBytes = await readIdxFile(split.images);
    const labelBytes = await readIdxFile(split.labels);
    const images = parseIdxImages(imageBytes, split.images);
    const labels = parseIdxLabels(labelBytes, split.labels);
    checkIdxPair({ name: split.images, count: images.count }, { name: split.labels, count: labels.length });
    // The headers are hashed too, so that no bytes can pass from one file to the next unseen.
    hash.update(split.name).update(imageBytes).update(labelBytes);
    parts.push({ name: split.name, images, labels });
  }
  const [first] = parts;
  if (!first || first.images.count === 0) {
    throw new UserError(`${source.path} has no training images.`, 'Choose a data set with images in it.');
  }
  for (const { name, images } of parts) {
    if (images.height === first.images.height && images.width === first.images.width) continue;
    throw new UserError(
      `${source.path} has ${first.name} images of ${first.images.width} × ${first.images.height} pixels, but ${name} images of ${images.width} × ${images.height}.`,
      'Use files that belong together.',
    );
  }
  const classCount = 1 + Math.max(...parts.map(({ labels }) => labels.reduce((a, b) => Math.max(a, b), -1)));
  if (new Set(first.labels).size < 2) {
    throw new UserError(
      `${source.path} has one class only: there is nothing to tell apart.`,
      'Use two classes at least.',
    );
  }
  const counts = parts.map(({ name, images }) => ({ name, count: images.count }));
  const outSize = size ?? { height: first.images.height, width: first.images.width, channels: 1 };
  const splits = viewSplits(allocateDatasetBuffer(counts, outSize), counts, outSize);
  for (const { name, images, labels } of parts) {
    const split = splits.get(name);
    if (!split) continue;
    split.labels.set(labels);
    copyImages(images, split.images, outSize);
  }
  const train = splits.get('train');
  if (!train) throw new Error('An IDX source without a training split');
  const val = splits.get('val');
  const test = splits.get('test');
  return {
    name: source.name,
    classes: Array.from({ length: classCount }, (_, label) => String(label)),
    ...outSize,
    train,
    ...(val && { val }),
    ...(test && { test }),
    fingerprint: hash.digest('hex'),
    skipped: [],
  };
}

function copyImages(images: IdxImages, out: Uint8Array, size: ImageSize): void {
  const { count, width, height, pixels } = images;
  if (size.channels === 1 && size.width === width && size.height === height) {
    out.set(pixels);
    return;
  }
  const imageLength = size.channels * size.height * size.width;
  for (let index = 0; index < count; index++) {
    const grey = {
      width,
      height,
      channels: 1 as const,
      pixels: pixels.subarray(index * width * height, (index + 1) * width * height),
    };
    const image = convertChannels(resizeBilinear(grey, size.width, size.height), size.channels);
    writePlanes(image, out, index * imageLength);
  }
}
