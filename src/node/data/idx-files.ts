import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { SplitName } from '../../core/data/dataset';
import { type IdxFileName, parseIdxFileName } from '../../core/data/idx-file-name';
import { splitOrder } from '../../core/data/split-names';
import { UserError } from '../../core/errors';
import type { FileTree } from './file-tree';
import { compareText } from './folder-entries';
import { inFolder } from './tree-paths';

/** A data set made of IDX files: images and labels of each split. */
export interface IdxSource {
  readonly format: 'idx';
  /** What stands before its files' names where the folder holds several sets. */
  readonly prefix: string;
  /** What the data set is opened by, in its tree: its folder, or its training images' file where the folder holds several sets. */
  readonly path: string;
  readonly splits: readonly IdxSplit[];
}

export interface IdxSplit {
  readonly name: SplitName;
  /** Paths in the tree. */
  readonly images: string;
  readonly labels: string;
}

/**
 * The IDX data sets among the files of a folder: one, or one for each prefix (EMNIST's folder holds six).
 * @throws UserError where a set lacks its training images, or a split its labels or its images.
 */
export function idxSourcesIn(tree: FileTree, folder: string, fileNames: readonly string[]): IdxSource[] {
  const sets = new Map<string, Map<string, string>>();
  for (const fileName of [...fileNames].sort(compareText)) {
    const parsed = parseIdxFileName(fileName);
    if (!parsed) continue;
    const files = sets.get(parsed.prefix) ?? new Map<string, string>();
    sets.set(parsed.prefix, files);
    const key = partKey(parsed);
    // Where a file is there twice, the unpacked one is taken: it sorts before the packed one.
    if (!files.has(key)) files.set(key, fileName);
  }
  return [...sets].map(([prefix, files]) => {
    const splits = splitOrder.flatMap((name) => idxSplit(tree, folder, name, files));
    const train = splits.find((split) => split.name === 'train');
    if (!train) {
      throw new UserError(
        `${tree.describe(folder)} holds IDX files, but no training images.`,
        'Put train-images-idx3-ubyte and train-labels-idx1-ubyte (or their .gz) beside them.',
      );
    }
    return {
      format: 'idx',
      prefix,
      path: sets.size === 1 ? folder : train.images,
      splits,
    };
  });
}

/**
 * The bytes of an IDX file, unpacked where they are gzipped (whatever its name says: browsers unpack silently).
 * @throws UserError where the file can't be read or unpacked.
 */
export async function readIdxFile(tree: FileTree, file: string): Promise<Uint8Array> {
  const bytes = await tree.read(file, mostIdxBytes);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await gunzipAsync(bytes, { maxOutputLength: mostIdxBytes });
  } catch (cause) {
    throw new UserError(
      `${tree.describe(file)} can't be unpacked: ${messageOf(cause)}.`,
      'The download or copy is damaged or did not finish: fetch it again.',
      { cause },
    );
  }
}

/** Most that is read of a file at once, packed or not. */
export const mostIdxBytes = 2 ** 31 - 1;

const gunzipAsync = promisify(gunzip);

function idxSplit(tree: FileTree, folder: string, name: SplitName, files: ReadonlyMap<string, string>): IdxSplit[] {
  const images = files.get(partKey({ split: name, contents: 'images' }));
  const labels = files.get(partKey({ split: name, contents: 'labels' }));
  if (images === undefined && labels === undefined) return [];
  if (images === undefined || labels === undefined) {
    const there = images ?? labels ?? '';
    const other = images === undefined ? 'images' : 'labels';
    throw new UserError(
      `${tree.describe(inFolder(folder, there))} stands without its ${other}.`,
      `Put the file of ${other} beside it.`,
    );
  }
  return [{ name, images: inFolder(folder, images), labels: inFolder(folder, labels) }];
}

function partKey({ split, contents }: Pick<IdxFileName, 'split' | 'contents'>): string {
  return `${split} ${contents}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
