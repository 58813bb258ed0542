import { parseNpy } from '../../core/data/npy';
import { npyImage, npyImages, npyLabels, type NpyImages, type NpyLabels } from '../../core/data/npy-images';
import { UserError } from '../../core/errors';
import { arrayItems, type ArraySplit } from './array-items';
import { ClassNames } from './class-names';
import type { FileTree } from './file-tree';
import type { ItemListing } from './item-listing';
import { nameClasses } from './name-classes';
import { type ArrayRef, type NpySource, readArrayFile } from './npy-files';
import type { ListOptions } from './open-listing';
import { stampFingerprint } from './stamp-fingerprint';

/**
 * A data set of NumPy arrays. Labels are read now, images when they are asked for.
 * @throws UserError where arrays are not what they should be, or do not belong together.
 */
export async function listNpy(
  tree: FileTree,
  source: NpySource,
  wanted: readonly string[] | undefined,
  { signal, onProgress }: ListOptions,
): Promise<Omit<ItemListing, 'name' | 'path'>> {
  const read: { labels: NpyLabels; count: number }[] = [];
  for (const split of source.splits) {
    signal?.throwIfAborted();
    const labels = npyLabels(
      parseNpy(await readArrayFile(tree, split.labels), nameOf(tree, split.labels)),
      nameOf(tree, split.labels),
    );
    read.push({ labels, count: countOf(labels) });
    onProgress?.(read.reduce((sum, each) => sum + each.count, 0));
  }
  const { classes, labelsOf, multiLabel } = joinLabels(tree, source, read, wanted);
  const splits = source.splits.map(({ name, images }, index): ArraySplit => {
    return { name, key: keyOf(images), ...labelsOf(index) };
  });
  const loaded = new Map<number, Promise<NpyImages>>();
  const load = (split: number): Promise<NpyImages> => {
    const known = loaded.get(split) ?? loadImages(tree, source, split, splits[split]?.labels.length ?? 0);
    loaded.set(split, known);
    return known;
  };
  return {
    format: 'npy',
    container: tree.container,
    task: multiLabel ? 'multi-label' : 'multi-class',
    classes,
    skipped: tree.skipped,
    ...arrayItems(splits, async (split, index) => {
      const images = await load(split);
      // Of one size: what is made of the first is made of all.
      const first = await load(0);
      if (images.height !== first.height || images.width !== first.width) {
        throw new UserError(
          `${tree.describe(source.path)} has images of ${first.width} × ${first.height} and of ${images.width} × ${images.height} pixels.`,
          'Use arrays that belong together.',
        );
      }
      return npyImage(images, index);
    }),
    fingerprint: () =>
      stampFingerprint(
        tree,
        [...new Set(source.splits.flatMap(({ images, labels }) => [images.file, labels.file]))],
        [
          'npy',
          source.splits.map(({ name, images, labels }) => [name, images, labels]),
          source.layout ?? null,
          wanted ?? null,
        ],
      ),
    close: async () => {
      loaded.clear();
      await tree.close();
    },
  };
}

async function loadImages(tree: FileTree, source: NpySource, split: number, count: number): Promise<NpyImages> {
  const ref = source.splits[split]?.images;
  if (!ref) throw new RangeError(`Split ${split}`);
  const name = nameOf(tree, ref);
  const images = npyImages(parseNpy(await readArrayFile(tree, ref), name), name, source.layout);
  if (images.count === count) return images;
  throw new UserError(
    `${name} holds ${images.count} images, but there are ${count} labels.`,
    'Use arrays that belong together.',
  );
}

function joinLabels(
  tree: FileTree,
  source: NpySource,
  read: readonly { readonly labels: NpyLabels; readonly count: number }[],
  wanted: readonly string[] | undefined,
): {
  classes: readonly string[];
  multiLabel: boolean;
  labelsOf: (split: number) => Pick<ArraySplit, 'labels' | 'labelSets'>;
} {
  const place = tree.describe(source.path);
  const kinds = new Set(read.map(({ labels }) => labels.kind));
  if (kinds.size > 1)
    throw new UserError(`${place} has labels of different kinds.`, 'Use arrays that belong together.');
  const names = new ClassNames();
  const numbers = read.map(({ labels, count }): Int32Array => {
    switch (labels.kind) {
      case 'numbers':
        return labels.labels;
      case 'names':
        return Int32Array.from(labels.names, (name) => names.number(name));
      case 'flags':
        return Int32Array.from({ length: count }, (_, index) =>
          labels.sets.subarray(index * labels.classCount, (index + 1) * labels.classCount).indexOf(1),
        );
    }
  });
  if (kinds.has('names')) {
    const { classes, relabel } = names.finish(wanted, place);
    return {
      classes,
      multiLabel: false,
      labelsOf: (split) => ({ labels: (numbers[split] ?? new Int32Array()).map((label) => relabel[label] ?? 0) }),
    };
  }
  const flags = read.flatMap(({ labels }) => (labels.kind === 'flags' ? [labels] : []));
  const width = flags[0]?.classCount;
  if (flags.some(({ classCount }) => classCount !== width)) {
    throw new UserError(`${place} has tables of labels of different widths.`, 'Use arrays that belong together.');
  }
  const highest = numbers.reduce((most, labels) => labels.reduce((a, b) => Math.max(a, b), most), -1);
  const multiLabel = flags.some(({ sets, classCount }) => !isOneHot(sets, classCount));
  return {
    classes: nameClasses(wanted, width ?? highest + 1, place),
    multiLabel,
    labelsOf: (split) => {
      const labels = numbers[split] ?? new Int32Array();
      const sets = flags[split]?.sets;
      return { labels, ...(multiLabel && sets && { labelSets: sets }) };
    },
  };
}

/** Whether each row has exactly one 1: then it is one class in another form. */
function isOneHot(sets: Uint8Array, classCount: number): boolean {
  for (let start = 0; start < sets.length; start += classCount) {
    let ones = 0;
    for (let i = start; i < start + classCount; i++) ones += sets[i] ?? 0;
    if (ones !== 1) return false;
  }
  return true;
}

function countOf(labels: NpyLabels): number {
  switch (labels.kind) {
    case 'numbers':
      return labels.labels.length;
    case 'names':
      return labels.names.length;
    case 'flags':
      return labels.sets.length / labels.classCount;
  }
}

function nameOf(tree: FileTree, { file, member }: ArrayRef): string {
  return member === undefined ? tree.describe(file) : `${tree.describe(file)}/${member}`;
}

function keyOf({ file, member }: ArrayRef): string {
  return member === undefined ? file : `${file}/${member.replace(/\.npy$/, '')}`;
}
