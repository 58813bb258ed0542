import { type FileHandle, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import type { SkippedFile } from '../../core/data/dataset';
import { readFully } from '../../node/data/read-fully';
import { temporarySuffix, writeFileAtomically } from '../../node/write-file-atomically';
import { datasetBufferLength } from './dataset-buffer';
import type { ImageSize } from '../../core/data/image';

/**
 * Decoded data sets on disk: `<key>.bin` holds the block of dataset-buffer.ts, `<key>.json` what it means and its
 * CRC-32. The header is written last, so that a header stands for whole bytes; whatever does not fit is as good as absent.
 */
export async function readCachedDataset(folder: string, key: CacheKey): Promise<CachedDataset | undefined> {
  const name = cacheName(key);
  let header: CacheHeader | undefined;
  let block: Block | undefined;
  try {
    header = parseHeader(await readFile(path.join(folder, `${name}.json`), 'utf8'));
    if (header?.decoderVersion !== decoderVersion || header.fingerprint !== key.fingerprint) return undefined;
    block = await readBlock(path.join(folder, `${name}.bin`), datasetBufferLength(header.splits, header.size));
  } catch {
    // Not cached yet, or not readable: decoding again is always right.
    return undefined;
  }
  if (block?.checksum !== header.crc32) return undefined;
  return { buffer: block.bytes, size: header.size, splits: header.splits, skipped: header.skipped };
}

interface Block {
  readonly bytes: Uint8Array;
  readonly checksum: number;
}

/** A file of so many bytes, in memory that threads share; undefined where it has another length. */
async function readBlock(file: string, length: number): Promise<Block | undefined> {
  const handle = await open(file);
  try {
    if ((await handle.stat()).size !== length) return undefined;
    const bytes = new Uint8Array(new SharedArrayBuffer(length));
    // One piece is checked while the next is read.
    const read = async (piece: Uint8Array): Promise<boolean> =>
      (await readFully(handle, piece, piece.byteOffset)) === piece.length;
    let checksum = 0;
    let before: Uint8Array = bytes.subarray(0, 0);
    for (const piece of pieces(bytes)) {
      const reading = read(piece);
      checksum = crc32(before, checksum);
      if (!(await reading)) return undefined;
      before = piece;
    }
    return { bytes, checksum: crc32(before, checksum) };
  } finally {
    await handle.close();
  }
}

/** Writes a block, and gives its checksum. */
async function writeBlock(file: string, bytes: Uint8Array): Promise<number> {
  let checksum = 0;
  const write = async (handle: FileHandle): Promise<void> => {
    for (const piece of pieces(bytes)) {
      checksum = crc32(piece, checksum);
      await handle.writeFile(piece);
    }
  };
  // As its checksum tells what is missing, nobody need wait for the disk.
  await writeFileAtomically(file, write, { synced: false });
  return checksum;
}

/** Others have their turn between them. */
function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
}

const pieceLength = 2 ** 24;

export interface CacheKey {
  readonly fingerprint: string;
  /** What was asked for of the size; the rest is the data set's own. */
  readonly size: Partial<ImageSize>;
}

export interface CachedDataset {
  readonly buffer: Uint8Array;
  readonly size: ImageSize;
  readonly splits: readonly { readonly name: 'train' | 'val' | 'test'; readonly count: number }[];
  /** Here `path` is the image's key: the folder may be moved. */
  readonly skipped: readonly SkippedFile[];
}

/** Keeps a decoded data set, and drops what was kept of the same folder when its contents were others. */
export async function writeCachedDataset(
  folder: string,
  key: CacheKey,
  source: string,
  { buffer, size, splits, skipped }: CachedDataset,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const name = cacheName(key);
  const checksum = await writeBlock(path.join(folder, `${name}.bin`), buffer);
  const header: CacheHeader = {
    formatVersion: 2,
    decoderVersion,
    fingerprint: key.fingerprint,
    source,
    size: { ...size },
    splits: splits.map((split) => ({ ...split })),
    skipped: skipped.map((file) => ({ ...file })),
    crc32: checksum,
  };
  await writeFileAtomically(path.join(folder, `${name}.json`), `${JSON.stringify(header, null, 1)}\n`);
  await dropOutdated(folder, header);
}

/** Raised whenever decoding or resizing gives other bytes than before. */
const decoderVersion = 1;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const headerSchema = v.object({
  formatVersion: v.literal(2),
  decoderVersion: v.number(),
  fingerprint: v.string(),
  source: v.string(),
  size: v.object({ height: count, width: count, channels: v.picklist([1, 3]) }),
  splits: v.array(v.object({ name: v.picklist(['train', 'val', 'test']), count })),
  skipped: v.array(v.object({ path: v.string(), reason: v.string() })),
  crc32: v.number(),
});
type CacheHeader = v.InferOutput<typeof headerSchema>;

function parseHeader(text: string): CacheHeader | undefined {
  try {
    return v.parse(headerSchema, JSON.parse(text));
  } catch {
    // Damaged or of another version: decoding again mends it.
    return undefined;
  }
}

function cacheName({ fingerprint, size }: CacheKey): string {
  const { channels, height, width } = size;
  const asked = [channels, height, width].map((each) => each ?? '').join('x');
  return asked === 'xx' ? fingerprint : `${fingerprint}-${asked}`;
}

async function dropOutdated(folder: string, kept: CacheHeader): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith(temporarySuffix)) await dropAbandoned(path.join(folder, name));
    if (!name.endsWith('.json')) continue;
    const header = parseHeader(await readFile(path.join(folder, name), 'utf8').catch(() => ''));
    if (header?.source !== kept.source || header.fingerprint === kept.fingerprint) continue;
    await rm(path.join(folder, name), { force: true });
    await rm(path.join(folder, `${name.slice(0, -'.json'.length)}.bin`), { force: true });
  }
}

/** A temporary file that nobody has written to for an hour was left by a killed process. */
async function dropAbandoned(file: string): Promise<void> {
  const stats = await stat(file).catch(() => undefined);
  if (stats && Date.now() - stats.mtimeMs > abandonedAfterMs) await rm(file, { force: true });
}

const abandonedAfterMs = 3_600_000;
