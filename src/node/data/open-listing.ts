import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { FileTree } from './file-tree';
import { FolderTree } from './folder-tree';
import type { ItemListing } from './item-listing';
import { listIdx } from './list-idx';
import { listImageFolder } from './list-image-folder';
import { notADataset, type NotADataset } from './not-a-dataset';
import { type DatasetSource, recognizeDataset, recognizeFile } from './recognize-dataset';

export interface ListOptions {
  readonly signal?: AbortSignal | undefined;
  /** Images found so far. */
  readonly onProgress?: ((found: number) => void) | undefined;
}

/**
 * Opens the data set at a path as it lies there; its listing is to be closed.
 * @throws UserError where it is a data set, but not a whole or a clear one; the signal's reason.
 */
export async function openListing(location: string, options: ListOptions = {}): Promise<ItemListing | NotADataset> {
  const absolute = path.resolve(location);
  const stats = await stat(absolute).catch((cause: NodeJS.ErrnoException) => cause);
  if (stats instanceof Error) {
    return notADataset(
      stats.code === 'ENOENT' ? `${absolute} does not exist.` : `${absolute} can't be read: ${stats.message}.`,
      'Give the folder of a data set.',
    );
  }
  const tree = new FolderTree(stats.isDirectory() ? absolute : path.dirname(absolute));
  const source = stats.isDirectory()
    ? await recognizeDataset(tree, '', options.signal)
    : await recognizeFile(tree, path.basename(absolute));
  if (source.format === 'none') return source;
  return { ...(await listSource(tree, source, options)), name: sourceName(tree, source), path: absolute };
}

export function listSource(
  tree: FileTree,
  source: DatasetSource,
  options: ListOptions,
): Promise<Omit<ItemListing, 'name' | 'path'>> {
  switch (source.format) {
    case 'idx':
      return listIdx(tree, source, options);
    case 'image-folder':
      return listImageFolder(tree, source, options);
  }
}

function sourceName(tree: FileTree, source: DatasetSource): string {
  return (source.format === 'idx' && source.prefix) || path.basename(tree.path);
}
