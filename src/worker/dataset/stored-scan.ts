import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { hashLength } from '../../core/data/hygiene/find-duplicates';
import { sketchLength } from '../../core/data/hygiene/sketch-image';
import { splitOrder } from '../../core/data/split-names';
import { cacheFolder } from '../../node/cache-folder';
import { writeFileAtomically } from '../../node/write-file-atomically';

/** What one look at every image of a data set gave; one value for each image, zeros where it can't be decoded. */
export interface ScanColumns {
  readonly widths: Int32Array;
  readonly heights: Int32Array;
  readonly bytes: Float64Array;
  /** [count, 3] */
  readonly means: Float32Array;
  readonly deviations: Float32Array;
  /** [3 splits, 3 channels, 256] */
  readonly histograms: Float64Array;
  readonly channels: Uint8Array;
  /** Bits of `pixelKinds`. */
  readonly kinds: Uint8Array;
  /** [count, hashLength]: SHA-256, its first half. */
  readonly contentHashes: Uint8Array;
  readonly pixelHashes: Uint8Array;
  /** [count, sketchLength] */
  readonly sketches: Uint8Array;
}

export interface StoredScan {
  readonly count: number;
  readonly columns: ScanColumns;
  readonly failures: ReadonlyMap<number, string>;
}

export function allocateScan(count: number): ScanColumns {
  return viewColumns(new Uint8Array(columnsLength(count)), count);
}

/** Undefined where there is none, or none of this version that is whole: then it is made anew. */
export async function readStoredScan(source: ScanKey): Promise<StoredScan | undefined> {
  try {
    const file = await readFile(fileOf(source));
    const headerLength = file.readUInt32LE(0);
    const header = v.parse(headerSchema, JSON.parse(file.toString('utf8', 4, 4 + headerLength)));
    // A copy that begins where every type of array may.
    const body = Uint8Array.from(file.subarray(4 + headerLength));
    const isSound =
      header.scanVersion === scanVersion &&
      header.fingerprint === source.fingerprint &&
      body.length === columnsLength(header.count) &&
      sha256(body) === header.sha256;
    if (!isSound) return undefined;
    const failures = new Map(header.failures);
    return { count: header.count, columns: viewColumns(body, header.count), failures };
  } catch {
    // Not there, cut short, of another version: looking at the images again is always right.
    return undefined;
  }
}

/** Keeps a scan, and drops what was kept of the same data set when its contents were others. @throws UserError */
export async function writeStoredScan(source: ScanKey, { count, columns, failures }: StoredScan): Promise<void> {
  const body = new Uint8Array(columns.widths.buffer, 0, columnsLength(count));
  const header: v.InferOutput<typeof headerSchema> = {
    scanVersion,
    fingerprint: source.fingerprint,
    count,
    failures: [...failures],
    sha256: sha256(body),
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const file = fileOf(source);
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  await writeFileAtomically(file, Buffer.concat([length, text, body]));
  const own = path.basename(file);
  for (const name of await readdir(folder)) {
    if (name !== own && name.startsWith(prefixOf(source))) await rm(path.join(folder, name), { force: true });
  }
}

export interface ScanKey {
  readonly path: string;
  readonly fingerprint: string;
}

/** Raised whenever a scan of the same images gives something else than before. */
const scanVersion = 1;

const headerSchema = v.object({
  scanVersion: v.number(),
  fingerprint: v.string(),
  count: v.pipe(v.number(), v.integer(), v.minValue(0)),
  failures: v.array(v.tuple([v.number(), v.string()])),
  sha256: v.string(),
});

function prefixOf({ path: location }: ScanKey): string {
  return `${sha256(Buffer.from(location)).slice(0, 16)}-`;
}

function fileOf(source: ScanKey): string {
  return path.join(cacheFolder(), 'scans', `${prefixOf(source)}${source.fingerprint}.scan`);
}

/** Those of many bytes a value first, so that each begins at a multiple of its own. */
function columnsLength(count: number): number {
  return 8 * histogramCells + count * (8 + 4 + 4 + 12 + 12 + 1 + 1 + 2 * hashLength + sketchLength);
}

const histogramCells = splitOrder.length * 3 * 256;

function viewColumns({ buffer, byteOffset }: Uint8Array, count: number): ScanColumns {
  let at = byteOffset;
  const take = (bytes: number): number => (at += bytes) - bytes;
  return {
    widths: new Int32Array(buffer, take(4 * count), count),
    heights: new Int32Array(buffer, take(4 * count), count),
    histograms: new Float64Array(buffer, take(8 * histogramCells), histogramCells),
    bytes: new Float64Array(buffer, take(8 * count), count),
    means: new Float32Array(buffer, take(12 * count), 3 * count),
    deviations: new Float32Array(buffer, take(12 * count), 3 * count),
    channels: new Uint8Array(buffer, take(count), count),
    kinds: new Uint8Array(buffer, take(count), count),
    contentHashes: new Uint8Array(buffer, take(hashLength * count), hashLength * count),
    pixelHashes: new Uint8Array(buffer, take(hashLength * count), hashLength * count),
    sketches: new Uint8Array(buffer, take(sketchLength * count), sketchLength * count),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
