import type { SplitName } from '../../core/data/dataset';
import type { NpyLayout } from '../../core/data/npy-images';
import { splitNameOf, splitOrder } from '../../core/data/split-names';
import { UserError } from '../../core/errors';
import type { FileTree } from './file-tree';
import { openZip, openZipFile } from './open-zip';
import { inFolder, stemOf } from './tree-paths';

/** Arrays of images and labels. */
export interface NpySource {
  readonly format: 'npy';
  /** What the data set is opened by, in the tree: a folder, or a .npz that holds all. */
  readonly path: string;
  readonly splits: readonly NpySplit[];
  readonly layout?: NpyLayout | undefined;
}

export interface NpySplit {
  readonly name: SplitName;
  readonly images: ArrayRef;
  readonly labels: ArrayRef;
}

/** A .npy, or an array of a .npz (of one array where it is not named). Paths are in the tree. */
export interface ArrayRef {
  readonly file: string;
  readonly member?: string | undefined;
}

/**
 * The arrays of a folder, by their names: `images.npy` and `labels.npy`, `x_train.npy` and `y_train.npy`,
 * `kmnist-train-imgs.npz` and `kmnist-train-labels.npz`, or one .npz with all. Undefined where there are none for training.
 * @throws UserError where a .npz can't be read, or the folder holds several data sets.
 */
export async function npySourceIn(
  tree: FileTree,
  folder: string,
  files: readonly string[],
): Promise<NpySource | undefined> {
  const arrays = files.filter((name) => /\.np[yz]$/i.test(name));
  if (arrays.length === 0 || arrays.length > mostFiles) return undefined;
  const splits = splitsOf(arrays.map((name) => ({ name: stemOf(name), ref: { file: inFolder(folder, name) } })));
  if (splits) return { format: 'npy', path: folder, splits };
  const sets = await npzSourcesIn(tree, folder, arrays);
  const [first] = sets;
  if (sets.length > 1 && first) {
    throw new UserError(
      `${tree.describe(folder)} holds ${sets.length} data sets of NumPy arrays.`,
      `Choose one by its file, such as ${tree.describe(first.path)}.`,
    );
  }
  return first;
}

/** The .npz files of a folder that are data sets by themselves; a few alone of an archive, which may have to unpack each. @throws UserError */
export async function npzSourcesIn(tree: FileTree, folder: string, files: readonly string[]): Promise<NpySource[]> {
  const sets: NpySource[] = [];
  const most = tree.container === 'folder' ? mostFiles : mostPackedFiles;
  for (const name of files.filter((each) => /\.npz$/i.test(each)).slice(0, most)) {
    const found = await npzSource(tree, inFolder(folder, name));
    if (found) sets.push(found);
  }
  return sets;
}

const mostFiles = 100;
const mostPackedFiles = 10;

/** The data set in one .npz file; undefined where its arrays have other names. @throws UserError */
export async function npzSource(tree: FileTree, file: string): Promise<NpySource | undefined> {
  const names = await npzNames(tree, file);
  const splits = splitsOf(names.map((member) => ({ name: member.replace(/\.npy$/, ''), ref: { file, member } })));
  return splits && { format: 'npy', path: file, splits };
}

/** Names of the arrays in a .npz, with their endings. @throws UserError */
export async function npzNames(tree: FileTree, file: string): Promise<string[]> {
  const inside = await openNpz(tree, file);
  try {
    return (await inside.entries('')).map(({ name }) => name).filter((name) => name.endsWith('.npy'));
  } finally {
    await inside.close();
  }
}

/** @throws UserError where it can't be read. */
export async function readArrayFile(tree: FileTree, { file, member }: ArrayRef): Promise<Uint8Array> {
  if (!/\.npz$/i.test(file)) return tree.read(file, mostArrayBytes);
  const name = member ?? (await npzNames(tree, file))[0];
  if (name === undefined) throw new UserError(`${tree.describe(file)} holds no arrays.`);
  const inside = await openNpz(tree, file);
  try {
    return await inside.read(name.endsWith('.npy') ? name : `${name}.npy`, mostArrayBytes);
  } finally {
    await inside.close();
  }
}

const mostArrayBytes = 2 ** 31 - 1;

/** A .npz is a zip archive of .npy files. In an archive that packs it, it is unpacked in memory, as it is read from its end. */
async function openNpz(tree: FileTree, file: string): Promise<FileTree> {
  const onDisk = tree.fileOf(file);
  return onDisk === null ? openZipFile(await tree.open(file), tree.describe(file), 0) : openZip(onDisk);
}

interface NamedArray {
  readonly name: string;
  readonly ref: ArrayRef;
}

function splitsOf(arrays: readonly NamedArray[]): readonly NpySplit[] | undefined {
  const parts = new Map<string, ArrayRef>();
  const generic = arrays.length === 2 && arrays.every(({ name }) => /^arr_[01]$/.test(name));
  for (const { name, ref } of arrays) {
    const part = generic ? `train ${name === 'arr_0' ? 'images' : 'labels'}` : partOf(name);
    if (part === undefined) continue;
    // Two that could be the same are none that could be chosen.
    if (parts.has(part)) return undefined;
    parts.set(part, ref);
  }
  const splits = splitOrder.flatMap((name) => {
    const images = parts.get(`${name} images`);
    const labels = parts.get(`${name} labels`);
    return images && labels ? [{ name, images, labels }] : [];
  });
  return splits[0]?.name === 'train' ? splits : undefined;
}

/** `x_train` → `train images`; without a word for the split, it is that of training. */
function partOf(name: string): string | undefined {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[-_. ]+/);
  const split = words.map(splitNameOf).find((each) => each !== undefined) ?? 'train';
  if (words.some((word) => labelWords.has(word))) return `${split} labels`;
  return words.some((word) => imageWords.has(word)) ? `${split} images` : undefined;
}

const imageWords = new Set(['x', 'images', 'image', 'imgs', 'img', 'data', 'inputs', 'features']);
const labelWords = new Set(['y', 'labels', 'label', 'targets', 'target', 'classes']);
