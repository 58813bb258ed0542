import type { DatasetContainer } from '../../core/data/dataset';

/**
 * Files in folders, wherever they lie: a folder of the disk, or an archive that is read in place. Paths in it have '/', and
 * '' is its root. Hidden files and folders (see `isHidden`) are not in it, and nothing of it lies outside of it.
 */
export interface FileTree {
  /** Absolute: of the folder, or of the archive. */
  readonly path: string;
  readonly container: DatasetContainer;
  /** What can't be used of an archive, and why: links, encrypted files, names that lead out of it. `path` as in `describe`. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** What is in one folder of it. @throws UserError where it can't be read. */
  entries(folder: string): Promise<readonly TreeEntry[]>;
  /**
   * Calls `visit` with the path of every file below a folder, in no particular order, until it returns false.
   * @throws UserError where a folder can't be read; the signal's reason.
   */
  walk(folder: string, visit: (file: string) => boolean, signal?: AbortSignal): Promise<void>;
  /** @throws UserError where there is no such file, or it can't be read, or is longer than `mostBytes`. */
  read(file: string, mostBytes: number): Promise<Uint8Array>;
  /** For readers that want parts of a file. @throws UserError */
  open(file: string): Promise<TreeFile>;
  /** Sizes and times (see `FileStamp`) of `count` files, by their paths; −1 and −1 for what is not there. */
  stamp(count: number, file: (index: number) => string, signal?: AbortSignal): Promise<FileStamps>;
  /** Absolute path on the disk; null inside of an archive. */
  fileOf(file: string): string | null;
  /** The path as people read it: absolute, that of the archive before that inside it. */
  describe(file: string): string;
  close(): Promise<void>;
}

export interface TreeEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}

export interface TreeFile {
  readonly bytes: number;
  /** Bytes [start, end), fewer where the file ends before. */
  read(start: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** One value for each file. */
export interface FileStamps {
  readonly sizes: Float64Array;
  /** Milliseconds since 1970, with fractions. In an archive all files have its own time. */
  readonly modified: Float64Array;
}
