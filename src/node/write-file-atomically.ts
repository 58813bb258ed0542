import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../core/errors';

/**
 * Replaces a file's contents as a whole: written to a temporary name beside it, synced, renamed, and the folder synced.
 * Whoever reads, and whatever power cut comes, sees the old contents or the new, never a part. Throws a UserError.
 * `contents` may write itself into the empty file. `synced: false`: for a large file that is checked whenever it is read, and made anew
 * where a power cut has taken something from it; whoever reads still sees all of it or nothing.
 */
export async function writeFileAtomically(
  file: string,
  contents: string | Uint8Array | ((handle: FileHandle) => Promise<void>),
  { synced = true }: { readonly synced?: boolean } = {},
): Promise<void> {
  const folder = dirname(file);
  const temporary = join(folder, `.${basename(file)}.${randomBytes(6).toString('hex')}${temporarySuffix}`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await (typeof contents === 'function' ? contents(handle) : handle.writeFile(contents));
      if (synced) await handle.sync();
    } finally {
      await handle.close();
    }
    await renamePatiently(temporary, file);
    if (synced) await syncFolder(folder);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined); // Why the write failed is what counts.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(
      `${file} can't be written: ${reason}.`,
      'See whether the disk has room and the folder may be written to.',
      { cause },
    );
  }
}

/** Ends the names of files that a killed process may leave behind. */
export const temporarySuffix = '.tmp';

/** On Windows a virus scanner or an indexer may hold the target open for a moment. */
export async function renamePatiently(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const mayPass = process.platform === 'win32' && (code === 'EPERM' || code === 'EACCES' || code === 'EBUSY');
      if (!mayPass || attempt === renameAttempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, renameWaitMs * attempt));
    }
  }
}

const renameAttempts = 6;
const renameWaitMs = 20;

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // Folders can't be opened there; NTFS journals the rename.
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
