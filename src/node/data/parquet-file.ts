import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type ParquetCodec, type ParquetLeaf, type ParquetMetadata, parseParquetMetadata } from '../../core/data/parquet-metadata';
import { type ParquetValue, readParquetChunk, type UnpackPage } from '../../core/data/parquet-pages';
import { UserError } from '../../core/errors';
import { isObject } from '../../core/is-object';
import type { FileTree, TreeFile } from './file-tree';
import { sizeText } from './read-whole-file';

/** An opened Parquet file of images and labels, as Hugging Face writes them. */
export interface ParquetFile {
  /** In the tree. */
  readonly file: string;
  readonly rows: number;
  /** First row of each group, and behind the last. */
  readonly groupStarts: readonly number[];
  readonly columns: readonly ParquetColumn[];
  /** Values of a column in a group, one for each row. @throws UserError */
  read(column: ParquetColumn, group: number): Promise<readonly (ParquetValue | readonly ParquetValue[])[]>;
  close(): Promise<void>;
}

export interface ParquetColumn {
  /** Of the top-level column. */
  readonly name: string;
  readonly kind: 'image' | 'number' | 'text' | 'numbers';
  /** Of labels that are classes, by Hugging Face's description of the data set. */
  readonly classNames: readonly string[] | undefined;
  /** Place among the leaves. */
  readonly leaf: number;
}

/** @throws UserError where it is no such file, or damaged. */
export async function openParquet(tree: FileTree, file: string): Promise<ParquetFile> {
  const opened = await tree.open(file);
  const name = tree.describe(file);
  try {
    const metadata = await readFooter(opened);
    const groupStarts = [0];
    for (const { rows } of metadata.groups) groupStarts.push((groupStarts.at(-1) ?? 0) + rows);
    // WebAssembly is compiled when the module is loaded: only for who reads such files.
    const { compressors } = await import('hyparquet-compressors');
    const unpack = unpackWith(compressors);
    return {
      file,
      rows: metadata.rows,
      groupStarts,
      columns: describeColumns(metadata),
      read: async ({ leaf }, group) => {
        try {
          return await readGroup(opened, metadata, leaf, group, unpack);
        } catch (cause) {
          throw damaged(name, cause);
        }
      },
      close: () => opened.close(),
    };
  } catch (cause) {
    await opened.close();
    throw damaged(name, cause);
  }
}

async function readFooter(file: TreeFile): Promise<ParquetMetadata> {
  const tail = await file.read(Math.max(0, file.bytes - tailBytes), file.bytes);
  const end = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  if (tail.length < tailBytes || end.getUint32(4, false) !== magic) throw new Error('it does not end as one');
  const length = end.getUint32(0, true);
  if (length > file.bytes - tailBytes) throw new Error('it is cut short');
  const start = file.bytes - tailBytes - length;
  return parseParquetMetadata(await file.read(start, start + length), file.bytes);
}

/** Length of the footer, and `PAR1`. */
const tailBytes = 8;
const magic = 0x50415231;

async function readGroup(
  file: TreeFile,
  metadata: ParquetMetadata,
  leafNumber: number,
  groupNumber: number,
  unpack: UnpackPage,
) {
  const group = metadata.groups[groupNumber];
  const leaf = metadata.columns[leafNumber];
  const chunk = group?.chunks[leafNumber];
  if (!group || !leaf || !chunk) throw new RangeError(`Column ${leafNumber} of group ${groupNumber}`);
  if (chunk.bytes > mostGroupBytes) throw new Error(`a group of rows has ${sizeText(chunk.bytes)}`);
  const bytes = await file.read(chunk.start, chunk.start + chunk.bytes);
  return readParquetChunk(bytes, leaf, chunk, group.rows, unpack);
}

const mostGroupBytes = 2 ** 31 - 1;

type Compressors = Readonly<Record<string, ((input: Uint8Array, length: number) => Uint8Array) | undefined>>;

/** What pages unpack to is bounded, whatever the file says of it. */
function unpackWith(compressors: Compressors): UnpackPage {
  return (codec, packed, bytes) => {
    if (codec === 'UNCOMPRESSED') return packed;
    if (bytes === 0) return new Uint8Array();
    if (bytes > Math.min(mostPageBytes, mostRatio[codec] * packed.length + 64)) {
      throw new Error(`a page claims to have ${sizeText(bytes)}`);
    }
    const unpacked = unpackPage(codec, packed, bytes, compressors);
    if (unpacked.length !== bytes) throw new Error('a page is damaged');
    return unpacked;
  };
}

function unpackPage(codec: ParquetCodec, packed: Uint8Array, bytes: number, compressors: Compressors): Uint8Array {
  if (codec === 'GZIP') return gunzipSync(packed, { maxOutputLength: bytes });
  if (codec === 'BROTLI') return brotliDecompressSync(packed, { maxOutputLength: bytes });
  const unpack = compressors[codec];
  if (!unpack) throw new Error(`its pages are packed with ${codec}, which is not read`);
  return unpack(packed, bytes);
}

const mostPageBytes = 2 ** 30;
/** How much a byte can stand for: by the formats of Snappy, LZ4 and Deflate; the others have no such bound. */
const mostRatio: Readonly<Record<ParquetCodec, number>> = {
  UNCOMPRESSED: 1,
  SNAPPY: 32,
  LZ4: 256,
  LZ4_RAW: 256,
  GZIP: 1040,
  LZO: 256,
  BROTLI: 10_000,
  ZSTD: 10_000,
};

function describeColumns({ columns, keyValues }: ParquetMetadata): readonly ParquetColumn[] {
  const features = huggingFaceFeatures(keyValues.get('huggingface'));
  const found: ParquetColumn[] = [];
  columns.forEach((leaf, index) => {
    const name = leaf.path[0] ?? '';
    const kind = kindOf(leaf);
    if (kind) found.push({ name, kind, classNames: classNamesOf(features?.[name]), leaf: index });
  });
  return found;
}

function kindOf({ path, type, isText, maxRepetition }: ParquetLeaf): ParquetColumn['kind'] | undefined {
  const isNumber = type === 'INT32' || type === 'INT64';
  if (path.length > 1 && path.at(-1) === 'bytes' && type === 'BYTE_ARRAY' && maxRepetition === 0) return 'image';
  if (maxRepetition === 1 && isNumber) return 'numbers';
  if (path.length > 1 || maxRepetition > 0) return undefined;
  if (isNumber) return 'number';
  return type === 'BYTE_ARRAY' ? (isText ? 'text' : 'image') : undefined;
}

/** Hugging Face keeps the types of its columns in the file's metadata, as JSON. */
function huggingFaceFeatures(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const raw: unknown = JSON.parse(text);
    const info = isObject(raw) ? raw['info'] : undefined;
    const features = isObject(info) ? info['features'] : undefined;
    return isObject(features) ? features : undefined;
  } catch {
    // Without it classes have no names, but are there.
    return undefined;
  }
}

function classNamesOf(feature: unknown): readonly string[] | undefined {
  if (!isObject(feature)) return undefined;
  const names = feature['names'];
  if (Array.isArray(names) && names.every((name): name is string => typeof name === 'string')) return names;
  const inner = feature['feature'];
  return isObject(inner) && Array.isArray(inner['names']) ? classNamesOf(inner) : undefined;
}

function damaged(name: string, cause: unknown): UserError {
  if (cause instanceof UserError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UserError(
    `${name} can't be read as a Parquet file: ${reason.slice(0, 300)}.`,
    'The download or copy is damaged or did not finish: fetch it again.',
    { cause },
  );
}
