/**
 * Points, to be asked which of them lie near a box, and to be taken out: a k-d tree (Bentley 1975), split at the middle of the
 * dimension that varies most, each node with the bounds of what is in it.
 */
export class PatternTree {
  /** Numbers of members; each node has a part of it, those that were not taken out first in each leaf. */
  private readonly order: Int32Array;
  /** [members, dimensions] in that order: what is compared in turn lies side by side. */
  private readonly points: Float32Array;
  private readonly nodes: Node[] = [];
  /** [nodes, 2, dimensions]: least and most of what was in each. */
  private bounds = new Float32Array(0);
  /** By member: the number of its leaf; −1: it is not in the tree. */
  private readonly leafOf: Int32Array;

  /** `vectors`: [count, dimensions]; `members`: those of them that are in the tree. */
  constructor(
    private readonly vectors: Float32Array,
    private readonly dimensions: number,
    members: Int32Array,
  ) {
    this.order = members.slice();
    this.leafOf = new Int32Array(vectors.length / dimensions).fill(-1);
    this.points = new Float32Array(members.length * dimensions);
    if (members.length > 0) this.build(0, members.length, undefined);
    this.order.forEach((member, place) => {
      this.points.set(vectors.subarray(member * dimensions, (member + 1) * dimensions), place * dimensions);
    });
    this.bounds = new Float32Array(2 * dimensions * this.nodes.length);
    for (let at = this.nodes.length - 1; at >= 0; at--) this.bound(at);
  }

  /** Calls `visit` for every point at most `radius` (Euclidean) from a box (low[i] to high[i] in each dimension), in no order. */
  near(low: Float32Array, high: Float32Array, radius: number, visit: (member: number) => void): void {
    if (this.nodes.length > 0) this.search(0, low, high, radius * radius, visit);
  }

  /** It is not found any more. */
  remove(member: number): void {
    const leaf = this.nodes[this.leafOf[member] ?? -1];
    if (!leaf) return;
    this.leafOf[member] = -1;
    const { order, points, dimensions } = this;
    const last = leaf.from + leaf.left - 1;
    const place = order.indexOf(member, leaf.from);
    const moved = order[last] ?? 0;
    order[last] = member;
    order[place] = moved;
    points.copyWithin(place * dimensions, last * dimensions, (last + 1) * dimensions);
    for (let node: Node | undefined = leaf; node; node = node.parent) node.left--;
  }

  private search(
    at: number,
    low: Float32Array,
    high: Float32Array,
    limit: number,
    visit: (member: number) => void,
  ): void {
    const node = this.nodes[at];
    if (!node || node.left === 0 || this.isBeyond(at, low, high, limit)) return;
    if (node.below >= 0) {
      this.search(node.below, low, high, limit, visit);
      this.search(node.above, low, high, limit, visit);
      return;
    }
    const { points, dimensions } = this;
    // From the end: a member that is taken out when it is visited changes places with the last.
    for (let place = node.from + node.left - 1; place >= node.from; place--) {
      const from = place * dimensions;
      let sum = 0;
      for (let i = 0; i < dimensions && sum <= limit; i++) {
        const value = points[from + i] ?? 0;
        const below = (low[i] ?? 0) - value;
        const above = value - (high[i] ?? 0);
        const outside = below > 0 ? below : above > 0 ? above : 0;
        sum += outside * outside;
      }
      if (sum <= limit) visit(this.order[place] ?? 0);
    }
  }

  private isBeyond(at: number, low: Float32Array, high: Float32Array, limit: number): boolean {
    const { bounds, dimensions } = this;
    const least = 2 * dimensions * at;
    const most = least + dimensions;
    let sum = 0;
    for (let i = 0; i < dimensions; i++) {
      const below = (low[i] ?? 0) - (bounds[most + i] ?? 0);
      const above = (bounds[least + i] ?? 0) - (high[i] ?? 0);
      const outside = below > 0 ? below : above > 0 ? above : 0;
      sum += outside * outside;
      if (sum > limit) return true;
    }
    return false;
  }

  private build(from: number, to: number, parent: Node | undefined): number {
    const number = this.nodes.length;
    const node: Node = { below: -1, above: -1, from, to, left: to - from, parent };
    this.nodes.push(node);
    if (to - from <= leafSize) {
      for (let place = from; place < to; place++) this.leafOf[this.order[place] ?? 0] = number;
      return number;
    }
    const half = (from + to) >> 1;
    const dimension = this.widestDimension(from, to);
    // Where all are alike, any half is as good.
    if (dimension !== undefined) this.selectMiddle(from, to, half, dimension);
    node.below = this.build(from, half, node);
    node.above = this.build(half, to, node);
    return number;
  }

  /** Children are numbered behind their parents, and so bounded before them. */
  private bound(at: number): void {
    const { bounds, dimensions, points } = this;
    const node = this.nodes[at];
    if (!node) return;
    const least = 2 * dimensions * at;
    const most = least + dimensions;
    for (let i = 0; i < dimensions; i++) {
      let [low, high] = [Infinity, -Infinity];
      if (node.below >= 0) {
        const [below, above] = [2 * dimensions * node.below + i, 2 * dimensions * node.above + i];
        low = Math.min(bounds[below] ?? 0, bounds[above] ?? 0);
        high = Math.max(bounds[below + dimensions] ?? 0, bounds[above + dimensions] ?? 0);
      } else {
        for (let place = node.from; place < node.to; place++) {
          const value = points[place * dimensions + i] ?? 0;
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
      bounds[least + i] = low;
      bounds[most + i] = high;
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

interface Node {
  /** Numbers of nodes; −1: a leaf. */
  below: number;
  above: number;
  readonly from: number;
  readonly to: number;
  /** Members that were not taken out. */
  left: number;
  readonly parent: Node | undefined;
}

const leafSize = 16;
