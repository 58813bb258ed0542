import { readFile, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ItemKey, LabelTask, SkippedFile, SplitName } from '../../core/data/dataset';
import { parseIdxImages, parseIdxLabels, type IdxImages } from '../../core/data/idx';
import type { Image } from '../../core/data/image';
import { splitOrder } from '../../core/data/split-names';
import { readIdxFile, type IdxSource } from '../../node/data/idx-files';
import { compareText, walkImages } from '../../node/data/image-files';
import { recognizeDataset, type ImageFolderSource } from '../../node/data/recognize-dataset';

export type ItemContents =
  { readonly kind: 'encoded'; readonly bytes: Uint8Array } | { readonly kind: 'pixels'; readonly image: Image };

/** A data set as it lies on the disk, nothing decoded. */
export interface ItemSource {
  readonly name: string;
  readonly path: string;
  readonly format: string;
  readonly task: LabelTask;
  readonly classes: readonly string[];
  readonly skipped: readonly SkippedFile[];
  readonly fingerprint: string;
  readonly count: number;
  key(index: number): ItemKey;
  split(index: number): SplitName;
  labels(index: number): readonly number[];
  read(index: number): Promise<ItemContents>;
  file(index: number): string | null;
  close(): Promise<void>;
}

export async function openItems(location: string, { signal }: { signal?: AbortSignal } = {}): Promise<ItemSource> {
  const source = await recognizeDataset(location, signal);
  switch (source.format) {
    case 'idx':
      return openIdx(source);
    case 'image-folder':
      return openFolder(source, signal);
    case 'none':
      throw source.problem;
  }
}

async function openFolder(source: ImageFolderSource, signal?: AbortSignal): Promise<ItemSource> {
  const items: { split: SplitName; label: number; key: string }[] = [];
  for (const split of source.splits) {
    const own: typeof items = [];
    for (const { path: folder, label } of split.classFolders) {
      const prefix = path.relative(source.path, folder).split(path.sep).join('/');
      for await (const { relativePath } of walkImages(folder, signal)) {
        own.push({ split: split.name, label, key: `${prefix}/${relativePath}` });
      }
    }
    items.push(...own.sort((a, b) => compareText(a.key, b.key)));
  }
  const hash = createHash('sha256');
  for (const item of items) {
    const stats = await stat(path.join(source.path, item.key)).catch(() => undefined);
    hash.update(JSON.stringify([item, stats?.size, stats?.mtimeMs]));
  }
  const at = (index: number) => {
    const item = items[index];
    if (!item) throw new RangeError(`Image ${index} of ${items.length}`);
    return item;
  };
  return {
    ...source,
    format: 'image folder',
    task: 'multi-class',
    fingerprint: hash.digest('hex'),
    count: items.length,
    key: (index) => at(index).key,
    split: (index) => at(index).split,
    labels: (index) => [at(index).label],
    read: async (index) => ({ kind: 'encoded', bytes: await readFile(path.join(source.path, at(index).key)) }),
    file: (index) => path.join(source.path, at(index).key),
    close: () => Promise.resolve(),
  };
}

async function openIdx(source: IdxSource): Promise<ItemSource> {
  const hash = createHash('sha256');
  const parts: { name: SplitName; file: string; images: IdxImages; labels: Uint8Array }[] = [];
  for (const split of source.splits) {
    const imageBytes = await readIdxFile(split.images);
    const labelBytes = await readIdxFile(split.labels);
    hash.update(imageBytes).update(labelBytes);
    const images = parseIdxImages(imageBytes, split.images);
    parts.push({ name: split.name, file: split.images, images, labels: parseIdxLabels(labelBytes, split.labels) });
  }
  parts.sort((a, b) => splitOrder.indexOf(a.name) - splitOrder.indexOf(b.name));
  const at = (index: number) => {
    let own = index;
    for (const part of parts) {
      if (own < part.images.count) return { ...part, own };
      own -= part.images.count;
    }
    throw new RangeError(`Image ${index}`);
  };
  const classCount = 1 + parts.reduce((most, { labels }) => labels.reduce((a, b) => Math.max(a, b), most), 0);
  return {
    name: source.name,
    path: source.path,
    format: 'IDX',
    task: 'multi-class',
    classes: Array.from({ length: classCount }, (_, label) => String(label)),
    skipped: [],
    fingerprint: hash.digest('hex'),
    count: parts.reduce((sum, { images }) => sum + images.count, 0),
    key(index) {
      const { file, own } = at(index);
      return `${path.basename(file).replace(/\.gz$/i, '')}#${own}`;
    },
    split: (index) => at(index).name,
    labels(index) {
      const { labels, own } = at(index);
      return [labels[own] ?? 0];
    },
    read(index) {
      const { images, own } = at(index);
      const length = images.width * images.height;
      const pixels = images.pixels.subarray(own * length, (own + 1) * length);
      return Promise.resolve({
        kind: 'pixels',
        image: { width: images.width, height: images.height, channels: 1, pixels },
      });
    },
    file: () => null,
    close: () => Promise.resolve(),
  };
}
