import { isTableFileName } from '../../core/data/table-file-name';
import { isImageFileName } from '../../core/data/image-file-name';
import { splitNameOf } from '../../core/data/split-names';
import type { SplitName } from '../../core/data/dataset';
import { UserError } from '../../core/errors';
import type { FileTree } from './file-tree';
import { holdsImages } from './image-folders';
import { readTable } from './read-table';
import type { LabelColumns, LabelTable, TableSource } from './table-source';
import { inFolder, stemOf } from './tree-paths';

/**
 * Whether the tables of a folder name images and their classes, as far as that can be told from their first rows; undefined
 * where it can't. One table, or one for each split (`train.csv`, `labels_val.tsv`).
 */
export async function recognizeTable(
  tree: FileTree,
  folder: string,
  files: readonly string[],
  signal: AbortSignal | undefined,
): Promise<TableSource | undefined> {
  const names = files.filter(isTableFileName);
  if (names.length === 0 || names.length > mostTables) return undefined;
  const found: LabelTable[] = [];
  for (const name of names) {
    const table = await recognizeLabels(tree, inFolder(folder, name));
    if (table) found.push(table);
  }
  const ofSplits = found.flatMap((table) => {
    const split = splitInName(table.file);
    return split ? [{ ...table, split }] : [];
  });
  const hasTrain = ofSplits.some(({ split }) => split === 'train');
  const once = new Set(ofSplits.map(({ split }) => split)).size === ofSplits.length;
  const tables =
    hasTrain && once ? ofSplits : found.length === 1 ? found.map((table) => ({ ...table, split: undefined })) : [];
  if (tables.length === 0 || !(await holdsImages(tree, folder, signal))) return undefined;
  return { format: 'table', path: folder, tables, images: folder };
}

const mostTables = 20;
const headBytes = 2 ** 16;
const rowsLookedAt = 50;

async function recognizeLabels(tree: FileTree, file: string): Promise<LabelTable | undefined> {
  const rows = await firstRows(tree, file);
  const [header, ...others] = rows;
  if (!header || others.length === 0) return undefined;
  const width = header.length;
  const fileColumn = header.findIndex((_, column) => others.every((row) => isImageFileName(row[column] ?? '')));
  // Names without endings are known by what the column is called.
  const named = fileColumn >= 0 ? fileColumn : header.findIndex((title) => fileTitles.has(plain(title)));
  if (named < 0 || width < 2) return undefined;
  const hasHeader = !isImageFileName(header[named] ?? '');
  const titles = hasHeader ? header.map(plain) : [];
  const find = (known: ReadonlySet<string>): number | undefined => {
    const at = titles.findIndex((title, column) => column !== named && known.has(title));
    return at < 0 ? undefined : at;
  };
  const split = find(splitTitles);
  const group = find(groupTitles);
  const free = header.flatMap((_, column) =>
    column === named || column === split || column === group ? [] : [column],
  );
  const single = find(labelTitles) ?? (free.length === 1 ? free[0] : undefined);
  let labels: LabelColumns;
  let separator: string | undefined;
  if (single !== undefined) {
    labels = { kind: 'names', column: single };
    if (pluralTitles.has(titles[single] ?? '')) {
      separator = ['|', ';', ',', ' '].find((each) => others.some((row) => row[single]?.includes(each)));
    }
  } else {
    const areFlags =
      hasHeader && free.length > 1 && others.every((row) => free.every((at) => /^[01](\.0)?$/.test(row[at] ?? '')));
    if (!areFlags) return undefined;
    labels = { kind: 'flags', columns: free.map((column) => ({ column, name: header[column] ?? '' })) };
  }
  return { file, hasHeader, columns: { file: named, labels, split, group }, separator };
}

async function firstRows(tree: FileTree, file: string): Promise<readonly (readonly string[])[]> {
  const rows: (readonly string[])[] = [];
  try {
    const opened = await tree.open(file);
    try {
      const head = await opened.read(0, headBytes);
      // The last line may be cut.
      const end = opened.bytes > head.length ? head.lastIndexOf(0x0a) + 1 : head.length;
      readTable(head.subarray(0, end), tree.describe(file), { most: rowsLookedAt }, (row) => rows.push(row));
    } finally {
      await opened.close();
    }
  } catch (error) {
    // Whatever it is, it is no table of labels that could be recognised.
    if (!(error instanceof UserError)) throw error;
    return [];
  }
  return rows;
}

function splitInName(file: string): SplitName | undefined {
  for (const word of stemOf(file).split(/[-_. ]/)) {
    const split = splitNameOf(word);
    if (split) return split;
  }
  return undefined;
}

function plain(title: string): string {
  return title.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

const fileTitles = new Set([
  'file',
  'filename',
  'filepath',
  'path',
  'image',
  'imageid',
  'imagename',
  'imagepath',
  'img',
  'id',
  'name',
]);
const pluralTitles = new Set(['labels', 'tags', 'classes', 'attributes', 'genres']);
const labelTitles = new Set([
  'label',
  'class',
  'category',
  'target',
  'species',
  'breed',
  'tag',
  'classname',
  'labelname',
  'classid',
  ...pluralTitles,
]);
const splitTitles = new Set(['split', 'subset', 'set', 'partition', 'dataset']);
const groupTitles = new Set(['group', 'groupid', 'patient', 'patientid', 'subject', 'subjectid']);
