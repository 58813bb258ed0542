import { parseLongName, parsePaxRecords, parseTarHeader, tarBlockBytes } from '../../core/data/tar';
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
 * @throws UserError where it is no tar file, or not all of one. `label` is the file, for messages.
 */
export async function* tarEntries(source: AsyncIterable<Buffer>, label: string): AsyncGenerator<TarEntry, void> {
  const reader = new ByteReader(source, label);
  let given: { readonly path?: string | undefined; readonly bytes?: number } = {};
  for (;;) {
    const block = await reader.block();
    // Two blocks of zeros end it; some writers leave them out.
    const header = block && understood(() => parseTarHeader(block), label);
    if (!header || header === 'end') return;
    const { type } = header;
    const isMeta = ['x', 'g', 'L', 'K'].includes(type);
    const bytes = (isMeta ? undefined : given.bytes) ?? header.bytes;
    const padded = Math.ceil(bytes / tarBlockBytes) * tarBlockBytes;
    if (isMeta) {
      if (bytes > mostMetaBytes) throw damaged(label, 'a header is too long');
      const text = (await reader.take(padded)).subarray(0, bytes);
      if (type === 'x') {
        const records = understood(() => parsePaxRecords(text), label);
        const size = records.get('size');
        given = {
          path: records.get('path') ?? given.path,
          ...(size !== undefined && /^\d{1,15}$/.test(size) ? { bytes: Number(size) } : {}),
        };
      } else if (type === 'L') given = { ...given, path: parseLongName(text) };
      continue;
    }
    const body = reader.body(bytes);
    yield { name: given.path ?? header.name, kind: kindOf(type), bytes, body: body.pieces };
    given = {};
    await body.skipRest();
    await reader.take(padded - bytes);
  }
}

const mostMetaBytes = 1 << 20;

function kindOf(type: string): TarEntry['kind'] {
  switch (type) {
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

function understood<T>(read: () => T, label: string): T {
  try {
    return read();
  } catch (error) {
    throw damaged(label, error instanceof Error ? error.message : String(error));
  }
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
    return this.take(tarBlockBytes);
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
      const next = await this.source.next();
      if (next.done) return false;
      this.rest = next.value;
    }
    return true;
  }
}
