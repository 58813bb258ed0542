import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { type Entry, fromRandomAccessReader, getFileNameLowLevel, RandomAccessReader, type ZipFile } from 'yauzl';
import { UserError } from '../../core/errors';
import { type ArchiveEntry, type ArchiveReader, ArchiveTree } from './archive-tree';
import type { TreeFile } from './file-tree';
import { readRange } from './read-range';

/**
 * A zip archive, by its directory alone: its files are unpacked when they are asked for, each by itself.
 * @throws UserError where it is none, or damaged.
 */
export async function openZip(archive: string, signal?: AbortSignal): Promise<ArchiveTree<ZipEntry>> {
  const handle = await open(archive).catch((cause: unknown) => {
    throw broken(archive, cause);
  });
  const { size, mtimeMs } = await handle.stat();
  const source: TreeFile = {
    bytes: size,
    read: (start, end) => readRange(handle, start, end),
    close: () => handle.close(),
  };
  return openZipFile(source, archive, mtimeMs, signal);
}

/**
 * The same, wherever its bytes lie; closes them. `archive`: as people read it.
 * @throws UserError where it is none, or damaged.
 */
export async function openZipFile(
  source: TreeFile,
  archive: string,
  modifiedMs: number,
  signal?: AbortSignal,
): Promise<ArchiveTree<ZipEntry>> {
  try {
    const tree = new ArchiveTree(archive, 'zip', modifiedMs, new ZipReader(source));
    await readDirectory(new WindowReader(source), source.bytes, tree, signal);
    return tree;
  } catch (cause) {
    await source.close();
    if (signal?.aborted) throw signal.reason;
    if (cause instanceof UserError) throw cause;
    throw broken(archive, cause);
  }
}

interface ZipEntry extends ArchiveEntry {
  readonly packedBytes: number;
  /** Of its local header, from the start of the archive. */
  readonly offset: number;
  readonly stored: boolean;
  readonly crc32: number;
}

async function readDirectory(
  reader: WindowReader,
  archiveBytes: number,
  tree: ArchiveTree<ZipEntry>,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Names are decoded here, one by one: a single odd one must not make the others unreadable.
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: false };
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    fromRandomAccessReader(reader, archiveBytes, options, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', resolve);
    zip.on('entry', (entry: Entry) => {
      try {
        signal?.throwIfAborted();
        addEntry(tree, entry);
        zip.readEntry();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    zip.readEntry();
  });
}

/** The directory is read a few dozen bytes at a time: out of a window, not each time from the disk. */
class WindowReader extends RandomAccessReader {
  private start = 0;
  private bytes: Uint8Array = new Uint8Array();

  constructor(private readonly source: TreeFile) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.copy(buffer, offset, length, position).then(() => callback(null), callback);
  }

  override _readStreamForRange(): never {
    throw new Error('Files are read without yauzl');
  }

  private async copy(buffer: Buffer, offset: number, length: number, position: number): Promise<void> {
    const end = position + length;
    if (position < this.start || end > this.start + this.bytes.length) {
      this.bytes = await this.source.read(position, Math.max(end, position + windowBytes));
      this.start = position;
    }
    const found = this.bytes.subarray(position - this.start, end - this.start);
    if (found.length < length) throw new Error('it is cut short');
    buffer.set(found, offset);
  }
}

const windowBytes = 2 ** 18;

function addEntry(tree: ArchiveTree<ZipEntry>, entry: Entry): void {
  const raw = entry.fileName as unknown as Buffer;
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag, raw, entry.extraFields, false);
  const mode = entry.externalFileAttributes >>> 16;
  if (/[/\\]$/.test(name)) return;
  if ((mode & fileTypeMask) === linkType) return tree.refuse(name, 'is a link: not followed');
  if ((entry.generalPurposeBitFlag & encrypted) !== 0) return tree.refuse(name, 'is encrypted: not used');
  const { compressionMethod: method, uncompressedSize: bytes, compressedSize: packedBytes } = entry;
  if (method !== stored && method !== deflated) {
    return tree.refuse(name, `is packed in a way that is not read (method ${method}): not used`);
  }
  if (method === stored && bytes !== packedBytes) return tree.refuse(name, 'has two lengths: not used');
  // Deflate makes at most 1,032 bytes of one.
  if (bytes > mostRatio * packedBytes) return tree.refuse(name, 'claims to be larger than it can be: not used');
  tree.add({
    name,
    bytes,
    packedBytes,
    offset: entry.relativeOffsetOfLocalHeader,
    stored: method === stored,
    crc32: entry.crc32,
  });
}

const fileTypeMask = 0o170000;
const linkType = 0o120000;
const encrypted = 1;
const stored = 0;
const deflated = 8;
const mostRatio = 1040;

/** Source: PKWARE, APPNOTE.TXT, "4.3.7 Local file header". */
class ZipReader implements ArchiveReader<ZipEntry> {
  constructor(private readonly source: TreeFile) {}

  async read(entry: ZipEntry): Promise<Uint8Array> {
    const start = await this.dataStart(entry);
    const packed = await this.source.read(start, start + entry.packedBytes);
    if (packed.length < entry.packedBytes) throw new Error('the archive is cut short');
    const bytes = entry.stored ? packed : await inflate(packed, { maxOutputLength: Math.max(1, entry.bytes) });
    if (bytes.length !== entry.bytes) throw new Error(`it has ${bytes.length} bytes instead of ${entry.bytes}`);
    if (crc32(bytes) !== entry.crc32) throw new Error('its checksum is wrong');
    return bytes;
  }

  open(entry: ZipEntry) {
    if (!entry.stored) return undefined;
    return this.dataStart(entry).then((start) => ({
      bytes: entry.bytes,
      read: (from: number, to: number) => this.source.read(start + from, start + Math.min(to, entry.bytes)),
      close: () => Promise.resolve(),
    }));
  }

  close(): Promise<void> {
    return this.source.close();
  }

  /** The local header has lengths of its own, for the name and what follows it. */
  private async dataStart(entry: ZipEntry): Promise<number> {
    const header = await this.source.read(entry.offset, entry.offset + localHeaderBytes);
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    if (header.length < localHeaderBytes || view.getUint32(0, true) !== localSignature) {
      throw new Error('the archive is damaged where the file begins');
    }
    const start = entry.offset + localHeaderBytes + view.getUint16(26, true) + view.getUint16(28, true);
    if (start + entry.packedBytes > this.source.bytes) throw new Error('the archive is cut short');
    return start;
  }
}

const inflate = promisify(inflateRaw);
const localHeaderBytes = 30;
const localSignature = 0x04034b50;

function broken(archive: string, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UserError(
    `${archive} can't be read as a zip archive: ${reason}.`,
    'The download or copy is damaged or did not finish: fetch it again.',
    { cause },
  );
}
