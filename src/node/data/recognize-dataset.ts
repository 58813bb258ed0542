import { isDatasetFile } from '../../core/data/dataset-file';
import { parseIdxFileName } from '../../core/data/idx-file-name';
import { UserError } from '../../core/errors';
import type { FileTree } from './file-tree';
import { type IdxSource, idxSourcesIn } from './idx-files';
import { type ImageFolderSource, recognizeImageFolder, visibleEntries } from './image-folders';
import { type CifarSource, cifarSourceIn } from './list-cifar';
import { type ParquetSource, parquetSourceIn, parquetSourceOf } from './list-parquet';
import { notADataset, type NotADataset } from './not-a-dataset';
import { type NpySource, npySourceIn, npzSource } from './npy-files';
import { refuseOtherArchives } from './open-tree';
import { decodeText } from './path-rules';
import { recognizeTable } from './recognize-table';
import type { TableSource } from './table-source';
import { folderOf, inFolder, nameOf } from './tree-paths';

export type DatasetSource =
  IdxSource | ImageFolderSource | CifarSource | NpySource | ParquetSource | TableSource | DatasetFileSource;

/** A dataset.json, by its path in the tree. */
export interface DatasetFileSource {
  readonly format: 'dataset-file';
  readonly file: string;
}

export const datasetFileName = 'dataset.json';

/**
 * Which kind of data set a folder of a tree holds, and where its parts lie; nothing is decoded. A dataset.json goes before all;
 * then come IDX, CIFAR, NumPy and Parquet files, a folder for each class, and a table of labels.
 * @throws UserError where it holds a data set, but not a whole or a clear one.
 */
export async function recognizeDataset(
  tree: FileTree,
  folder: string,
  signal?: AbortSignal,
): Promise<DatasetSource | NotADataset> {
  const { files, folders } = await visibleEntries(tree, folder);
  const described = await datasetFileIn(tree, folder, files);
  if (described) return described;
  const [first, ...others] = idxSourcesIn(tree, folder, files);
  if (first && others.length > 0) {
    throw new UserError(
      `${tree.describe(folder)} holds ${others.length + 1} data sets: ${[first, ...others].map((set) => set.prefix || nameOf(tree.describe(folder))).join(', ')}.`,
      `Choose one by its file of training images, such as ${tree.describe(first.path)}.`,
    );
  }
  const arrays =
    first ??
    cifarSourceIn(folder, files) ??
    (await npySourceIn(tree, folder, files)) ??
    (await parquetSourceIn(tree, folder, files, folders));
  if (arrays) return arrays;
  const images = await recognizeImageFolder(tree, folder, signal);
  if (images.format !== 'none') return images;
  return (await recognizeTable(tree, folder, files, signal)) ?? images;
}

/** The dataset.json among the files of a folder, if it is one of ours. */
export async function datasetFileIn(
  tree: FileTree,
  folder: string,
  files: readonly string[],
): Promise<DatasetFileSource | undefined> {
  if (!files.includes(datasetFileName)) return undefined;
  const file = inFolder(folder, datasetFileName);
  const text = await tree.read(file, mostJsonBytes).then(decodeText, (error: unknown) => {
    // Others name large files of annotations so.
    if (error instanceof UserError) return '';
    throw error;
  });
  return isDatasetFile(text) ? { format: 'dataset-file', file } : undefined;
}

const mostJsonBytes = 2 ** 22;

/**
 * The data set that a file of a tree is or belongs to: a dataset.json (whatever its name), a .npz, a .parquet, or one of several
 * IDX sets of a folder.
 * @throws UserError
 */
export async function recognizeFile(tree: FileTree, file: string): Promise<DatasetSource | NotADataset> {
  const name = nameOf(file);
  const idxName = parseIdxFileName(name);
  if (idxName) {
    const { files } = await visibleEntries(tree, folderOf(file));
    const siblings = files.filter((each) => parseIdxFileName(each)?.prefix === idxName.prefix);
    const [source] = idxSourcesIn(tree, folderOf(file), siblings);
    if (source) return { ...source, path: file };
  }
  if (/\.json$/i.test(name)) return { format: 'dataset-file', file };
  const source = /\.npz$/i.test(name)
    ? await npzSource(tree, file)
    : /\.parquet$/i.test(name)
      ? parquetSourceOf(file, [file])
      : undefined;
  if (source) return source;
  refuseOtherArchives(tree.describe(file));
  return notADataset(`${tree.describe(file)} is a file.`, 'Choose the folder of a data set.');
}
