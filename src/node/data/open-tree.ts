import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/errors';
import type { FileTree } from './file-tree';
import { FolderTree } from './folder-tree';
import { notADataset, type NotADataset } from './not-a-dataset';
import { openTar, type OpenTarOptions } from './open-tar';
import { openZip } from './open-zip';

/** A place in a tree; the tree is to be closed. */
export interface OpenedTree {
  readonly format: 'tree';
  readonly tree: FileTree;
  /** In the tree, '' for its root. */
  readonly inner: string;
  readonly kind: 'file' | 'folder';
}

/**
 * The tree that a path leads into: a folder, an archive, or a place inside an archive (`set.zip/train`).
 * @throws UserError where an archive can't be read.
 */
export async function openTree(location: string, options: OpenTarOptions = {}): Promise<OpenedTree | NotADataset> {
  const absolute = path.resolve(location);
  const found = await stat(absolute).catch((cause: NodeJS.ErrnoException) => cause);
  if (!(found instanceof Error)) {
    if (found.isDirectory()) return { format: 'tree', tree: new FolderTree(absolute), inner: '', kind: 'folder' };
    if (isArchiveName(absolute)) {
      return { format: 'tree', tree: await openArchive(absolute, options), inner: '', kind: 'folder' };
    }
    const { dir, base } = path.parse(absolute);
    return { format: 'tree', tree: new FolderTree(dir), inner: base, kind: 'file' };
  }
  const archive = found.code === 'ENOTDIR' || found.code === 'ENOENT' ? await archiveAbove(absolute) : undefined;
  if (archive === undefined) {
    return notADataset(
      found.code === 'ENOENT' ? `${absolute} does not exist.` : `${absolute} can't be read: ${found.message}.`,
      'Give the folder of a data set.',
    );
  }
  const tree = await openArchive(archive, options);
  const inner = path.relative(archive, absolute).split(path.sep).join('/');
  const isFolder = await tree.entries(inner).then(
    () => true,
    () => false,
  );
  return { format: 'tree', tree, inner, kind: isFolder ? 'folder' : 'file' };
}

/** Whether a name ends as an archive does that is read in place. */
export function isArchiveName(name: string): boolean {
  return /\.(zip|tar|tgz|tar\.gz)$/i.test(name);
}

function openArchive(archive: string, options: OpenTarOptions): Promise<FileTree> {
  return /\.zip$/i.test(archive) ? openZip(archive, options.signal) : openTar(archive, options);
}

async function archiveAbove(location: string): Promise<string | undefined> {
  for (let place = path.dirname(location); place !== path.dirname(place); place = path.dirname(place)) {
    const found = await stat(place).catch(() => undefined);
    if (found) return found.isFile() && isArchiveName(place) ? place : undefined;
  }
  return undefined;
}

/** @throws UserError where the file is an archive of a kind that is not read. */
export function refuseOtherArchives(file: string): void {
  if (!/\.(tar\.\w+|tbz2?|txz|bz2|xz|zst|7z|rar)$/i.test(file)) return;
  throw new UserError(
    `${file} is an archive of a kind that is not read in place.`,
    'Unpack it, and choose the folder that comes out of it; or pack it again as .zip or .tar.',
  );
}
