import { basename, dirname, extname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { isImageFileName } from '../../core/data/image-file-name';
import { UserError, describeError } from '../../core/errors';
import type { FileTree } from '../../node/data/file-tree';
import { openListing } from '../../node/data/open-listing';
import { isArchiveName, openTree } from '../../node/data/open-tree';
import { summarizeDataset } from '../../node/find-datasets';
import type { DatasetFacts, TableFacts } from './dataset-facts';

/**
 * Looks at a folder, an archive or a file of a data set: what it is recognized as, and what there is to describe it by. A
 * table stands for its folder. @throws UserError where there is nothing that can be read.
 */
export async function lookAtDataset(location: string, signal: AbortSignal): Promise<DatasetFacts> {
  const path = isTableName(location) ? dirname(location) : location;
  const { recognized, problem } = await recognize(path, signal);
  const opened = await openTree(path, { signal });
  if (opened.format === 'none') throw opened.problem;
  const { tree, inner, kind } = opened;
  try {
    const isFile = kind === 'file';
    const found = isFile ? { images: [], more: false } : await firstImages(tree, inner, signal);
    const entries = isFile ? [] : await tree.entries(inner);
    const names = (wanted: 'file' | 'folder') => entries.filter((each) => each.kind === wanted).map(({ name }) => name);
    const tables = names('file').filter(isTableName).sort();
    // That which was chosen is first.
    const chosen = basename(location);
    if (tables.includes(chosen)) tables.unshift(...tables.splice(tables.indexOf(chosen), 1));
    return {
      path,
      place: isArchiveName(path) ? 'archive' : isFile ? 'file' : 'folder',
      name: basename(path, isArchiveName(path) || isFile ? extname(path) : '').replace(/\.tar$/, ''),
      recognized,
      problem,
      images: found.images,
      moreImages: found.more,
      folders: names('folder').sort(),
      tables: await readTables(tree, inner, tables),
    };
  } finally {
    await tree.close();
  }
}

export function isTableName(name: string): boolean {
  return /\.(csv|tsv)$/i.test(name);
}

async function recognize(path: string, signal: AbortSignal): Promise<Pick<DatasetFacts, 'recognized' | 'problem'>> {
  try {
    const recognized = await summarizeDataset(path, signal);
    if (recognized) return { recognized, problem: null };
    const listing = await openListing(path, { signal });
    if (listing.format === 'none') return { recognized: null, problem: describeError(listing.problem) };
    await listing.close();
    return { recognized: null, problem: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { recognized: null, problem: describeError(error) };
  }
}

/** Some from every part of it: a walk ends a folder before it begins the next. */
async function firstImages(
  tree: FileTree,
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly images: readonly string[]; readonly more: boolean }> {
  const perFolder = new Map<string, string[]>();
  let seen = 0;
  let more = false;
  await tree.walk(
    folder,
    (file) => {
      if (!isImageFileName(file)) return true;
      seen++;
      const inTree = folder === '' ? file : file.slice(folder.length + 1);
      const place = dirname(inTree);
      const kept = perFolder.get(place) ?? [];
      perFolder.set(place, kept);
      if (kept.length < keptPerFolder) kept.push(inTree);
      else more = true;
      return seen < mostSeen;
    },
    signal,
  );
  const images = [...perFolder.values()].flat().sort();
  return { images: images.slice(0, mostImages), more: more || seen >= mostSeen || images.length > mostImages };
}

const keptPerFolder = 300;
const mostImages = 1000;
const mostSeen = 20_000;

async function readTables(tree: FileTree, folder: string, names: readonly string[]): Promise<TableFacts[]> {
  const tables: TableFacts[] = [];
  for (const name of names.slice(0, mostTables)) {
    const file = await tree.open(folder === '' ? name : `${folder}/${name}`);
    try {
      const bytes = await file.read(0, Math.min(file.bytes, lookedAtBytes));
      const table = parseTable(name, new TextDecoder().decode(bytes), bytes.length < file.bytes);
      if (table) tables.push(table);
    } finally {
      await file.close();
    }
  }
  return tables;
}

/** The first rows of a table; undefined where it can't be read as one. Exported for tests. */
export function parseTable(name: string, text: string, isCut: boolean): TableFacts | undefined {
  // The last line may be torn.
  const whole = isCut ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
  const [firstLine = ''] = whole.split(/\r?\n/, 1);
  const delimiters = /\.tsv$/i.test(name) ? (['\t'] as const) : ([',', ';', '\t', '|'] as const);
  const count = (mark: string) => firstLine.split(mark).length;
  const delimiter = [...delimiters].sort((a, b) => count(b) - count(a))[0] ?? ',';
  try {
    const rows = parse(whole, { delimiter, bom: true, to: shownRows, relaxColumnCount: true, skipEmptyLines: true });
    return rows.length > 0 ? { name, delimiter, rows } : undefined;
  } catch {
    // Text that is no table, for all that its name says.
    return undefined;
  }
}

const mostTables = 10;
const lookedAtBytes = 1 << 16;
const shownRows = 50;

/** Where a description goes that can't stand beside the data. */
export function descriptionFolder(workspaceFolder: string, name: string): string {
  return join(workspaceFolder, 'data', name.replaceAll(/[^\w.-]+/g, '-').replace(/^[.-]+/, '') || 'data-set');
}
