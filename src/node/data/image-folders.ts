import path from 'node:path';
import type { SkippedFile, SplitName } from '../../core/data/dataset';
import { imageFormatNames, isImageFileName } from '../../core/data/image-file-name';
import { splitNameOf, splitOrder } from '../../core/data/split-names';
import { UserError } from '../../core/errors';
import type { FileTree } from './file-tree';
import { compareText } from './folder-entries';
import { notADataset, type NotADataset } from './not-a-dataset';
import { inFolder } from './tree-paths';

/** Images in one folder for each class, at the root (all for training) or below a folder for each split. */
export interface ImageFolderSource {
  readonly format: 'image-folder';
  /** In the tree. */
  readonly path: string;
  /** Sorted; the training split's. */
  readonly classes: readonly string[];
  readonly splits: readonly ImageFolderSplit[];
  /** Folders that can't be used, and why. */
  readonly skipped: readonly SkippedFile[];
}

export interface ImageFolderSplit {
  readonly name: SplitName;
  readonly classFolders: readonly { readonly path: string; readonly label: number }[];
}

/**
 * Whether a folder of a tree holds a folder of images for each class.
 * @throws UserError where it does, but not in a clear way.
 */
export async function recognizeImageFolder(
  tree: FileTree,
  root: string,
  signal: AbortSignal | undefined,
): Promise<ImageFolderSource | NotADataset> {
  const here = tree.describe(root);
  const { files, folders } = await visibleEntries(tree, root);
  const splitFolders = folders.filter((folder) => splitNameOf(folder) !== undefined);
  if (splitFolders.length > 0) {
    const source = await recognizeSplits(tree, root, splitFolders, signal);
    if (source) return source;
  }
  const classNames = await classFoldersIn(tree, root, folders, signal);
  if (classNames.length > 0 && classNames.every((name) => splitNameOf(name) !== undefined)) {
    return notADataset(
      `${here} has images in ${classNames.join(' and ')}, but no folders that say which class they are.`,
      `Put the images of each class into a folder of its own, such as ${path.join(classNames[0] ?? '', 'cat')}.`,
    );
  }
  const [onlyClass, secondClass] = classNames;
  if (onlyClass !== undefined && secondClass !== undefined) {
    const classes = classTitles(classNames);
    const train = { name: 'train' as const, classFolders: labelFolders(root, classNames, classes) };
    return { format: 'image-folder', path: root, classes, splits: [train], skipped: [] };
  }
  if (onlyClass !== undefined) {
    const inner = (await visibleEntries(tree, inFolder(root, onlyClass))).folders;
    const nested = inner.some((folder) => splitNameOf(folder) !== undefined) || inner.length > 1;
    return notADataset(
      `${here} has images in one folder only, ${onlyClass}: there is nothing to tell apart.`,
      nested
        ? `The data set may be one level deeper: choose ${tree.describe(inFolder(root, onlyClass))}.`
        : 'Put the images of each class into a folder of its own, two at least.',
    );
  }
  if (files.some(isImageFileName)) {
    return notADataset(
      `${here} has images, but no folders that say which class they are.`,
      'Put the images of each class into a folder of its own, or say in a dataset.json how their names tell it.',
    );
  }
  return notADataset(
    `${here} has neither IDX files nor folders of images.`,
    `Choose a folder with train-images-idx3-ubyte and its companions, or with one folder of ${imageFormatNames} files for each class.`,
  );
}

/** Names of files and of folders in a folder, sorted. */
export async function visibleEntries(tree: FileTree, folder: string): Promise<{ files: string[]; folders: string[] }> {
  const entries = await tree.entries(folder);
  const names = (kind: 'file' | 'folder'): string[] =>
    entries
      .filter((entry) => entry.kind === kind)
      .map((entry) => entry.name)
      .sort(compareText);
  return { files: names('file'), folders: names('folder') };
}

export async function holdsImages(tree: FileTree, folder: string, signal?: AbortSignal): Promise<boolean> {
  let found = false;
  await tree.walk(folder, (file) => !(found = isImageFileName(file)), signal);
  return found;
}

/** Undefined where none of the folders holds classes: then they are no splits, whatever their names. */
async function recognizeSplits(
  tree: FileTree,
  root: string,
  splitFolders: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ImageFolderSource | undefined> {
  const here = tree.describe(root);
  const found: { name: SplitName; folder: string; classNames: readonly string[] }[] = [];
  const skipped: SkippedFile[] = [];
  for (const folder of splitFolders) {
    const name = splitNameOf(folder);
    if (!name) continue;
    const splitPath = inFolder(root, folder);
    const classNames = await classFoldersIn(tree, splitPath, (await visibleEntries(tree, splitPath)).folders, signal);
    if (classNames.length === 0) {
      skipped.push({ path: tree.describe(splitPath), reason: 'holds no class folders with images: not used' });
      continue;
    }
    const twin = found.find((each) => each.name === name);
    if (twin) {
      throw new UserError(
        `${here} has two folders for the same split: ${twin.folder} and ${folder}.`,
        'Join them or rename one of them.',
      );
    }
    found.push({ name, folder, classNames });
  }
  const train = found.find((split) => split.name === 'train');
  if (found.length === 0) return undefined;
  if (!train) {
    throw new UserError(
      `${here} has ${found.map((split) => `a folder ${split.folder}`).join(' and ')}, but no training images.`,
      'Put the training images into a folder train, with a folder for each class.',
    );
  }
  const classes = classTitles(train.classNames);
  if (classes.length < 2) {
    throw new UserError(
      `${tree.describe(inFolder(root, train.folder))} has one class only, ${classes[0]}: there is nothing to tell apart.`,
      'Put the images of each class into a folder of its own, two at least.',
    );
  }
  for (const { folder, classNames } of found) {
    const unknown = classTitles(classNames).filter((title) => !classes.includes(title));
    if (unknown.length > 0) {
      throw new UserError(
        `${tree.describe(inFolder(root, folder))} has classes that ${train.folder} has not: ${unknown.join(', ')}.`,
        `The classes of all splits must be those of ${train.folder}: rename or remove the folders.`,
      );
    }
  }
  const splits = splitOrder.flatMap((name) => {
    const split = found.find((each) => each.name === name);
    if (!split) return [];
    return [{ name, classFolders: labelFolders(inFolder(root, split.folder), split.classNames, classes) }];
  });
  return { format: 'image-folder', path: root, classes, splits, skipped };
}

async function classFoldersIn(
  tree: FileTree,
  folder: string,
  candidates: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const names: string[] = [];
  for (const candidate of candidates) {
    if (await holdsImages(tree, inFolder(folder, candidate), signal)) names.push(candidate);
  }
  return names;
}

/** Folder names in Unicode's composed form: macOS and Linux write the same accented name differently. */
function classTitles(folderNames: readonly string[]): string[] {
  return [...new Set(folderNames.map((name) => name.normalize('NFC')))].sort(compareText);
}

function labelFolders(folder: string, folderNames: readonly string[], classes: readonly string[]) {
  return folderNames.map((name) => ({ path: inFolder(folder, name), label: classes.indexOf(name.normalize('NFC')) }));
}
