import { opendir } from 'node:fs/promises';
import path from 'node:path';
import type { DatasetSummary } from '../core/data/dataset';
import { isImageFileName } from '../core/data/image-file-name';
import { splitNameOf, splitOrder } from '../core/data/split-names';
import { UserError } from '../core/errors';
import { isHidden, readFolder } from './data/folder-entries';
import { FolderTree } from './data/folder-tree';
import { idxSourcesIn } from './data/idx-files';
import { cifarSourceIn } from './data/list-cifar';
import { parquetSourceIn } from './data/list-parquet';
import { npySourceIn, npzSourcesIn } from './data/npy-files';
import { isArchiveName } from './data/open-tree';
import { datasetFileIn } from './data/recognize-dataset';
import { recognizeTable } from './data/recognize-table';
import type { ItemListing } from './data/item-listing';
import { openListing } from './data/open-listing';
import type { KnownArchives } from './known-archives';

/**
 * The data sets below a folder (and the folder itself), in the order of their paths. Made for a workspace, which is
 * mostly not data: a folder counts as a data set of images only where its sub-folders are nearly all full of images.
 */
export async function findDatasets(root: string, options: FindOptions = {}): Promise<DatasetSummary[]> {
  const found: DatasetSummary[] = [];
  await search(path.resolve(root), options.maxDepth ?? defaultMaxDepth, new SearchBudget(), options, found);
  return found;
}

export interface FindOptions {
  /** Levels below the root that are searched; 4 if not given. */
  readonly maxDepth?: number;
  readonly signal?: AbortSignal;
  /** Called for what looks like a data set but can't be used. */
  readonly onProblem?: (folder: string, problem: UserError) => void;
  /** Of the searches before; if not given, every archive is looked into. */
  readonly archives?: KnownArchives;
}

/**
 * Splits, classes and counts of the data set at a path, without decoding it; undefined where there is none.
 * @throws UserError where the data set is incomplete or damaged.
 */
export async function summarizeDataset(location: string, signal?: AbortSignal): Promise<DatasetSummary | undefined> {
  const listing = await openListing(location, { signal });
  if (listing.format === 'none') return undefined;
  try {
    return summarizeListing(listing);
  } finally {
    await listing.close();
  }
}

function summarizeListing(listing: ItemListing): DatasetSummary {
  const { items, classes } = listing;
  const counts = splitOrder.map(() => new Array<number>(classes.length).fill(0));
  const totals = splitOrder.map(() => 0);
  for (let index = 0; index < items.count; index++) {
    const split = items.splits[index] ?? 0;
    const tally = counts[split];
    totals[split] = (totals[split] ?? 0) + 1;
    if (!tally) continue;
    if (items.labelSets) {
      for (let label = 0; label < classes.length; label++) {
        if (items.labelSets[index * classes.length + label] === 1) tally[label] = (tally[label] ?? 0) + 1;
      }
    } else {
      const label = items.labels[index] ?? -1;
      if (label >= 0) tally[label] = (tally[label] ?? 0) + 1;
    }
  }
  return {
    name: listing.name,
    path: listing.path,
    format: listing.format,
    ...(listing.container !== 'folder' && { container: listing.container }),
    splits: splitOrder.flatMap((name, split) => {
      const count = totals[split] ?? 0;
      if (count === 0) return [];
      return [
        { name, count, classes: classes.map((each, label) => ({ name: each, count: counts[split]?.[label] ?? 0 })) },
      ];
    }),
  };
}

const defaultMaxDepth = 4;
/** Bounds for workspaces that hold a disk: what lies beyond is not found. */
class SearchBudget {
  private folders = 10_000;
  private archives = 50;

  takeFolder(): boolean {
    return this.folders-- > 0;
  }

  /** How many archives of a folder may be looked into. */
  takeArchives(wanted: number): number {
    // A folder full of archives holds something else.
    const allowed = Math.min(10, wanted, this.archives);
    this.archives -= allowed;
    return allowed;
  }
}

const ignoredFolders: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  'site-packages',
  '__pycache__',
  'venv',
  'env',
  'dist',
  'out',
  'build',
  'target',
]);

