import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/errors';

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

/** What is at the end of a link. */
export async function leadsTo(link: string): Promise<'folder' | 'file' | 'nothing' | 'other'> {
  try {
    const stats = await stat(link);
    return stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : 'other';
  } catch {
    // Broken, circular or forbidden: for data all the same.
    return 'nothing';
  }
}

/** Whether a path is another one, or below it. */
export function isWithin(inner: string, outer: string): boolean {
  const relative = path.relative(outer, inner);
  return relative === '' || (!path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..');
}
