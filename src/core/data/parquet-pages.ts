import type { ParquetChunk, ParquetCodec, ParquetLeaf } from './parquet-metadata';
import { readThriftStruct, type ThriftStruct } from './thrift-compact';

/** Unpacks a page. `bytes`: how many it must give. @throws Error with the reason. */
export type UnpackPage = (codec: ParquetCodec, packed: Uint8Array, bytes: number) => Uint8Array;

/** Numbers are numbers where they fit; null where a value is missing. */
export type ParquetValue = number | Uint8Array | null;

/**
 * The values of a column chunk, one for each row; a list for each row where the column repeats.
 * Encodings: PLAIN, and dictionaries (PLAIN_DICTIONARY, RLE_DICTIONARY); pages of version 1 and 2. Nothing is made that is larger
 * than what `rows` and the pages allow.
 * Source: github.com/apache/parquet-format, Encodings.md and README.md.
 * @throws Error with the reason where it is damaged or of another kind.
 */
export function readParquetChunk(
  bytes: Uint8Array,
  leaf: ParquetLeaf,
  chunk: ParquetChunk,
  rows: number,
  unpack: UnpackPage,
): readonly (ParquetValue | readonly ParquetValue[])[] {
  const out = new RowCollector(leaf, rows);
  let dictionary: readonly ParquetValue[] | undefined;
  let left = chunk.values;
  for (let at = 0; left > 0 && at < bytes.length; ) {
    const { value: header, end } = readThriftStruct(bytes, at);
    const unpackedBytes = int(header, 2);
    const packedBytes = int(header, 3);
    if (packedBytes > bytes.length - end) throw new Error('a page is cut short');
    const body = bytes.subarray(end, end + packedBytes);
    at = end + packedBytes;
    switch (int(header, 1)) {
      case dataPage: {
        const page = sub(header, 5);
        const values = int(page, 1);
        const contents = unpack(chunk.codec, body, unpackedBytes);
        const levels = readLevelsV1(contents, leaf, values);
        readValues(out, contents.subarray(levels.end), levels, leaf, int(page, 2), dictionary);
        left -= values;
        break;
      }
      case dataPageV2: {
        const page = sub(header, 8);
        const values = int(page, 1);
        const repetitionBytes = int(page, 6);
        const levelBytes = repetitionBytes + int(page, 5);
        if (levelBytes > body.length || levelBytes > unpackedBytes) throw new Error('a page is cut short');
        const packed = body.subarray(levelBytes);
        const contents =
          page.get(7) === false ? packed : unpack(chunk.codec, packed, unpackedBytes - levelBytes);
        const levels = {
          repetition: runs(body.subarray(0, repetitionBytes), leaf.maxRepetition, values),
          definition: runs(body.subarray(repetitionBytes, levelBytes), leaf.maxDefinition, values),
          values,
        };
        readValues(out, contents, levels, leaf, int(page, 4), dictionary);
        left -= values;
        break;
      }
      case dictionaryPage: {
        const values = int(sub(header, 7), 1);
        dictionary = readPlain(unpack(chunk.codec, body, unpackedBytes), leaf, values);
        break;
      }
      default:
        break;
    }
  }
  return out.finish();
}

const dataPage = 0;
const dictionaryPage = 2;
const dataPageV2 = 3;

interface Levels {
  /** Undefined where all are 0, or all the highest. */
  readonly repetition: Uint32Array | undefined;
  readonly definition: Uint32Array | undefined;
  readonly values: number;
}

function readLevelsV1(page: Uint8Array, leaf: ParquetLeaf, values: number): Levels & { end: number } {
  let at = 0;
  const next = (highest: number): Uint32Array | undefined => {
    if (highest === 0) return undefined;
    if (at + 4 > page.length) throw new Error('a page is cut short');
    const length = new DataView(page.buffer, page.byteOffset).getUint32(at, true);
    if (length > page.length - at - 4) throw new Error('a page is cut short');
    const levels = runs(page.subarray(at + 4, at + 4 + length), highest, values);
    at += 4 + length;
    return levels;
  };
  const repetition = next(leaf.maxRepetition);
  const definition = next(leaf.maxDefinition);
  return { repetition, definition, values, end: at };
}

function runs(bytes: Uint8Array, highest: number, values: number): Uint32Array | undefined {
  return highest === 0 ? undefined : readRuns(bytes, 32 - Math.clz32(highest), values);
}

