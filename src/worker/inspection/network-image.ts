import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { convertChannels, writePlanes } from '../../core/data/image';
import { normalizationTable } from '../../core/data/batches';
import { UserError, describeError } from '../../core/errors';
import type { ImageReference, NetworkImage, Subject } from '../../protocol/inspection';
import { decodeImage } from '../data/decode-image';
import { evaluationImage } from '../augment/prepare-images';
import { imageSize, storedShape } from '../load-run-data';
import type { OpenedSubject } from './opened-subject';
import type { Subjects } from './subjects';

/** An image in the size and with the channels of the network's input. Throws a UserError where it can't be read. */
export async function loadNetworkImage(
  subjects: Subjects,
  subject: Subject,
  opened: OpenedSubject,
  reference: ImageReference,
): Promise<NetworkImage> {
  const shape = opened.inputShape;
  switch (reference.kind) {
    case 'data': {
      const { split, index } = reference;
      const { images, labels, count } = await subjects.split(subject, split);
      if (!(index >= 0 && index < count))
        throw new UserError(`The ${split} images are 0 to ${count - 1}, not ${index}.`);
      const length = images.length / count;
      const pixels = images.slice(index * length, (index + 1) * length);
      return { name: `${split} ${index}`, shape, pixels, label: labels[index] ?? null };
    }
    case 'file':
    case 'bytes':
      return withImageFile(reference, async (file, name) => ({
        name,
        shape,
        pixels: await decode(file, opened, name),
        label: null,
      }));
  }
}

/** The decoder reads files, by what is in them, whatever they are called: bytes become one for as long as it works. */
export async function withImageFile<Result>(
  reference: Exclude<ImageReference, { readonly kind: 'data' }>,
  work: (file: string, name: string) => Promise<Result>,
): Promise<Result> {
  if (reference.kind === 'file') return work(reference.path, basename(reference.path));
  const folder = await mkdtemp(join(tmpdir(), 'cnn-lab-image-'));
  try {
    const file = join(folder, 'image');
    await writeFile(file, reference.bytes);
    return await work(file, reference.name);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Mean and standard deviation by channel: the run's, or none. */
export function normalizationOf({ run, inputShape }: OpenedSubject): {
  readonly mean: readonly number[];
  readonly std: readonly number[];
} {
  const channels = inputShape[0] ?? 1;
  return run ? run.record.data : { mean: Array<number>(channels).fill(0), std: Array<number>(channels).fill(1) };
}

/** What the network gets for an image: [C, H, W], normalised. */
export function networkInput({ pixels }: NetworkImage, opened: OpenedSubject): Float32Array {
  const { mean, std } = normalizationOf(opened);
  const table = normalizationTable(mean, std);
  const plane = pixels.length / mean.length;
  return Float32Array.from(pixels, (byte, index) => table[Math.floor(index / plane) * 256 + byte] ?? 0);
}

/** `name`: what the user knows it by. */
async function decode(file: string, { run, inputShape }: OpenedSubject, name: string): Promise<Uint8Array> {
  const size = imageSize(run ? storedShape(run.record) : inputShape);
  try {
    const decoded = convertChannels(await decodeImage(file, size), size.channels);
    const image = run ? evaluationImage(decoded, run.record.config.augment) : decoded;
    const pixels = new Uint8Array(image.pixels.length);
    writePlanes(image, pixels, 0);
    return pixels;
  } catch (error) {
    const why = describeError(error).replace(/\.$/, '');
    throw new UserError(`The image ${name} can't be read: ${why}.`, 'Choose another image.', { cause: error });
  }
}
