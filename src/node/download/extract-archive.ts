import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import * as yauzl from 'yauzl';
import type { UnpackBounds } from '../../core/data/teaching-sets';
import { UserError } from '../../core/errors';
import { renamePatiently } from '../write-file-atomically';
import { safeEntryPath } from './safe-entry-path';
import { tarEntries } from './tar-entries';

export interface ExtractOptions {
  readonly bounds: UnpackBounds;
  /** Where an entry goes, as a path in the target with '/'; null: it is left out. Absent: all stay where they are. */
  readonly place?: (entry: string) => string | null;
  readonly signal: AbortSignal;
  /** Bytes that were unpacked so far. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Unpacks a .tar, .tar.gz or .zip into a folder that is not there yet: into a temporary one beside it, which gets the name
 * when all is unpacked, and is removed otherwise. Nothing is written outside of it and nothing in it is a link: an archive
 * with names that lead out is refused, links and devices are left out. So is one that holds more than the bounds.
 * Rejects with a UserError, or with the signal's reason.
 */
export async function extractArchive(archive: string, target: string, options: ExtractOptions): Promise<void> {
  const temporary = `${target}.unpacking`;
  const label = path.basename(archive);
  options.signal.throwIfAborted();
  await rm(temporary, { recursive: true, force: true });
  try {
    await mkdir(temporary, { recursive: true });
    const writer = new EntryWriter(temporary, label, options);
    if (await isZip(archive)) await extractZip(archive, label, writer);
    else await extractTar(archive, label, writer, options.signal);
    await renamePatiently(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    options.signal.throwIfAborted();
    throw explain(error, archive, label);
  }
}

/** Writes files, and keeps to the bounds. */
class EntryWriter {
  private files = 0;
  private bytes = 0;
  private readonly folders = new Set<string>();

  constructor(
    private readonly root: string,
    private readonly label: string,
    private readonly options: ExtractOptions,
  ) {}

  /** Absolute path that an entry is written to; null: it is left out. @throws UserError where it is not to be written. */
  place(name: string): string | null {
    const safe = safeEntryPath(name);
    if ('problem' in safe) throw this.refusal(`${shown(name)} ${safe.problem}`);
    if (safe.path === '') return null;
    const wanted = this.options.place ? this.options.place(safe.path) : safe.path;
    if (++this.files > this.options.bounds.files)
      throw this.refusal(`there are more than ${this.options.bounds.files} files`);
    return wanted === null ? null : path.join(this.root, ...wanted.split('/'));
  }

  /** All that is unpacked counts, also where it is thrown away. */
  count(bytes: number): void {
    this.options.signal.throwIfAborted();
    this.bytes += bytes;
    if (this.bytes > this.options.bounds.bytes) {
      throw this.refusal(`there are more than ${Math.round(this.options.bounds.bytes / 1e6)} MB`);
    }
    this.options.onProgress?.(this.bytes);
  }

  async write(file: string, body: AsyncIterable<Buffer>): Promise<void> {
    const folder = path.dirname(file);
    if (!this.folders.has(folder)) {
      await mkdir(folder, { recursive: true });
      this.folders.add(folder);
    }
    // A name that is there already is not written over: there may be two that only some file systems tell apart.
    const handle = await open(file, 'wx');
    try {
      for await (const piece of body) {
        this.count(piece.length);
        await handle.writeFile(piece);
      }
    } finally {
      await handle.close();
    }
  }

  private refusal(why: string): UserError {
    return new UserError(
      `${this.label} was not unpacked: ${why}.`,
      'It is not the archive that was meant: fetch it again.',
    );
  }
}

async function extractTar(archive: string, label: string, writer: EntryWriter, signal: AbortSignal): Promise<void> {
  const packed = createReadStream(archive, { highWaterMark: 1 << 18, signal });
  // What fails in one of the two ends the other, and reaches the loop below.
  const stream = (await isGzip(archive))
    ? pipeline(packed, createGunzip({ chunkSize: 1 << 18 }), () => undefined)
    : packed;
  try {
    for await (const { name, kind, body } of tarEntries(stream, label)) {
      const file = kind === 'file' ? writer.place(name) : null;
      if (file !== null) await writer.write(file, body);
      else for await (const piece of body) writer.count(piece.length);
    }
  } finally {
    packed.destroy();
    stream.destroy();
  }
}

async function extractZip(archive: string, label: string, writer: EntryWriter): Promise<void> {
  const zip = await yauzl.openPromise(archive);
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      const isFile = !name.endsWith('/') && !isSpecial(entry);
      const file = isFile ? writer.place(name) : null;
      if (file === null) continue;
      if (entry.isEncrypted()) throw new UserError(`${label} is encrypted.`, 'Fetch one that is not.');
      await writer.write(file, await zip.openReadStreamPromise(entry));
    }
  } finally {
    zip.close();
  }
}

/** Links and devices: the upper half of the attributes is a Unix mode, where there is one. */
function isSpecial({ externalFileAttributes }: yauzl.Entry): boolean {
  const type = (externalFileAttributes >>> 16) & 0o170000;
  return type !== 0 && type !== 0o100000;
}

async function isZip(file: string): Promise<boolean> {
  const [first, second] = await firstBytes(file);
  return first === 0x50 && second === 0x4b;
}

async function isGzip(file: string): Promise<boolean> {
  const [first, second] = await firstBytes(file);
  return first === 0x1f && second === 0x8b;
}

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const bytes = Buffer.alloc(2);
    await handle.read(bytes, 0, 2, 0);
    return bytes;
  } finally {
    await handle.close();
  }
}

function explain(error: unknown, archive: string, label: string): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError(`There is not enough room on the disk to unpack ${label}.`, 'Make room, and start again.', {
      cause: error,
    });
  }
  if (code === 'EEXIST') {
    return new UserError(`${label} was not unpacked: it has two files of the same name.`, 'Fetch it again.', {
      cause: error,
    });
  }
  return new UserError(`${archive} can't be unpacked: ${error.message}.`, 'If it is damaged, fetch it again.', {
    cause: error,
  });
}

function shown(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}
