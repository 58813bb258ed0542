import { unchanged, type ImageChange } from '../core/data/augmentation';
import type { ImageSplit } from '../core/data/dataset';
import type { Normalization } from '../core/data/normalization';
import type { ImageSource } from '../core/train/image-source';
import type { Session } from '../engine/engine';

export interface DeviceImagesOptions {
  /** What is worked with, the most wanted first. A split that is not named is streamed. */
  readonly splits: readonly ImageSplit[];
  /** Whether images are streamed too that stand in no split. */
  readonly streamed?: boolean;
  readonly normalization: Normalization;
  /** What pieces of images are filled with, by channel; absent: none are. */
  readonly erased?: readonly number[];
  /** Bytes of an image: channels · height · width. */
  readonly imageBytes: number;
  /** Most images that are asked for at once. */
  readonly batchSize: number;
  /** Bytes on the device; the ring takes two batches even where that is more. */
  readonly budgetBytes: number;
}

/** A ring as large as this is filled in pieces that are worth a copy of their own. */
const ringBytesWanted = 64 * 2 ** 20;

/**
 * A model's images on the device, as bytes. Splits that fit into the budget are written once and stay; the others go through
 * a ring of batches, half of which is filled while the device works on the other half. Every piece begins at a multiple of
 * 4 images, which is a multiple of 4 bytes, as `Session.writeData` wants.
 */
export class DeviceImages {
  /** Where plans find them. */
  readonly source: ImageSource & { readonly kind: 'resident' };
  /** First image of each resident split. */
  private readonly placed = new Map<ImageSplit, number>();
  private readonly ring: Ring;
  private session: Session | undefined;

  constructor(private readonly options: DeviceImagesOptions) {
    const { splits, streamed = false, normalization, erased, imageBytes, batchSize, budgetBytes } = options;
    const sizes = splits.map(({ count }) => alignFour(count));
    const fits = !streamed && splits.length > 0 && imageBytes * sum(sizes) <= budgetBytes;
    this.ring = fits
      ? { batches: 0, batchSize, stride: 0 }
      : ringOf(batchSize, imageBytes, Math.min(ringBytesWanted, budgetBytes / 2));
    let end = this.ring.batches * this.ring.stride;
    splits.forEach((split, index) => {
      const size = sizes[index] ?? 0;
      if (imageBytes * (end + size) > budgetBytes) return;
      this.placed.set(split, end);
      end += size;
    });
    const { mean, std } = normalization;
    this.source = { kind: 'resident', count: end, mean, std, ...(erased && { erased }) };
  }

  /** Reserves the room and writes what stays. Rejects with an EngineMemoryError where there is none. */
  async open(session: Session): Promise<void> {
    const { imageBytes } = this.options;
    await session.reserveData(imageBytes * this.source.count);
    for (const [split, first] of this.placed) await session.writeData(imageBytes * first, split.images);
    this.session = session;
  }

  /** Begins to go through a split in this order of its images; what another pass streams is lost. */
  pass(split: ImageSplit, order: Int32Array): ImagePass {
    if (!this.session) throw new Error('The images are not on the device');
    const first = this.placed.get(split);
    if (first !== undefined) return new ResidentPass(first, order);
    const batches = Math.ceil(order.length / this.ring.batchSize);
    return new StreamedPass(this.session, this.ring, this.options.imageBytes, batches, {
      batch: (index) => this.gather(split, order, index),
      isMade: () => true,
    });
  }

  /** Begins to go through `count` images, whose bytes come batch by batch; what another pass streams is lost. */
  stream(count: number, source: BatchSource): ImagePass {
    if (!this.session) throw new Error('The images are not on the device');
    const batches = Math.ceil(count / this.ring.batchSize);
    return new StreamedPass(this.session, this.ring, this.options.imageBytes, batches, source);
  }

