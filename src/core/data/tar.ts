/** What a 512-byte header of a tar archive says. Sizes in bytes. */
export interface TarHeader {
  readonly name: string;
  readonly bytes: number;
  /** The letter of its kind: '0' a file, '1' and '2' links, '5' a folder, 'x', 'g', 'L' and 'K' what is said of the next. */
  readonly type: string;
}

export const tarBlockBytes = 512;

/**
 * Reads a header block: ustar, GNU or older; 'end' where it is all zeros.
 * Source: IEEE Std 1003.1-2017, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
 * @throws Error with the reason where its checksum is wrong.
 */
export function parseTarHeader(block: Uint8Array): TarHeader | 'end' {
  let sum = 0;
  for (let i = 0; i < tarBlockBytes; i++) {
    // The checksum itself counts as spaces.
    sum += i >= 148 && i < 156 ? 0x20 : (block[i] ?? 0);
  }
  if (sum === 8 * 0x20 && block.subarray(148, 156).every((byte) => byte === 0)) return 'end';
  if (number(block.subarray(148, 156)) !== sum) throw new Error('a header has a wrong checksum');
  const bytes = number(block.subarray(124, 136));
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new Error('a header has no size');
  const name = text(block.subarray(0, 100));
  const isUstar = text(block.subarray(257, 263)) === 'ustar';
  const prefix = isUstar ? text(block.subarray(345, 500)) : '';
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0);
  return { name: prefix === '' ? name : `${prefix}/${name}`, bytes, type };
}

/**
 * The records of a pax header: `length key=value\n` each, the length counting itself.
 * Source: IEEE Std 1003.1-2017, pax, "pax Extended Header".
 * @throws Error with the reason.
 */
export function parsePaxRecords(bytes: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  let start = 0;
  while (start < bytes.length && bytes[start] !== 0) {
    const space = bytes.indexOf(0x20, start);
    const length = space < 0 ? NaN : Number(text(bytes.subarray(start, space)));
    if (!Number.isInteger(length) || length <= space - start + 1 || start + length > bytes.length) {
      throw new Error('an extended header is damaged');
    }
    const record = text(bytes.subarray(space + 1, start + length - 1));
    const equals = record.indexOf('=');
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    start += length;
  }
  return records;
}

/** What a block of a long name says. */
export function parseLongName(bytes: Uint8Array): string {
  return text(bytes);
}

/** Up to the first zero. */
function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

const decoder = new TextDecoder();

/** Octal digits among spaces and zeros; or, where the first bit is set, a big-endian number. NaN where it is neither. */
function number(field: Uint8Array): number {
  const [first = 0] = field;
  if (first >= 0x80) {
    let value = first & 0x3f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    return (first & 0x40) === 0 ? value : NaN;
  }
  const digits = text(field).trim();
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : NaN;
}
