import { archivePath } from '../../core/data/archive-path';
import type { DatasetContainer } from '../../core/data/dataset';
import { UserError } from '../../core/errors';
import type { FileStamps, FileTree, TreeEntry, TreeFile } from './file-tree';
import { isHidden } from './folder-entries';
import { requireLength } from './read-whole-file';
import { inFolder } from './tree-paths';

/** What an archive says of a file in it. */
export interface ArchiveEntry {
  readonly name: string;
  /** Unpacked. */
  readonly bytes: number;
}

/** Takes files out of an archive, by their numbers in its list of entries. */
export interface ArchiveReader<E extends ArchiveEntry> {
  /** The whole file; its length is that of the entry. @throws Error with the reason. */
  read(entry: E): Promise<Uint8Array>;
  /** Parts of a file; undefined where it is packed, so that parts can't be had. */
  open(entry: E): Promise<TreeFile> | undefined;
  close(): Promise<void>;
}

/** Most entries that an archive is read with. */
export const mostEntries = 4_000_000;

/**
 * The files of an archive, read in place. Names that lead out of it are refused, and links are not followed; of files of one
 * name the last counts.
 */
export class ArchiveTree<E extends ArchiveEntry> implements FileTree {
  private readonly files = new Map<string, E>();
  private readonly folders = new Map<string, { files: Set<string>; folders: Set<string> }>();
  private readonly refused: { path: string; reason: string }[] = [];

  constructor(
    readonly path: string,
    readonly container: DatasetContainer,
    private readonly modifiedMs: number,
    private readonly reader: ArchiveReader<E>,
  ) {
    this.folders.set('', { files: new Set(), folders: new Set() });
  }

  get skipped(): readonly { readonly path: string; readonly reason: string }[] {
    return this.refused;
  }

  add(entry: E): void {
    const named = archivePath(entry.name);
    if ('refused' in named) {
      this.refuse(entry.name, `${named.refused}: not used`);
      return;
    }
    const parts = named.path.split('/');
    if (parts.some(isHidden)) return;
    if (this.files.size >= mostEntries) {
      throw new UserError(`${this.path} holds more than ${mostEntries} files.`, 'Unpack it, and choose the folder.');
    }
    this.files.set(named.path, entry);
    this.folderAt(parts.slice(0, -1)).files.add(parts.at(-1) ?? '');
  }

  /** `name`: as the archive has it. `reason`: in words that follow the name. */
  refuse(name: string, reason: string): void {
    if (this.refused.length < mostRefused) this.refused.push({ path: `${this.path}/${name.slice(0, 200)}`, reason });
  }

  entries(folder: string): Promise<readonly TreeEntry[]> {
    const found = this.folders.get(folder);
    if (!found) return Promise.reject(new UserError(`${this.describe(folder)} is no folder of the archive.`));
    return Promise.resolve([
      ...[...found.files].map((name) => ({ name, kind: 'file' as const })),
      ...[...found.folders].map((name) => ({ name, kind: 'folder' as const })),
    ]);
  }

  walk(folder: string, visit: (file: string) => boolean, signal?: AbortSignal): Promise<void> {
    const waiting = [folder];
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      if (signal?.aborted) return Promise.reject(signal.reason as Error);
      const found = this.folders.get(place);
      for (const name of found?.files ?? []) if (!visit(inFolder(place, name))) return Promise.resolve();
      for (const name of found?.folders ?? []) waiting.push(inFolder(place, name));
    }
    return Promise.resolve();
  }

  async read(file: string, mostBytes: number): Promise<Uint8Array> {
    const entry = this.entryAt(file);
    requireLength(this.describe(file), entry.bytes, mostBytes);
    try {
      return await this.reader.read(entry);
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UserError(`${this.describe(file)} can't be read: ${reason}.`, 'Fetch the archive again.', { cause });
    }
  }

  async open(file: string): Promise<TreeFile> {
    const opened = await this.reader.open(this.entryAt(file));
    if (opened) return opened;
    let whole: Uint8Array | undefined = await this.read(file, mostPackedBytes);
    return {
      bytes: whole.length,
      read: (start, end) => Promise.resolve(whole?.subarray(start, end) ?? new Uint8Array()),
      close: () => {
        whole = undefined;
        return Promise.resolve();
      },
    };
  }

  stamp(count: number, file: (index: number) => string): Promise<FileStamps> {
    const sizes = new Float64Array(count).fill(-1);
    const modified = new Float64Array(count).fill(this.modifiedMs);
    for (let index = 0; index < count; index++) sizes[index] = this.files.get(file(index))?.bytes ?? -1;
    return Promise.resolve({ sizes, modified });
  }

  fileOf(): null {
    return null;
  }

  describe(file: string): string {
    return file === '' ? this.path : `${this.path}/${file}`;
  }

  close(): Promise<void> {
    return this.reader.close();
  }

  private entryAt(file: string): E {
    const entry = this.files.get(file);
    if (!entry) throw new UserError(`${this.describe(file)} is not there.`, 'Check the name.');
    return entry;
  }

  private folderAt(parts: readonly string[]) {
    let place = '';
    let folder = this.folders.get('');
    for (const part of parts) {
      folder?.folders.add(part);
      place = inFolder(place, part);
      folder = this.folders.get(place);
      if (!folder) this.folders.set(place, (folder = { files: new Set(), folders: new Set() }));
    }
    if (!folder) throw new Error('A tree without a root');
    return folder;
  }
}

/** A list of names that nobody reads to its end. */
const mostRefused = 1000;
/** Of a packed file that is wanted in parts: it is unpacked in memory. */
const mostPackedBytes = 2 ** 31 - 1;
