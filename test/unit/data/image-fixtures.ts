import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Image } from '../../../src/core/data/image';

/** What Pillow made of the same images; written by test/fixtures/data/make-image-fixtures.py. */
export const imageFixtures: ImageFixtures = readFixtures();

interface ImageFixtures {
  readonly resize: readonly { readonly from: Image; readonly to: Image }[];
  readonly toGrey: { readonly from: Image; readonly to: Image };
  readonly bitmaps: readonly EncodedImage[];
  readonly others: readonly EncodedImage[];
}

interface EncodedImage {
  readonly name: string;
  readonly file: Uint8Array;
  readonly decoded: Image;
}

interface JsonImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly pixels: string;
}

interface JsonFixtures {
  readonly resize: readonly { readonly from: JsonImage; readonly to: JsonImage }[];
  readonly toGrey: { readonly from: JsonImage; readonly to: JsonImage };
  readonly bitmaps: Readonly<Record<string, { readonly file: string; readonly decoded: JsonImage }>>;
  readonly others: Readonly<Record<string, { readonly file: string; readonly decoded: JsonImage }>>;
}

function readFixtures(): ImageFixtures {
  const file = path.join(import.meta.dirname, '../../fixtures/data/image-fixtures.json');
  const json = JSON.parse(readFileSync(file, 'utf8')) as JsonFixtures;
  const encoded = (entries: JsonFixtures['bitmaps']): EncodedImage[] =>
    Object.entries(entries).map(([name, each]) => ({ name, file: bytes(each.file), decoded: image(each.decoded) }));
  return {
    resize: json.resize.map(({ from, to }) => ({ from: image(from), to: image(to) })),
    toGrey: { from: image(json.toGrey.from), to: image(json.toGrey.to) },
    bitmaps: encoded(json.bitmaps),
    others: encoded(json.others),
  };
}

function image(json: JsonImage): Image {
  return { ...json, pixels: bytes(json.pixels) };
}

function bytes(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}
