import { statSync } from 'node:fs';
import { open, opendir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/errors';
import type { FileStamps, FileTree, TreeEntry, TreeFile } from './file-tree';
import { isHidden, isWithin, leadsTo, readFolder } from './folder-entries';
import { readRange } from './read-range';
import { readWholeFile } from './read-whole-file';

/** The files of a folder on the disk. Links are followed, unless they lead back to where they stand. */
export class FolderTree implements FileTree {
  readonly container = 'folder';
  readonly skipped = [];

  /** `path`: absolute. */
  constructor(readonly path: string) {}

  async entries(folder: string): Promise<readonly TreeEntry[]> {
    const found: TreeEntry[] = [];
    const place = this.describe(folder);
    for (const entry of await readFolder(place)) {
      if (isHidden(entry.name)) continue;
      if (entry.isDirectory()) found.push({ name: entry.name, kind: 'folder' });
      else if (entry.isFile()) found.push({ name: entry.name, kind: 'file' });
      else if (entry.isSymbolicLink()) {
        // A link that leads nowhere is told of later, as a file that can't be read.
        const kind = await leadsTo(path.join(place, entry.name));
        if (kind !== 'other') found.push({ name: entry.name, kind: kind === 'folder' ? 'folder' : 'file' });
      }
    }
    return found;
  }

  async walk(folder: string, visit: (file: string) => boolean, signal?: AbortSignal): Promise<void> {
    const place = this.describe(folder);
    const real = await realpath(place).catch(() => place);
    await walkFolder(place, folder === '' ? '' : `${folder}/`, [real], visit, signal);
  }

  read(file: string, mostBytes: number): Promise<Uint8Array> {
    return readWholeFile(this.describe(file), mostBytes);
  }

  async open(file: string): Promise<TreeFile> {
    const name = this.describe(file);
    const handle = await open(name).catch((cause: unknown) => {
      throw unreadable(name, cause);
    });
    const { size } = await handle.stat();
    return {
      bytes: size,
      read: (start, end) => readRange(handle, start, end),
      close: () => handle.close(),
    };
  }

  /**
   * One call after the other, some hundreds between two breaths of the event loop: a call costs some microseconds, and handing
   * it to a thread several times that.
   */
  async stamp(count: number, file: (index: number) => string, signal?: AbortSignal): Promise<FileStamps> {
    const sizes = new Float64Array(count).fill(-1);
    const modified = new Float64Array(count).fill(-1);
    for (let index = 0; index < count; index++) {
      if (index % stampsAtOnce === 0) {
        signal?.throwIfAborted();
        await new Promise(setImmediate);
      }
      // Every system takes '/', and joining paths properly would cost a fifth of the whole.
      const stats = statOrNone(`${this.path}/${file(index)}`);
      if (!stats) continue;
      sizes[index] = stats.size;
      modified[index] = stats.mtimeMs;
    }
    return { sizes, modified };
  }

  fileOf(file: string): string {
    return this.describe(file);
  }

  describe(file: string): string {
    return file === '' ? this.path : path.join(this.path, file);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const stampsAtOnce = 512;

function statOrNone(file: string) {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    // A link in a circle, or a folder that may not be entered: reading the file will say so.
    return undefined;
  }
}

/** `chain`: real paths of the folder and those above it, up to where the walk began. Returns whether to go on. */
async function walkFolder(
  folder: string,
  prefix: string,
  chain: readonly string[],
  visit: (file: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const inner: { name: string; real: string }[] = [];
  const links: string[] = [];
  signal?.throwIfAborted();
  try {
    let seen = 0;
    for await (const entry of await opendir(folder, { bufferSize: entriesAtOnce })) {
      if (++seen % entriesAtOnce === 0) signal?.throwIfAborted();
      const { name } = entry;
      if (isHidden(name)) continue;
      if (entry.isFile()) {
        if (!visit(prefix + name)) return false;
      } else if (entry.isDirectory()) inner.push({ name, real: path.join(chain.at(-1) ?? folder, name) });
      else if (entry.isSymbolicLink()) links.push(name);
    }
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) throw unreadableFolder(folder, cause);
    throw cause;
  }
  for (const name of links) {
    const link = path.join(folder, name);
    const kind = await leadsTo(link);
    if (kind === 'folder') {
      const real = await realpath(link);
      if (!chain.some((above) => isWithin(above, real))) inner.push({ name, real });
    } else if (kind !== 'other' && !visit(prefix + name)) {
      return false;
    }
  }
  for (const { name, real } of inner) {
    if (!(await walkFolder(path.join(folder, name), `${prefix}${name}/`, [...chain, real], visit, signal)))
      return false;
  }
  return true;
}

const entriesAtOnce = 1024;

function unreadableFolder(folder: string, cause: Error): UserError {
  return new UserError(
    `The folder ${folder} can't be read: ${cause.message}.`,
    'Check that it exists and that you may read it.',
    { cause },
  );
}

function unreadable(file: string, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UserError(`${file} can't be read: ${reason}.`, 'Check that it exists and that you may read it.', {
    cause,
  });
}
