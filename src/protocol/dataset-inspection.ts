import type { Decision } from '../core/data/decisions';
import type { ItemKey, LabelTask, SkippedFile } from '../core/data/dataset';

/*
 * What the host (extension, CLI) asks of a data set process, over Node's IPC channel with serialization 'advanced'. It keeps
 * the data sets that it was asked about last; `location` is what a data set is opened by. Short calls are answered while a long
 * one goes on. Images are numbered in the data set's own order, over all splits.
 */

/** Every promise rejects with the UserError that was thrown, or with a RemoteError where it is a bug. */
export interface DatasetCalls {
  /** What there is; no image is decoded. Reads the folder anew. */
  open(location: string): Promise<DatasetDescription>;
  /** Small pictures, each fitted into a square. */
  thumbnails(request: ThumbnailsRequest): Promise<Thumbnails>;
  /** An image as it is. */
  image(request: ItemImageRequest): Promise<ItemImage>;
  /** Looks at every image once; kept on the disk until the files change. */
  scan(request: LongDatasetRequest): Promise<DatasetScan>;
  /** Images that are alike, from a scan that is made where it is missing. */
  duplicates(request: DuplicatesRequest): Promise<readonly DuplicateGroup[]>;
  /** Keeps decisions in the file beside the data set, as one step. Returns all that hold now. */
  decide(request: DecideRequest): Promise<DecisionState>;
  /** Takes the latest step back. */
  undo(location: string): Promise<DecisionState>;
  /** Ends the running call of that task early; it rejects. */
  cancel(task: number): Promise<void>;
}

export interface DatasetEvents {
  /** Of a call that takes long: done of total, in images. */
  progress(event: { readonly task: number; readonly done: number; readonly total: number }): void;
}

export interface DatasetRequest {
  readonly location: string;
}

/** A call that may take long, and can be cancelled. `task`: a number of the caller's choice. */
export interface LongDatasetRequest extends DatasetRequest {
  readonly task: number;
}

export interface DatasetDescription {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** `image folder`, `IDX`, `CIFAR binary`, `zip of images`: for people. */
  readonly format: string;
  readonly task: LabelTask;
  readonly classes: readonly string[];
  readonly items: ItemColumns;
  readonly decisions: DecisionState;
  /** What of it can't be used. */
  readonly skipped: readonly SkippedFile[];
  /** Changes when the files may have. */
  readonly fingerprint: string;
}

/** One value for each image. */
export interface ItemColumns {
  readonly keys: readonly ItemKey[];
  /** Place in `splitOrder`: train, val, test. */
  readonly splits: Uint8Array;
  /** As the files say: the class; of several the first, of none −1. */
  readonly labels: Int32Array;
  /** [count, classes], 0 or 1; null where each image has one class. */
  readonly labelSets: Uint8Array | null;
}

export interface DecisionState {
  /** Absolute path of the text file; it need not be there. */
  readonly file: string;
  /** The latest about each image, without those that were taken back. */
  readonly decisions: readonly Exclude<Decision, { readonly kind: 'restore' }>[];
  /** Whether there is a step to take back. */
  readonly canUndo: boolean;
}

export interface ThumbnailsRequest extends DatasetRequest {
  readonly indices: Int32Array;
  /** Of the square, in pixels. */
  readonly side: number;
}

export interface Thumbnails {
  /** [indices.length, side, side, 4] RGBA, transparent around the image. */
  readonly pixels: Uint8Array;
  /** By place in `indices`: why there is none. */
  readonly failed: readonly { readonly at: number; readonly reason: string }[];
}

export interface ItemImageRequest extends DatasetRequest {
  readonly index: number;
  /** It is made smaller where a side is longer. */
  readonly mostSide: number;
}

export interface ItemImage {
  /** As shown. */
  readonly width: number;
  readonly height: number;
  /** [height, width, 4] RGBA */
  readonly pixels: Uint8Array;
  /** As kept. */
  readonly original: {
    readonly width: number;
    readonly height: number;
    readonly channels: number;
    readonly bytes: number;
  };
  /** Absolute path of its file; null where it is inside of one. */
  readonly file: string | null;
}

/** One value for each image; 0 where it can't be decoded. */
export interface DatasetScan {
  readonly widths: Int32Array;
  readonly heights: Int32Array;
  /** As kept: 1 grey, 2 grey and alpha, 3 colours, 4 colours and alpha (or CMYK). */
  readonly channels: Uint8Array;
  /** Of its file. */
  readonly bytes: Float64Array;
  /** [count, 3] mean and deviation of each channel, in [0, 1]; grey images have the same three times. */
  readonly means: Float32Array;
  readonly deviations: Float32Array;
  /** Over all images of a split that are used: [3, 256] counts of byte values, by place in `splitOrder`; empty where it has none. */
  readonly histograms: readonly Float64Array[];
  readonly odd: readonly OddItem[];
}

export interface OddItem {
  readonly index: number;
  readonly kind: 'corrupt' | 'single-color' | 'odd-channels' | 'tiny' | 'odd-shape';
  /** In words that follow the name of the image. */
  readonly reason: string;
}

export interface DuplicatesRequest extends LongDatasetRequest {
  /** Most bits in which perceptual hashes of near-duplicates differ; null: the usual. */
  readonly mostDistance: number | null;
}

export interface DuplicateGroup {
  /** `exact`: the same bytes, or the same pixels. */
  readonly kind: 'exact' | 'near';
  /** Numbers of images; the first is the one to keep: in the training split before others, the largest of them. */
  readonly items: Int32Array;
  /** [items.length]: from the first; 0 for the same pixels. */
  readonly distances: Float32Array;
  /** Whether they lie in more than one split. */
  readonly leaks: boolean;
  /** Whether they have more than one label. */
  readonly disagree: boolean;
}

export interface DecideRequest extends DatasetRequest {
  readonly decisions: readonly Decision[];
}
