import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

/** A folder of its own for one test, gone when the test is. Its name has a space and letters beyond ASCII. */
export async function temporaryFolder(onTestFinished: (end: () => Promise<void>) => void): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cnn lab données '));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Files by their path in the folder; folders are made as needed. */
export async function writeTree(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array | Promise<Uint8Array>>>,
): Promise<void> {
  for (const [name, contents] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, await contents);
  }
}

/** A picture of one colour (or one grey value), not encoded yet. */
export function picture(value: number | readonly [number, number, number], width = 4, height = 3): Sharp {
  const channels = typeof value === 'number' ? 1 : 3;
  const pixel = typeof value === 'number' ? [value] : value;
  const pixels = Uint8Array.from({ length: width * height * channels }, (_, i) => pixel[i % channels] ?? 0);
  const raw = sharp(pixels, { raw: { width, height, channels } });
  return channels === 1 ? raw.toColourspace('b-w') : raw;
}

export function png(value: number | readonly [number, number, number], width = 4, height = 3): Promise<Buffer> {
  return picture(value, width, height).png().toBuffer();
}

/** IDX bytes: `values` repeat as often as the dimensions ask for. */
export function idxFile(dims: readonly number[], values: readonly number[]): Buffer {
  const length = dims.reduce((product, dim) => product * dim, 1);
  const bytes = Buffer.alloc(4 + 4 * dims.length + length);
  bytes.set([0, 0, 8, dims.length]);
  dims.forEach((dim, axis) => bytes.writeUInt32BE(dim, 4 + 4 * axis));
  for (let i = 0; i < length; i++) bytes[4 + 4 * dims.length + i] = values[i % values.length] ?? 0;
  return bytes;
}

export function idxFileGz(dims: readonly number[], values: readonly number[]): Buffer {
  return gzipSync(idxFile(dims, values));
}
