import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isImageFileName } from '../../core/data/image-file-name';
import { UserError } from '../../core/errors';

/**
 * The image files of a folder and all folders in it, in no particular order. Links are followed, unless they lead back
 * to where they stand; hidden files and folders, and files that are not named as images, are passed over.
 * @throws UserError where a folder can't be read.
 */
export async function* walkImages(folder: string, signal?: AbortSignal): AsyncGenerator<FoundImage> {
  yield* walk(folder, '', [await realpath(folder)], signal);
}

export interface FoundImage {
  /** From the folder that was walked, with '/'. */
  readonly relativePath: string;
}

export async function countImages(folder: string, signal?: AbortSignal): Promise<number> {
  const images = walkImages(folder, signal);
  let count = 0;
  while (!(await images.next()).done) count++;
  return count;
}

export async function holdsImages(folder: string, signal?: AbortSignal): Promise<boolean> {
  const images = walkImages(folder, signal);
  const first = await images.next();
  await images.return(undefined);
  return !first.done;
}

/** Names of the visible folders in a folder, linked ones too, sorted. */
export async function visibleFolders(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readFolder(folder)) {
    if (isHidden(entry.name)) continue;
    const isFolder =
      entry.isDirectory() || (entry.isSymbolicLink() && (await leadsTo(path.join(folder, entry.name))) === 'folder');
    if (isFolder) names.push(entry.name);
  }
  return names.sort(compareText);
}

/** What systems leave in folders of data (`.DS_Store`, `._a.png`, `__MACOSX`) is not data. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX';
}

/** By UTF-16 code units: the same everywhere, whatever the language of the system. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @throws UserError where the folder can't be read. */
export async function readFolder(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(
      `The folder ${folder} can't be read: ${reason}.`,
      'Check that it exists and that you may read it.',
      {
        cause,
      },
    );
  }
}

/** `chain`: real paths of the folder and those above it, up to where the walk began. */
async function* walk(
  folder: string,
  prefix: string,
  chain: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<FoundImage> {
  signal?.throwIfAborted();
  for (const entry of await readFolder(folder)) {
    if (isHidden(entry.name)) continue;
    const file = path.join(folder, entry.name);
    const relativePath = prefix + entry.name;
    const kind = entry.isSymbolicLink()
      ? await leadsTo(file)
      : entry.isDirectory()
        ? 'folder'
        : entry.isFile()
          ? 'file'
          : 'other';
    if (kind === 'folder') {
      const real = entry.isSymbolicLink() ? await realpath(file) : path.join(chain.at(-1) ?? folder, entry.name);
      if (entry.isSymbolicLink() && chain.some((above) => isWithin(above, real))) continue;
      yield* walk(file, `${relativePath}/`, [...chain, real], signal);
    } else if (kind !== 'other' && isImageFileName(entry.name)) {
      // A link that leads nowhere is told of later, as an image that can't be read.
      yield { relativePath };
    }
  }
}

async function leadsTo(link: string): Promise<'folder' | 'file' | 'nothing' | 'other'> {
  try {
    const stats = await stat(link);
    return stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : 'other';
  } catch {
    // Broken, circular or forbidden: for data all the same.
    return 'nothing';
  }
}

function isWithin(inner: string, outer: string): boolean {
  const relative = path.relative(outer, inner);
  return relative === '' || (!path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..');
}
