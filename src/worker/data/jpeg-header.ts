/** What a JPEG is, as far as its header says. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: colour; 4: for print. */
  readonly components: number;
  /** Bits of a sample. */
  readonly precision: number;
  /** Coded by Huffman's way, baseline or progressive. */
  readonly isUsual: boolean;
  /** EXIF: 1 upright, to 8. */
  readonly orientation: number;
}

/**
 * Reads the segments before an image's data. Undefined where it is no JPEG or they break off.
 * Source: ITU-T T.81, Annex B; EXIF 2.3, 4.6 (orientation: tag 0x0112 of the first directory).
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  let orientation = 1;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      // Any number of these may stand before a marker.
      at++;
      continue;
    }
    const length = view.getUint16(at + 2);
    const start = at + 4;
    const end = at + 2 + length;
    if (marker === startOfScan || length < 2 || end > bytes.length) return undefined;
    if (marker === exifSegment) orientation = orientationOf(bytes.subarray(start, end)) ?? orientation;
    if (isFrame(marker)) {
      if (length < 8) return undefined;
      const [precision = 0, components = 0] = [bytes[start], bytes[start + 5]];
      const [height, width] = [view.getUint16(start + 1), view.getUint16(start + 3)];
      return { width, height, components, precision, isUsual: marker <= 0xc2, orientation };
    }
    at = end;
  }
  return undefined;
}

const startOfScan = 0xda;
const exifSegment = 0xe1;

/** Start of frame, of any coding; three of their numbers mean tables. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function orientationOf(segment: Uint8Array): number | undefined {
  // "Exif", two zeros, then a TIFF header.
  if (segment.length < 14 || String.fromCharCode(...segment.subarray(0, 4)) !== 'Exif') return undefined;
  const view = new DataView(segment.buffer, segment.byteOffset + 6, segment.byteLength - 6);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const little = order === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return undefined;
  const count = view.getUint16(directory, little);
  for (let entry = 0; entry < count; entry++) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > view.byteLength) return undefined;
    if (view.getUint16(at, little) === 0x0112) return view.getUint16(at + 8, little);
  }
  return undefined;
}
