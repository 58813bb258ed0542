import type { SplitName } from '../../core/data/dataset';
import type { Image } from '../../core/data/image';
import { splitOrder } from '../../core/data/split-names';
import type { ItemListing } from './item-listing';

/** The images of a split that lie in arrays; `key` and a number name each: `train-images-idx3-ubyte#17`. */
export interface ArraySplit {
  readonly name: SplitName;
  /** Of the images' file; or of the image, where they lie in several. */
  readonly key: string | ((index: number) => string);
  readonly labels: Int32Array;
  /** [count, classes] where images may have several. */
  readonly labelSets?: Uint8Array;
}

/** Items that are arrays of pixels, split by split in `splitOrder`; `image` reads one of the splits' images. */
export function arrayItems(
  splits: readonly ArraySplit[],
  image: (split: number, index: number) => Promise<Image>,
): Pick<ItemListing, 'items' | 'contents' | 'read' | 'file'> {
  const starts: number[] = [];
  let count = 0;
  for (const { labels } of splits) {
    starts.push(count);
    count += labels.length;
  }
  const labels = new Int32Array(count);
  const places = new Uint8Array(count);
  splits.forEach((split, number) => {
    labels.set(split.labels, starts[number]);
    places.fill(splitOrder.indexOf(split.name), starts[number], (starts[number] ?? 0) + split.labels.length);
  });
  const locate = (index: number): { split: number; at: number } => {
    if (index < 0 || index >= count) throw new RangeError(`Image ${index} of ${count}`);
    let split = splits.length - 1;
    while (split > 0 && (starts[split] ?? 0) > index) split--;
    return { split, at: index - (starts[split] ?? 0) };
  };
  return {
    items: {
      count,
      key: (index) => {
        const { split, at } = locate(index);
        const key = splits[split]?.key ?? '';
        return typeof key === 'string' ? `${key}#${at}` : key(at);
      },
      splits: places,
      labels,
      labelSets: joinSets(splits),
      groups: null,
    },
    contents: 'pixels',
    read: async (index) => {
      const { split, at } = locate(index);
      return { kind: 'pixels', image: await image(split, at) };
    },
    file: () => null,
  };
}

function joinSets(splits: readonly ArraySplit[]): Uint8Array | null {
  const sets = splits.flatMap(({ labelSets }) => (labelSets ? [labelSets] : []));
  if (sets.length < splits.length || sets.length === 0) return null;
  const joined = new Uint8Array(sets.reduce((sum, set) => sum + set.length, 0));
  let end = 0;
  for (const set of sets) {
    joined.set(set, end);
    end += set.length;
  }
  return joined;
}
