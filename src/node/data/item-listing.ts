import type { DatasetContainer, DatasetFormat, ItemKey, LabelTask, SkippedFile } from '../../core/data/dataset';
import type { Image, ImageSize } from '../../core/data/image';
import type { Normalization } from '../../core/data/normalization';

/** A data set as it lies on the disk: what images there are and what is said of them. Nothing is decoded. */
export interface ItemListing {
  readonly name: string;
  /** What the data set is opened by. Absolute. */
  readonly path: string;
  readonly format: DatasetFormat;
  readonly container: DatasetContainer;
  readonly task: LabelTask;
  readonly classes: readonly string[];
  /** Files and folders that can't be used, and why. */
  readonly skipped: readonly SkippedFile[];
  readonly items: ItemTable;
  /** `encoded`: image files, each of a size of its own; `pixels`: arrays, read faster than a cache would be. */
  readonly contents: ItemContents['kind'];
  /** What a dataset.json asks for. */
  readonly inputSize?: Partial<ImageSize>;
  readonly normalization?: Normalization;
  /** @throws UserError where its file can't be read any more. */
  read(index: number): Promise<ItemContents>;
  /** Absolute path of the image's own file; null where it is inside of one. */
  file(index: number): string | null;
  /** SHA-256 (hex): changes whenever the contents may have. @throws UserError */
  fingerprint(signal?: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

export type ItemContents =
  { readonly kind: 'encoded'; readonly bytes: Uint8Array } | { readonly kind: 'pixels'; readonly image: Image };

/** One value for each image, by splits: training, validation, test. No object for each of them: there may be a million. */
export interface ItemTable {
  readonly count: number;
  /** Unique. */
  key(index: number): ItemKey;
  /** Place in `splitOrder`; ascends. */
  readonly splits: Uint8Array;
  /** The class; of several the first, of none −1. */
  readonly labels: Int32Array;
  /** [count, classes], 0 or 1; null where each image has one class. */
  readonly labelSets: Uint8Array | null;
  /** Images of one number belong together; null: not known. */
  readonly groups: Int32Array | null;
}
