import { availableParallelism } from 'node:os';
import { describeError } from '../../core/errors';
import type { Thumbnails } from '../../protocol/dataset-inspection';
import { ImageError } from '../data/image-error';
import type { ItemSource } from '../data/open-items';
import { fitIntoSquare, renderItem } from './render-item';

/**
 * Makes thumbnails, several at once, for the latest request first: what was scrolled past may wait. What it made lately is kept,
 * up to a bound in bytes.
 */
export class ThumbnailService {
  /** The last is the latest; each with the images that nobody has begun. */
  private readonly waiting: PendingRequest[] = [];
  private busy = 0;
  /** By data set, image and side; in the order of their last use. */
  private readonly kept = new Map<string, Uint8Array>();
  private keptBytes = 0;

  make(source: ItemSource, indices: Int32Array, side: number): Promise<Thumbnails> {
    const pixels = new Uint8Array(indices.length * side * side * 4);
    const failed: { at: number; reason: string }[] = [];
    return new Promise((resolve, reject) => {
      const missing = [...indices.keys()].filter((at) => {
        const known = this.recall(keyOf(source, indices[at] ?? 0, side));
        if (known) pixels.set(known, at * side * side * 4);
        return !known;
      });
      if (missing.length === 0) {
        resolve({ pixels, failed });
        return;
      }
      let owed = missing.length;
      this.waiting.push({
        missing,
        async make(at) {
          const index = indices[at] ?? 0;
          return { key: keyOf(source, index, side), square: await thumbnail(source, index, side) };
        },
        done: (at, result) => {
          if (result instanceof Error) failed.push({ at, reason: describeError(result) });
          else pixels.set(result, at * side * side * 4);
          if (--owed === 0) resolve({ pixels, failed: failed.sort((a, b) => a.at - b.at) });
        },
        fail: reject,
      });
      this.start();
    });
  }

  private start(): void {
    while (this.busy < atOnce) {
      const request = this.waiting.at(-1);
      const at = request?.missing.shift();
      if (request?.missing.length === 0) this.waiting.pop();
      if (!request || at === undefined) return;
      this.busy++;
      void this.work(request, at);
    }
  }

  private async work(request: PendingRequest, at: number): Promise<void> {
    try {
      const { key, square } = await request.make(at);
      this.keep(key, square);
      request.done(at, square);
    } catch (error) {
      if (error instanceof ImageError) request.done(at, error);
      else request.fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.busy--;
      this.start();
    }
  }

  private recall(key: string): Uint8Array | undefined {
    const known = this.kept.get(key);
    if (!known) return undefined;
    this.kept.delete(key);
    this.kept.set(key, known);
    return known;
  }

  private keep(key: string, square: Uint8Array): void {
    this.keptBytes += square.length - (this.kept.get(key)?.length ?? 0);
    this.kept.delete(key);
    this.kept.set(key, square);
    for (const [oldest, bytes] of this.kept) {
      if (this.keptBytes <= mostKeptBytes) return;
      this.kept.delete(oldest);
      this.keptBytes -= bytes.length;
    }
  }
}

interface PendingRequest {
  /** Places in the request's own list. */
  readonly missing: number[];
  make(at: number): Promise<{ readonly key: string; readonly square: Uint8Array }>;
  done(at: number, result: Uint8Array | Error): void;
  fail(error: Error): void;
}

const mostKeptBytes = 128 * 2 ** 20;
/** On libuv's threads; two more lie ready, so that reading and decoding overlap. */
const atOnce = 2 + Math.max(2, Math.min(8, availableParallelism()));

function keyOf({ fingerprint }: ItemSource, index: number, side: number): string {
  return `${fingerprint} ${index} ${side}`;
}

async function thumbnail(source: ItemSource, index: number, side: number): Promise<Uint8Array> {
  return fitIntoSquare(await renderItem(await readItem(source, index), side), side);
}

/** What an image's file holds. @throws ImageError where it can't be read. */
export async function readItem(source: ItemSource, index: number): ReturnType<ItemSource['read']> {
  try {
    return await source.read(index);
  } catch (cause) {
    if (cause instanceof ImageError || cause instanceof RangeError) throw cause;
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing ? 'the file, or what it links to, is not there' : describeError(cause);
    throw new ImageError(reason, false, { cause });
  }
}
