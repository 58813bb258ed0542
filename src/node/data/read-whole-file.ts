import { open } from 'node:fs/promises';
import { UserError } from '../../core/errors';
import { readFully } from './read-fully';

/**
 * The bytes of a file of the disk, in memory of their own (not a pool's).
 * @throws UserError where it can't be read, or is longer than `mostBytes`.
 */
export async function readWholeFile(file: string, mostBytes: number): Promise<Uint8Array> {
  try {
    const handle = await open(file);
    try {
      const stats = await handle.stat();
      // A named pipe would be waited for without end.
      if (!stats.isFile()) throw new Error('it is not a file');
      requireLength(file, stats.size, mostBytes);
      const bytes = new Uint8Array(stats.size);
      return bytes.subarray(0, await readFully(handle, bytes));
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${file} can't be read: ${reason}.`, 'Check that it exists and that you may read it.', {
      cause,
    });
  }
}

/** @throws UserError where a file is longer than what is read of one of its kind. */
export function requireLength(name: string, bytes: number, mostBytes: number): void {
  if (bytes <= mostBytes) return;
  throw new UserError(
    `${name} has ${sizeText(bytes)}; files of its kind are read up to ${sizeText(mostBytes)}.`,
    'Check that it is the file that it should be, or cut it into smaller ones.',
  );
}

/** `12.3 MB` */
export function sizeText(bytes: number): string {
  const megabytes = bytes / 2 ** 20;
  return megabytes < 1024 ? `${megabytes.toFixed(1)} MB` : `${(megabytes / 1024).toFixed(1)} GB`;
}
