import type { SplitName } from '../../core/data/dataset';
import { splitNameOf } from '../../core/data/split-names';
import { UserError } from '../../core/errors';
import { ClassNames } from './class-names';
import { fileItems } from './file-items';
import type { FileTree } from './file-tree';
import { ImageIndex } from './image-index';
import type { ItemListing } from './item-listing';
import { ItemTableBuilder } from './item-table-builder';
import type { ListOptions } from './open-listing';
import { mostTextBytes } from './path-rules';
import { readTable } from './read-table';
import { SkippedList } from './skipped-list';
import type { LabelColumns, LabelTable, TableSource } from './table-source';

export interface TableRules {
  readonly classes?: readonly string[] | undefined;
  /** Where no table and no column says it; all for training if not given. */
  readonly splitOf?: ((file: string) => SplitName | { readonly refused: string }) | undefined;
  /** Values of the split column, where they are not words that are known. */
  readonly splitValues?: ReadonlyMap<string, SplitName> | undefined;
  readonly groupOf?: ((file: string) => string) | undefined;
  /** Where tables may also lie. */
  readonly beside?: FileTree | undefined;
}

/**
 * The images that tables name, in the order of the rows; of several rows about one image the first counts.
 * @throws UserError where a table can't be read, a cell is not what it should be, or no image is found.
 */
export async function listTable(
  tree: FileTree,
  source: TableSource,
  rules: TableRules,
  { signal, onProgress }: ListOptions,
): Promise<Omit<ItemListing, 'name' | 'path'>> {
  const images = await ImageIndex.of(tree, source.images, source.extension, signal);
  const builder = new ItemTableBuilder();
  const names = new ClassNames();
  const skipped = new SkippedList(tree.describe(source.path));
  const taken = new Set<string>();
  // As long as every row has exactly one class, columns of 0 and 1 are one class in another form.
  let severalSeen = false;
  let rows = 0;
  const asked = source.tables[0]?.task;
  for (const table of source.tables) {
    signal?.throwIfAborted();
    const place = (rules.beside && !(await has(tree, table.file)) ? rules.beside : tree).describe(table.file);
    const bytes = await readFirst([tree, ...(rules.beside ? [rules.beside] : [])], table.file);
    const readLabels = labelReader(table, names, place);
    let isFirst = table.hasHeader;
    readTable(bytes, place, { delimiter: table.delimiter }, (row, line) => {
      if (isFirst) {
        isFirst = false;
        return;
      }
      rows++;
      const at = `${place}, line ${line}`;
      const cell = row[table.columns.file] ?? '';
      const file = images.find(cell);
      if (file === undefined) return skipped.add(at, `names an image that is not there: ${cell.slice(0, 200)}`);
      if (taken.has(file)) return skipped.add(at, `names ${cell} again`);
      const split = splitOfRow(table, row, file, rules, at);
      if (typeof split !== 'string') return skipped.add(at, split.refused);
      const labels = readLabels(row, at);
      if (typeof labels === 'string') return skipped.add(at, labels);
      severalSeen ||= labels.length !== 1;
      taken.add(file);
      const { group } = table.columns;
      builder.add(file, split, labels, group === undefined ? rules.groupOf?.(file) : (row[group] ?? ''));
    });
  }
  const multiLabel = asked === undefined ? isSeparated(source) || severalSeen : asked === 'multi-label';
  if (!multiLabel && severalSeen) {
    throw new UserError(
      `${tree.describe(source.path)} has images with no class or several, but its dataset.json says that each has one.`,
      'Set its task to multi-label, or correct the table.',
    );
  }
  onProgress?.(builder.count);
  const left = skipped.finish();
  if (builder.count === 0) {
    const [first] = left;
    throw new UserError(
      `None of the ${rows} rows of the tables in ${tree.describe(source.path)} can be used${first ? `: ${first.path} ${first.reason}` : ''}.`,
      'Say in a dataset.json which columns name the image and its class.',
    );
  }
  const declared = source.tables[0]?.columns.labels;
  const wanted = rules.classes ?? (declared?.kind === 'flags' ? declared.columns.map(({ name }) => name) : undefined);
  const { classes, relabel } = names.finish(wanted, tree.describe(source.path));
  return {
    format: 'table',
    container: tree.container,
    task: multiLabel ? 'multi-label' : 'multi-class',
    classes,
    skipped: [...left, ...tree.skipped],
    ...fileItems(tree, classes, builder.finish({ classCount: classes.length, multiLabel, relabel })),
  };
}

function isSeparated(source: TableSource): boolean {
  return source.tables.some(({ separator }) => separator !== undefined);
}

function splitOfRow(
  table: LabelTable,
  row: readonly string[],
  file: string,
  rules: TableRules,
  at: string,
): SplitName | { readonly refused: string } {
  if (table.split) return table.split;
  const { split: column } = table.columns;
  if (column !== undefined) {
    const value = row[column] ?? '';
    const split = rules.splitValues?.get(value) ?? splitNameOf(value);
    if (split) return split;
    if (rules.splitValues) return { refused: `is of a split that is not used: ${value}` };
    throw new UserError(
      `${at}: the split is ${value === '' ? 'empty' : value.slice(0, 100)}.`,
      'Write train, val or test, or say in a dataset.json which values stand for them.',
    );
  }
  return rules.splitOf?.(file) ?? 'train';
}

/** The classes of a row for now; a text says why it has none that can be used. */
function labelReader(
  table: LabelTable,
  names: ClassNames,
  place: string,
): (row: readonly string[], at: string) => number[] | string {
  const { separator } = table;
  const columns: LabelColumns = table.columns.labels;
  if (columns.kind === 'names') {
    return (row) => {
      const cell = row[columns.column] ?? '';
      if (separator === undefined) return cell === '' ? 'has no label' : [names.number(cell.normalize('NFC'))];
      const parts = new Set(
        cell
          .split(separator)
          .map((part) => part.trim().normalize('NFC'))
          .filter((part) => part !== ''),
      );
      return [...parts].map((part) => names.number(part));
    };
  }
  const numbers = columns.columns.map(({ name }) => names.number(name.normalize('NFC')));
  if (new Set(numbers).size < numbers.length) {
    throw new UserError(`${place} has two columns of one name.`, 'Give each class a name of its own.');
  }
  return (row, at) =>
    columns.columns.flatMap(({ column, name }, index) => {
      const cell = (row[column] ?? '').toLowerCase();
      if (/^(1(\.0*)?|true|yes)$/.test(cell)) return [numbers[index] ?? 0];
      if (/^(|0(\.0*)?|false|no)$/.test(cell)) return [];
      throw new UserError(`${at}: the column ${name} has ${cell.slice(0, 100)}.`, 'Write 0 or 1 for each class.');
    });
}

async function readFirst(trees: readonly FileTree[], file: string): Promise<Uint8Array> {
  for (const tree of trees) if (await has(tree, file)) return tree.read(file, mostTextBytes);
  throw new UserError(`${trees[0]?.describe(file)} is not there.`, 'Check the name of the table in dataset.json.');
}

async function has(tree: FileTree, file: string): Promise<boolean> {
  const { sizes } = await tree.stamp(1, () => file);
  return (sizes[0] ?? -1) >= 0;
}