async function search(
  folder: string,
  depth: number,
  budget: SearchBudget,
  options: FindOptions,
  found: DatasetSummary[],
): Promise<void> {
  options.signal?.throwIfAborted();
  if (!budget.takeFolder()) return;
  let here: DatasetSummary[];
  let folders: string[];
  try {
    const entries = (await readFolder(folder)).filter((entry) => !isHidden(entry.name));
    // Links to folders are not followed: a workspace may hold links to anywhere, and round again.
    folders = entries.filter((entry) => entry.isDirectory() && !ignoredFolders.has(entry.name)).map(({ name }) => name);
    here = await datasetsAt(
      folder,
      entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name),
      folders,
      options,
      budget,
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    options.onProblem?.(folder, error);
    return;
  }
  found.push(...here);
  // An archive is no reason not to look further.
  if (here.some(({ path: place }) => !isArchiveName(place)) || depth === 0) return;
  for (const name of folders.sort()) await search(path.join(folder, name), depth - 1, budget, options, found);
}

async function datasetsAt(
  folder: string,
  fileNames: readonly string[],
  folders: readonly string[],
  options: FindOptions,
  budget: SearchBudget,
): Promise<DatasetSummary[]> {
  const tree = new FolderTree(folder);
  const at = (files: readonly string[]): Promise<DatasetSummary[]> =>
    summaries(
      files.map((file) => tree.describe(file)),
      options,
    );
  const archiveNames = fileNames.filter(isArchiveName);
  const archives = await at(archiveNames.slice(0, budget.takeArchives(archiveNames.length)));
  const idxSources = idxSourcesIn(tree, '', fileNames);
  if (idxSources.length > 0) return [...(await at(idxSources.map((set) => set.path))), ...archives];
  const npzSources = fileNames.length <= mostFilesAroundArrays ? await npzSourcesIn(tree, '', fileNames) : [];
  if (npzSources.length > 1) return [...(await at(npzSources.map((set) => set.path))), ...archives];
  const isMarked =
    (await datasetFileIn(tree, '', fileNames)) ??
    cifarSourceIn('', fileNames) ??
    (await npySourceIn(tree, '', fileNames)) ??
    (await parquetSourceIn(tree, '', fileNames, folders));
  const isDataset =
    isMarked !== undefined ||
    (await looksLikeImageFolders(folder, folders)) ||
    (await recognizeTable(tree, '', fileNames, options.signal)) !== undefined;
  return [...(isDataset ? await at(['']) : []), ...archives];
}

/** Folders with very many files hold images. */
const mostFilesAroundArrays = 1000;

async function summaries(
  locations: readonly string[],
  { signal, onProblem, archives }: FindOptions,
): Promise<DatasetSummary[]> {
  const found: DatasetSummary[] = [];
  for (const location of locations) {
    try {
      const look = () => summarizeDataset(location, signal);
      const summary = await (archives && isArchiveName(location) ? archives.summarize(location, look) : look());
      if (summary) found.push(summary);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      onProblem?.(location, error);
    }
  }
  return found;
}

/** Whether the sub-folders are classes, or one of them is the training split with classes in it. */
async function looksLikeImageFolders(folder: string, folders: readonly string[]): Promise<boolean> {
  const train = folders.find((name) => splitNameOf(name) === 'train');
  if (train === undefined) return areClasses(folder, folders);
  const entries = await readFolder(path.join(folder, train));
  const names = entries.filter((entry) => entry.isDirectory() && !isHidden(entry.name)).map(({ name }) => name);
  return areClasses(path.join(folder, train), names);
}

/** At least two folders with images, and no more than one in five of another kind. */
async function areClasses(folder: string, names: readonly string[]): Promise<boolean> {
  if (names.length < 2) return false;
  const allowed = Math.floor(names.length / 5);
  let others = 0;
  for (const name of names) {
    if (!(await isFullOfImages(path.join(folder, name))) && ++others > allowed) return false;
  }
  return names.length - others >= 2;
}

/** From a first look at its entries: images, and more of them than of anything else. */
async function isFullOfImages(folder: string): Promise<boolean> {
  let images = 0;
  let others = 0;
  try {
    for await (const entry of await opendir(folder)) {
      if (isHidden(entry.name)) continue;
      if (!entry.isDirectory() && isImageFileName(entry.name)) images++;
      else others++;
      if (images + others === lookedAt) break;
    }
  } catch {
    // Gone or forbidden: not a class that could be used.
    return false;
  }
  return images > others;
}

const lookedAt = 64;
