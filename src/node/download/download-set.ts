import { copyFile, mkdir, readFile, rm, rmdir, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatDatasetFile } from '../../core/data/dataset-file';
import { formatBytes } from '../../core/data/format-bytes';
import { isImageFileName } from '../../core/data/image-file-name';
import type { TeachingSet } from '../../core/data/teaching-sets';
import { downloadBytes } from '../../core/data/teaching-sets';
import { UserError, assertNever } from '../../core/errors';
import { withRunLock } from '../run-lock';
import { renamePatiently } from '../write-file-atomically';
import { downloadFile, type DownloadOptions } from './download-file';
import { writeEmnistSet } from './emnist-files';
import { type ExtractOptions, extractArchive } from './extract-archive';
import { partLength } from './partial-file';
import { petsTable } from './pets-table';
import { setDescription, setNote } from './set-description';

export interface DownloadSetOptions extends Pick<
  DownloadOptions,
  'signal' | 'proxyFor' | 'onNote' | 'stallMs' | 'waitMs' | 'rounds'
> {
  readonly onProgress: (progress: SetProgress) => void;
}

export type SetProgress =
  /** Bytes of all files together, also of what had come before. */
  | { readonly kind: 'download'; readonly file: string; readonly bytes: number; readonly totalBytes: number }
  /** Bytes that came out so far. */
  | { readonly kind: 'unpack'; readonly bytes: number };

/**
 * Fetches a teaching set into `parent`/ID, which `cnn-lab train --data` opens, and gives that folder. What is fetched and
 * unpacked lies in a hidden folder beside it until all is there: a set is whole or not there. A call that failed or was
 * cancelled leaves the files that had come, for the next one. Rejects with a UserError, or with the signal's reason.
 */
export async function downloadSet(
  set: TeachingSet,
  parent: string,
  options: DownloadSetOptions,
): Promise<DownloadedSet> {
  const { signal } = options;
  signal.throwIfAborted();
  const target = path.join(parent, set.id);
  if (await isThere(set, target)) return { folder: target, already: true };
  const staging = path.join(parent, `.${set.id}.download`);
  const files = path.join(staging, 'files');
  await makeFolder(files);
  try {
    return await withRunLock(staging, async () => {
      // Another one may have ended meanwhile.
      if (await isThere(set, target)) return { folder: target, already: true };
      await makeFolder(files);
      await checkRoom(set, parent, files);
      await fetchFiles(set, files, options);
      const made = path.join(staging, 'set');
      await rm(made, { recursive: true, force: true });
      await assemble(set, staging, made, options);
      await writeFile(path.join(made, 'dataset.json'), formatDatasetFile(setDescription(set)));
      await writeFile(path.join(made, noteName), setNote(set));
      signal.throwIfAborted();
      await renamePatiently(made, target);
      await rm(staging, { recursive: true, force: true });
      return { folder: target, already: false };
    });
  } finally {
    // Where nothing has come, nothing is to be kept.
    await rmdir(files)
      .then(() => rmdir(staging))
      .catch(() => undefined);
  }
}

export interface DownloadedSet {
  /** Absolute. */
  readonly folder: string;
  /** It was there before. */
  readonly already: boolean;
}

const noteName = 'SOURCE.txt';

/** @throws UserError where something else has that name. */
async function isThere(set: TeachingSet, target: string): Promise<boolean> {
  if (!(await stat(target).catch(() => undefined))) return false;
  const note = await readFile(path.join(target, noteName), 'utf8').catch(() => '');
  if (note === setNote(set)) return true;
  throw new UserError(
    `${target} is there already, and is not ${set.title} as it is downloaded now.`,
    'Choose another folder, or give it another name.',
  );
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new UserError(`${folder} can't be made: ${(cause as Error).message}.`, 'Choose another folder.', { cause });
  }
}

