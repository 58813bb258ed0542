import { createHash } from 'node:crypto';
import { splitOrder } from '../../core/data/split-names';
import type { FileTree } from './file-tree';
import type { ItemListing, ItemTable } from './item-listing';

/** How items that are image files of a tree are read; their keys are their paths in it. */
export function fileItems(
  tree: FileTree,
  classes: readonly string[],
  items: ItemTable,
): Pick<ItemListing, 'items' | 'contents' | 'read' | 'file' | 'fingerprint' | 'close'> {
  return {
    items,
    contents: 'encoded',
    read: async (index) => ({ kind: 'encoded', bytes: await tree.read(items.key(index), mostImageBytes) }),
    file: (index) => tree.fileOf(items.key(index)),
    fingerprint: (signal) => fingerprintOf(tree, classes, items, signal),
    close: () => tree.close(),
  };
}

/** Of an image file. */
export const mostImageBytes = 2 ** 28;

/**
 * SHA-256 over classes, and over split, class, path, size and time of every file, in order. Runs are resumed by it: it must stay
 * what it is.
 */
async function fingerprintOf(
  tree: FileTree,
  classes: readonly string[],
  items: ItemTable,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(classes));
  const { sizes, modified } = await tree.stamp(items.count, (index) => items.key(index), signal);
  let lines = '';
  for (let index = 0; index < items.count; index++) {
    const split = splitOrder[items.splits[index] ?? 0];
    lines += JSON.stringify([split, labelOf(items, index), items.key(index), sizes[index], modified[index]]);
    if (lines.length < hashedAtOnce) continue;
    hash.update(lines);
    lines = '';
  }
  return hash.update(lines).digest('hex');
}

const hashedAtOnce = 2 ** 16;

function labelOf({ labels, labelSets, count }: ItemTable, index: number): number | number[] {
  if (!labelSets) return labels[index] ?? -1;
  const classCount = labelSets.length / count;
  const set = labelSets.subarray(index * classCount, (index + 1) * classCount);
  return [...set.keys()].filter((label) => set[label] === 1);
}
