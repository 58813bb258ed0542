import type { Picture } from '../core/inspect/picture';
import { writeResult } from './write-result';

/** Writes a picture as a PNG file. @throws UserError where that can't be done. */
export async function writePng(file: string, { width, height, pixels }: Picture): Promise<void> {
  // It takes long to load, and most commands make no picture.
  const { default: sharp } = await import('sharp');
  const raw = { width, height, channels: 4 } as const;
  await writeResult(
    file,
    await sharp(Buffer.from(pixels.buffer, pixels.byteOffset, pixels.length), { raw })
      .png()
      .toBuffer(),
  );
}
