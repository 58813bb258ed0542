import { UserError } from '../../core/errors';
import type { FileTree } from './file-tree';
import { parseIdxFileName } from '../../core/data/idx-file-name';
import { type IdxSource, idxSourcesIn } from './idx-files';
import { type ImageFolderSource, recognizeImageFolder, visibleEntries } from './image-folders';
import { notADataset, type NotADataset } from './not-a-dataset';
import { refuseOtherArchives } from './open-tree';
import { folderOf, nameOf } from './tree-paths';

export type DatasetSource = IdxSource | ImageFolderSource;

/**
 * Which kind of data set a folder of a tree holds, and where its parts lie; nothing is decoded.
 * @throws UserError where it holds a data set, but not a whole or a clear one.
 */
export async function recognizeDataset(
  tree: FileTree,
  folder: string,
  signal?: AbortSignal,
): Promise<DatasetSource | NotADataset> {
  const { files } = await visibleEntries(tree, folder);
  const [first, ...others] = idxSourcesIn(tree, folder, files);
  if (first && others.length > 0) {
    throw new UserError(
      `${tree.describe(folder)} holds ${others.length + 1} data sets: ${[first, ...others].map((set) => set.prefix || nameOf(tree.describe(folder))).join(', ')}.`,
      `Choose one by its file of training images, such as ${tree.describe(first.path)}.`,
    );
  }
  return first ?? recognizeImageFolder(tree, folder, signal);
}

/** The data set that a file of a tree belongs to: one of several IDX sets of a folder. */
export async function recognizeFile(tree: FileTree, file: string): Promise<DatasetSource | NotADataset> {
  const idxName = parseIdxFileName(nameOf(file));
  if (idxName) {
    const { files } = await visibleEntries(tree, folderOf(file));
    const siblings = files.filter((each) => parseIdxFileName(each)?.prefix === idxName.prefix);
    const [source] = idxSourcesIn(tree, folderOf(file), siblings);
    if (source) return { ...source, path: file };
  }
  refuseOtherArchives(tree.describe(file));
  return notADataset(`${tree.describe(file)} is a file.`, 'Choose the folder of a data set.');
}
