import type { SplitName } from '../../core/data/dataset';
import { splitNameOf, splitOrder } from '../../core/data/split-names';
import { UserError } from '../../core/errors';
import { ClassNames } from './class-names';
import type { ParquetValue } from '../../core/data/parquet-pages';
import type { FileTree } from './file-tree';
import { compareText } from './folder-entries';
import type { ItemListing } from './item-listing';
import { ItemTableBuilder } from './item-table-builder';
import { nameClasses } from './name-classes';
import type { ListOptions } from './open-listing';
import { openParquet, type ParquetColumn, type ParquetFile } from './parquet-file';
import { SkippedList } from './skipped-list';
import { stampFingerprint } from './stamp-fingerprint';
import { folderOf, inFolder, nameOf, stemOf } from './tree-paths';

/** Parquet files with encoded images. Paths are in the tree. */
export interface ParquetSource {
  readonly format: 'parquet';
  readonly path: string;
  readonly splits: readonly { readonly name: SplitName; readonly files: readonly string[] }[];
  readonly columns?: { readonly image?: string | undefined; readonly label?: string | undefined } | undefined;
}

/** The Parquet files of a folder and the folders in it, by the splits that their names or folders tell; undefined without any. */
export async function parquetSourceIn(
  tree: FileTree,
  folder: string,
  files: readonly string[],
  folders: readonly string[],
): Promise<ParquetSource | undefined> {
  const found = files.filter(isParquet).map((name) => inFolder(folder, name));
  // Hugging Face puts them into `data`, or into a folder for each split.
  const inner = folders.filter((name) => name === 'data' || name === 'default' || splitNameOf(name) !== undefined);
  for (const name of inner.slice(0, 8)) {
    const place = inFolder(folder, name);
    for (const entry of await tree.entries(place)) {
      if (entry.kind === 'file' && isParquet(entry.name)) found.push(inFolder(place, entry.name));
    }
  }
  return parquetSourceOf(folder, found);
}

export function parquetSourceOf(path: string, files: readonly string[]): ParquetSource | undefined {
  const ofSplit = (name: SplitName): string[] => files.filter((file) => splitOf(file) === name).sort(compareText);
  const splits = splitOrder.flatMap((name) => {
    const own = ofSplit(name);
    return own.length === 0 ? [] : [{ name, files: own }];
  });
  return splits[0]?.name === 'train' ? { format: 'parquet', path, splits } : undefined;
}

function isParquet(name: string): boolean {
  return /\.parquet$/i.test(name);
}

function splitOf(file: string): SplitName {
  const words = stemOf(file).split(/[-_. ]/);
  return words.map(splitNameOf).find((name) => name !== undefined) ?? splitNameOf(nameOf(folderOf(file))) ?? 'train';
}

/**
 * The rows of Parquet files. Labels are read now, images when they are asked for, a group of rows at a time.
 * @throws UserError where a file is damaged, or has no column of images or of labels.
 */
