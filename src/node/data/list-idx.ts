import { createHash } from 'node:crypto';
import { checkIdxPair, type IdxImages, parseIdxImages, parseIdxLabels } from '../../core/data/idx';
import { UserError } from '../../core/errors';
import type { FileTree } from './file-tree';
import { type IdxSource, type IdxSplit, readIdxFile } from './idx-files';
import { type ArraySplit, arrayItems } from './array-items';
import type { ItemListing } from './item-listing';
import { nameClasses } from './name-classes';
import type { ListOptions } from './open-listing';
import { readIdxCount } from './read-idx-count';

/**
 * A data set of IDX files. Label k is class k, named by its number, up to the highest that occurs. Labels are read now, images
 * when they are asked for.
 * @throws UserError where a file is not what it says or the files do not belong together.
 */
export async function listIdx(
  tree: FileTree,
  source: IdxSource,
  wanted: readonly string[] | undefined,
  { signal, onProgress }: ListOptions,
): Promise<Omit<ItemListing, 'name' | 'path'>> {
  const splits: ArraySplit[] = [];
  for (const split of source.splits) {
    signal?.throwIfAborted();
    const [labelBytes, count] = await Promise.all([readIdxFile(tree, split.labels), readIdxCount(tree, split.images)]);
    const labels = parseIdxLabels(labelBytes, tree.describe(split.labels));
    checkIdxPair(
      { name: tree.describe(split.images), count },
      { name: tree.describe(split.labels), count: labels.length },
    );
    splits.push({ name: split.name, key: split.images.replace(/\.gz$/i, ''), labels: Int32Array.from(labels) });
    onProgress?.(splits.reduce((sum, each) => sum + each.labels.length, 0));
  }
  const classCount = 1 + splits.reduce((most, { labels }) => labels.reduce((a, b) => Math.max(a, b), most), -1);
  let images: Promise<LoadedImages> | undefined;
  const load = (): Promise<LoadedImages> => (images ??= loadImages(tree, source));
  return {
    format: 'idx',
    container: tree.container,
    task: 'multi-class',
    classes: nameClasses(wanted, classCount, tree.describe(source.path)),
    skipped: tree.skipped,
    ...arrayItems(splits, async (split, index) => {
      const { height, width, pixels } = (await load()).splits[split] ?? noImages;
      const length = height * width;
      return { width, height, channels: 1, pixels: pixels.subarray(index * length, (index + 1) * length) };
    }),
    fingerprint: async () => (await load()).fingerprint,
    close: async () => {
      images = undefined;
      await tree.close();
    },
  };
}

interface LoadedImages {
  readonly splits: readonly IdxImages[];
  readonly fingerprint: string;
}

const noImages: IdxImages = { count: 0, height: 0, width: 0, pixels: new Uint8Array() };

async function loadImages(tree: FileTree, source: IdxSource): Promise<LoadedImages> {
  const hash = createHash('sha256');
  const splits: IdxImages[] = [];
  for (const split of source.splits) splits.push(await loadSplit(tree, split, hash));
  const first = splits[0] ?? noImages;
  splits.forEach(({ height, width }, index) => {
    if (height === first.height && width === first.width) return;
    throw new UserError(
      `${tree.describe(source.path)} has ${source.splits[0]?.name} images of ${first.width} × ${first.height} pixels, but ${source.splits[index]?.name} images of ${width} × ${height}.`,
      'Use files that belong together.',
    );
  });
  return { splits, fingerprint: hash.digest('hex') };
}

async function loadSplit(tree: FileTree, split: IdxSplit, hash: ReturnType<typeof createHash>): Promise<IdxImages> {
  const imageBytes = await readIdxFile(tree, split.images);
  const labelBytes = await readIdxFile(tree, split.labels);
  const images = parseIdxImages(imageBytes, tree.describe(split.images));
  const labels = parseIdxLabels(labelBytes, tree.describe(split.labels));
  // Between the listing and now the files may have been replaced.
  checkIdxPair(
    { name: tree.describe(split.images), count: images.count },
    { name: tree.describe(split.labels), count: labels.length },
  );
  // The headers are hashed too, so that no bytes can pass from one file to the next unseen.
  hash.update(split.name).update(imageBytes).update(labelBytes);
  return images;
}
