import { describe, expect, test } from 'vitest';
import { decodeBmp, readBmpHeader } from '../../../src/core/data/bmp';
import { convertChannels, writePlanes } from '../../../src/core/data/image';
import { isImageFileName } from '../../../src/core/data/image-file-name';
import { resizeBilinear } from '../../../src/core/data/resize';
import { imageFixtures } from './image-fixtures';

test('resized bytes are Pillow’s, smaller and larger', () => {
  for (const { from, to } of imageFixtures.resize) expect(resizeBilinear(from, to.width, to.height)).toEqual(to);
});

test('an image of the right size stays as it is', () => {
  const { from } = imageFixtures.toGrey;
  expect(resizeBilinear(from, from.width, from.height)).toEqual(from);
});

test('grey is Pillow’s grey, and grey as colour is three times the same', () => {
  const { from, to } = imageFixtures.toGrey;
  expect(convertChannels(from, 1)).toEqual(to);
  const back = convertChannels(to, 3);
  expect(back.channels).toBe(3);
  expect(convertChannels(back, 1)).toEqual(to);
});

test('channels come apart into planes', () => {
  const out = new Uint8Array(8);
  writePlanes({ width: 2, height: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) }, out, 1);
  expect([...out]).toEqual([0, 1, 4, 2, 5, 3, 6, 0]);
});

describe('bitmaps', () => {
  test.each(imageFixtures.bitmaps)('$name, as Pillow decodes it', ({ file, decoded }) => {
    expect(decodeBmp(file)).toEqual(decoded);
    expect(readBmpHeader(file)).toMatchObject({
      width: decoded.width,
      height: decoded.height,
      channels: decoded.channels,
    });
  });

  test('a negative height stands for rows from the top', () => {
    const bytes = bitmap({ width: 1, height: -2, bits: 24, pixels: [3, 2, 1, 0, 6, 5, 4, 0] });
    expect([...decodeBmp(bytes).pixels]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('16 bits a pixel are five of each colour, or what the masks say', () => {
    const pixels = [0xff, 0x7f, 0x1f, 0x00];
    expect([...decodeBmp(bitmap({ width: 2, height: 1, bits: 16, pixels })).pixels]).toEqual([
      255, 255, 255, 0, 0, 255,
    ]);
    const masks = [0xf800, 0x07e0, 0x001f];
    const masked = bitmap({ width: 2, height: 1, bits: 16, pixels: [0xe0, 0x07, 0x00, 0xf8], masks });
    expect([...decodeBmp(masked).pixels]).toEqual([0, 255, 0, 255, 0, 0]);
  });

  test('4 bits a pixel', () => {
    const palette = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0];
    const bytes = bitmap({ width: 3, height: 1, bits: 4, pixels: [0x01, 0x20, 0, 0], palette });
    expect([...decodeBmp(bytes).pixels]).toEqual([255, 0, 0, 0, 255, 0, 0, 0, 255]);
  });

  test('what is cut short, compressed or absurd is refused with the reason', () => {
    const sound = bitmap({
      width: 2,
      height: 2,
      bits: 24,
      pixels: [1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0],
    });
    expect(() => decodeBmp(sound)).not.toThrow();
    expect(() => decodeBmp(sound.subarray(0, sound.length - 3))).toThrow('cut short by 1 bytes');
    expect(() => decodeBmp(sound.subarray(0, 20))).toThrow('cut short');
    expect(() => decodeBmp(changed(sound, 30, 1))).toThrow('compressed');
    expect(() => decodeBmp(changed(sound, 28, 7))).toThrow('7 bits');
    expect(() => decodeBmp(changed(sound, 21, 0x7f))).toThrow('pixels');
    expect(() => decodeBmp(changed(sound, 14, 99))).not.toThrow();
  });

  test('any damaged byte of a header gives an image or an error with a reason, never a hang', () => {
    for (const { file } of imageFixtures.bitmaps) {
      for (let position = 2; position < 54; position++) {
        for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
          try {
            const { width, height, channels, pixels } = decodeBmp(changed(file, position, value));
            expect(pixels.length).toBe(width * height * channels);
          } catch (error) {
            expect(String(error)).toContain('bitmap');
          }
        }
      }
    }
  });
});

test('images are told by their names, hidden ones are none', () => {
  expect(['a.png', 'A.JPG', 'b.c.tiff', 'x.bmp', 'ü.webp'].every(isImageFileName)).toBe(true);
  expect(['a.txt', '.png', 'png', 'a.png.bak', ''].some(isImageFileName)).toBe(false);
});

function changed(bytes: Uint8Array, position: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[position] = value;
  return copy;
}

/** A bitmap with a 40-byte header. `palette`: B, G, R, 0 of each colour. */
function bitmap(parts: {
  width: number;
  height: number;
  bits: number;
  pixels: readonly number[];
  palette?: readonly number[];
  masks?: readonly number[];
}): Uint8Array {
  const { palette = [], masks = [] } = parts;
  const offset = 54 + 4 * masks.length + palette.length;
  const bytes = Buffer.alloc(offset + parts.pixels.length);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(offset, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(parts.width, 18);
  bytes.writeInt32LE(parts.height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(parts.bits, 28);
  bytes.writeUInt32LE(masks.length > 0 ? 3 : 0, 30);
  bytes.writeUInt32LE(palette.length / 4, 46);
  masks.forEach((mask, i) => bytes.writeUInt32LE(mask, 54 + 4 * i));
  bytes.set(palette, 54 + 4 * masks.length);
  bytes.set(parts.pixels, offset);
  return bytes;
}
