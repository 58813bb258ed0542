import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead, type SchemaElement } from 'hyparquet';
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
  /** Names of top-level columns. */
  readonly columns: readonly ParquetColumn[];
  /** Values of a column in rows [start, end). @throws UserError */
  read(column: string, start: number, end: number): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

export interface ParquetColumn {
  readonly name: string;
  readonly kind: 'image' | 'number' | 'text' | 'numbers' | 'other';
  /** Of labels that are classes, by Hugging Face's description of the data set. */
  readonly classNames: readonly string[] | undefined;
}

/** @throws UserError where it is no such file, or damaged. */
export async function openParquet(tree: FileTree, file: string): Promise<ParquetFile> {
  const opened = await tree.open(file);
  const name = tree.describe(file);
  try {
    const buffer = asyncBuffer(opened);
    if (opened.bytes < 12) throw new Error('it is too short');
    const metadata = await parquetMetadataAsync(buffer, { initialFetchSize: 2 ** 16 });
    const groupStarts = checkedGroups(metadata, opened.bytes);
    return {
      file,
      rows: groupStarts.at(-1) ?? 0,
      groupStarts,
      columns: describeColumns(metadata),
      read: (column, start, end) => readColumn(buffer, metadata, name, column, start, end),
      close: () => opened.close(),
    };
  } catch (cause) {
    await opened.close();
    throw damaged(name, cause);
  }
}

async function readColumn(
  file: AsyncBuffer,
  metadata: FileMetaData,
  name: string,
  column: string,
  start: number,
  end: number,
): Promise<readonly unknown[]> {
  const values = new Array<unknown>(end - start).fill(undefined);
  try {
    await parquetRead({
      file,
      metadata,
      columns: [column],
      rowStart: start,
      rowEnd: end,
      utf8: false,
      compressors: await boundedCompressors(),
      onChunk: ({ columnData, rowStart }) => {
        for (let i = 0; i < columnData.length; i++) {
          const at = rowStart + i - start;
          if (at >= 0 && at < values.length) values[at] = columnData[i];
        }
      },
    });
  } catch (cause) {
    throw damaged(name, cause);
  }
  return values;
}

/** What pages unpack to is bounded, whatever the file says of it. */
async function boundedCompressors() {
  // WebAssembly is compiled when the module is loaded: only for who reads such files.
  const { compressors } = await import('hyparquet-compressors');
  return Object.fromEntries(
    Object.entries(compressors).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, length: number): Uint8Array => {
        if (length > mostPageBytes) throw new Error(`a page of ${sizeText(length)}`);
        const unpacked = unpack(input, length);
        if (unpacked.length > mostPageBytes) throw new Error(`a page of ${sizeText(unpacked.length)}`);
        return unpacked;
      },
    ]),
  );
}

const mostPageBytes = 2 ** 30;
const mostGroupBytes = 2 ** 31 - 1;
const mostRows = 50_000_000;

/** @throws Error with the reason where what the footer says does not fit together. */
function checkedGroups(metadata: FileMetaData, fileBytes: number): number[] {
  const starts = [0];
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    const start = starts.at(-1) ?? 0;
    if (!(rows >= 0) || start + rows > mostRows) throw new Error('it has an impossible number of rows');
    starts.push(start + rows);
    for (const { meta_data: meta } of group.columns) {
      if (!meta) throw new Error('a column has no description');
      const begin = Number(meta.dictionary_page_offset ?? meta.data_page_offset);
      const bytes = Number(meta.total_compressed_size);
      if (!(begin >= 0 && bytes >= 0 && begin + bytes <= fileBytes)) throw new Error('it is cut short');
      if (bytes > mostGroupBytes) throw new Error(`a group of rows has ${sizeText(bytes)}`);
    }
  }
  if (Number(metadata.num_rows) !== starts.at(-1)) throw new Error('it has two numbers of rows');
  return starts;
}

function describeColumns(metadata: FileMetaData): readonly ParquetColumn[] {
  const features = huggingFaceFeatures(metadata);
  const [root, ...elements] = metadata.schema;
  const columns: ParquetColumn[] = [];
  let at = 0;
  for (let child = 0; child < (root?.num_children ?? 0) && at < elements.length; child++) {
    const element = elements[at];
    if (!element) break;
    const end = endOf(elements, at);
    const inner = elements.slice(at + 1, end);
    const feature = features?.[element.name];
    columns.push({ name: element.name, kind: kindOf(element, inner), classNames: classNamesOf(feature) });
    at = end;
  }
  return columns;
}

/** Where the elements that belong to one end: they stand depth first. */
function endOf(elements: readonly SchemaElement[], start: number): number {
  let left = 1;
  let at = start;
  for (; left > 0 && at < elements.length; at++) left += (elements[at]?.num_children ?? 0) - 1;
  return at;
}

function kindOf(element: SchemaElement, inner: readonly SchemaElement[]): ParquetColumn['kind'] {
  if (inner.length > 0) {
    const names = inner.map(({ name }) => name);
    if (names.includes('bytes')) return 'image';
    const leaf = inner.at(-1);
    return leaf?.type === 'INT64' || leaf?.type === 'INT32' ? 'numbers' : 'other';
  }
  switch (element.type) {
    case 'INT32':
    case 'INT64':
      return 'number';
    case 'BYTE_ARRAY':
      return element.converted_type === 'UTF8' || element.logical_type?.type === 'STRING' ? 'text' : 'image';
    default:
      return 'other';
  }
}

/** Hugging Face keeps the types of its columns in the file's metadata, as JSON. */
function huggingFaceFeatures(metadata: FileMetaData): Record<string, unknown> | undefined {
  const text = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
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
  return classNamesOf(feature['feature']);
}

function asyncBuffer(file: TreeFile): AsyncBuffer {
  return {
    byteLength: file.bytes,
    slice: async (start, end = file.bytes) => {
      if (!(start >= 0 && end >= start && end <= file.bytes)) throw new Error('it is cut short');
      const bytes = await file.read(start, end);
      if (bytes.length < end - start) throw new Error('it is cut short');
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    },
  };
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
