import type { Normalization } from './normalization';

/** A decoded image data set. Every image has the same channels, height and width; pixels are bytes as in the files. */
export interface Dataset {
  readonly name: string;
  /** Label k stands for `classes[k]`. */
  readonly classes: readonly string[];
  /** Whether an image has one class or any number of them. Absent: one. */
  readonly task?: LabelTask;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  readonly train: ImageSplit;
  /** Absent: cut from `train` by the seed. */
  readonly val?: ImageSplit;
  readonly test?: ImageSplit;
  /** Changes whenever the contents may have: SHA-256 (hex) over names, sizes and times, or over the bytes. */
  readonly fingerprint: string;
  /** Files that could not be decoded, and folders of a split without classes. */
  readonly skipped: readonly SkippedFile[];
  /** What its dataset.json asks for. Absent: computed from the training images. */
  readonly normalization?: Normalization;
  /** What was decided about its images, and holds here. Absent: nothing. */
  readonly decided?: DecidedImages;
}

/** How a data set differs from its files by what was decided about its images. */
export interface DecidedImages {
  readonly excluded: number;
  readonly relabelled: number;
  /** SHA-256 (hex) over the decisions. */
  readonly hash: string;
}

/** How images and labels are kept. `table`: a CSV file that names them; `labelled-files`: files that a dataset.json's rules label. */
export type DatasetFormat = 'idx' | 'image-folder' | 'table' | 'labelled-files' | 'cifar' | 'npy' | 'parquet';

export type DatasetContainer = 'folder' | 'zip' | 'tar';

export interface ImageSplit {
  readonly count: number;
  /** [count, channels, height, width] */
  readonly images: Uint8Array;
  /** [count]: the class; of several the first, of none −1. */
  readonly labels: Int32Array;
  /** [count, classes], 0 or 1; only where images may have several classes. */
  readonly labelSets?: Uint8Array;
  /** [count]: what each image is called in its data set (see `ItemKey`). Absent: not known. */
  readonly keys?: readonly ItemKey[];
  /** [count]: images of one number belong together (one object, one patient) and stay in one split. Absent: not known. */
  readonly groups?: Int32Array;
}

/** `multi-class`: one class for each image. `multi-label`: any number of them. */
export type LabelTask = 'multi-class' | 'multi-label';

/**
 * What an image is called within its data set, the same as long as its file is where it is: the path from the data set's folder with
 * '/' (`train/cat/1.png`), the path inside an archive, or a file with a number in it (`train-images-idx3-ubyte#17`, 0-based).
 * Decisions about images are kept by it.
 */
export type ItemKey = string;

export interface SkippedFile {
  /** Absolute. */
  readonly path: string;
  /** In words that follow the path: `the file is empty`. */
  readonly reason: string;
}

export type SplitName = 'train' | 'val' | 'test';

/** What can be told of a data set without decoding it: for trees and pickers. */
export interface DatasetSummary {
  readonly name: string;
  /** What the data set is opened by: absolute path of its folder, or of a file of it where the folder holds several sets. */
  readonly path: string;
  readonly format: DatasetFormat;
  /** What its files lie in. Absent: a folder. */
  readonly container?: DatasetContainer;
  readonly splits: readonly {
    readonly name: SplitName;
    readonly count: number;
    readonly classes: readonly { readonly name: string; readonly count: number }[];
  }[];
}