/** The hybrid of repeated values and values packed into bits. */
function readRuns(bytes: Uint8Array, width: number, count: number): Uint32Array {
  // A repeated value takes two bytes at least, and most pages have some millions of values.
  if (count > mostValues) throw new Error(`a page has ${count} values`);
  if (width > 32) throw new Error('a page is damaged');
  const out = new Uint32Array(count);
  let at = 0;
  let done = 0;
  while (done < count) {
    let head = 0;
    let shift = 0;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) throw new Error('a page is cut short');
      head |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7;
    }
    head >>>= 0;
    if ((head & 1) === 0) {
      let value = 0;
      for (let i = 0; i < width; i += 8) value |= (bytes[at++] ?? 0) << i;
      const end = Math.min(count, done + (head >>> 1));
      if (end === done) throw new Error('a page is damaged');
      out.fill(value >>> 0, done, end);
      done = end;
    } else {
      const wanted = Math.min(count - done, 8 * (head >>> 1));
      if (wanted === 0 || at + Math.ceil((wanted * width) / 8) > bytes.length) throw new Error('a page is cut short');
      for (let i = 0; i < wanted; i++) {
        let value = 0;
        for (let bit = 0; bit < width; bit++) {
          const place = i * width + bit;
          value |= (((bytes[at + (place >> 3)] ?? 0) >> (place & 7)) & 1) << bit;
        }
        out[done++] = value >>> 0;
      }
      at += (head >>> 1) * width;
    }
  }
  return out;
}

const mostValues = 2 ** 26;

function readValues(
  out: RowCollector,
  contents: Uint8Array,
  levels: Levels,
  leaf: ParquetLeaf,
  encoding: number,
  dictionary: readonly ParquetValue[] | undefined,
): void {
  const { definition, repetition, values } = levels;
  if (values > mostValues) throw new Error(`a page has ${values} values`);
  let present = values;
  if (definition) {
    present = 0;
    for (const level of definition) if (level === leaf.maxDefinition) present++;
  }
  const read = encoding === plain ? readPlain(contents, leaf, present) : readIndices(contents, encoding, dictionary, present);
  let next = 0;
  for (let i = 0; i < values; i++) {
    const isThere = !definition || definition[i] === leaf.maxDefinition;
    out.add(isThere ? (read[next++] ?? null) : null, repetition?.[i] ?? 0, isThere);
  }
}

const plain = 0;
const plainDictionary = 2;
const runLengthDictionary = 8;

function readIndices(
  contents: Uint8Array,
  encoding: number,
  dictionary: readonly ParquetValue[] | undefined,
  count: number,
): readonly ParquetValue[] {
  if (encoding !== plainDictionary && encoding !== runLengthDictionary) {
    throw new Error(`its values are encoded in a way that is not read (${encoding}); plain and dictionary encodings are`);
  }
  if (!dictionary) throw new Error('a page has no dictionary');
  if (count === 0) return [];
  const indices = readRuns(contents.subarray(1), contents[0] ?? 0, count);
  return Array.from(indices, (index) => {
    const value = dictionary[index];
    if (value === undefined) throw new Error('a page is damaged');
    return value;
  });
}

function readPlain(contents: Uint8Array, leaf: ParquetLeaf, count: number): ParquetValue[] {
  const view = new DataView(contents.buffer, contents.byteOffset, contents.byteLength);
  const size = leaf.type === 'INT32' || leaf.type === 'BYTE_ARRAY' ? 4 : 8;
  if (count * size > contents.length) throw new Error('a page is cut short');
  switch (leaf.type) {
    case 'INT32':
      return Array.from({ length: count }, (_, index) => view.getInt32(4 * index, true));
    case 'INT64':
      return Array.from({ length: count }, (_, index) => Number(view.getBigInt64(8 * index, true)));
    case 'BYTE_ARRAY': {
      let at = 0;
      return Array.from({ length: count }, () => {
        if (at + 4 > contents.length) throw new Error('a page is cut short');
        const length = view.getUint32(at, true);
        if (length > contents.length - at - 4) throw new Error('a page is cut short');
        const value = contents.subarray(at + 4, at + 4 + length);
        at += 4 + length;
        return value;
      });
    }
    case 'BOOLEAN':
    case 'INT96':
    case 'FLOAT':
    case 'DOUBLE':
    case 'FIXED':
      throw new Error(`its values are of type ${leaf.type}, which is not read`);
  }
}

/** Puts values together to rows. */
class RowCollector {
  private readonly flat: ParquetValue[] = [];
  private readonly lists: ParquetValue[][] = [];

  constructor(
    private readonly leaf: ParquetLeaf,
    private readonly rows: number,
  ) {}

  add(value: ParquetValue, repetition: number, isThere: boolean): void {
    if (this.leaf.maxRepetition === 0) {
      if (this.flat.length >= this.rows) throw new Error('it has more values than rows');
      this.flat.push(value);
      return;
    }
    if (repetition === 0) {
      if (this.lists.length >= this.rows) throw new Error('it has more values than rows');
      this.lists.push([]);
    }
    if (isThere) this.lists.at(-1)?.push(value);
  }

  finish(): readonly (ParquetValue | readonly ParquetValue[])[] {
    const values = this.leaf.maxRepetition === 0 ? this.flat : this.lists;
    if (values.length !== this.rows) throw new Error(`it has ${values.length} values in ${this.rows} rows`);
    return values;
  }
}

function int(of: ThriftStruct, field: number): number {
  const value = of.get(field);
  if (typeof value !== 'number' || value < 0) throw new Error('a page is damaged');
  return value;
}

function sub(of: ThriftStruct, field: number): ThriftStruct {
  const value = of.get(field);
  if (!(value instanceof Map)) throw new Error('a page is damaged');
  return value as ThriftStruct;
}
