import { mostUnexplained } from './compare-sketches';
import { onceEach } from './once';
import { PatternTree } from './pattern-tree';
import { patternLength, type Patterns } from './pattern-vector';
import { alongAxes, principalAxes } from './principal-axes';
import { SketchComparison, type OtherView, type SketchView } from './sketch-comparison';

/** Another image that is one with that which was searched for. */
export interface NearImage {
  readonly item: number;
  /** In bits of a 64-bit hash (see `patternDistance`). */
  readonly distance: number;
}

export interface NearSearchMaterial {
  /** [count, sketchLength] */
  readonly sketches: Uint8Array;
  readonly patterns: Patterns;
  /** [count] the smaller side, in pixels. */
  readonly sides: Int32Array;
}

/**
 * Searches among images for copies of one. Candidates are those near its pattern, and near its patterns when it is moved by parts of a
 * pixel, as resizing does. They come from trees over the directions in which patterns vary most, one for each range of sizes: what
 * is near is near in these too. Each is then compared closely.
 */
export class NearSearch {
  private readonly axes: Float64Array;
  private readonly trees: readonly SizedTree[];
  private readonly comparison: SketchComparison;
  private latest: Query | undefined;

  /** `members`: those that are searched; each has a pattern. `mostDistance`: in bits; null: by the size of images. */
  constructor(
    private readonly material: NearSearchMaterial,
    members: Int32Array,
    private readonly mostDistance: number | null,
  ) {
    const { patterns, sides } = material;
    this.comparison = new SketchComparison(material);
    this.axes = principalAxes(patterns.vectors, patternLength, members, axesCount);
    const points = alongAxes(patterns.vectors, patternLength, members, this.axes);
    const tops = [28, 56, 112, Infinity];
    this.trees = tops.flatMap((top, range) => {
      const own = members.filter((item) => (sides[item] ?? 0) <= top && (sides[item] ?? 0) > (tops[range - 1] ?? 0));
      const least = own.reduce((side, item) => Math.min(side, sides[item] ?? 0), Infinity);
      return own.length === 0 ? [] : [{ least, tree: new PatternTree(points, axesCount, own) }];
    });
  }

  /** It is found no more. */
  remove(item: number): void {
    for (const { tree } of this.trees) tree.remove(item);
  }

  /** All images left that are one with this, as they are or mirrored. */
  near(item: number): NearImage[] {
    const found = new Map<number, NearImage>();
    const { view, radius } = this.queryOf(item);
    for (const { tree, least } of this.trees) {
      const side = Math.min(view.side, least);
      const boxes = this.boxesAround(view.moved(usualReach(side)));
      for (const [which, { low, high }] of boxes.entries()) {
        const candidates: number[] = [];
        tree.near(low, high, radius(side) + rounding, (other) => candidates.push(other));
        for (const candidate of candidates) {
          if (candidate === item || found.has(candidate)) continue;
          const other = this.comparison.otherView(candidate, which === 1);
          if (!this.isOne({ view, radius }, other)) continue;
          found.set(candidate, { item: candidate, distance: patternDistance(view.pattern, other.pattern) });
        }
      }
    }
    return [...found.values()];
  }

  /** The same of two, without a search: what `near` finds is what this says. */
  areOne(item: number, other: number, isMirrored: boolean): boolean {
    return this.isOne(this.queryOf(item), this.comparison.otherView(other, isMirrored));
  }

  private queryOf(item: number): Query {
    if (this.latest?.view.item === item) return this.latest;
    const view = this.comparison.viewOf(item);
    this.latest = { view, radius: onceEach((side) => this.radius(view, side)) };
    return this.latest;
  }

  private isOne({ view, radius }: Query, other: OtherView): boolean {
    const side = Math.min(view.side, this.material.sides[other.item] ?? 0);
    if (!this.comparison.couldBeOne(view, other, side)) return false;
    const limit = radius(side) ** 2;
    return (
      view.moved(usualReach(side)).some((pattern) => squaredDistance(pattern, other.pattern, limit) <= limit) &&
      this.comparison.areOne(view, other, side)
    );
  }

  /**
   * How far from one of the moved patterns copies lie at most: what may differ, and half of the way between two of them; by the
   * number of pixels, where that is less.
   */
  private radius(view: SketchView, smallestSide: number): number {
    if (this.mostDistance !== null) return radiusOf(this.mostDistance);
    const differing = mostUnexplained((this.material.patterns.lengths[view.item] ?? 0) ** 2, 'coarse', smallestSide);
    const [still, ...moved] = view.moved(usualReach(smallestSide));
    const step = moved.reduce(
      (most, pattern) => Math.max(most, still ? squaredDistance(pattern, still, Infinity) : 0),
      0,
    );
    return Math.min(radiusOf(usualDistance(smallestSide)), Math.sqrt(differing + step / 4));
  }

  /** Of patterns, along the axes; and of the mirrored ones. */
  private boxesAround(patterns: readonly Float32Array[]): readonly [own: Box, mirrored: Box] {
    const { axes } = this;
    const boxes: readonly [Box, Box] = [emptyBox(), emptyBox()];
    for (const pattern of patterns) {
      for (let axis = 0; axis < axesCount; axis++) {
        // What mirroring changes the sign of has even places (see `mirrorPattern`).
        let turned = 0;
        let kept = 0;
        const from = axis * patternLength;
        for (let i = 1; i < patternLength; i += 2) {
          turned += (axes[from + i - 1] ?? 0) * (pattern[i - 1] ?? 0);
          kept += (axes[from + i] ?? 0) * (pattern[i] ?? 0);
        }
        turned += (axes[from + patternLength - 1] ?? 0) * (pattern[patternLength - 1] ?? 0);
        widen(boxes[0], axis, kept + turned);
        widen(boxes[1], axis, kept - turned);
      }
    }
    return boxes;
  }
}

interface Box {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

function emptyBox(): Box {
  return { low: new Float32Array(axesCount).fill(Infinity), high: new Float32Array(axesCount).fill(-Infinity) };
}

function widen({ low, high }: Box, axis: number, value: number): void {
  if (value < (low[axis] ?? 0)) low[axis] = value;
  if (value > (high[axis] ?? 0)) high[axis] = value;
}

/** What is searched for. */
interface Query {
  readonly view: SketchView;
  /** By the smaller side of both images. */
  readonly radius: (smallestSide: number) => number;
}

interface SizedTree {
  /** Smaller side of the smallest image in it. */
  readonly least: number;
  readonly tree: PatternTree;
}

/** Enough that few candidates are left, few enough that a look at one is quick. */
const axesCount = 12;
/** More than single precision rounds distances by. */
const rounding = 1e-5;

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

/** More than `limit` as soon as it is certain to be more. */
function squaredDistance(a: Float32Array, b: Float32Array, limit: number): number {
  let sum = 0;
  for (let i = 0; i < a.length && sum <= limit;) {
    for (const end = Math.min(a.length, i + 8); i < end; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  }
  return sum;
}
