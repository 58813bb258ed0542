import { ThreadPool } from '../threads/thread-pool';
import { augmentImages, type AugmentedImages } from './augment-images';
import { Resampler } from './resampler';
import type { AugmentationData, AugmentJob } from './augment-jobs';

export interface AugmentPoolOptions {
  readonly images: AugmentedImages;
  readonly batchSize: number;
  /** 0: batches are made when they are asked for, on the calling thread. */
  readonly threads: number;
  /** Folder of the built files: `job-thread.js`, `wasm/resample.wasm`. */
  readonly assets: string;
}

/** The images of an epoch, batch by batch, as bytes: made by threads ahead of those who ask, the same for any number of threads. */
export class AugmentPool {
  private readonly pool: ThreadPool<AugmentJob, void>;
  private readonly shared: AugmentedImages;
  /** Room for the batches that are worked on, in turn. */
  private readonly batches: Uint8Array;
  /** What is being made in each slot; an epoch that was left may not be done with it. */
  private readonly making: Promise<unknown>[] = [];
  /** Of the calling thread, where that makes the batches. */
  private resampler: Resampler | undefined;

  constructor(private readonly options: AugmentPoolOptions) {
    const { images, batchSize, threads, assets } = options;
    this.shared = threads === 0 ? images : { ...images, images: inSharedMemory(images.images) };
    this.batches = new Uint8Array(new SharedArrayBuffer(this.slots * batchSize * this.imageBytes));
    const data: AugmentationData = { images: this.shared, batches: this.batches, assets };
    this.pool = new ThreadPool({ service: 'augmentation', threads, data, assets });
  }

  /** Begins with the batches of an epoch (0-based); what was begun before is not waited for. `draws`: see `drawNumbers`. */
  epoch(epoch: number, order: Int32Array, draws: Uint32Array): AugmentedEpoch {
    return new AugmentedEpoch(this, { epoch, images: order, draws }, this.options.batchSize, this.slots);
  }

  /** Makes a batch in a slot, shared out among the threads; resolves with its bytes, which stay until the slot is used again. */
  make(slot: number, batch: Pick<AugmentJob, 'epoch' | 'images' | 'draws'>): Promise<Uint8Array> {
    const before = this.making[slot];
    // Who has asked for what was there before has been told how it went.
    const making =
      before === undefined
        ? this.makeNow(slot, batch)
        : before.catch(() => undefined).then(() => this.makeNow(slot, batch));
    this.making[slot] = making;
    return making;
  }

  private async makeNow(slot: number, batch: Pick<AugmentJob, 'epoch' | 'images' | 'draws'>): Promise<Uint8Array> {
    const { batchSize } = this.options;
    const start = slot * batchSize * this.imageBytes;
    const bytes = this.batches.subarray(start, start + batch.images.length * this.imageBytes);
    if (this.pool.size === 0) {
      augmentImages(this.shared, batch, (this.resampler ??= new Resampler(this.options.assets)), bytes);
      return bytes;
    }
    const share = Math.ceil(batch.images.length / this.pool.size);
    const jobs: Promise<void>[] = [];
    for (let from = 0; from < batch.images.length; from += share) {
      jobs.push(
        this.pool.ask({
          epoch: batch.epoch,
          images: batch.images.slice(from, from + share),
          draws: batch.draws.slice(from, from + share),
          offset: start + from * this.imageBytes,
        }),
      );
    }
    await Promise.all(jobs);
    return bytes;
  }

  /** Leaves the threads; who waits for a batch is rejected. */
  async dispose(): Promise<void> {
    await this.pool.dispose();
  }

  private get imageBytes(): number {
    const { channels, height, width } = this.options.images.size;
    return channels * height * width;
  }

  /** Batches that are ahead, the one that is taken among them. */
  private get slots(): number {
    return this.options.threads === 0 ? 1 : 3 + this.options.threads;
  }
}

/** One way through an epoch's batches, in their order from any of them on. */
export class AugmentedEpoch {
  private readonly ahead = new Map<number, Promise<Uint8Array>>();
  /** Batches that have been made and not taken yet. */
  private readonly made = new Set<number>();
  private next: number | undefined;

  constructor(
    private readonly pool: AugmentPool,
    private readonly all: Pick<AugmentJob, 'epoch' | 'images' | 'draws'>,
    private readonly batchSize: number,
    private readonly slots: number,
  ) {}

  /** Its images' bytes, which stay until the batch after the next is asked for. Batches are asked for one after the other. */
  async batch(index: number): Promise<Uint8Array> {
    this.next ??= index;
    // The slot of the batch before is still read where threads work ahead.
    while (this.next < index + Math.max(1, this.slots - 1) && this.next * this.batchSize < this.all.images.length) {
      this.begin(this.next++);
    }
    const bytes = await this.ahead.get(index);
    this.ahead.delete(index);
    this.made.delete(index);
    if (!bytes) throw new Error(`Batch ${index} was asked for out of turn`);
    return bytes;
  }

  /** Whether a batch can be had without waiting. */
  isMade(index: number): boolean {
    return this.made.has(index);
  }

  private begin(index: number): void {
    const { epoch, images, draws } = this.all;
    const [from, to] = [index * this.batchSize, (index + 1) * this.batchSize];
    const making = this.pool.make(index % this.slots, {
      epoch,
      images: images.subarray(from, to),
      draws: draws.subarray(from, to),
    });
    this.ahead.set(index, making);
    making.then(
      () => this.made.add(index),
      // Who asks for the batch is told.
      () => undefined,
    );
  }
}

/** The same bytes where all threads see them; what is there already is not copied. */
function inSharedMemory(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}
