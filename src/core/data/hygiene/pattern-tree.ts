/**
 * Points, to be asked which of them lie near a box, and to be taken out: a k-d tree (Bentley 1975), split at the middle of the
 * dimension that varies most, each node with the bounds of what is in it.
 */
export class PatternTree {
  /** Numbers of members; each node has a part of it, those that were not taken out first in each leaf. */
  private readonly order: Int32Array;
  /** [members, dimensions] in that order: what is compared in turn lies side by side. */
  private readonly points: Float32Array;
  /** By member: the number of its leaf; −1: it is not in the tree. */
  private readonly leafOf: Int32Array;
  /** Nodes, the root first. Where each begins in `order`, and how many members it has that were not taken out. */
  private readonly froms: Int32Array;
  private readonly left: Int32Array;
  /** −1: the root. */
  private readonly parents: Int32Array;
  /** [nodes, 2]; 0: a leaf. */
  private readonly children: Int32Array;
  /** [nodes, 2, dimensions]: least and most of what was in each. */
  private readonly limits: Float32Array;
  private count = 0;
  /** Of nodes that are still to be looked at: one for each level, and one more. */
  private readonly stack = new Int32Array(64);

  /** `vectors`: [count, dimensions]; `members`: those of them that are in the tree. */
  constructor(
    private readonly vectors: Float32Array,
    private readonly dimensions: number,
    members: Int32Array,
  ) {
    this.order = members.slice();
    this.leafOf = new Int32Array(vectors.length / dimensions).fill(-1);
    // Leaves are at least half full.
    const nodes = 1 + 4 * Math.ceil(members.length / leafSize);
    this.froms = new Int32Array(nodes);
    this.left = new Int32Array(nodes);
    this.parents = new Int32Array(nodes);
    this.children = new Int32Array(2 * nodes);
    if (members.length > 0) this.build(0, members.length, -1);
    this.points = new Float32Array(members.length * dimensions);
    this.order.forEach((member, place) => {
      this.points.set(vectors.subarray(member * dimensions, (member + 1) * dimensions), place * dimensions);
    });
    this.limits = new Float32Array(2 * dimensions * this.count);
    this.setLimits();
  }

  /** Calls `visit` for every point at most `radius` (Euclidean) from a box (low[i] to high[i] in each dimension), in no order. */
  near(low: Float32Array, high: Float32Array, radius: number, visit: (member: number) => void): void {
    const { stack, left, children, limits, points, order, dimensions } = this;
    const limit = radius * radius;
    let depth = 0;
    if (limits.length > 0) stack[depth++] = 0;
    while (depth > 0) {
      const at = stack[--depth] ?? 0;
      const count = left[at] ?? 0;
      if (count === 0 || squaredGap(limits, 2 * dimensions * at, dimensions, low, high, dimensions, limit) > limit)
        continue;
      const below = children[2 * at] ?? 0;
      if (below > 0) {
        stack[depth++] = below;
        stack[depth++] = children[2 * at + 1] ?? 0;
        continue;
      }
      const from = this.froms[at] ?? 0;
      // From the end: a member that is taken out when it is visited changes places with the last.
      for (let place = from + count - 1; place >= from; place--) {
        if (squaredGap(points, place * dimensions, 0, low, high, dimensions, limit) <= limit) visit(order[place] ?? 0);
      }
    }
  }

  /** It is not found any more. */
  remove(member: number): void {
    const leaf = this.leafOf[member] ?? -1;
    if (leaf < 0) return;
    this.leafOf[member] = -1;
    const { order, points, dimensions, left, parents } = this;
    const from = this.froms[leaf] ?? 0;
    const last = from + (left[leaf] ?? 0) - 1;
    const place = order.indexOf(member, from);
    const moved = order[last] ?? 0;
    order[last] = member;
    order[place] = moved;
    points.copyWithin(place * dimensions, last * dimensions, (last + 1) * dimensions);
    for (let at = leaf; at >= 0; at = parents[at] ?? -1) left[at] = (left[at] ?? 0) - 1;
  }

