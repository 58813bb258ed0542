import { constants, createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { UserError } from '../../core/errors';
import type { FileTree, TreeFile } from './file-tree';

/**
 * The first dimension of an IDX file, from its first bytes: the rest is neither read nor unpacked.
 * @throws UserError where the file can't be read or has no such header.
 */
export async function readIdxCount(tree: FileTree, file: string): Promise<number> {
  const start = await readStart(tree, file);
  const isIdx = start.length === headerLength && start[0] === 0 && start[1] === 0 && (start[3] ?? 0) > 0;
  if (!isIdx) throw new UserError(`${tree.describe(file)} is not an IDX file, or it is empty.`, 'Fetch it again.');
  return start.readUInt32BE(4);
}

const headerLength = 8;

async function readStart(tree: FileTree, file: string): Promise<Buffer> {
  const opened = await tree.open(file);
  try {
    const first = await opened.read(0, headerLength);
    if (first[0] !== 0x1f || first[1] !== 0x8b) return Buffer.from(first);
    return await unpackStart(opened);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${tree.describe(file)} can't be read: ${reason}.`, 'Fetch it again.', { cause });
  } finally {
    await opened.close();
  }
}

async function unpackStart(opened: TreeFile): Promise<Buffer> {
  const packed = Readable.from([Buffer.from(await opened.read(0, packedLength))]);
  const unpacked = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of packed.pipe(unpacked) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= headerLength) break;
  }
  return Buffer.concat(chunks).subarray(0, headerLength);
}

/** Enough for what a packer may put before the first bytes: names, comments, code tables. */
const packedLength = 4096;
