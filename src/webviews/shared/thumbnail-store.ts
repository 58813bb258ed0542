import type { Thumbnails } from '../../protocol/dataset-inspection';
import { oncePerFrame } from './once-per-frame';

/** A small picture of an image, or why there is none. */
export type Thumbnail =
  | {
      readonly kind: 'picture';
      /** Those that came together, one below the other: a canvas for each would take most of a frame's time. */
      readonly sheet: ThumbnailSheet;
      /** Where its own begins in it. */
      readonly top: number;
      readonly side: number;
    }
  | { readonly kind: 'failed'; readonly reason: string; readonly side: number };

export interface ThumbnailSheet {
  readonly bitmap: ImageBitmap;
  /** How many of its pictures are kept; with the last, its memory goes. */
  kept: number;
}

export interface ThumbnailStoreHandlers {
  readonly load: (indices: Int32Array, side: number) => Promise<Thumbnails>;
  readonly failed: (error: unknown) => void;
}

/** The process decodes some batches while others travel. */
const mostUnderWay = 4;
const mostBatch = 64;
/** What a browser takes in without missing a frame: about 10 ms for a mebibyte (bench/webviews/gallery.mjs). */
const batchBytes = 3 * 2 ** 16;
/** Of pictures that are kept. */
const mostBytes = 96 * 2 ** 20;

/**
 * Small pictures of images, got when they are looked at. In each frame the grid says which it would draw: those that are not
 * there are asked for in batches, in that order; what is no longer seen when its turn comes is not.
 */
export class ThumbnailStore {
  private readonly known = new Map<number, Thumbnail>();
  private readonly listeners = new Set<() => void>();
  private wanted: number[] = [];
  private wantedSide = 0;
  private readonly underWay = new Set<number>();
  private batches = 0;
  private bytes = 0;
  private generation = 0;
  /** After a failure nothing is asked for until something else is looked at: the next would fail alike. */
  private stopped = false;
  private readonly goOn = oncePerFrame(() => this.endFrame());

  constructor(private readonly handlers: ThumbnailStoreHandlers) {}

  /** Some have come: who shows them draws anew. */
  onArrival(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Of another data set, or of files that have changed. */
  reset(): void {
    this.generation++;
    for (const each of this.known.values()) release(each);
    this.known.clear();
    this.underWay.clear();
    this.wanted = [];
    this.batches = this.bytes = 0;
    this.stopped = false;
  }

  /** What was wanted before is wanted no more. */
  beginFrame(side: number): void {
    this.wanted = [];
    this.wantedSide = side;
  }

  /** Undefined: it is not there yet. One of another size stands in for what comes. */
  get(item: number): Thumbnail | undefined {
    const known = this.known.get(item);
    if (known) {
      // The oldest go first: those drawn last are the newest.
      this.known.delete(item);
      this.known.set(item, known);
      if (known.side === this.wantedSide) return known;
    }
    if (!this.underWay.has(item)) this.wanted.push(item);
    return known;
  }

  /** Asks for one batch, and for the next with the next frame: none has to take in several. */
  endFrame(): void {
    if (this.stopped) return;
    const side = this.wantedSide;
    const size = Math.max(1, Math.min(mostBatch, Math.floor(batchBytes / (4 * side * side))));
    if (this.batches >= mostUnderWay || this.wanted.length === 0) return;
    void this.load(this.wanted.splice(0, size), side, this.generation);
    this.goOn();
  }

  private async load(items: readonly number[], side: number, generation: number): Promise<void> {
    this.batches++;
    for (const item of items) this.underWay.add(item);
    try {
      const { pixels, failed } = await this.handlers.load(Int32Array.from(items), side);
      if (generation !== this.generation) return;
      const reasons = new Map(failed.map(({ at, reason }) => [at, reason]));
      const bitmap = await createImageBitmap(new ImageData(new Uint8ClampedArray(pixels), side));
      if (generation !== this.generation) return bitmap.close();
      const sheet = { bitmap, kept: items.length - reasons.size };
      items.forEach((item, at) => {
        const reason = reasons.get(at);
        if (reason !== undefined) return this.keep(item, { kind: 'failed', reason, side });
        this.keep(item, { kind: 'picture', sheet, top: at * side, side });
      });
      if (sheet.kept === 0) bitmap.close();
      for (const listener of this.listeners) listener();
    } catch (error) {
      if (generation !== this.generation) return;
      this.stopped = true;
      this.handlers.failed(error);
    } finally {
      if (generation === this.generation) {
        this.batches--;
        for (const item of items) this.underWay.delete(item);
      }
    }
  }

  private keep(item: number, thumbnail: Thumbnail): void {
    const before = this.known.get(item);
    if (before) this.forget(before);
    this.known.delete(item);
    this.known.set(item, thumbnail);
    this.bytes += bytesOf(thumbnail);
    for (const [oldest, each] of this.known) {
      if (this.bytes <= mostBytes) break;
      this.known.delete(oldest);
      this.forget(each);
    }
  }

  private forget(thumbnail: Thumbnail): void {
    this.bytes -= bytesOf(thumbnail);
    release(thumbnail);
  }
}

function release(thumbnail: Thumbnail): void {
  if (thumbnail.kind === 'picture' && --thumbnail.sheet.kept === 0) thumbnail.sheet.bitmap.close();
}

function bytesOf({ kind, side }: Thumbnail): number {
  return kind === 'picture' ? 4 * side * side : 0;
}
