import { availableParallelism } from 'node:os';
import type { ImageSize } from '../../core/data/image';
import { ThreadPool } from '../threads/thread-pool';
import type { DecodeProblem, DecodingData, EncodedItem } from './decode-jobs';
import { ImageError } from './image-error';
import { jpegLibrary } from './jpeg-decoder';
import { mapParallel } from './map-parallel';
import type { ItemSource } from './open-items';
import { readItem } from './read-item';

export interface DecodeTarget {
  /** Image i of those that are asked for is written to i · the bytes of an image. */
  readonly out: Uint8Array<SharedArrayBuffer>;
  /** What every image is resized and converted to. */
  readonly size: ImageSize;
  /** Folder of the built files: `job-thread.js` and `wasm`. */
  readonly assets: string;
  /** Called when so many more are done. */
  readonly onDone: (more: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Decodes images of a data set, by their numbers in it, on a thread for each core; gives those that can't be decoded. */
export async function decodeByThreads(
  source: ItemSource,
  indices: Int32Array,
  { out, size, assets, onDone, signal }: DecodeTarget,
): Promise<ReadonlyMap<number, ImageError>> {
  const threads = Math.min(mostThreads, availableParallelism());
  const data: DecodingData = { out, size, assets, jpegLibrary: jpegLibrary(assets) };
  const pool = new ThreadPool<readonly EncodedItem[], readonly DecodeProblem[]>({
    ...{ service: 'decoding', threads, data, assets },
  });
  const problems = new Map<number, ImageError>();
  try {
    // Two for each thread, so that one lies ready when the other is done.
    await mapParallel(
      Math.ceil(indices.length / imagesOfJob),
      2 * threads,
      async (job) => {
        const first = job * imagesOfJob;
        const slots = Math.min(imagesOfJob, indices.length - first);
        const items: EncodedItem[] = [];
        for (let slot = first; slot < first + slots; slot++) {
          try {
            items.push({ slot, ...(await encodedItem(source, indices[slot] ?? 0)) });
          } catch (error) {
            if (!(error instanceof ImageError)) throw error;
            problems.set(indices[slot] ?? 0, error);
          }
        }
        for (const { slot, message, lasting } of await pool.ask(items)) {
          problems.set(indices[slot] ?? 0, new ImageError(message, lasting));
        }
        onDone(slots);
      },
      signal,
    );
  } finally {
    await pool.dispose();
  }
  return problems;
}

async function encodedItem(source: ItemSource, index: number): Promise<Omit<EncodedItem, 'slot'>> {
  const file = source.file(index);
  if (file !== null) return { file };
  const contents = await readItem(source, index);
  if (contents.kind === 'pixels') throw new RangeError('Pixels need no decoding');
  return { bytes: contents.bytes };
}

const mostThreads = 8;
const imagesOfJob = 16;
