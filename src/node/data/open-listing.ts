import path from 'node:path';
import { assertNever } from '../../core/errors';
import type { FileTree } from './file-tree';
import { visibleEntries } from './image-folders';
import type { ItemListing } from './item-listing';
import { listCifar } from './list-cifar';
import { listDatasetFile } from './list-dataset-file';
import { listIdx } from './list-idx';
import { listImageFolder } from './list-image-folder';
import { listNpy } from './list-npy';
import { listParquet } from './list-parquet';
import { listTable } from './list-table';
import type { NotADataset } from './not-a-dataset';
import type { OpenTarOptions } from './open-tar';
import { openTree } from './open-tree';
import { type DatasetFileSource, type DatasetSource, recognizeDataset, recognizeFile } from './recognize-dataset';
import { inFolder } from './tree-paths';

export interface ListOptions extends OpenTarOptions {
  /** Images found so far. */
  readonly onProgress?: ((found: number) => void) | undefined;
}

type Listing = Omit<ItemListing, 'path'>;

/**
 * Opens the data set at a path as it lies there: a folder, an archive, a place inside an archive, or a file of a data set.
 * Its listing is to be closed.
 * @throws UserError where it is a data set, but not a whole or a clear one; the signal's reason.
 */
export async function openListing(location: string, options: ListOptions = {}): Promise<ItemListing | NotADataset> {
  const opened = await openTree(location, options);
  if (opened.format === 'none') return opened;
  const { tree, inner, kind } = opened;
  let listing: Listing | undefined;
  try {
    const source = kind === 'folder' ? await recognizeBelow(tree, inner, options) : await recognizeFile(tree, inner);
    if (source.format === 'none') return source;
    listing = await listSource(tree, inner, source, options);
    return { ...listing, path: path.resolve(location) };
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

async function listSource(
  tree: FileTree,
  inner: string,
  source: DatasetSource,
  options: ListOptions,
): Promise<Listing> {
  if (source.format === 'dataset-file') return listDatasetFile(tree, source.file, options);
  return { ...(await listRecognized(tree, source, options)), name: sourceName(tree, inner, source) };
}

function listRecognized(
  tree: FileTree,
  source: Exclude<DatasetSource, DatasetFileSource>,
  options: ListOptions,
): Promise<Omit<Listing, 'name'>> {
  switch (source.format) {
    case 'idx':
      return listIdx(tree, source, undefined, options);
    case 'image-folder':
      return listImageFolder(tree, source, options);
    case 'cifar':
      return listCifar(tree, source, undefined, options);
    case 'npy':
      return listNpy(tree, source, undefined, options);
    case 'parquet':
      return listParquet(tree, source, undefined, options);
    case 'table':
      return listTable(tree, source, {}, options);
    default:
      return assertNever(source);
  }
}

function sourceName(tree: FileTree, inner: string, source: DatasetSource): string {
  if (source.format === 'idx' && source.prefix !== '') return source.prefix;
  const name = path.basename(inner === '' ? tree.path : inner);
  // Of a folder of the disk the name may well have a dot in it.
  return tree.container === 'folder' && inner === '' ? name : name.replace(/\.(zip|tar|tgz|tar\.gz|npz|parquet)$/i, '');
}
