/**
 * Vectors, to be asked which of them lie near a point: a k-d tree (Bentley 1975), split at the middle of the dimension that varies
 * most. The distance that is left to a branch grows with each dimension that was decided on the way (Arya and Mount 1993).
 */
export class PatternTree {
  /** Numbers of vectors; each node has a part of it. */
  private readonly order: Int32Array;
  private readonly nodes: Node[] = [];
  /** Of the point that is asked for, by dimension: how far outside of the branch it lies. */
  private readonly outside: Float64Array;

  /** `vectors`: [count, dimensions]; `members`: those of them that are in the tree. */
  constructor(
    private readonly vectors: Float32Array,
    private readonly dimensions: number,
    members: Int32Array,
  ) {
    this.order = members.slice();
    this.outside = new Float64Array(dimensions);
    if (members.length > 0) this.build(0, members.length);
  }

  /** Calls `visit` for every vector at most `radius` (Euclidean) from `point`, in no order. */
  near(point: Float32Array, radius: number, visit: (member: number) => void): void {
    if (this.nodes.length === 0) return;
    this.outside.fill(0);
    this.search(0, point, radius * radius, 0, visit);
  }

  private search(
    at: number,
    point: Float32Array,
    limit: number,
    squaredOutside: number,
    visit: (member: number) => void,
  ): void {
    const node = this.nodes[at];
    if (!node) return;
    if (node.dimension < 0) {
      for (let i = node.from; i < node.to; i++) {
        const member = this.order[i] ?? 0;
        if (this.isNear(member, point, limit)) visit(member);
      }
      return;
    }
    const { dimension } = node;
    const difference = (point[dimension] ?? 0) - node.middle;
    this.search(difference < 0 ? node.below : node.above, point, limit, squaredOutside, visit);
    const before = this.outside[dimension] ?? 0;
    const beyond = squaredOutside - before * before + difference * difference;
    if (beyond > limit) return;
    this.outside[dimension] = difference;
    this.search(difference < 0 ? node.above : node.below, point, limit, beyond, visit);
    this.outside[dimension] = before;
  }

  private isNear(member: number, point: Float32Array, limit: number): boolean {
    const from = member * this.dimensions;
    let sum = 0;
    for (let i = 0; i < this.dimensions;) {
      // The first say most; a look at the limit each time would cost more than it saves.
      const end = Math.min(this.dimensions, i + 8);
      for (; i < end; i++) {
        const difference = (this.vectors[from + i] ?? 0) - (point[i] ?? 0);
        sum += difference * difference;
      }
      if (sum > limit) return false;
    }
    return true;
  }

  /** Returns the node's number. */
  private build(from: number, to: number): number {
    const number = this.nodes.length;
    const leaf = { dimension: -1, middle: 0, below: -1, above: -1, from, to };
    this.nodes.push(leaf);
    if (to - from <= leafSize) return number;
    const dimension = this.widestDimension(from, to);
    const half = (from + to) >> 1;
    this.selectMiddle(from, to, half, dimension);
    const middle = this.valueAt(half, dimension);
    // Many of one value (or all alike): nothing to tell them apart by.
    if (this.valueAt(from, dimension) === middle && this.allBelowEqual(from, half, dimension, middle)) return number;
    const below = this.build(from, half);
    const above = this.build(half, to);
    this.nodes[number] = { dimension, middle, below, above, from, to };
    return number;
  }

  private allBelowEqual(from: number, to: number, dimension: number, value: number): boolean {
    for (let i = from; i < to; i++) if (this.valueAt(i, dimension) !== value) return false;
    return true;
  }

  private valueAt(place: number, dimension: number): number {
    return this.vectors[(this.order[place] ?? 0) * this.dimensions + dimension] ?? 0;
  }

  /** By the variance of a sample. */
  private widestDimension(from: number, to: number): number {
    const step = Math.max(1, Math.floor((to - from) / 64));
    let widest = 0;
    let most = -1;
    for (let dimension = 0; dimension < this.dimensions; dimension++) {
      let sum = 0;
      let squares = 0;
      let count = 0;
      for (let i = from; i < to; i += step, count++) {
        const value = this.valueAt(i, dimension);
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

interface Node {
  /** −1: a leaf. */
  readonly dimension: number;
  readonly middle: number;
  readonly below: number;
  readonly above: number;
  readonly from: number;
  readonly to: number;
}

const leafSize = 16;
