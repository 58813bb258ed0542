import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../core/errors';

/**
 * The first dimension of an IDX file, from its first bytes: the rest is neither read nor unpacked.
 * @throws UserError where the file can't be read or has no such header.
 */
export async function readIdxCount(file: string): Promise<number> {
  const start = await readStart(file);
  const isIdx = start.length === headerLength && start[0] === 0 && start[1] === 0 && (start[3] ?? 0) > 0;
  if (!isIdx) throw new UserError(`${file} is not an IDX file, or it is empty.`, 'Fetch it again.');
  return start.readUInt32BE(4);
}

const headerLength = 8;

async function readStart(file: string): Promise<Buffer> {
  try {
    const packed = await firstBytes(file, 2, false);
    return await firstBytes(file, headerLength, packed[0] === 0x1f && packed[1] === 0x8b);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${file} can't be read: ${reason}.`, 'Fetch it again.', { cause });
  }
}

async function firstBytes(file: string, length: number, gunzip: boolean): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let read = 0;
  const source = createReadStream(file, { highWaterMark: 1024 });
  const collect = async (chunks_: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks_) {
      chunks.push(chunk);
      read += chunk.length;
      if (read >= length) return;
    }
  };
  if (gunzip) {
    const unpacked = createGunzip();
    // Stopping early ends the pipeline with an error; by then there are bytes enough.
    await pipeline(source, unpacked, collect).catch((error: unknown) => {
      if (read < length) throw error;
    });
  } else {
    await collect(source);
    source.destroy();
  }
  return Buffer.concat(chunks).subarray(0, length);
}