  private gather(split: ImageSplit, order: Int32Array, batch: number): Promise<Uint8Array> {
    const { imageBytes, batchSize } = this.options;
    const images = order.subarray(batch * batchSize, (batch + 1) * batchSize);
    const bytes = new Uint8Array(images.length * imageBytes);
    images.forEach((image, index) => {
      bytes.set(split.images.subarray(image * imageBytes, (image + 1) * imageBytes), index * imageBytes);
    });
    return Promise.resolve(bytes);
  }
}

/** One way through a split, from the first batch to the last. */
export interface ImagePass {
  /** The images at positions [from, to) of the order are on the device for the runs asked for from now on. */
  ready(from: number, to: number): Promise<void>;
  /** Where in the device's table the image at that position is. */
  slotOf(position: number): number;
  /** To be called when the runs over positions [0, to) have been asked for: writes what is next while the device works. */
  passed(to: number): Promise<void>;
  /** How the device changes the image at that position while it takes it. */
  changeOf(position: number): ImageChange;
}

/** Bytes of batches of images, [images, channels, height, width], in the order in which they are asked for. */
export interface BatchSource {
  /** They stay until the batch after the next is asked for. */
  batch(index: number): Promise<Uint8Array>;
  /** Whether a batch can be had without waiting. */
  isMade(index: number): boolean;
}

class ResidentPass implements ImagePass {
  constructor(
    private readonly first: number,
    private readonly order: Int32Array,
  ) {}

  ready(): Promise<void> {
    return Promise.resolve();
  }

  slotOf(position: number): number {
    return this.first + (this.order[position] ?? 0);
  }

  passed(): Promise<void> {
    return Promise.resolve();
  }

  changeOf(): ImageChange {
    return unchanged;
  }
}

/** Batches one behind the other, from the start of the table. */
interface Ring {
  readonly batches: number;
  readonly batchSize: number;
  /** Images from one batch to the next: the batch size rounded up to a multiple of 4. */
  readonly stride: number;
}

class StreamedPass implements ImagePass {
  /** Batches [0, written) have been written, or were not asked for; the ring holds the last of them. */
  private written: number | undefined;

  constructor(
    private readonly session: Session,
    private readonly ring: Ring,
    private readonly imageBytes: number,
    /** In all. */
    private readonly batches: number,
    private readonly source: BatchSource,
  ) {}

  async ready(from: number, to: number): Promise<void> {
    const { batchSize } = this.ring;
    // A run that is resumed begins within the order.
    this.written ??= Math.floor(from / batchSize);
    while (this.written < Math.ceil(to / batchSize)) await this.write(this.written++);
  }

  slotOf(position: number): number {
    const { batches, batchSize, stride } = this.ring;
    return (Math.floor(position / batchSize) % batches) * stride + (position % batchSize);
  }

  /** Two pieces for each batch that was taken, until half the ring is ahead: no step waits for many. */
  async passed(to: number): Promise<void> {
    const { batches, batchSize } = this.ring;
    const end = Math.min(this.batches, Math.floor(to / batchSize) + batches / 2);
    for (let pieces = 0; pieces < 2 && this.written !== undefined && this.written < end; pieces++) {
      // What is still being made is waited for when it is needed.
      if (!this.source.isMade(this.written)) return;
      await this.write(this.written++);
    }
  }

  changeOf(): ImageChange {
    return unchanged;
  }

  private async write(batch: number): Promise<void> {
    const bytes = await this.source.batch(batch);
    await this.session.writeData(this.imageBytes * this.slotOf(batch * this.ring.batchSize), bytes);
  }
}

/** An even number of batches. */
function ringOf(batchSize: number, imageBytes: number, bytes: number): Ring {
  const stride = alignFour(batchSize);
  return { batches: Math.max(2, 2 * Math.floor(bytes / (2 * stride * imageBytes))), batchSize, stride };
}

function alignFour(count: number): number {
  return 4 * Math.ceil(count / 4);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
