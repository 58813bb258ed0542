import {
  coarseNeighbourhood,
  fineNeighbourhood,
  haveLikeColors,
  haveLikeTones,
  mirrorSketch,
  mostUnexplained,
  toneOf,
  unexplainedShare,
  type Neighbourhood,
  type Tone,
} from './compare-sketches';
import { mirrorPattern, movedPatterns, patternLength, patternVectors } from './pattern-vector';
import { PatternTree } from './pattern-tree';
import { sketchLength } from './sketch-image';

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
 * brighter. Candidates come from a tree of patterns, so that the work grows little more than with their number; each is then compared
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
  const pairs = await nearPairs(material, first, mostDistance, checkpoint);
  const neighbours = new Map<number, { readonly other: number; readonly distance: number }[]>();
  for (const { a, b, distance } of pairs) {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const list = neighbours.get(one) ?? [];
      neighbours.set(one, list);
      list.push({ other, distance });
    }
  }
  const taken = new Set<number>();
  const groups: AlikeImages[] = [];
  const heads = [...new Set([...copies.keys(), ...neighbours.keys()])].sort(
    (a, b) => rankOf(rank, a) - rankOf(rank, b),
  );
  for (const head of heads) {
    if (taken.has(head)) continue;
    taken.add(head);
    const members = [head, ...(copies.get(head) ?? [])].map((item) => ({ item, distance: 0, near: false }));
    for (const { other, distance } of neighbours.get(head) ?? []) {
      if (taken.has(other)) continue;
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
  return groups.sort((a, b) => (a.items[0] ?? 0) - (b.items[0] ?? 0));
}

/**
 * Angle between two patterns, as the number of bits of 64 in which hashes of them are expected to differ (each bit the side of a
 * random plane; Charikar 2002).
 */
function patternDistance(a: Float32Array, b: Float32Array): number {
  const product = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  return (64 / Math.PI) * Math.acos(Math.max(-1, Math.min(1, product)));
}

function radiusOf(bits: number): number {
  return 2 * Math.sin(((Math.PI / 64) * bits) / 2);
}

/** Resizing shifts images by parts of a pixel, the more the fewer they have: held against copies of 28 × 28 and 32 × 32 pixels. */
function usualReach(smallestSide: number): number {
  return smallestSide > 112 ? 0 : 0.2 * Math.min(1.1, 28 / smallestSide);
}

/** Of what is left beside the shift. */
function usualDistance(smallestSide: number): number {
  return 2 + 1.5 * Math.min(1.1, 28 / smallestSide);
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

interface NearPair {
  readonly a: number;
  readonly b: number;
  readonly distance: number;
}

async function nearPairs(
  material: DuplicateMaterial,
  among: Int32Array,
  mostDistance: number | null,
  checkpoint: (done: number, total: number) => Promise<void>,
): Promise<NearPair[]> {
  const { sketches, widths, heights } = material;
  const vectors = patternVectors(sketches);
  const vectorOf = (index: number) => vectors.subarray(index * patternLength, (index + 1) * patternLength);
  const members = among.filter((index) => (widths[index] ?? 0) > 0 && vectorOf(index).some((value) => value !== 0));
  const tree = new PatternTree(vectors, patternLength, members);
  const sideOf = (index: number) => Math.min(widths[index] ?? 0, heights[index] ?? 0);
  const radius = (index: number) => radiusOf(mostDistance ?? usualDistance(sideOf(index)));
  const comparison = new Comparison(sketches, sideOf);
  const pairs = new Map<number, NearPair>();
  for (const [done, index] of members.entries()) {
    await checkpoint(done, members.length);
    for (const isMirrored of [false, true]) {
      const candidates = new Set<number>();
      for (const pattern of movedPatterns(comparison.sketchOf(index), usualReach(sideOf(index)), isMirrored)) {
        tree.near(pattern, radius(index), (other) => candidates.add(other));
      }
      candidates.delete(index);
      for (const other of candidates) {
        const key = Math.min(index, other) * material.count + Math.max(index, other);
        if (pairs.has(key) || !comparison.areOne(index, other, isMirrored)) continue;
        const pattern = isMirrored ? mirrorPattern(vectorOf(index)) : vectorOf(index);
        pairs.set(key, { a: index, b: other, distance: patternDistance(pattern, vectorOf(other)) });
      }
    }
  }
  await checkpoint(members.length, members.length);
  return [...pairs.values()];
}

/** Compares sketches closely: coarsely first, which most candidates do not pass. */
class Comparison {
  private readonly coarse = new Map<number, Neighbourhood>();
  private readonly tones = new Map<number, Tone>();
  private mirrored: { readonly index: number; readonly sketch: Uint8Array; readonly coarse: Neighbourhood } | undefined;

  constructor(
    private readonly sketches: Uint8Array,
    private readonly sideOf: (index: number) => number,
  ) {}

  areOne(index: number, other: number, mirrored: boolean): boolean {
    const own = this.sketchOf(index);
    const others = this.sketchOf(other);
    if (!haveLikeTones(this.toneOf(index), this.toneOf(other)) || !haveLikeColors(own, others, mirrored)) return false;
    const side = Math.min(this.sideOf(index), this.sideOf(other));
    const ownCoarse = mirrored ? this.mirroredOf(index).coarse : this.coarseOf(index);
    const othersCoarse = this.coarseOf(other);
    const coarseLimit = mostUnexplained(ownCoarse, othersCoarse, 'coarse', side);
    if (unexplainedShare(ownCoarse, othersCoarse) > coarseLimit) return false;
    const ownFine = fineNeighbourhood(mirrored ? this.mirroredOf(index).sketch : own, side);
    const othersFine = fineNeighbourhood(others, side);
    return unexplainedShare(ownFine, othersFine) <= mostUnexplained(ownFine, othersFine, 'fine', side);
  }

  sketchOf(index: number): Uint8Array {
    return this.sketches.subarray(index * sketchLength, (index + 1) * sketchLength);
  }

  private toneOf(index: number): Tone {
    const known = this.tones.get(index) ?? toneOf(this.sketchOf(index));
    this.tones.set(index, known);
    return known;
  }

  private coarseOf(index: number): Neighbourhood {
    const known = this.coarse.get(index);
    if (known) return known;
    if (this.coarse.size >= mostKept) this.coarse.clear();
    const made = coarseNeighbourhood(this.sketchOf(index));
    this.coarse.set(index, made);
    return made;
  }

  private mirroredOf(index: number) {
    if (this.mirrored?.index === index) return this.mirrored;
    const sketch = mirrorSketch(this.sketchOf(index));
    this.mirrored = { index, sketch, coarse: coarseNeighbourhood(sketch) };
    return this.mirrored;
  }
}

/** Neighbourhoods, of some kilobytes each. */
const mostKept = 30_000;
