import type { Image } from './image';

/** Whether the bytes begin as a Windows bitmap does. */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

/** Size and channels of a bitmap from its header; `channels` is 1 where its palette is grey. @throws Error with the reason. */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  if (!isBmp(bytes) || bytes.length < 26) throw new Error('not a bitmap, or cut short in its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pixelOffset = view.getUint32(10, true);
  const headerLength = view.getUint32(14, true);
  const isCore = headerLength === coreHeaderLength;
  if (!isCore && (headerLength < infoHeaderLength || bytes.length < 14 + infoHeaderLength)) {
    throw new Error('a bitmap with an unknown header');
  }
  const width = isCore ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = isCore ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bitsPerPixel = view.getUint16(isCore ? 24 : 28, true);
  const compression = isCore ? 0 : view.getUint32(30, true);
  if (width <= 0 || height === 0 || width * height > maxPixels)
    throw new Error(`a bitmap of ${width} × ${height} pixels`);
  if (compression !== 0 && compression !== bitFields) {
    throw new Error(`a compressed bitmap (compression ${compression}); only uncompressed ones are read`);
  }
  if (![1, 4, 8, 16, 24, 32].includes(bitsPerPixel)) throw new Error(`a bitmap of ${bitsPerPixel} bits a pixel`);
  const masks =
    bitsPerPixel === 16 || bitsPerPixel === 32 ? readMasks(view, headerLength, compression, bitsPerPixel) : undefined;
  const palette = bitsPerPixel <= 8 ? readPalette(view, headerLength, isCore, bitsPerPixel, pixelOffset) : undefined;
  const channels = palette && isGrey(palette) ? 1 : 3;
  return { width, height, channels, bitsPerPixel, topDown: signedHeight < 0, pixelOffset, palette, masks };
}

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly bitsPerPixel: number;
  readonly topDown: boolean;
  readonly pixelOffset: number;
  /** R, G, B of each entry. */
  readonly palette: Uint8Array | undefined;
  /** Bits of red, green and blue in a 16- or 32-bit pixel. */
  readonly masks: readonly [number, number, number] | undefined;
}

const coreHeaderLength = 12;
const infoHeaderLength = 40;
const bitFields = 3;
/** As sharp limits what it decodes. */
const maxPixels = 0x3fff * 0x3fff;

/**
 * Decodes an uncompressed Windows bitmap of 1, 4, 8, 16, 24 or 32 bits a pixel. Alpha is dropped.
 * Source: Microsoft, "Bitmap Storage" and BITMAPINFOHEADER (Windows GDI documentation).
 * @throws Error with the reason where it is damaged or of another kind.
 */
export function decodeBmp(bytes: Uint8Array): Image {
  const header = readBmpHeader(bytes);
  const { width, height, channels, bitsPerPixel, palette, pixelOffset } = header;
  const rowLength = Math.ceil((width * bitsPerPixel) / 32) * 4;
  const usedLength = Math.ceil((width * bitsPerPixel) / 8);
  const missing = pixelOffset + rowLength * (height - 1) + usedLength - bytes.length;
  if (missing > 0) throw new Error(`a bitmap cut short by ${missing} bytes`);
  const pixels = new Uint8Array(width * height * channels);
  const readPixel = palette ? paletteReader(palette, bitsPerPixel, channels) : colourReader(header);
  for (let row = 0; row < height; row++) {
    const from = pixelOffset + (header.topDown ? row : height - 1 - row) * rowLength;
    const to = row * width * channels;
    for (let x = 0; x < width; x++) readPixel(bytes, from, x, pixels, to + x * channels);
  }
  return { width, height, channels, pixels };
}

type PixelReader = (bytes: Uint8Array, rowStart: number, x: number, out: Uint8Array, to: number) => void;

function paletteReader(palette: Uint8Array, bits: number, channels: 1 | 3): PixelReader {
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  return (bytes, rowStart, x, out, to) => {
    const byte = bytes[rowStart + Math.floor(x / perByte)] ?? 0;
    const index = (byte >> (8 - bits * ((x % perByte) + 1))) & mask;
    if (3 * index >= palette.length) throw new Error(`a bitmap with colour ${index} of ${palette.length / 3}`);
    for (let channel = 0; channel < channels; channel++) out[to + channel] = palette[3 * index + channel] ?? 0;
  };
}

function colourReader({ bitsPerPixel, masks }: BmpHeader): PixelReader {
  if (!masks) {
    return (bytes, rowStart, x, out, to) => {
      const from = rowStart + 3 * x;
      out[to] = bytes[from + 2] ?? 0;
      out[to + 1] = bytes[from + 1] ?? 0;
      out[to + 2] = bytes[from] ?? 0;
    };
  }
  const bytesPerPixel = bitsPerPixel / 8;
  const fields = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, highest: mask >>> shift };
  });
  return (bytes, rowStart, x, out, to) => {
    const from = rowStart + bytesPerPixel * x;
    let value = 0;
    for (let i = 0; i < bytesPerPixel; i++) value |= (bytes[from + i] ?? 0) << (8 * i);
    fields.forEach(({ mask, shift, highest }, channel) => {
      out[to + channel] = highest === 0 ? 0 : Math.round((((value & mask) >>> shift) * 255) / highest);
    });
  };
}

function readMasks(view: DataView, headerLength: number, compression: number, bits: number): [number, number, number] {
  if (compression !== bitFields) return bits === 16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0x00ff00, 0x0000ff];
  // A short header has its masks behind it, a long one (V2 and later) inside: the same place.
  if (view.byteLength < 14 + infoHeaderLength + 12) throw new Error('a bitmap cut short in its header');
  if (headerLength < infoHeaderLength) throw new Error('a bitmap with an unknown header');
  return [view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true)];
}

function readPalette(
  view: DataView,
  headerLength: number,
  isCore: boolean,
  bits: number,
  pixelOffset: number,
): Uint8Array {
  const entryLength = isCore ? 3 : 4;
  const start = 14 + headerLength;
  const declared = isCore ? 0 : view.getUint32(46, true);
  const room = Math.floor((Math.min(pixelOffset, view.byteLength) - start) / entryLength);
  const count = Math.min(declared === 0 ? 1 << bits : declared, 1 << bits, room);
  if (count <= 0) throw new Error('a bitmap without its palette');
  const palette = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    const entry = start + i * entryLength;
    palette[3 * i] = view.getUint8(entry + 2);
    palette[3 * i + 1] = view.getUint8(entry + 1);
    palette[3 * i + 2] = view.getUint8(entry);
  }
  return palette;
}

function isGrey(palette: Uint8Array): boolean {
  for (let i = 0; i < palette.length; i += 3) {
    if (palette[i] !== palette[i + 1] || palette[i] !== palette[i + 2]) return false;
  }
  return true;
}
