import type { FileHandle } from 'node:fs/promises';

/** Fills memory, of whatever kind, from a place of a file on; gives how many bytes there were: fewer where the file ends before. */
export async function readFully(handle: FileHandle, bytes: Uint8Array, position = 0): Promise<number> {
  let length = 0;
  while (length < bytes.length) {
    const wanted = Math.min(bytes.length - length, bytesAtOnce);
    const { bytesRead } = await handle.read(bytes, length, wanted, position + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

/** A system call reads less than 2 GiB. */
const bytesAtOnce = 2 ** 26;
