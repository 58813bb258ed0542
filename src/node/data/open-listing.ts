import path from 'node:path';
import type { FileTree } from './file-tree';
import { visibleEntries } from './image-folders';
import type { ItemListing } from './item-listing';
import { listIdx } from './list-idx';
import { listImageFolder } from './list-image-folder';
import type { NotADataset } from './not-a-dataset';
import type { OpenTarOptions } from './open-tar';
import { openTree } from './open-tree';
import { type DatasetSource, recognizeDataset, recognizeFile } from './recognize-dataset';
import { inFolder } from './tree-paths';

export interface ListOptions extends OpenTarOptions {
  /** Images found so far. */
  readonly onProgress?: ((found: number) => void) | undefined;
}

/**
 * Opens the data set at a path as it lies there: a folder, an archive, a place inside an archive, or a file of a data set.
 * Its listing is to be closed.
 * @throws UserError where it is a data set, but not a whole or a clear one; the signal's reason.
 */
export async function openListing(location: string, options: ListOptions = {}): Promise<ItemListing | NotADataset> {
  const opened = await openTree(location, options);
  if (opened.format === 'none') return opened;
  const { tree, inner, kind } = opened;
  let listing: Omit<ItemListing, 'name' | 'path'> | undefined;
  try {
    const source = kind === 'folder' ? await recognizeBelow(tree, inner, options) : await recognizeFile(tree, inner);
    if (source.format === 'none') return source;
    listing = await listSource(tree, source, options);
    return { ...listing, name: sourceName(tree, inner, source), path: path.resolve(location) };
  } finally {
    if (!listing) await tree.close();
  }
}

/** Archives often hold one folder that holds all: what is in it is meant. */
async function recognizeBelow(
  tree: FileTree,
  folder: string,
  options: ListOptions,
): Promise<DatasetSource | NotADataset> {
  const found = await recognizeDataset(tree, folder, options.signal);
  if (found.format !== 'none' || tree.container === 'folder') return found;
  const { folders } = await visibleEntries(tree, folder);
  const [only] = folders;
  if (only === undefined || folders.length > 1) return found;
  const below = await recognizeBelow(tree, inFolder(folder, only), options);
  return below.format === 'none' ? found : below;
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

function sourceName(tree: FileTree, inner: string, source: DatasetSource): string {
  if (source.format === 'idx' && source.prefix !== '') return source.prefix;
  const name = path.basename(tree.container === 'folder' || inner === '' ? tree.path : inner);
  return tree.container === 'folder' ? name : name.replace(/\.(zip|tar|tgz|tar\.gz)$/i, '');
}
