import type { FileHandle } from 'node:fs/promises';

/** Bytes [start, end) of a file, fewer where it ends before. No more is allocated than the file has. */
export async function readRange(handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const { size } = await handle.stat();
  const wanted = new Uint8Array(Math.max(0, Math.min(end, size) - start));
  let length = 0;
  while (length < wanted.length) {
    const { bytesRead } = await handle.read(wanted, length, wanted.length - length, start + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return wanted.subarray(0, length);
}
