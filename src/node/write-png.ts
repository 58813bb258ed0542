import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeError, UserError } from '../core/errors';
import type { Picture } from '../core/inspect/picture';

/** Writes a picture as a PNG file, in a folder that is made where it is missing. @throws UserError where that can't be done. */
export async function writePng(file: string, { width, height, pixels }: Picture): Promise<void> {
  // It takes long to load, and most commands make no picture.
  const { default: sharp } = await import('sharp');
  const raw = { width, height, channels: 4 } as const;
  const bytes = await sharp(Buffer.from(pixels.buffer, pixels.byteOffset, pixels.length), { raw })
    .png()
    .toBuffer();
  await writeResult(file, bytes);
}

/** The same for bytes of another kind. */
export async function writeResult(file: string, bytes: Uint8Array | string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  } catch (cause) {
    throw new UserError(`${file} can't be written: ${describeError(cause)}.`, 'Give another place to --out.', {
      cause,
    });
  }
}
