import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../core/errors';
import { temporarySuffix } from '../write-file-atomically';
import type { TreeFile } from './file-tree';
import type { OpenTarOptions } from './open-tar';
import { readRange } from './read-range';
import { sizeText } from './read-whole-file';

/**
 * What a gzipped file unpacks to, for reading anywhere in it: in memory up to 128 MB, else in a file of the cache that is used
 * again as long as the packed file is the same. No more than 64 GB are unpacked, and 1 GB is left free on the disk.
 * @throws UserError where it is damaged or too large; the signal's reason.
 */
export async function unpackGzip(file: string, options: OpenTarOptions): Promise<TreeFile> {
  const { signal, unpackFolder, mostInMemory = 2 ** 27 } = options;
  const stats = await stat(file);
  const kept = unpackFolder === undefined ? undefined : keptFile(unpackFolder, file, stats.size, stats.mtimeMs);
  const again = kept && (await open(kept.path).catch(() => undefined));
  if (again) return treeFile(again);
  const sink = new UnpackSink(file, unpackFolder, mostInMemory);
  try {
    if (stats.size > mostInMemory / 4) await sink.spill();
    await pipeline(
      createReadStream(file, { highWaterMark: 2 ** 18 }),
      createGunzip({ chunkSize: 2 ** 18 }),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) await sink.write(chunk);
      },
      { signal },
    );
    return await sink.finish(kept);
  } catch (cause) {
    await sink.discard();
    if (signal?.aborted) throw signal.reason;
    if (cause instanceof UserError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(
      `${file} can't be unpacked: ${reason}.`,
      'The download or copy is damaged or did not finish: fetch it again.',
      { cause },
    );
  }
}

const mostUnpacked = 2 ** 36;
const leftFree = 2 ** 30;

interface KeptFile {
  readonly path: string;
  /** Of what was kept of the same file when it was another. */
  readonly prefix: string;
}

function keptFile(folder: string, file: string, bytes: number, modifiedMs: number): KeptFile {
  const name = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24);
  const prefix = `${name(file)}-`;
  return { path: path.join(folder, `${prefix}${name(`${bytes} ${modifiedMs}`)}.tar`), prefix };
}

/** Bytes in memory first, then in a temporary file. */
class UnpackSink {
  private chunks: Buffer[] = [];
  private bytes = 0;
  private spilled: { handle: FileHandle; path: string; most: number } | undefined;

  constructor(
    private readonly source: string,
    private readonly folder: string | undefined,
    private readonly mostInMemory: number,
  ) {}

  async write(chunk: Buffer): Promise<void> {
    this.bytes += chunk.length;
    if (!this.spilled && this.bytes > this.mostInMemory) await this.spill();
    if (!this.spilled) {
      this.chunks.push(chunk);
      return;
    }
    if (this.bytes > this.spilled.most) {
      throw new UserError(
        `${this.source} unpacks to more than ${sizeText(this.spilled.most)}: more than there is room for.`,
        'Make room on the disk of the cache, or unpack it elsewhere and choose the folder.',
      );
    }
    await this.spilled.handle.writeFile(chunk);
  }

  async spill(): Promise<void> {
    const { folder } = this;
    if (folder === undefined) {
      throw new UserError(`${this.source} is too large to be unpacked in memory.`, 'Unpack it, and choose the folder.');
    }
    await mkdir(folder, { recursive: true });
    const temporary = path.join(folder, `${randomUUID()}${temporarySuffix}`);
    const { bavail, bsize } = await statfs(folder);
    const most = Math.min(mostUnpacked, bavail * bsize - leftFree);
    this.spilled = { handle: await open(temporary, 'wx+'), path: temporary, most };
    for (const chunk of this.chunks.splice(0)) await this.spilled.handle.writeFile(chunk);
  }

  async finish(kept: KeptFile | undefined): Promise<TreeFile> {
    if (!this.spilled || !kept) {
      let whole: Uint8Array = Buffer.concat(this.chunks.splice(0));
      return {
        bytes: whole.length,
        read: (start, end) => Promise.resolve(Uint8Array.from(whole.subarray(start, end))),
        close: () => {
          whole = new Uint8Array();
          return Promise.resolve();
        },
      };
    }
    const { handle, path: temporary } = this.spilled;
    await handle.sync();
    await handle.close();
    for (const name of await readdir(path.dirname(temporary))) {
      if (name.startsWith(kept.prefix)) await rm(path.join(path.dirname(temporary), name), { force: true });
    }
    await rename(temporary, kept.path);
    this.spilled = undefined;
    return treeFile(await open(kept.path));
  }

  async discard(): Promise<void> {
    this.chunks = [];
    if (!this.spilled) return;
    await this.spilled.handle.close().catch(() => undefined);
    await rm(this.spilled.path, { force: true });
  }
}

async function treeFile(handle: FileHandle): Promise<TreeFile> {
  const { size } = await handle.stat();
  return { bytes: size, read: (start, end) => readRange(handle, start, end), close: () => handle.close() };
}