/** @throws UserError where the disk has too little room, as far as it tells. */
async function checkRoom(set: TeachingSet, parent: string, files: string): Promise<void> {
  const there = await Promise.all(
    set.files.map(async ({ name }) => {
      const whole = await stat(path.join(files, name)).catch(() => undefined);
      return whole?.size ?? (await partLength(path.join(files, name)));
    }),
  );
  const packed = downloadBytes(set);
  // Images hardly pack: unpacked, they take as much again.
  const needed = packed - there.reduce((sum, bytes) => sum + bytes, 0) + (set.layout.kind === 'idx' ? 0 : packed);
  const { bavail, bsize, blocks } = await statfs(parent);
  const free = bavail * bsize;
  if (blocks > 0 && free < needed) {
    throw new UserError(
      `${set.title} needs ${formatBytes(needed)} on the disk, and ${parent} has ${formatBytes(free)} left.`,
      'Make room, or choose a folder on another disk.',
    );
  }
}

async function fetchFiles(set: TeachingSet, folder: string, options: DownloadSetOptions): Promise<void> {
  const totalBytes = downloadBytes(set);
  let before = 0;
  for (const file of set.files) {
    await downloadFile(file, path.join(folder, file.name), {
      ...options,
      onProgress: (received) =>
        options.onProgress({ kind: 'download', file: file.name, bytes: before + received, totalBytes }),
    });
    before += file.bytes;
  }
}

/** Makes the folder that is opened later, from the files that were fetched. */
async function assemble(
  { files, layout }: TeachingSet,
  staging: string,
  made: string,
  { signal, onProgress }: DownloadSetOptions,
): Promise<void> {
  const fetched = files.map(({ name }) => path.join(staging, 'files', name));
  const [first = ''] = fetched;
  const unpack = (archive: string, target: string, options: Pick<ExtractOptions, 'bounds' | 'place'>) =>
    extractArchive(archive, target, {
      ...options,
      signal,
      onProgress: (bytes) => onProgress({ kind: 'unpack', bytes }),
    });
  switch (layout.kind) {
    case 'idx':
      await mkdir(made);
      // Copied, not moved: what has come is not lost where the rest fails.
      for (const file of fetched) await copyFile(file, path.join(made, path.basename(file)));
      return;
    case 'cifar':
      return unpack(first, made, {
        bounds: layout.bounds,
        place: (entry) => /^[^/]+\/([^/]+\.(?:bin|txt))$/.exec(entry)?.[1] ?? null,
      });
    case 'class-folders':
      return unpack(first, made, {
        bounds: layout.bounds,
        place(entry) {
          const [, split, folder = '', name = ''] = /^[^/]+\/(train|val)\/([^/]+)\/([^/]+)$/.exec(entry) ?? [];
          if (split === undefined || !isImageFileName(name)) return null;
          return `${split}/${layout.folderNames[folder] ?? folder}/${name}`;
        },
      });
    case 'oxford-pets': {
      const lists = path.join(staging, 'lists');
      await rm(lists, { recursive: true, force: true });
      const isPhotograph = (entry: string) => /^images\/[A-Za-z_]+_\d+\.jpg$/.test(entry);
      await unpack(first, made, { bounds: layout.bounds, place: (entry) => (isPhotograph(entry) ? entry : null) });
      await unpack(fetched[1] ?? '', lists, {
        bounds: layout.bounds,
        place: (entry) => /^annotations\/((?:trainval|test)\.txt)$/.exec(entry)?.[1] ?? null,
      });
      const read = (name: string) => readFile(path.join(lists, name), 'utf8');
      await writeFile(path.join(made, 'labels.csv'), petsTable(await read('trainval.txt'), await read('test.txt')));
      return;
    }
    case 'emnist': {
      const raw = path.join(staging, 'raw');
      await rm(raw, { recursive: true, force: true });
      const wanted = new RegExp(
        `^(?:[^/]+/)?(emnist-${layout.set}-(?:train|test)-(?:images-idx3|labels-idx1)-ubyte\\.gz)$`,
      );
      await unpack(first, raw, { bounds: layout.bounds, place: (entry) => wanted.exec(entry)?.[1] ?? null });
      await mkdir(made);
      return writeEmnistSet(raw, layout.set, layout.classes.length, made);
    }
    default:
      return assertNever(layout);
  }
}
