import type { SplitName } from '../../core/data/dataset';
import type { GroupRule, LabelRule } from '../../core/data/dataset-file';
import { splitNameOf, splitOrder } from '../../core/data/split-names';
import { assertNever, UserError } from '../../core/errors';
import type { FileTree } from './file-tree';
import { folderOf, inFolder, nameOf, stemOf } from './tree-paths';

/** What the path of an image says by a rule; `refused` in words that follow the path. */
export type PathAnswer = { readonly is: string } | { readonly refused: string };

/** The class of an image by its path below `root`. */
export function labelByPath(rule: LabelRule, root: string): (file: string) => PathAnswer {
  switch (rule.from) {
    case 'folder':
      return (file) => {
        const folder = folderOf(below(file, root));
        return folder === ''
          ? { refused: 'is in no folder that could be its class' }
          : { is: nameOf(folder).normalize('NFC') };
      };
    case 'pattern':
      return patternAnswer(rule, root, 'label');
    case 'first-letter-case':
      return (file) => {
        const [first = ''] = nameOf(file);
        if (first.toLowerCase() === first.toUpperCase()) return { refused: 'does not begin with a letter' };
        return { is: first === first.toUpperCase() ? rule.upper : rule.lower };
      };
    default:
      return assertNever(rule);
  }
}

export function groupByPath(rule: GroupRule, root: string): (file: string) => string {
  const answer = patternAnswer(rule, root, 'group');
  // What the pattern does not know is a group of its own.
  return (file) => {
    const found = answer(file);
    return 'is' in found ? `=${found.is}` : `/${file}`;
  };
}

/** The split by the part of a path that a pattern finds: `train`, `val`, `test` or another word for them. */
export function splitByPattern(
  rule: GroupRule,
  root: string,
): (file: string) => SplitName | { readonly refused: string } {
  const answer = patternAnswer(rule, root, 'split');
  return (file) => {
    const found = answer(file);
    if ('refused' in found) return found;
    return splitNameOf(found.is) ?? { refused: `is of a split that is not known: ${found.is}` };
  };
}

interface SplitPlaces {
  readonly train: string;
  readonly val?: string | undefined;
  readonly test?: string | undefined;
}

export function splitByFolders(
  rule: SplitPlaces,
  root: string,
): (file: string) => SplitName | { readonly refused: string } {
  const places = splitOrder.flatMap((name) => {
    const place = rule[name];
    if (place === undefined) return [];
    const folder = trimmed(place) === '' ? root : inFolder(root, trimmed(place));
    return [{ name, prefix: folder === '' ? '' : `${folder}/` }];
  });
  // A folder of one split may lie in that of another.
  places.sort((a, b) => b.prefix.length - a.prefix.length);
  return (file) =>
    places.find(({ prefix }) => file.startsWith(prefix))?.name ?? { refused: 'is in the folder of no split' };
}

/** Lists of file names, one in a line (what follows the name is passed over), with or without folders and endings. */
export async function splitByLists(
  rule: SplitPlaces,
  root: string,
  readText: (file: string) => Promise<string>,
): Promise<(file: string) => SplitName | { readonly refused: string }> {
  const named = new Map<string, SplitName>();
  for (const name of splitOrder) {
    const list = rule[name];
    if (list === undefined) continue;
    for (const line of (await readText(list)).split(/\r?\n/)) {
      const entry = line.trim().replaceAll('\\', '/').replace(/^\.\//, '');
      if (entry === '' || entry.startsWith('#')) continue;
      // Oxford-IIIT Pet's lists have numbers behind the name, others names with spaces.
      for (const key of new Set([entry, entry.split(/\s/)[0] ?? entry])) if (!named.has(key)) named.set(key, name);
    }
  }
  if (named.size === 0) throw new UserError('The lists of the splits are empty.', 'Check their names in dataset.json.');
  return (file) => {
    const path = below(file, root);
    const folder = folderOf(path);
    const keys = [path, inFolder(folder, stemOf(path)), nameOf(path), stemOf(path)];
    for (const key of keys) {
      const split = named.get(key);
      if (split) return split;
    }
    return { refused: 'is in the list of no split' };
  };
}

/** A file of the data set, or one beside dataset.json. @throws UserError */
export async function readTextOf(trees: readonly FileTree[], file: string): Promise<string> {
  let problem: unknown;
  for (const tree of trees) {
    try {
      return decodeText(await tree.read(trimmed(file), mostTextBytes));
    } catch (error) {
      problem ??= error;
    }
  }
  throw problem;
}

/** UTF-8, or UTF-16 where it says so, as spreadsheets write it. */
export function decodeText(bytes: Uint8Array): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
}

/** Of a table or list. */
export const mostTextBytes = 2 ** 28;

/** Without what says nothing: `./a//b/` is `a/b`. */
export function trimmed(path: string): string {
  return path
    .split(/[/\\]/)
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function patternAnswer(
  { pattern, on }: { readonly pattern: string; readonly on?: 'name' | 'path' | undefined },
  root: string,
  group: string,
): (file: string) => PathAnswer {
  const expression = new RegExp(pattern, 'u');
  return (file) => {
    const match = expression.exec(on === 'path' ? below(file, root) : nameOf(file));
    const found = match?.groups?.[group] ?? match?.[1] ?? match?.[0];
    return found === undefined || found === ''
      ? { refused: `does not match ${pattern}` }
      : { is: found.normalize('NFC') };
  };
}

function below(file: string, root: string): string {
  return root === '' ? file : file.slice(root.length + 1);
}
