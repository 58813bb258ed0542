import { expect, test } from 'vitest';
import { findDuplicates, hashLength } from '../../../../src/core/data/hygiene/find-duplicates';
import {
  halvedPlane,
  mirrorPattern,
  movedPatterns,
  patternFrequencies,
  patternLength,
  patternSide,
  patternsOf,
} from '../../../../src/core/data/hygiene/pattern-vector';
import { NearSearch } from '../../../../src/core/data/hygiene/near-search';
import { PatternTree } from '../../../../src/core/data/hygiene/pattern-tree';
import { sketchImage, sketchLength } from '../../../../src/core/data/hygiene/sketch-image';
import { spectrumOf } from '../../../../src/core/data/hygiene/spectrum';
import type { Image } from '../../../../src/core/data/image';
import { resizeBilinear } from '../../../../src/core/data/resize';
import { PhiloxStream } from '../../../../src/core/rng/philox';

/** Smooth, and unlike any other seed's. */
function picture(seed: number, side = 48): Image {
  const random = new PhiloxStream(seed, 9, 0);
  const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, () => random.nextBelow(256));
  return resizeBilinear({ width: 8, height: 8, channels: 3, pixels }, side, side);
}

function mirrored({ width, height, channels, pixels }: Image): Image {
  const row = width * channels;
  const out = pixels.map((_, at) => {
    const x = Math.floor((at % row) / channels);
    return pixels[at + (width - 1 - 2 * x) * channels] ?? 0;
  });
  return { width, height, channels, pixels: out };
}

async function groupsOf(images: readonly Image[], splits = new Uint8Array(images.length)) {
  const sketches = new Uint8Array(images.length * sketchLength);
  images.forEach((image, index) => sketches.set(sketchImage(image), index * sketchLength));
  const groups = await findDuplicates(
    {
      count: images.length,
      sketches,
      contentHashes: new Uint8Array(images.length * hashLength),
      pixelHashes: new Uint8Array(images.length * hashLength),
      widths: Int32Array.from(images, ({ width }) => width),
      heights: Int32Array.from(images, ({ height }) => height),
      splits,
    },
    null,
    () => Promise.resolve(),
  );
  return groups.map(({ items }) => [...items]);
}

test('a tree finds what lies near: the same as by looking at every vector', () => {
  const random = new PhiloxStream(1, 2, 3);
  const dimensions = 5;
  const count = 3000;
  // Coarse values: many are alike.
  const vectors = Float32Array.from({ length: count * dimensions }, () => random.nextBelow(12) / 12);
  const members = Int32Array.from({ length: count }, (_, index) => index).filter((index) => index % 7 !== 0);
  const tree = new PatternTree(vectors, dimensions, members);
  for (const radius of [0, 0.1, 0.35, 2]) {
    const point = vectors.slice(70 * dimensions, 71 * dimensions);
    const found: number[] = [];
    tree.near(point, point, radius, (member) => found.push(member));
    const near = members.filter((member) => {
      const own = vectors.subarray(member * dimensions, (member + 1) * dimensions);
      return own.reduce((sum, value, i) => sum + (value - (point[i] ?? 0)) ** 2, 0) <= radius ** 2;
    });
    expect(Int32Array.from(found).sort()).toEqual(near);
  }
});

test('the pattern of a mirrored image is the mirrored pattern, and no other is near', () => {
  const own = patternsOf(sketchImage(picture(1))).vectors;
  const other = patternsOf(sketchImage(mirrored(picture(1)))).vectors;
  mirrorPattern(own).forEach((value, i) => expect(value).toBeCloseTo(other[i] ?? 0, 5));
  const distance = own.reduce((sum, value, i) => sum + (value - (other[i] ?? 0)) ** 2, 0);
  expect(distance).toBeGreaterThan(0.5);
  expect(own).toHaveLength(patternLength);
});

