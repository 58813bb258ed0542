import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { SkippedFile, SplitName } from '../../core/data/dataset';
import { parseIdxFileName } from '../../core/data/idx-file-name';
import { imageFormatNames, isImageFileName } from '../../core/data/image-file-name';
import { splitNameOf, splitOrder } from '../../core/data/split-names';
import { UserError } from '../../core/errors';
import { type IdxSource, idxSourcesIn } from './idx-files';
import { compareText, holdsImages, isHidden, readFolder, visibleFolders } from './image-files';

/**
 * Which kind of data set a path is, and where its parts lie; nothing is decoded.
 * `NotADataset` carries what to tell a user who meant it to be one.
 * @throws UserError where it is a data set, but not a whole or a clear one.
 */
export async function recognizeDataset(
  location: string,
  signal?: AbortSignal,
): Promise<IdxSource | ImageFolderSource | NotADataset> {
  const absolute = path.resolve(location);
  const stats = await stat(absolute).catch((cause: NodeJS.ErrnoException) => cause);
  if (stats instanceof Error) {
    return notADataset(
      stats.code === 'ENOENT' ? `${absolute} does not exist.` : `${absolute} can't be read: ${stats.message}.`,
      'Give the folder of a data set.',
    );
  }
  if (!stats.isDirectory()) return recognizeFile(absolute);
  const files = (await readFolder(absolute)).filter((entry) => !entry.isDirectory() && !isHidden(entry.name));
  const fileNames = files.map((entry) => entry.name);
  const [first, ...others] = idxSourcesIn(absolute, fileNames);
  if (first && others.length > 0) {
    throw new UserError(
      `${absolute} holds ${others.length + 1} data sets: ${[first, ...others].map((set) => set.name).join(', ')}.`,
      `Choose one by its file of training images, such as ${first.path}.`,
    );
  }
  return first ?? recognizeImageFolder(absolute, fileNames, signal);
}

/** Images in one folder for each class, at the root (all for training) or below a folder for each split. */
export interface ImageFolderSource {
  readonly format: 'image-folder';
  readonly name: string;
  readonly path: string;
  /** Sorted; the training split's. */
  readonly classes: readonly string[];
  readonly splits: readonly ImageFolderSplit[];
  /** Folders that can't be used, and why. */
  readonly skipped: readonly SkippedFile[];
}

export interface ImageFolderSplit {
  readonly name: SplitName;
  /** Absolute. */
  readonly path: string;
  readonly classFolders: readonly { readonly path: string; readonly label: number }[];
}

export interface NotADataset {
  readonly format: 'none';
  readonly problem: UserError;
}

async function recognizeFile(file: string): Promise<IdxSource | NotADataset> {
  const name = path.basename(file);
  const idxName = parseIdxFileName(name);
  if (idxName) {
    const folder = path.dirname(file);
    const names = (await readFolder(folder)).map((entry) => entry.name);
    const siblings = names.filter((each) => parseIdxFileName(each)?.prefix === idxName.prefix);
    const [source] = idxSourcesIn(folder, siblings);
    if (source) return { ...source, path: file };
  }
  if (/\.(zip|tar|tgz|tar\.\w+|tbz2?|txz|7z|rar)$/i.test(name)) {
    return notADataset(`${file} is an archive.`, 'Unpack it, and choose the folder that comes out of it.');
  }
  return notADataset(`${file} is a file.`, 'Choose the folder of a data set.');
}