export async function listParquet(
  tree: FileTree,
  source: ParquetSource,
  wanted: readonly string[] | undefined,
  { signal, onProgress }: ListOptions,
): Promise<Omit<ItemListing, 'name' | 'path'>> {
  const opened: OpenFile[] = [];
  const closeAll = async (): Promise<void> => {
    for (const { file } of opened) await file.close();
  };
  try {
    const builder = new ItemTableBuilder();
    const names = new ClassNames();
    const skipped = new SkippedList(tree.describe(source.path));
    let named: readonly string[] | undefined = wanted;
    let areTexts = false;
    let highest = -1;
    let multiLabel = false;
    for (const { name: split, files } of source.splits) {
      for (const path of files) {
        signal?.throwIfAborted();
        const file = await openParquet(tree, path);
        opened.push({ file, image: undefined });
        const columns = chooseColumns(tree, file, source);
        opened[opened.length - 1] = { file, image: columns.image };
        named ??= columns.label.classNames;
        for (let group = 0; group + 1 < file.groupStarts.length; group++) {
          const labels = await file.read(columns.label, group);
          labels.forEach((value, at) => {
            const row = (file.groupStarts[group] ?? 0) + at;
            const place = `${tree.describe(path)}, row ${row}`;
            // Test sets whose labels are kept back have −1 for all of them.
            if (value === null || value === -1) {
              skipped.add(place, 'has no label');
              return;
            }
            const label = labelOf(value, names, place);
            areTexts ||= value instanceof Uint8Array;
            multiLabel ||= typeof label !== 'number';
            for (const each of typeof label === 'number' ? [label] : label) highest = Math.max(highest, each);
            builder.add(`${path}#${row}`, split, label);
          });
        }
        onProgress?.(builder.count);
      }
    }
    const place = tree.describe(source.path);
    if (builder.count === 0) throw new UserError(`${place} has no rows.`, 'Fetch its files again.');
    const texts = areTexts ? names.finish(wanted, place) : undefined;
    const classes = texts?.classes ?? nameClasses(named, highest + 1, place);
    const items = builder.finish({
      classCount: classes.length,
      multiLabel,
      ...(texts && { relabel: texts.relabel }),
    });
    const groups = new GroupCache();
    return {
      format: 'parquet',
      container: tree.container,
      task: multiLabel ? 'multi-label' : 'multi-class',
      classes,
      skipped: [...skipped.finish(), ...tree.skipped],
      items,
      contents: 'encoded',
      read: async (index) => {
        const key = items.key(index);
        const end = key.lastIndexOf('#');
        const place = opened.find(({ file }) => file.file === key.slice(0, end));
        if (!place) throw new RangeError(`Image ${key}`);
        return { kind: 'encoded', bytes: await groups.bytes(place, Number(key.slice(end + 1)), tree) };
      },
      file: () => null,
      fingerprint: () =>
        stampFingerprint(
          tree,
          source.splits.flatMap(({ files }) => files),
          ['parquet', source.splits, source.columns ?? null, wanted ?? null],
        ),
      close: async () => {
        await closeAll();
        await tree.close();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

interface OpenFile {
  readonly file: ParquetFile;
  /** Its column of images. */
  readonly image: ParquetColumn | undefined;
}

/** The last groups of rows that were read: neighbours are asked for one after the other. */
class GroupCache {
  private readonly kept: { key: string; values: ReturnType<ParquetFile['read']> }[] = [];

  async bytes({ file, image }: OpenFile, row: number, tree: FileTree): Promise<Uint8Array> {
    let group = 0;
    while ((file.groupStarts[group + 1] ?? Infinity) <= row) group++;
    const start = file.groupStarts[group] ?? 0;
    const key = `${file.file}#${group}`;
    let known = this.kept.find((each) => each.key === key);
    if (!known) {
      if (!image) throw new Error('A file without its column of images');
      known = { key, values: file.read(image, group) };
      this.kept.push(known);
      if (this.kept.length > groupsKept) this.kept.shift();
    }
    const bytes = (await known.values)[row - start];
    if (bytes instanceof Uint8Array) return bytes;
    throw new UserError(
      `${tree.describe(file.file)} has no image in row ${row}, only a name or nothing.`,
      'Use files that hold the images themselves.',
    );
  }
}

const groupsKept = 2;

function chooseColumns(
  tree: FileTree,
  file: ParquetFile,
  { columns: asked }: ParquetSource,
): { image: ParquetColumn; label: ParquetColumn } {
  const { columns } = file;
  const find = (name: string | undefined, guess: () => ParquetColumn | undefined, what: string): ParquetColumn => {
    const found = name === undefined ? guess() : columns.find((column) => column.name === name);
    if (found) return found;
    throw new UserError(
      `${tree.describe(file.file)} has no column of ${what}${name === undefined ? '' : ` named ${name}`}; it has ${columns.map((column) => column.name).join(', ')}.`,
      'Name its columns in a dataset.json with kind parquet.',
    );
  };
  const images = columns.filter(({ kind }) => kind === 'image');
  const image = find(
    asked?.image,
    () =>
      images.find(({ name }) => name === 'image' || name === 'img') ?? (images.length === 1 ? images[0] : undefined),
    'images',
  );
  const label = find(
    asked?.label,
    () => {
      const fitting = columns.filter(({ name, kind }) => name !== image.name && kind !== 'image');
      const classes = fitting.filter(({ classNames }) => classNames !== undefined);
      return (
        fitting.find(({ name }) => /^(label|labels|class|target|fine_label)$/.test(name)) ??
        (classes.length === 1 ? classes[0] : undefined) ??
        (fitting.length === 1 ? fitting[0] : undefined)
      );
    },
    'labels',
  );
  return { image, label };
}

function labelOf(
  value: ParquetValue | readonly ParquetValue[],
  names: ClassNames,
  at: string,
): number | readonly number[] {
  if (value instanceof Uint8Array && value.length > 0) return names.number(new TextDecoder().decode(value));
  return Array.isArray(value) ? value.map((each) => wholeLabel(each, at)) : wholeLabel(value, at);
}

function wholeLabel(label: unknown, at: string): number {
  if (typeof label === 'number' && Number.isInteger(label) && label >= 0 && label < mostClasses) return label;
  throw new UserError(`${at} has ${String(label)} as a label.`, 'Labels are whole numbers from 0 on, or names.');
}

const mostClasses = 65_536;