test('a moved pattern is near that of the image that is moved by so much', () => {
  const image = picture(3, 64);
  const row = 3 * 64;
  // One pixel of 64 to the left is a quarter of a place of 16; at the right edge, the last column stays.
  const moved = {
    ...image,
    pixels: image.pixels.map((value, at) => (at % row < row - 3 ? (image.pixels[at + 3] ?? 0) : value)),
  };
  const target = patternsOf(sketchImage(moved)).vectors;
  const [still, right] = movedPatterns(
    spectrumOf(halvedPlane(sketchImage(image)), patternSide, patternFrequencies),
    0.25,
  );
  const distanceTo = (pattern: Float32Array | undefined) =>
    Math.sqrt(target.reduce((sum, value, i) => sum + (value - (pattern?.[i] ?? 0)) ** 2, 0));
  expect(distanceTo(right)).toBeLessThan(0.3 * distanceTo(still));
});

test('smaller and mirrored copies are found; the largest of the training split is the one to keep; others are not joined', async () => {
  const images = [...Array.from({ length: 40 }, (_, seed) => picture(seed))];
  images.push(resizeBilinear(picture(5), 30, 30), mirrored(picture(5)), picture(5, 60));
  const splits = Uint8Array.from(images, (_, index) => (index === 5 || index >= 40 ? 0 : 1));
  splits[42] = 2;
  expect(await groupsOf(images, splits)).toEqual([[5, 41, 40, 42]]);
});

test('images of one colour have no pattern to be compared by, and many of the same are one group', async () => {
  const flat = (value: number): Image => ({
    width: 20,
    height: 20,
    channels: 1,
    pixels: new Uint8Array(400).fill(value),
  });
  expect(await groupsOf([flat(10), flat(200), flat(10)])).toEqual([]);
});

/** A stroke across a dark image, as digits are: many are almost alike. */
function stroke(seed: number, side = 16): Image {
  const random = new PhiloxStream(seed, 11, 0);
  const [bend, lean, place] = [
    random.nextBelow(40) / 10 - 2,
    random.nextBelow(80) / 10 - 4,
    random.nextBelow(30) / 10 - 1.5,
  ];
  const pixels = Uint8Array.from({ length: side * side }, (_, at) => {
    const y = Math.floor(at / side) / side - 0.5;
    const middle = side / 2 + place + lean * y + 4 * bend * y * y;
    return Math.round(250 * Math.exp(-(((at % side) - middle) ** 2) / 3));
  });
  return { width: side, height: side, channels: 1, pixels };
}

test('the search finds the same images as comparing all of them, among random ones and among many that look alike', () => {
  const images = Array.from({ length: 2000 }, (_, seed) =>
    seed < 900 ? picture(seed, 24 + (seed % 60)) : stroke(seed),
  );
  for (let seed = 0; seed < 60; seed++) {
    const original = images[seed * 20] ?? picture(0);
    const side = Math.round(original.width * (0.8 + 0.005 * seed));
    images.push(seed % 2 === 0 ? mirrored(original) : resizeBilinear(original, side, side));
  }
  const sketches = new Uint8Array(images.length * sketchLength);
  images.forEach((image, index) => sketches.set(sketchImage(image), index * sketchLength));
  const material = { sketches, patterns: patternsOf(sketches), sides: Int32Array.from(images, ({ width }) => width) };
  const search = new NearSearch(material, Int32Array.from(images.keys()), null);
  let pairs = 0;
  for (const item of images.keys()) {
    search.remove(item);
    // Comparing with all takes long.
    if (item % 5 !== 0) continue;
    const later = [...images.keys()].slice(item + 1);
    const same = later.filter((other) => search.areOne(item, other, false) || search.areOne(item, other, true));
    const found = search.near(item).map((each) => each.item);
    expect(found.sort((a, b) => a - b)).toEqual(same);
    pairs += same.length;
  }
  // Neither none nor all: there was something to be told apart.
  expect(pairs).toBeGreaterThan(100);
  expect(pairs).toBeLessThan(100_000);
}, 30_000);
