import { type CifarKind, cifarImage, cifarLabels, countCifarImages } from '../../core/data/cifar';
import { splitNameOf, splitOrder } from '../../core/data/split-names';
import type { SplitName } from '../../core/data/dataset';
import { UserError } from '../../core/errors';
import { arrayItems, type ArraySplit } from './array-items';
import type { FileTree } from './file-tree';
import { compareText } from './folder-entries';
import type { ItemListing } from './item-listing';
import { nameClasses } from './name-classes';
import type { ListOptions } from './open-listing';
import { decodeText } from './path-rules';
import { stampFingerprint } from './stamp-fingerprint';
import { inFolder } from './tree-paths';

/** CIFAR-10's or CIFAR-100's binary files. Paths are in the tree. */
export interface CifarSource {
  readonly format: 'cifar';
  readonly path: string;
  readonly kind: CifarKind;
  readonly splits: readonly { readonly name: SplitName; readonly files: readonly string[] }[];
  readonly labels?: 'fine' | 'coarse' | undefined;
}

/** The CIFAR files among those of a folder; undefined where there are none for training. */
export function cifarSourceIn(folder: string, files: readonly string[]): CifarSource | undefined {
  const ten = files.filter((name) => /^(data|test|val)_batch(_\d+)?\.bin$/.test(name));
  const hundred = files.filter((name) => /^(train|test|val)\.bin$/.test(name));
  const kind = ten.some((name) => name.startsWith('data')) ? 'cifar10' : 'cifar100';
  const named = kind === 'cifar10' ? ten : hundred;
  const splitOf = (name: string): SplitName => splitNameOf(name.split(/[_.]/)[0] ?? '') ?? 'train';
  const splits = splitOrder.flatMap((name) => {
    const own = named.filter((file) => splitOf(file) === name).sort(byNumber);
    return own.length === 0 ? [] : [{ name, files: own.map((file) => inFolder(folder, file)) }];
  });
  if (splits[0]?.name !== 'train') return undefined;
  // A train.bin alone may be anything: CIFAR-100 brings its names along, or its test images.
  if (kind === 'cifar100' && !files.includes('fine_label_names.txt') && splits.length < 2) return undefined;
  return { format: 'cifar', path: folder, kind, splits };
}

/** @throws UserError where a file is not what its name says. */
export async function listCifar(
  tree: FileTree,
  source: CifarSource,
  classes: readonly string[] | undefined,
  { signal, onProgress }: ListOptions,
): Promise<Omit<ItemListing, 'name' | 'path'>> {
  const { kind, labels: which = 'fine' } = source;
  const splits: ArraySplit[] = [];
  /** Where each image of a split is. */
  const places: { readonly file: string; readonly first: number }[][] = [];
  for (const { name, files } of source.splits) {
    const parts: Int32Array[] = [];
    const firsts: { file: string; first: number }[] = [];
    let count = 0;
    for (const file of files) {
      signal?.throwIfAborted();
      const bytes = await tree.read(file, mostFileBytes);
      countCifarImages(bytes.length, kind, tree.describe(file));
      firsts.push({ file, first: count });
      parts.push(cifarLabels(bytes, kind, which));
      count += parts.at(-1)?.length ?? 0;
    }
    const labels = new Int32Array(count);
    parts.forEach((part, index) => labels.set(part, firsts[index]?.first));
    places.push(firsts);
    splits.push({ name, labels, key: (index) => keyOf(firsts, index) });
    onProgress?.(splits.reduce((sum, split) => sum + split.labels.length, 0));
  }
  const highest = splits.reduce((most, { labels }) => labels.reduce((a, b) => Math.max(a, b), most), 0);
  const loaded = new Map<string, Promise<Uint8Array>>();
  const load = (file: string): Promise<Uint8Array> => {
    const known = loaded.get(file) ?? tree.read(file, mostFileBytes);
    loaded.set(file, known);
    return known;
  };
  return {
    format: 'cifar',
    container: tree.container,
    task: 'multi-class',
    classes: nameClasses(classes ?? (await namesInFile(tree, source)), highest + 1, tree.describe(source.path)),
    skipped: tree.skipped,
    ...arrayItems(splits, async (split, index) => {
      const place = placeOf(places[split] ?? [], index);
      const bytes = await load(place.file);
      const at = index - place.first;
      if (at >= countCifarImages(bytes.length, kind, tree.describe(place.file))) {
        throw new UserError(`${tree.describe(place.file)} has become shorter.`, 'Open the data set again.');
      }
      return cifarImage(bytes, kind, at);
    }),
    fingerprint: () =>
      stampFingerprint(
        tree,
        source.splits.flatMap(({ files }) => files),
        [kind, which, classes ?? null],
      ),
    close: async () => {
      loaded.clear();
      await tree.close();
    },
  };
}

const mostFileBytes = 2 ** 31 - 1;

function placeOf(firsts: readonly { readonly file: string; readonly first: number }[], index: number) {
  let at = firsts.length - 1;
  while (at > 0 && (firsts[at]?.first ?? 0) > index) at--;
  const place = firsts[at];
  if (!place) throw new RangeError(`Image ${index}`);
  return place;
}

function keyOf(firsts: readonly { readonly file: string; readonly first: number }[], index: number): string {
  const { file, first } = placeOf(firsts, index);
  return `${file}#${index - first}`;
}

async function namesInFile(tree: FileTree, source: CifarSource): Promise<readonly string[] | undefined> {
  const names = source.kind === 'cifar10' ? ['batches.meta.txt'] : [`${source.labels ?? 'fine'}_label_names.txt`];
  const there = new Set((await tree.entries(source.path)).map(({ name }) => name));
  for (const name of names) {
    if (!there.has(name)) continue;
    const lines = decodeText(await tree.read(inFolder(source.path, name), mostNamesBytes)).split(/\r?\n/);
    const found = lines.map((line) => line.trim()).filter((line) => line !== '');
    if (found.length > 0) return found;
  }
  return undefined;
}

const mostNamesBytes = 2 ** 20;

function byNumber(a: string, b: string): number {
  const number = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? 0);
  return number(a) - number(b) || compareText(a, b);
}
