import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import sharp from 'sharp';
import { decodeBmp, isBmp, readBmpHeader } from '../../core/data/bmp';
import { hashLength } from '../../core/data/hygiene/find-duplicates';
import { pixelKinds } from '../../core/data/hygiene/find-odd-items';
import { measureImage } from '../../core/data/hygiene/measure-image';
import { chromaSide, sketchImage, sketchLength, sketchSide } from '../../core/data/hygiene/sketch-image';
import type { Image } from '../../core/data/image';
import { decodeBytes, explainFailure, sharpOptions } from '../data/decode-image';
import { ImageError } from '../data/image-error';
import { mapParallel } from '../data/map-parallel';
import type { ItemSource } from '../data/open-items';
import type { RunningTask } from '../inspection/tasks';
import { allocateScan, readStoredScan, writeStoredScan, type ScanColumns, type StoredScan } from './stored-scan';
import { readItem } from './thumbnail-service';

/**
 * Looks at every image of a data set once, several at a time; or takes what is kept of it. In memory there are only the images that
 * are being decoded, and about 1.3 kB for each that was.
 * @throws UserError where it is cancelled.
 */
export async function scanDataset(source: ItemSource, running: RunningTask): Promise<StoredScan> {
  const kept = await readStoredScan(source);
  if (kept?.count === source.items.count) return kept;
  const { count } = source.items;
  const columns = allocateScan(count);
  const failures = new Map<number, string>();
  let lasting = true;
  let done = 0;
  const look = async (index: number): Promise<void> => {
    try {
      await lookAt(source, index, columns);
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      lasting &&= error.lasting;
      failures.set(index, error.message);
    }
    await running.checkpoint(++done, count);
  };
  await mapParallel(count, decodesAtOnce, look, running.signal);
  const scan = { count, columns, failures: new Map([...failures].sort(([a], [b]) => a - b)) };
  // What failed for want of a file handle or a permission may be there the next time. What can't be kept is made again.
  if (lasting) await writeStoredScan(source, scan).catch(() => undefined);
  return scan;
}

const decodesAtOnce = 2 * Math.max(2, Math.min(8, availableParallelism()));

async function lookAt(source: ItemSource, index: number, columns: ScanColumns): Promise<void> {
  const contents = await readItem(source, index);
  if (contents.kind === 'encoded') {
    columns.bytes[index] = contents.bytes.length;
    columns.contentHashes.set(hashOf(contents.bytes), index * hashLength);
  } else {
    columns.bytes[index] = contents.image.pixels.length;
  }
  const { image, channels, kinds } = await decode(contents);
  const { width, height, pixels } = image;
  const { means, deviations, histogram } = measureImage(image);
  const sketch = sketchImage(image);
  columns.widths[index] = width;
  columns.heights[index] = height;
  columns.channels[index] = channels;
  columns.kinds[index] = kinds | (isColorless(sketch) ? pixelKinds.colorless : 0);
  columns.means.set(means, 3 * index);
  columns.deviations.set(deviations, 3 * index);
  columns.sketches.set(sketch, index * sketchLength);
  columns.pixelHashes.set(hashOf(pixels, `${width} ${height} ${image.channels} `), index * hashLength);
  const from = (source.items.splits[index] ?? 0) * histogram.length;
  for (let i = 0; i < histogram.length; i++) {
    columns.histograms[from + i] = (columns.histograms[from + i] ?? 0) + (histogram[i] ?? 0);
  }
}

interface DecodedItem {
  readonly image: Image;
  /** As kept. */
  readonly channels: number;
  readonly kinds: number;
}

async function decode(contents: Awaited<ReturnType<ItemSource['read']>>): Promise<DecodedItem> {
  if (contents.kind === 'pixels') {
    const { channels } = contents.image;
    return { image: contents.image, channels, kinds: channels === 1 ? pixelKinds.grey : 0 };
  }
  const { bytes } = contents;
  if (isBmp(bytes)) {
    const image = await explainFailure(() => decodeBmp(bytes));
    const { channels } = readBmpHeader(bytes);
    return { image, channels, kinds: channels === 1 ? pixelKinds.grey : 0 };
  }
  const image = await decodeBytes(bytes);
  const { channels, hasAlpha, space } = await explainFailure(() => sharp(bytes, sharpOptions).metadata());
  const kinds =
    (channels <= 2 ? pixelKinds.grey : 0) |
    (hasAlpha ? pixelKinds.alpha : 0) |
    (space === 'cmyk' ? pixelKinds.cmyk : 0);
  return { image, channels, kinds };
}

/** Of an image that may be kept in colour. */
function isColorless(sketch: Uint8Array): boolean {
  const from = sketchSide ** 2;
  for (let i = from; i < from + 2 * chromaSide ** 2; i++) if (Math.abs((sketch[i] ?? 0) - 128) > 2) return false;
  return true;
}

function hashOf(bytes: Uint8Array, before = ''): Uint8Array {
  return createHash('sha256').update(before).update(bytes).digest().subarray(0, hashLength);
}
