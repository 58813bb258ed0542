import type { ColumnRef, DatasetFile } from '../../core/data/dataset-file';
import { isTableFileName } from '../../core/data/table-file-name';
import { splitOrder } from '../../core/data/split-names';
import type { SplitName } from '../../core/data/dataset';
import { UserError } from '../../core/errors';
import type { FileTree } from './file-tree';
import { visibleEntries } from './image-folders';
import { mostTextBytes, trimmed } from './path-rules';
import { readTable } from './read-table';
import type { LabelTable, TableSource } from './table-source';
import { inFolder } from './tree-paths';

/**
 * The tables that a dataset.json names, its columns found. Tables stand in the data set's folder or, `beside`, in that of
 * dataset.json.
 * @throws UserError where a table or a column is not there.
 */
export async function tableSourceOf(
  described: DatasetFile & { kind: 'table' },
  tree: FileTree,
  folder: string,
  beside: FileTree | undefined,
): Promise<TableSource> {
  const { splits, images } = described;
  const named: { file: string; split: SplitName | undefined }[] =
    splits?.from === 'tables'
      ? splitOrder.flatMap((name) => {
          const file = splits[name];
          return file === undefined ? [] : [{ file: inFolder(folder, trimmed(file)), split: name }];
        })
      : [{ file: await onlyTable(described.table, tree, folder, beside), split: undefined }];
  const tables: LabelTable[] = [];
  for (const { file, split } of named) tables.push(await findColumns(described, tree, file, split, beside));
  return {
    format: 'table',
    path: folder,
    tables,
    images: images === undefined ? folder : inFolder(folder, trimmed(images)),
    extension: described.extension,
  };
}

async function onlyTable(
  table: string | undefined,
  tree: FileTree,
  folder: string,
  beside: FileTree | undefined,
): Promise<string> {
  if (table !== undefined) return inFolder(folder, trimmed(table));
  for (const place of [{ tree, folder }, ...(beside ? [{ tree: beside, folder: '' }] : [])]) {
    const { files } = await visibleEntries(place.tree, place.folder);
    const [only, ...others] = files.filter(isTableFileName);
    if (only !== undefined && others.length === 0) return inFolder(place.folder, only);
  }
  throw new UserError(
    `${tree.describe(folder)} has no table, or more than one.`,
    'Name it in dataset.json: "table": "labels.csv".',
  );
}

async function findColumns(
  described: DatasetFile & { kind: 'table' },
  tree: FileTree,
  file: string,
  split: SplitName | undefined,
  beside: FileTree | undefined,
): Promise<LabelTable> {
  const { columns, splits, groups, separator, task, delimiter } = described;
  const labels = Array.isArray(columns.labels) ? columns.labels : [columns.labels];
  const refs: readonly ColumnRef[] = [columns.file, ...labels];
  const hasHeader = described.header ?? refs.some((ref) => typeof ref === 'string');
  const there = await tree.read(file, mostTextBytes).catch((error: unknown) => {
    if (beside && error instanceof UserError) return beside.read(file, mostTextBytes);
    throw error;
  });
  const place = tree.describe(file);
  let first: readonly string[] = [];
  readTable(there, place, { delimiter, most: 1 }, (row) => (first = row));
  const find = (ref: ColumnRef): number => {
    const at = typeof ref === 'number' ? ref : hasHeader ? first.indexOf(ref) : -1;
    if (at >= 0 && at < first.length) return at;
    throw new UserError(
      `${place} has no column ${typeof ref === 'number' ? ref : JSON.stringify(ref)}; it has ${hasHeader ? first.join(', ') : `${first.length}, without names`}.`,
      'Correct the columns in dataset.json.',
    );
  };
  return {
    file,
    split,
    hasHeader,
    delimiter,
    separator,
    task,
    columns: {
      file: find(columns.file),
      labels: Array.isArray(columns.labels)
        ? {
            kind: 'flags',
            columns: columns.labels.map((ref) => {
              const column = find(ref);
              return { column, name: (hasHeader ? first[column] : undefined) ?? String(ref) };
            }),
          }
        : { kind: 'names', column: find(columns.labels) },
      split: splits?.from === 'column' ? find(splits.column) : undefined,
      group: groups?.from === 'column' ? find(groups.column) : undefined,
    },
  };
}