  private build(from: number, to: number, parent: number): number {
    const at = this.count++;
    this.froms[at] = from;
    this.left[at] = to - from;
    this.parents[at] = parent;
    if (to - from <= leafSize) {
      for (let place = from; place < to; place++) this.leafOf[this.order[place] ?? 0] = at;
      return at;
    }
    const half = (from + to) >> 1;
    const dimension = this.widestDimension(from, to);
    // Where all are alike, any half is as good.
    if (dimension !== undefined) this.selectMiddle(from, to, half, dimension);
    this.children[2 * at] = this.build(from, half, at);
    this.children[2 * at + 1] = this.build(half, to, at);
    return at;
  }

  /** Children are numbered behind their parents, and so come before them here. */
  private setLimits(): void {
    const { limits, dimensions, points, children } = this;
    for (let at = this.count - 1; at >= 0; at--) {
      const own = 2 * dimensions * at;
      const below = children[2 * at] ?? 0;
      const parts = below > 0 ? [below, children[2 * at + 1] ?? 0].map((child) => 2 * dimensions * child) : [];
      const from = this.froms[at] ?? 0;
      for (let i = 0; i < dimensions; i++) {
        let [least, most] = [Infinity, -Infinity];
        for (const part of parts) {
          least = Math.min(least, limits[part + i] ?? 0);
          most = Math.max(most, limits[part + dimensions + i] ?? 0);
        }
        for (let place = from; below === 0 && place < from + (this.left[at] ?? 0); place++) {
          const value = points[place * dimensions + i] ?? 0;
          least = Math.min(least, value);
          most = Math.max(most, value);
        }
        limits[own + i] = least;
        limits[own + dimensions + i] = most;
      }
    }
  }

  private valueAt(place: number, dimension: number): number {
    return this.vectors[(this.order[place] ?? 0) * this.dimensions + dimension] ?? 0;
  }

  /** By the variance of a sample; undefined: all are alike in it. */
  private widestDimension(from: number, to: number): number | undefined {
    const step = Math.max(1, Math.floor((to - from) / 64));
    let widest: number | undefined;
    let most = 0;
    for (let dimension = 0; dimension < this.dimensions; dimension++) {
      let sum = 0;
      let squares = 0;
      let count = 0;
      const first = this.valueAt(from, dimension);
      for (let i = from; i < to; i += step, count++) {
        const value = this.valueAt(i, dimension) - first;
        sum += value;
        squares += value * value;
      }
      const variance = squares / count - (sum / count) ** 2;
      if (variance > most) {
        most = variance;
        widest = dimension;
      }
    }
    return widest;
  }

  /** Puts the member that belongs there by its value at `place`, lower ones before it, higher ones behind (Hoare 1961). */
  private selectMiddle(from: number, to: number, place: number, dimension: number): void {
    let low = from;
    let high = to - 1;
    while (low < high) {
      const pivot = this.valueAt((low + high) >> 1, dimension);
      let i = low;
      let j = high;
      while (i <= j) {
        while (this.valueAt(i, dimension) < pivot) i++;
        while (this.valueAt(j, dimension) > pivot) j--;
        if (i > j) break;
        const kept = this.order[i] ?? 0;
        this.order[i++] = this.order[j] ?? 0;
        this.order[j--] = kept;
      }
      if (place <= j) high = j;
      else if (place >= i) low = i;
      else return;
    }
  }
}

/**
 * Squared distance from the box `low` to `high` to another: its least values begin at `from`, its most `toMost` behind them (0: a
 * point). No more than that it is more than `limit` is certain, as soon as it is.
 */
function squaredGap(
  values: Float32Array,
  from: number,
  toMost: number,
  low: Float32Array,
  high: Float32Array,
  dimensions: number,
  limit: number,
): number {
  let sum = 0;
  for (let i = 0; i < dimensions; i++) {
    const below = (low[i] ?? 0) - (values[from + toMost + i] ?? 0);
    const above = (values[from + i] ?? 0) - (high[i] ?? 0);
    if (below > 0) sum += below * below;
    else if (above > 0) sum += above * above;
    else continue;
    if (sum > limit) return sum;
  }
  return sum;
}

const leafSize = 16;
