import type { FileHandle } from 'node:fs/promises';
import { readFully } from './read-fully';

/** Bytes [start, end) of a file, fewer where it ends before. No more is allocated than the file has. */
export async function readRange(handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const { size } = await handle.stat();
  const wanted = new Uint8Array(Math.max(0, Math.min(end, size) - start));
  return wanted.subarray(0, await readFully(handle, wanted, start));
}
