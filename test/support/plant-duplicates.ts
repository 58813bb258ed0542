import sharp from 'sharp';
import type { PhiloxStream } from '../../src/core/rng/philox';

export const copyKinds = ['compressed', 'resized', 'mirrored'] as const;
export type CopyKind = (typeof copyKinds)[number];

/** A copy of an image file: JPEG of quality 50 to 90, 0.5 to 2 times as large, or mirrored (and compressed). */
export async function plantedCopy(
  bytes: Uint8Array,
  kind: CopyKind,
  random: PhiloxStream,
): Promise<{ readonly extension: string; readonly bytes: Uint8Array }> {
  const quality = 50 + random.nextBelow(41);
  const scale = 0.5 + random.nextBelow(1501) / 1000;
  const image = sharp(bytes);
  switch (kind) {
    case 'compressed':
      return { extension: 'jpg', bytes: await image.jpeg({ quality }).toBuffer() };
    case 'mirrored':
      return { extension: 'jpg', bytes: await image.flop().jpeg({ quality }).toBuffer() };
    case 'resized': {
      const { width, height } = await image.metadata();
      const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
      return {
        extension: 'png',
        bytes: await image
          .resize({ ...size, fit: 'fill' })
          .png()
          .toBuffer(),
      };
    }
  }
}

export interface PlantedCopy {
  readonly name: string;
  readonly original: string;
  readonly kind: CopyKind;
}

export interface FoundShare {
  /** Of the planted copies: those in a group with their original. */
  readonly recall: number;
  /** Of all links that groups claim (one fewer than they have members): those between an image and its copies. */
  readonly precision: number;
}

/** `groups`: names of images that are said to be one. */
export function judgeGroups(groups: readonly (readonly string[])[], planted: readonly PlantedCopy[]): FoundShare {
  const originals = new Map(planted.map(({ name, original }) => [name, original]));
  const groupOf = new Map(groups.flatMap((names, group) => names.map((name) => [name, group] as const)));
  const found = planted.filter(({ name, original }) => {
    const group = groupOf.get(name);
    return group !== undefined && group === groupOf.get(original);
  });
  let links = 0;
  let right = 0;
  for (const names of groups) {
    const different = new Set(names.map((name) => originals.get(name) ?? name)).size;
    links += names.length - 1;
    right += names.length - different;
  }
  return { recall: found.length / planted.length, precision: links === 0 ? 1 : right / links };
}
