import { UserError } from '../../core/errors';

export interface TarEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Of the body. */
  readonly bytes: number;
  /** To be read before the next entry is asked for; what is left is passed over. */
  readonly body: AsyncIterable<Buffer>;
}

/**
 * The entries of a tar stream (POSIX ustar and pax, GNU's long names) in their order, one pass.
 * Source of the format: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block".
 * @throws UserError where it is no tar file, or not all of one. `label` is the file, for messages.
 */
export async function* tarEntries(source: AsyncIterable<Buffer>, label: string): AsyncGenerator<TarEntry, void> {
  const reader = new ByteReader(source, label);
  let given: { path?: string; size?: number } = {};
  for (;;) {
    const block = await reader.block();
    // Two blocks of zeros end it; some writers leave them out.
    if (!block || block.every((byte) => byte === 0)) return;
    const header = parseHeader(block, label);
    const bytes = given.size ?? header.bytes;
    const padded = Math.ceil(bytes / blockBytes) * blockBytes;
    const meaning = String.fromCharCode(block[156] ?? 0);
    if ('xgLK'.includes(meaning) && meaning !== '\0') {
      if (bytes > mostMetaBytes) throw damaged(label, 'one of its headers is too long');
      const text = (await reader.take(padded)).subarray(0, bytes);
      if (meaning === 'x') given = { ...given, ...parsePax(text, label) };
      else if (meaning === 'L') given = { ...given, path: cString(text) };
      continue;
    }
    const body = reader.body(bytes);
    yield { name: given.path ?? header.name, kind: kindOf(meaning), bytes, body: body.pieces };
    given = {};
    await body.skipRest();
    await reader.take(padded - bytes);
  }
}

const blockBytes = 512;
const mostMetaBytes = 1 << 20;

function kindOf(meaning: string): TarEntry['kind'] {
  switch (meaning) {
    case '\0':
    case '0':
    case '7':
      return 'file';
    case '5':
      return 'folder';
    case '1':
    case '2':
      return 'link';
    default:
      return 'other';
  }
}

function parseHeader(block: Buffer, label: string): { readonly name: string; readonly bytes: number } {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (parseOctal(block.subarray(148, 156)) !== sum) throw damaged(label, 'a checksum in it is wrong');
  const name = cString(block.subarray(0, 100));
  // Only POSIX has the prefix; GNU keeps times there.
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? cString(block.subarray(345, 500)) : '';
  const bytes = parseSize(block.subarray(124, 136));
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw damaged(label, 'a size in it can not be');
  return { name: prefix === '' ? name : `${prefix}/${name}`, bytes };
}

/** GNU writes sizes from 8 GiB on as a big-endian number, with the first bit set. */
function parseSize(field: Buffer): number {
  if ((field[0] ?? 0) < 0x80) return parseOctal(field);
  return field.subarray(1).reduce((value, byte) => value * 256 + byte, (field[0] ?? 0) & 0x7f);
}

function parseOctal(field: Buffer): number {
  const text = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim();
  return text === '' ? 0 : /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

/** Records `length key=value\n`. */
function parsePax(text: Buffer, label: string): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < text.length;) {
    const space = text.indexOf(0x20, at);
    const length = Number(text.toString('latin1', at, Math.max(at, space)));
    if (space < 0 || !Number.isInteger(length) || length <= space - at || at + length > text.length) {
      throw damaged(label, 'one of its headers can not be read');
    }
    const record = text.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (key === 'path') found.path = value;
    if (key === 'size' && /^\d{1,15}$/.test(value)) found.size = Number(value);
    at += length;
  }
  return found;
}

function cString(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

function damaged(label: string, why: string): UserError {
  return new UserError(`${label} is no tar file, or a damaged one: ${why}.`, 'Fetch it again.');
}

/** Takes bytes from a stream of pieces of any length. */
class ByteReader {
  private readonly source: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(
    source: AsyncIterable<Buffer>,
    private readonly label: string,
  ) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** Undefined at the end. */
  async block(): Promise<Buffer | undefined> {
    if (this.rest.length === 0 && !(await this.more())) return undefined;
    return this.take(blockBytes);
  }

  async take(count: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let missing = count; missing > 0;) {
      const piece = await this.piece(missing);
      pieces.push(piece);
      missing -= piece.length;
    }
    return pieces.length === 1 ? (pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(pieces);
  }

  body(count: number): { readonly pieces: AsyncIterable<Buffer>; skipRest(): Promise<void> } {
    let left = count;
    const next = async (): Promise<Buffer> => {
      const piece = await this.piece(left);
      left -= piece.length;
      return piece;
    };
    return {
      pieces: (async function* () {
        while (left > 0) yield await next();
      })(),
      skipRest: async () => {
        while (left > 0) await next();
      },
    };
  }

  /** At least one byte, at most `most`. */
  private async piece(most: number): Promise<Buffer> {
    if (this.rest.length === 0 && !(await this.more())) {
      throw new UserError(`${this.label} is cut short.`, 'The download or copy did not finish: fetch it again.');
    }
    const piece = this.rest.subarray(0, most);
    this.rest = this.rest.subarray(piece.length);
    return piece;
  }

  private async more(): Promise<boolean> {
    while (this.rest.length === 0) {
      const { done, value } = await this.source.next();
      if (done) return false;
      this.rest = value;
    }
    return true;
  }
}
