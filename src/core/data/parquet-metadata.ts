import { readThriftStruct, type ThriftStruct, type ThriftValue } from './thrift-compact';

/** What the footer of a Parquet file says, as far as it is used here. */
export interface ParquetMetadata {
  readonly rows: number;
  readonly columns: readonly ParquetLeaf[];
  readonly groups: readonly ParquetGroup[];
  readonly keyValues: ReadonlyMap<string, string>;
}

/** A column of values; columns of structs and lists have several, or one below them. */
export interface ParquetLeaf {
  /** `image.bytes` is ['image', 'bytes']. */
  readonly path: readonly string[];
  readonly type: ParquetType;
  /** Whether the bytes are text. */
  readonly isText: boolean;
  /** How many levels of it may be missing, and may be repeated. */
  readonly maxDefinition: number;
  readonly maxRepetition: number;
}

export type ParquetType = 'BOOLEAN' | 'INT32' | 'INT64' | 'INT96' | 'FLOAT' | 'DOUBLE' | 'BYTE_ARRAY' | 'FIXED';

export interface ParquetGroup {
  readonly rows: number;
  /** One for each leaf, in their order. */
  readonly chunks: readonly ParquetChunk[];
}

export interface ParquetChunk {
  readonly codec: ParquetCodec;
  readonly values: number;
  /** In the file. */
  readonly start: number;
  readonly bytes: number;
}

export type ParquetCodec = 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP' | 'LZO' | 'BROTLI' | 'LZ4' | 'ZSTD' | 'LZ4_RAW';

const types: readonly ParquetType[] = ['BOOLEAN', 'INT32', 'INT64', 'INT96', 'FLOAT', 'DOUBLE', 'BYTE_ARRAY', 'FIXED'];
const codecs: readonly ParquetCodec[] = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'];

/**
 * Reads the footer. Source: github.com/apache/parquet-format, src/main/thrift/parquet.thrift (FileMetaData).
 * @throws Error with the reason where it is damaged, or its parts do not fit together and into `fileBytes`.
 */
export function parseParquetMetadata(footer: Uint8Array, fileBytes: number): ParquetMetadata {
  const { value: file } = readThriftStruct(footer);
  const columns = readLeaves(list(file, 2).map(struct));
  const groups = list(file, 4).map((group) => readGroup(struct(group), columns.length, fileBytes));
  const rows = count(file, 3);
  if (groups.reduce((sum, group) => sum + group.rows, 0) !== rows) throw new Error('it has two numbers of rows');
  if (rows > mostRows) throw new Error(`it has ${rows} rows`);
  const keyValues = new Map<string, string>();
  for (const pair of list(file, 5)) keyValues.set(text(struct(pair), 1), text(struct(pair), 2));
  return { rows, columns, groups, keyValues };
}

const mostRows = 50_000_000;

function readGroup(group: ThriftStruct, leaves: number, fileBytes: number): ParquetGroup {
  const chunks = list(group, 1).map((chunk): ParquetChunk => {
    const meta = struct(struct(chunk).get(3));
    const codec = codecs[count(meta, 4)];
    if (!codec) throw new Error('a column is packed in an unknown way');
    const data = count(meta, 9);
    // Some writers put a 0 where there is no dictionary.
    const dictionary = meta.has(11) ? count(meta, 11) : 0;
    const start = dictionary > 0 ? Math.min(dictionary, data) : data;
    const bytes = count(meta, 7);
    if (start + bytes > fileBytes) throw new Error('it is cut short');
    return { codec, values: count(meta, 5), start, bytes };
  });
  if (chunks.length !== leaves) throw new Error('it has a group with other columns');
  return { rows: count(group, 3), chunks };
}

/** The schema stands depth first, each element with the number of its children. */
function readLeaves(elements: readonly ThriftStruct[]): ParquetLeaf[] {
  const leaves: ParquetLeaf[] = [];
  let at = 1;
  const walk = (children: number, path: readonly string[], definition: number, repetition: number): void => {
    if (path.length > mostDepth) throw new Error('its columns are nested too deep');
    for (let child = 0; child < children; child++) {
      const element = elements[at++];
      if (!element) throw new Error('its columns are damaged');
      const kind = element.has(3) ? count(element, 3) : 0;
      const levels = [definition + (kind === 0 ? 0 : 1), repetition + (kind === 2 ? 1 : 0)] as const;
      const own = [...path, text(element, 4)];
      const inner = element.has(5) ? count(element, 5) : 0;
      if (inner > 0) {
        walk(inner, own, ...levels);
        continue;
      }
      const type = types[count(element, 1)];
      if (!type) throw new Error('a column is of an unknown type');
      const logical = element.get(10);
      const isText = element.get(6) === 0 || (logical instanceof Map && logical.has(1));
      leaves.push({ path: own, type, isText, maxDefinition: levels[0], maxRepetition: levels[1] });
    }
  };
  const [root] = elements;
  if (!root) throw new Error('it has no columns');
  walk(count(root, 5), [], 0, 0);
  return leaves;
}

const mostDepth = 16;

function list(of: ThriftStruct, field: number): readonly ThriftValue[] {
  const value = of.get(field);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Error('its description is damaged');
  return value as readonly ThriftValue[];
}

function struct(value: ThriftValue | undefined): ThriftStruct {
  if (!(value instanceof Map)) throw new Error('its description is damaged');
  return value;
}

function count(of: ThriftStruct, field: number): number {
  const value = of.get(field);
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw new Error('its description is damaged');
  }
  return number;
}

function text(of: ThriftStruct, field: number): string {
  const value = of.get(field);
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : '';
}
