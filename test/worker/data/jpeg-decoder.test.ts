import sharp, { type Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { PhiloxStream } from '../../../src/core/rng/philox';
import { decodeBytes } from '../../../src/worker/data/decode-image';
import { jpegLibrary, JpegDecoder } from '../../../src/worker/data/jpeg-decoder';
import { readJpegHeader } from '../../../src/worker/data/jpeg-header';
import { dist } from '../../support/small-run';

const decoder = await JpegDecoder.create(jpegLibrary(dist));
const random = new PhiloxStream(11, 3);

/** Blocks of colours with noise upon them, so that all coefficients occur. */
function picture(width: number, height: number): Sharp {
  const pixels = Buffer.alloc(3 * width * height);
  const colours = Array.from({ length: 12 }, () => random.nextBelow(200));
  for (let i = 0; i < pixels.length; i++) {
    const block = (Math.floor(i / 3 / 7) + i) % colours.length;
    pixels[i] = (colours[block] ?? 0) + random.nextBelow(56);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

test('JPEGs of every usual kind have the pixels that sharp reads', async () => {
  for (let trial = 0; trial < 60; trial++) {
    const [width, height] = [1 + random.nextBelow(90), 1 + random.nextBelow(70)];
    const image = picture(width, height);
    if (trial % 5 === 0) image.greyscale();
    const bytes = await image
      .jpeg({
        quality: 20 + random.nextBelow(81),
        chromaSubsampling: trial % 2 === 0 ? '4:2:0' : '4:4:4',
        progressive: trial % 3 === 0,
        optimiseCoding: trial % 4 !== 0,
      })
      .toBuffer();
    const { pixels, ...size } = await decodeBytes(bytes);
    const decoded = decoder.decode(bytes);
    const what = `trial ${trial}: ${width} × ${height}`;
    expect(decoded, what).toMatchObject(size);
    expect(Buffer.compare(decoded?.pixels ?? new Uint8Array(), pixels), what).toBe(0);
    expect(readJpegHeader(bytes), what).toMatchObject({ width, height, components: size.channels, orientation: 1 });
  }
});

test('what is turned, for print, damaged or no JPEG is left to sharp', async () => {
  const whole = await picture(40, 30).jpeg().toBuffer();
  const turned = await picture(40, 30).jpeg().withMetadata({ orientation: 6 }).toBuffer();
  expect(readJpegHeader(turned)).toMatchObject({ width: 40, height: 30, orientation: 6 });
  const others = [
    turned,
    await picture(40, 30).toColourspace('cmyk').jpeg().toBuffer(),
    await picture(40, 30).png().toBuffer(),
    whole.subarray(0, 400),
    whole.subarray(0, 3),
    Buffer.alloc(0),
  ];
  for (const [index, bytes] of others.entries()) expect(decoder.decode(bytes), `${index}`).toBeUndefined();
  expect(decoder.decode(whole)).toBeDefined();
});

test('a size that is only claimed takes no memory', async () => {
  const bytes = await picture(16, 16).jpeg().toBuffer();
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(60_000, frame + 5);
  bytes.writeUInt16BE(60_000, frame + 7);
  expect(decoder.decode(bytes)).toBeUndefined();
});

test('hundreds of damaged images do not wear it out', async () => {
  const whole = await picture(64, 64).jpeg().toBuffer();
  const expected = await decodeBytes(whole);
  let refused = 0;
  for (let trial = 0; trial < 400; trial++) {
    const damaged = Buffer.from(whole);
    for (let change = 0; change < 6; change++) damaged[2 + random.nextBelow(whole.length - 2)] = random.nextBelow(256);
    if (!decoder.decode(damaged)) refused++;
    // A new one is made between two images.
    if (trial % 40 === 39) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(refused).toBeGreaterThan(200);
  await expect.poll(() => decoder.decode(whole)).toBeDefined();
  expect(Buffer.compare(decoder.decode(whole)?.pixels ?? new Uint8Array(), expected.pixels)).toBe(0);
});
