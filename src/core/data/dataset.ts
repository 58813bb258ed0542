/** A decoded image data set. Every image has the same channels, height and width; pixels are bytes as in the files. */
export interface Dataset {
  readonly name: string;
  /** Label k stands for `classes[k]`. */
  readonly classes: readonly string[];
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
}

export interface ImageSplit {
  readonly count: number;
  /** [count, channels, height, width] */
  readonly images: Uint8Array;
  readonly labels: Int32Array;
}

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
  readonly format: 'idx' | 'image-folder';
  readonly splits: readonly {
    readonly name: SplitName;
    readonly count: number;
    readonly classes: readonly { readonly name: string; readonly count: number }[];
  }[];
}
