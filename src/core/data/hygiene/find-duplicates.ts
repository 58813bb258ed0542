import { NearSearch, type NearImage } from './near-search';
import { patternsOf } from './pattern-vector';

/** What is known of the images among which duplicates are looked for; one value for each. */
export interface DuplicateMaterial {
  readonly count: number;
  /** [count, sketchLength] (sketch-image.ts) */
  readonly sketches: Uint8Array;
  /** [count, hashLength]: of the bytes as kept, and of the pixels; zeros where there are none. */
  readonly contentHashes: Uint8Array;
  readonly pixelHashes: Uint8Array;
  /** 0 where it can't be decoded. */
  readonly widths: Int32Array;
  readonly heights: Int32Array;
  /** Of several, the lower is kept rather. */
  readonly splits: Uint8Array;
}

export const hashLength = 16;

/** Images that are alike. */
export interface AlikeImages {
  /** `exact`: the same bytes, or the same pixels. */
  readonly kind: 'exact' | 'near';
  /** The first is the one to keep: in the lowest split, of these the largest, of these the first. */
  readonly items: Int32Array;
  /** From the first, in bits of a 64-bit hash (see `patternDistance`); 0 for the same pixels. */
  readonly distances: Float32Array;
}

/**
 * Groups of images that are one: the same bytes or pixels, or copies that were compressed, resized, mirrored or made a little
 * brighter. Candidates come from trees of patterns, so that the work grows little more than with their number; each is then compared
 * closely, so that images that only look alike (digits of a kind) are told apart. A copy belongs to one group: that of the image to
 * keep rather. `mostDistance`: of candidates, in bits; null: by the size of images. `checkpoint` is awaited now and then.
 */
export async function findDuplicates(
  material: DuplicateMaterial,
  mostDistance: number | null,
  checkpoint: (done: number, total: number) => Promise<void>,
): Promise<AlikeImages[]> {
  const rank = keepingRank(material);
  const { first, copies } = exactClasses(material, rank);
  const search = nearSearch(material, first, mostDistance);
  const groups: AlikeImages[] = [];
  const heads = first.sort((a, b) => rankOf(rank, a) - rankOf(rank, b));
  const taken = new Set<number>();
  for (const [done, head] of heads.entries()) {
    await checkpoint(done, heads.length);
    if (taken.has(head)) continue;
    const members = [head, ...(copies.get(head) ?? [])].map((item) => ({ item, distance: 0, near: false }));
    for (const { item: other, distance } of search(head)) {
      taken.add(other);
      for (const item of [other, ...(copies.get(other) ?? [])]) members.push({ item, distance, near: true });
    }
    if (members.length < 2) continue;
    members.sort((a, b) => rankOf(rank, a.item) - rankOf(rank, b.item));
    groups.push({
      kind: members.some(({ near }) => near) ? 'near' : 'exact',
      items: Int32Array.from(members, ({ item }) => item),
      distances: Float32Array.from(members, ({ distance }) => distance),
    });
  }
  await checkpoint(heads.length, heads.length);
  return groups.sort((a, b) => (a.items[0] ?? 0) - (b.items[0] ?? 0));
}

/** Gives what is one with an image; it and they are out of the search then. So of many that are one, few are searched for. */
function nearSearch(
  { sketches, widths, heights }: DuplicateMaterial,
  among: Int32Array,
  mostDistance: number | null,
): (item: number) => readonly NearImage[] {
  const patterns = patternsOf(sketches);
  const sides = widths.map((width, item) => Math.min(width, heights[item] ?? 0));
  const isMember = (item: number): boolean => (sides[item] ?? 0) > 0 && (patterns.lengths[item] ?? 0) > 0;
  const search = new NearSearch({ sketches, patterns, sides }, among.filter(isMember), mostDistance);
  return (item) => {
    if (!isMember(item)) return [];
    search.remove(item);
    const found = search.near(item);
    for (const { item: other } of found) search.remove(other);
    return found;
  };
}

/** Place in the order in which images are kept rather. */
function keepingRank({ count, splits, widths, heights }: DuplicateMaterial): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  const area = (index: number) => (widths[index] ?? 0) * (heights[index] ?? 0);
  order.sort((a, b) => (splits[a] ?? 0) - (splits[b] ?? 0) || area(b) - area(a) || a - b);
  const rank = new Int32Array(count);
  order.forEach((index, place) => (rank[index] = place));
  return rank;
}

function rankOf(rank: Int32Array, index: number): number {
  return rank[index] ?? 0;
}

/** One image for each set of the same ones, and the others of it. */
function exactClasses(
  { count, contentHashes, pixelHashes }: DuplicateMaterial,
  rank: Int32Array,
): { readonly first: Int32Array; readonly copies: ReadonlyMap<number, readonly number[]> } {
  const parent = Int32Array.from({ length: count }, (_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] = parent[parent[root] ?? 0] ?? 0;
    return root;
  };
  for (const hashes of [contentHashes, pixelHashes]) {
    const seen = new Map<string, number>();
    for (let index = 0; index < count; index++) {
      const hash = hashes.subarray(index * hashLength, (index + 1) * hashLength);
      if (hash.every((byte) => byte === 0)) continue;
      const key = String.fromCharCode(...hash);
      const known = seen.get(key);
      if (known === undefined) {
        seen.set(key, index);
        continue;
      }
      const a = rootOf(known);
      const b = rootOf(index);
      if (rankOf(rank, a) < rankOf(rank, b)) parent[b] = a;
      else parent[a] = b;
    }
  }
  const first: number[] = [];
  const copies = new Map<number, number[]>();
  for (let index = 0; index < count; index++) {
    const root = rootOf(index);
    if (root === index) {
      first.push(index);
      continue;
    }
    const list = copies.get(root) ?? [];
    copies.set(root, list);
    list.push(index);
  }
  return { first: Int32Array.from(first), copies };
}
