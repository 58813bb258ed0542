import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { SkippedFile } from '../../core/data/dataset';
import { readFully } from '../../node/data/read-fully';
import { temporarySuffix, writeFileAtomically } from '../../node/write-file-atomically';
import { datasetBufferLength } from './dataset-buffer';
import type { ImageSize } from '../../core/data/image';

/**
 * Decoded data sets on disk: `<key>.bin` holds the block of dataset-buffer.ts, `<key>.json` what it means and its
 * SHA-256. The header is written last, so that a header always stands for whole bytes; whatever does not fit is
 * as good as absent.
 */
export async function readCachedDataset(folder: string, key: CacheKey): Promise<CachedDataset | undefined> {
  const name = cacheName(key);
  let header: CacheHeader | undefined;
  let buffer: Uint8Array | undefined;
  try {
    header = parseHeader(await readFile(path.join(folder, `${name}.json`), 'utf8'));
    if (header?.decoderVersion !== decoderVersion || header.fingerprint !== key.fingerprint) return undefined;
    buffer = await readBlock(path.join(folder, `${name}.bin`), datasetBufferLength(header.splits, header.size));
  } catch {
    // Not cached yet, or not readable: decoding again is always right.
    return undefined;
  }
  if (!buffer || sha256(buffer) !== header.sha256) return undefined;
  return { buffer, size: header.size, splits: header.splits, skipped: header.skipped };
}

/** A file of so many bytes, in memory that threads share; undefined where it has another length. */
async function readBlock(file: string, length: number): Promise<Uint8Array | undefined> {
  const handle = await open(file);
  try {
    if ((await handle.stat()).size !== length) return undefined;
    const block = new Uint8Array(new SharedArrayBuffer(length));
    return (await readFully(handle, block)) === length ? block : undefined;
  } finally {
    await handle.close();
  }
}

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
  const header: CacheHeader = {
    formatVersion: 1,
    decoderVersion,
    fingerprint: key.fingerprint,
    source,
    size: { ...size },
    splits: splits.map((split) => ({ ...split })),
    skipped: skipped.map((file) => ({ ...file })),
    sha256: sha256(buffer),
  };
  await writeFileAtomically(path.join(folder, `${name}.bin`), buffer);
  await writeFileAtomically(path.join(folder, `${name}.json`), `${JSON.stringify(header, null, 1)}\n`);
  await dropOutdated(folder, header);
}

/** Raised whenever decoding or resizing gives other bytes than before. */
const decoderVersion = 1;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const headerSchema = v.object({
  formatVersion: v.literal(1),
  decoderVersion: v.number(),
  fingerprint: v.string(),
  source: v.string(),
  size: v.object({ height: count, width: count, channels: v.picklist([1, 3]) }),
  splits: v.array(v.object({ name: v.picklist(['train', 'val', 'test']), count })),
  skipped: v.array(v.object({ path: v.string(), reason: v.string() })),
  sha256: v.string(),
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

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
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
