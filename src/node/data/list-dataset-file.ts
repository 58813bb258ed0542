import path from 'node:path';
import { type DatasetFile, parseDatasetFile } from '../../core/data/dataset-file';
import type { SplitName } from '../../core/data/dataset';
import { splitNameOf, splitOrder } from '../../core/data/split-names';
import { assertNever, UserError } from '../../core/errors';
import type { FileTree } from './file-tree';
import { FolderTree } from './folder-tree';
import { idxSourcesIn } from './idx-files';
import { visibleEntries } from './image-folders';
import type { ItemListing } from './item-listing';
import { cifarSourceIn, listCifar } from './list-cifar';
import { listIdx } from './list-idx';
import { listLabelledFiles } from './list-labelled-files';
import { listNpy } from './list-npy';
import { listParquet, parquetSourceIn, parquetSourceOf } from './list-parquet';
import { listTable } from './list-table';
import { npySourceIn, type NpySource, npzSource } from './npy-files';
import type { ListOptions } from './open-listing';
import { openTree } from './open-tree';
import {
  decodeText,
  groupByPath,
  labelByPath,
  mostTextBytes,
  readTextOf,
  splitByFolders,
  splitByLists,
  splitByPattern,
} from './path-rules';
import { recognizeFile } from './recognize-dataset';
import { tableSourceOf } from './table-of-dataset-file';
import { folderOf, nameOf, stemOf } from './tree-paths';

type Listing = Omit<ItemListing, 'path'>;
type Place = { readonly tree: FileTree; readonly inner: string; readonly kind: 'file' | 'folder' };

/**
 * The data set that a dataset.json describes. `file`: its path in the tree.
 * @throws UserError that names the place in it that is wrong, or says what is not there.
 */
export async function listDatasetFile(tree: FileTree, file: string, options: ListOptions): Promise<Listing> {
  const text = decodeText(await tree.read(file, mostTextBytes));
  const described = parseDatasetFile(text, tree.describe(file));
  const place = await placeOf(tree, file, described.path, options);
  let listing: Omit<ItemListing, 'name' | 'path'> | undefined;
  try {
    listing = await listKind(described, place, besideOf(tree, file), options);
  } finally {
    if (!listing && place.tree !== tree) await place.tree.close();
  }
  const { inputSize, normalization } = described;
  return {
    ...listing,
    name: described.name ?? (folderOf(file) === '' ? stemOf(tree.path) : nameOf(folderOf(file))),
    ...(inputSize && {
      inputSize: {
        height: inputSize.height,
        width: inputSize.width,
        ...(inputSize.channels !== undefined && { channels: inputSize.channels }),
      },
    }),
    ...normalizationOf(normalization),
  };
}

/** Of torchvision's models, pytorch.org/vision: means and deviations of ImageNet's images. */
const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

function normalizationOf(asked: DatasetFile['normalization']): Pick<ItemListing, 'normalization'> {
  if (asked === undefined || asked === 'computed') return {};
  return { normalization: asked === 'imagenet' ? imagenet : asked };
}

async function placeOf(tree: FileTree, file: string, to: string | undefined, options: ListOptions): Promise<Place> {
  const folder = folderOf(file);
  if (to === undefined || to === '.') return { tree, inner: folder, kind: 'folder' };
  if (tree.container !== 'folder') {
    throw new UserError(
      `${tree.describe(file)}: path: a dataset.json inside of an archive describes the archive itself.`,
      'Leave out its path.',
    );
  }
  const opened = await openTree(path.resolve(tree.describe(folder), to), options);
  if (opened.format === 'none') {
    throw new UserError(`${tree.describe(file)}: path: ${opened.problem.message}`, 'Correct the path there.');
  }
  return opened;
}

/** Tables and lists may stand beside dataset.json, while the images are elsewhere. */
function besideOf(tree: FileTree, file: string): FileTree | undefined {
  return tree.container === 'folder' ? new FolderTree(tree.describe(folderOf(file))) : undefined;
}

