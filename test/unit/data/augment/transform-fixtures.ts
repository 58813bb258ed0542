import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import type { Image } from '../../../../src/core/data/image';

/** What torchvision made of the same images; written by test/fixtures/data/augment/make-transform-fixtures.py. */
export interface TransformFixtures {
  readonly cases: readonly TransformCase[];
  readonly spaces: readonly {
    readonly transform: string;
    readonly kind: 'usual' | 'wide';
    readonly bins: number;
    readonly size: readonly [height: number, width: number];
    readonly ops: readonly (readonly [op: string, magnitudes: readonly number[] | null, signed: boolean])[];
  }[];
  readonly policies: Readonly<Record<string, unknown>>;
  /** By a transform with what it must be given: torchvision's defaults, by Python's names. */
  readonly defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface TransformCase {
  readonly kind: 'geometry' | 'color';
  readonly transform: string;
  readonly drawn: unknown;
  readonly from: Image;
  readonly to: Image;
}

interface StoredImage extends Omit<Image, 'pixels'> {
  readonly start: number;
}

interface Stored extends Omit<TransformFixtures, 'cases'> {
  readonly images: readonly StoredImage[];
  readonly cases: readonly (Omit<TransformCase, 'from' | 'to'> & {
    readonly image: number;
    readonly result: StoredImage;
  })[];
  readonly bytes: string;
}

export const transformFixtures = readFixtures();

function readFixtures(): TransformFixtures {
  const file = path.join(import.meta.dirname, '../../../fixtures/data/augment/transform-fixtures.json');
  const stored = JSON.parse(readFileSync(file, 'utf8')) as Stored;
  const bytes = new Uint8Array(inflateSync(Buffer.from(stored.bytes, 'base64')));
  const load = ({ start, ...size }: StoredImage): Image => ({
    ...size,
    pixels: bytes.subarray(start, start + size.width * size.height * size.channels),
  });
  const images = stored.images.map(load);
  const cases = stored.cases.map(({ image, result, ...rest }) => {
    const from = images[image];
    if (!from) throw new Error(`There is no image ${image}`);
    return { ...rest, from, to: load(result) };
  });
  return { ...stored, cases };
}
