import { open } from 'node:fs/promises';
import { type TarHeader, parseLongName, parsePaxRecords, parseTarHeader, tarBlockBytes } from '../../core/data/tar';
import { UserError } from '../../core/errors';
import { type ArchiveEntry, type ArchiveReader, ArchiveTree } from './archive-tree';
import type { TreeFile } from './file-tree';
import { readRange } from './read-range';
import { unpackGzip } from './unpack-gzip';

export interface OpenTarOptions {
  readonly signal?: AbortSignal | undefined;
  /** Where what a .tar.gz unpacks to is kept if it is too large for memory; if not given, it is refused then. */
  readonly unpackFolder?: string | undefined;
  /** Most bytes that are unpacked into memory; 128 MB if not given. */
  readonly mostInMemory?: number | undefined;
}

/**
 * A tar archive, by an index of its files; a .tar.gz is unpacked as a whole first, into memory or a file of the cache.
 * @throws UserError where it is none, or damaged.
 */
export async function openTar(archive: string, options: OpenTarOptions = {}): Promise<ArchiveTree<TarEntry>> {
  const { signal } = options;
  const handle = await open(archive).catch((cause: unknown) => {
    throw broken(archive, cause);
  });
  const { size, mtimeMs } = await handle.stat();
  let source: TreeFile = {
    bytes: size,
    read: (start, end) => readRange(handle, start, end),
    close: () => handle.close(),
  };
  try {
    const magic = await source.read(0, 2);
    if (magic[0] === 0x1f && magic[1] === 0x8b) {
      await source.close();
      source = await unpackGzip(archive, options);
    }
    const tree = new ArchiveTree<TarEntry>(archive, 'tar', mtimeMs, new TarReader(source));
    await indexTar(source, tree, signal);
    return tree;
  } catch (cause) {
    await source.close();
    if (signal?.aborted || cause instanceof UserError) throw cause;
    throw broken(archive, cause);
  }
}

interface TarEntry extends ArchiveEntry {
  /** From the start of the archive. */
  readonly offset: number;
}

class TarReader implements ArchiveReader<TarEntry> {
  constructor(private readonly source: TreeFile) {}

  async read({ offset, bytes }: TarEntry): Promise<Uint8Array> {
    const read = await this.source.read(offset, offset + bytes);
    if (read.length < bytes) throw new Error('the archive is cut short');
    return read;
  }

  open({ offset, bytes }: TarEntry): Promise<TreeFile> {
    return Promise.resolve({
      bytes,
      read: (start, end) => this.source.read(offset + start, offset + Math.min(end, bytes)),
      close: () => Promise.resolve(),
    });
  }

  close(): Promise<void> {
    return this.source.close();
  }
}

/** Goes from header to header, over what lies between. */
async function indexTar(source: TreeFile, tree: ArchiveTree<TarEntry>, signal: AbortSignal | undefined): Promise<void> {
  const window = new Window(source);
  let said: ReadonlyMap<string, string> = new Map();
  let longName: string | undefined;
  for (let at = 0; at + tarBlockBytes <= source.bytes;) {
    signal?.throwIfAborted();
    const header = parseTarHeader(await window.read(at, tarBlockBytes));
    if (header === 'end') {
      if (at === 0) throw new Error('it is empty');
      return;
    }
    const isExtension = 'xgLK'.includes(header.type);
    const bytes = isExtension ? header.bytes : sizeOf(header, said);
    const data = at + tarBlockBytes;
    if (data + bytes > source.bytes) throw new Error('it is cut short');
    if (isExtension) {
      if (bytes > mostHeaderBytes) throw new Error(`a header has ${bytes} bytes`);
      const contents = await window.read(data, bytes);
      if (header.type === 'x') said = parsePaxRecords(contents);
      if (header.type === 'L') longName = parseLongName(contents);
    } else {
      addEntry(tree, { name: said.get('path') ?? longName ?? header.name, bytes, offset: data }, header.type, said);
      said = new Map();
      longName = undefined;
    }
    at = data + Math.ceil(bytes / tarBlockBytes) * tarBlockBytes;
  }
  if (source.bytes < tarBlockBytes) throw new Error('it is too short');
}

function sizeOf(header: TarHeader, said: ReadonlyMap<string, string>): number {
  const size = said.get('size');
  const bytes = size === undefined ? header.bytes : Number(size);
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new Error('an extended header has no size');
  return bytes;
}

function addEntry(tree: ArchiveTree<TarEntry>, entry: TarEntry, type: string, said: ReadonlyMap<string, string>): void {
  const isSparse = type === 'S' || [...said.keys()].some((key) => key.startsWith('GNU.sparse'));
  if (isSparse) tree.refuse(entry.name, 'is a sparse file: not used');
  else if (type === '1' || type === '2') tree.refuse(entry.name, 'is a link: not followed');
  else if ((type === '0' || type === '7') && !entry.name.endsWith('/')) tree.add(entry);
}

const mostHeaderBytes = 2 ** 20;

/** Headers of small files lie close: they are read many at a time. */
class Window {
  private start = 0;
  private bytes: Uint8Array = new Uint8Array();

  constructor(private readonly source: TreeFile) {}

  async read(at: number, length: number): Promise<Uint8Array> {
    if (at < this.start || at + length > this.start + this.bytes.length) {
      this.start = at;
      this.bytes = await this.source.read(at, at + Math.max(length, windowBytes));
    }
    return this.bytes.subarray(at - this.start, at - this.start + length);
  }
}

const windowBytes = 2 ** 18;

function broken(archive: string, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UserError(
    `${archive} can't be read as a tar archive: ${reason}.`,
    'The download or copy is damaged or did not finish: fetch it again.',
    { cause },
  );
}