async function recognizeImageFolder(
  root: string,
  fileNames: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ImageFolderSource | NotADataset> {
  const folders = await visibleFolders(root);
  const splitFolders = folders.filter((folder) => splitNameOf(folder) !== undefined);
  if (splitFolders.length > 0) {
    const source = await recognizeSplits(root, splitFolders, signal);
    if (source) return source;
  }
  const classNames = await classFoldersIn(root, folders, signal);
  if (classNames.length > 0 && classNames.every((name) => splitNameOf(name) !== undefined)) {
    return notADataset(
      `${root} has images in ${classNames.join(' and ')}, but no folders that say which class they are.`,
      `Put the images of each class into a folder of its own, such as ${path.join(classNames[0] ?? '', 'cat')}.`,
    );
  }
  const [onlyClass, secondClass] = classNames;
  if (onlyClass !== undefined && secondClass !== undefined) {
    const classes = classTitles(classNames);
    const train = { name: 'train' as const, path: root, classFolders: labelFolders(root, classNames, classes) };
    return { format: 'image-folder', name: path.basename(root), path: root, classes, splits: [train], skipped: [] };
  }
  if (onlyClass !== undefined) {
    const inner = await visibleFolders(path.join(root, onlyClass));
    const nested = inner.some((folder) => splitNameOf(folder) !== undefined) || inner.length > 1;
    return notADataset(
      `${root} has images in one folder only, ${onlyClass}: there is nothing to tell apart.`,
      nested
        ? `The data set may be one level deeper: choose ${path.join(root, onlyClass)}.`
        : 'Put the images of each class into a folder of its own, two at least.',
    );
  }
  if (fileNames.some(isImageFileName)) {
    return notADataset(
      `${root} has images, but no folders that say which class they are.`,
      'Put the images of each class into a folder of its own.',
    );
  }
  return notADataset(
    `${root} has neither IDX files nor folders of images.`,
    `Choose a folder with train-images-idx3-ubyte and its companions, or with one folder of ${imageFormatNames} files for each class.`,
  );
}

/** Undefined where none of the folders holds classes: then they are no splits, whatever their names. */
async function recognizeSplits(
  root: string,
  splitFolders: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ImageFolderSource | undefined> {
  const found: { name: SplitName; folder: string; classNames: readonly string[] }[] = [];
  const skipped: SkippedFile[] = [];
  for (const folder of splitFolders) {
    const name = splitNameOf(folder);
    if (!name) continue;
    const splitPath = path.join(root, folder);
    const classNames = await classFoldersIn(splitPath, await visibleFolders(splitPath), signal);
    if (classNames.length === 0) {
      skipped.push({ path: splitPath, reason: 'holds no class folders with images: not used' });
      continue;
    }
    const twin = found.find((each) => each.name === name);
    if (twin) {
      throw new UserError(
        `${root} has two folders for the same split: ${twin.folder} and ${folder}.`,
        'Join them or rename one of them.',
      );
    }
    found.push({ name, folder, classNames });
  }
  const train = found.find((split) => split.name === 'train');
  if (found.length === 0) return undefined;
  if (!train) {
    throw new UserError(
      `${root} has ${found.map((split) => `a folder ${split.folder}`).join(' and ')}, but no training images.`,
      'Put the training images into a folder train, with a folder for each class.',
    );
  }
  const classes = classTitles(train.classNames);
  if (classes.length < 2) {
    throw new UserError(
      `${path.join(root, train.folder)} has one class only, ${classes[0]}: there is nothing to tell apart.`,
      'Put the images of each class into a folder of its own, two at least.',
    );
  }
  for (const { folder, classNames } of found) {
    const unknown = classTitles(classNames).filter((title) => !classes.includes(title));
    if (unknown.length > 0) {
      throw new UserError(
        `${path.join(root, folder)} has classes that ${train.folder} has not: ${unknown.join(', ')}.`,
        `The classes of all splits must be those of ${train.folder}: rename or remove the folders.`,
      );
    }
  }
  const splits = splitOrder.flatMap((name) => {
    const split = found.find((each) => each.name === name);
    if (!split) return [];
    const splitPath = path.join(root, split.folder);
    return [{ name, path: splitPath, classFolders: labelFolders(splitPath, split.classNames, classes) }];
  });
  return { format: 'image-folder', name: path.basename(root), path: root, classes, splits, skipped };
}

async function classFoldersIn(
  folder: string,
  candidates: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const names: string[] = [];
  for (const candidate of candidates) {
    if (await holdsImages(path.join(folder, candidate), signal)) names.push(candidate);
  }
  return names;
}

/** Folder names in Unicode's composed form: macOS and Linux write the same accented name differently. */
function classTitles(folderNames: readonly string[]): string[] {
  return [...new Set(folderNames.map((name) => name.normalize('NFC')))].sort(compareText);
}

function labelFolders(folder: string, folderNames: readonly string[], classes: readonly string[]) {
  return folderNames.map((name) => ({ path: path.join(folder, name), label: classes.indexOf(name.normalize('NFC')) }));
}

function notADataset(message: string, remedy: string): NotADataset {
  return { format: 'none', problem: new UserError(message, remedy) };
}