async function listKind(
  described: DatasetFile,
  place: Place,
  beside: FileTree | undefined,
  options: ListOptions,
): Promise<Omit<ItemListing, 'name' | 'path'>> {
  const { tree, inner } = place;
  const { classes } = described;
  const trees = [tree, ...(beside ? [beside] : [])];
  const readText = (list: string): Promise<string> => readTextOf(trees, inner === '' ? list : `${inner}/${list}`);
  switch (described.kind) {
    case 'images': {
      requireFolder(place);
      const { labels = { from: 'folder' }, splits, groups } = described;
      return listLabelledFiles(
        tree,
        {
          root: inner,
          labelOf: labelByPath(labels, inner),
          splitOf: splits ? await splitByRule(splits, inner, readText) : await splitByNames(tree, inner),
          groupOf: groups && groupByPath(groups, inner),
          classes,
        },
        options,
      );
    }
    case 'table': {
      requireFolder(place);
      const { splits, groups } = described;
      const source = await tableSourceOf(described, tree, inner, beside);
      return listTable(
        tree,
        source,
        {
          classes,
          splitOf:
            splits && splits.from !== 'column' && splits.from !== 'tables'
              ? await splitByRule(splits, source.images, readText)
              : undefined,
          splitValues: splits?.from === 'column' ? splitValues(splits.values) : undefined,
          groupOf: groups?.from === 'pattern' ? groupByPath(groups, source.images) : undefined,
          beside,
        },
        options,
      );
    }
    case 'idx': {
      const [source] =
        place.kind === 'file'
          ? [await recognizeFile(tree, inner)]
          : idxSourcesIn(tree, inner, (await visibleEntries(tree, inner)).files);
      if (source?.format !== 'idx') throw nothing(place, 'IDX files');
      return listIdx(tree, source, classes, options);
    }
    case 'cifar': {
      const source = cifarSourceIn(inner, place.kind === 'file' ? [] : (await visibleEntries(tree, inner)).files);
      if (!source) throw nothing(place, 'CIFAR files (data_batch_1.bin …, or train.bin and test.bin)');
      return listCifar(tree, { ...source, labels: described.labels }, classes, options);
    }
    case 'npy': {
      const source = await npyOf(described, place);
      if (!source) throw nothing(place, 'arrays with names that tell images and labels: name them in `arrays`');
      return listNpy(tree, { ...source, layout: described.layout }, classes, options);
    }
    case 'parquet': {
      const source = place.kind === 'file' ? parquetSourceOf(inner, [inner]) : await parquetInFolder(tree, inner);
      if (!source) throw nothing(place, 'Parquet files of a training split');
      return listParquet(tree, { ...source, columns: described.columns }, classes, options);
    }
    default:
      return assertNever(described);
  }
}

async function parquetInFolder(tree: FileTree, folder: string) {
  const { files, folders } = await visibleEntries(tree, folder);
  return parquetSourceIn(tree, folder, files, folders);
}

async function npyOf(
  described: DatasetFile & { kind: 'npy' },
  { tree, inner, kind }: Place,
): Promise<NpySource | undefined> {
  const { arrays } = described;
  if (!arrays) {
    return kind === 'file'
      ? npzSource(tree, inner)
      : npySourceIn(tree, inner, (await visibleEntries(tree, inner)).files);
  }
  const ref = (name: string) => {
    if (kind === 'file') return { file: inner, member: name.endsWith('.npy') ? name : `${name}.npy` };
    return { file: inner === '' ? name : `${inner}/${name}` };
  };
  const splits = splitOrder.flatMap((name) => {
    const named = arrays[name];
    return named ? [{ name, images: ref(named.images), labels: ref(named.labels) }] : [];
  });
  return { format: 'npy', path: inner, splits };
}

type PathSplits = Exclude<NonNullable<(DatasetFile & { kind: 'images' })['splits']>, undefined>;

function splitByRule(
  splits: PathSplits,
  root: string,
  readText: (file: string) => Promise<string>,
): Promise<(file: string) => SplitName | { readonly refused: string }> {
  switch (splits.from) {
    case 'folders':
      return Promise.resolve(splitByFolders(splits, root));
    case 'lists':
      return splitByLists(splits, root, readText);
    case 'pattern':
      return Promise.resolve(splitByPattern(splits, root));
    default:
      return assertNever(splits);
  }
}

/** Folders named train, val and test are splits, where there is one for training; else all is for training. */
async function splitByNames(
  tree: FileTree,
  root: string,
): Promise<(file: string) => SplitName | { readonly refused: string }> {
  const { folders } = await visibleEntries(tree, root);
  if (!folders.some((name) => splitNameOf(name) === 'train')) return () => 'train';
  return (file) => {
    const [first = ''] = (root === '' ? file : file.slice(root.length + 1)).split('/');
    return splitNameOf(first) ?? { refused: 'is in the folder of no split' };
  };
}

function splitValues(
  values: { readonly [name in SplitName]?: readonly string[] | undefined } | undefined,
): ReadonlyMap<string, SplitName> | undefined {
  return values && new Map(splitOrder.flatMap((name) => (values[name] ?? []).map((value) => [value, name] as const)));
}

function requireFolder(place: Place): void {
  if (place.kind === 'folder') return;
  throw new UserError(
    `${place.tree.describe(place.inner)} is a file.`,
    'Let the path in dataset.json lead to a folder or an archive.',
  );
}

function nothing({ tree, inner }: Place, what: string): UserError {
  return new UserError(`${tree.describe(inner)} has no ${what}.`, 'Correct path and kind in dataset.json.');
}
