/** Where the tiles of a gallery are, in CSS pixels. */
export interface TileMetrics {
  /** Of the square in which a picture stands. */
  readonly side: number;
  /** Of the words under it. */
  readonly caption: number;
  readonly gap: number;
  /** Of the words above a group. */
  readonly heading: number;
}

export interface TileBox {
  readonly left: number;
  readonly top: number;
}

/**
 * Tiles in rows, in groups that begin a new row under a heading. Only the starts of the groups are kept: what is asked for is
 * found by bisection, so that a hundred thousand tiles cost no more than a hundred.
 */
export class GalleryLayout {
  readonly columns: number;
  readonly columnWidth: number;
  readonly rowHeight: number;
  readonly height: number;
  /** Top of each group, and the end of the last. */
  private readonly tops: Float64Array;

  /** `starts`: places of the first tiles of the groups, and how many tiles there are; [0, count] where there are no groups. */
  constructor(
    readonly starts: Int32Array,
    readonly metrics: TileMetrics,
    width: number,
  ) {
    const { side, caption, gap } = metrics;
    this.rowHeight = side + caption + gap;
    this.columns = Math.max(1, Math.floor((width - gap) / (side + gap)));
    // The room that is left over lies between the columns.
    this.columnWidth = Math.max(side + gap, Math.floor((width - gap) / this.columns));
    const groups = starts.length - 1;
    this.tops = new Float64Array(groups + 1);
    let top = gap;
    for (let group = 0; group < groups; group++) {
      this.tops[group] = top;
      top += metrics.heading + this.rowsOf(group) * this.rowHeight;
    }
    this.tops[groups] = top;
    this.height = top;
  }

  get count(): number {
    return this.starts.at(-1) ?? 0;
  }

  groupOf(place: number): number {
    return lastAtMost(this.starts, place, this.starts.length - 1);
  }

  headingTop(group: number): number {
    return this.tops[group] ?? 0;
  }

  startOf(group: number): number {
    return this.starts[group] ?? 0;
  }

  endOf(group: number): number {
    return this.starts[group + 1] ?? 0;
  }

  boxOf(place: number): TileBox {
    const group = this.groupOf(place);
    const within = place - this.startOf(group);
    const row = Math.floor(within / this.columns);
    return {
      left: this.metrics.gap + (within % this.columns) * this.columnWidth,
      top: this.headingTop(group) + this.metrics.heading + row * this.rowHeight,
    };
  }

  /** Groups of which something lies between two heights: the first, and the one after the last. */
  groupsBetween(top: number, bottom: number): readonly [first: number, end: number] {
    const groups = this.starts.length - 1;
    const first = lastAtMost(this.tops, top, groups);
    return [first, Math.min(groups, lastAtMost(this.tops, bottom, groups) + 1)];
  }

  /** Tiles of a group between two heights: the first, and the one after the last. */
  tilesBetween(group: number, top: number, bottom: number): readonly [first: number, end: number] {
    const rowsTop = this.headingTop(group) + this.metrics.heading;
    const row = (height: number) => Math.floor((height - rowsTop) / this.rowHeight);
    const first = this.startOf(group) + Math.max(0, row(top)) * this.columns;
    const end = this.startOf(group) + Math.max(0, row(bottom) + 1) * this.columns;
    return [Math.min(first, this.endOf(group)), Math.min(end, this.endOf(group))];
  }

  /** The tile at a point of the whole gallery; its caption belongs to it. */
  placeAt(x: number, y: number): number | null {
    const { gap, heading } = this.metrics;
    const [group] = this.groupsBetween(y, y);
    const within = y - this.headingTop(group) - heading;
    const [column, row] = [Math.floor((x - gap) / this.columnWidth), Math.floor(within / this.rowHeight)];
    if (x < gap || within < 0 || column >= this.columns) return null;
    if ((x - gap) % this.columnWidth >= this.metrics.side || within % this.rowHeight >= this.rowHeight - gap)
      return null;
    const place = this.startOf(group) + row * this.columns + column;
    return place < this.endOf(group) ? place : null;
  }

  /** The group whose heading is at a height. */
  headingAt(y: number): number | null {
    if (this.metrics.heading === 0 || this.count === 0) return null;
    const [group] = this.groupsBetween(y, y);
    const within = y - this.headingTop(group);
    return within >= 0 && within < this.metrics.heading ? group : null;
  }

  /** The tile above or below, in the same column as far as there is one; null: there is none. */
  vertical(place: number, rows: 1 | -1): number | null {
    const group = this.groupOf(place);
    const column = (place - this.startOf(group)) % this.columns;
    const next = place + rows * this.columns;
    if (next >= this.startOf(group) && next < this.endOf(group)) return next;
    const lastRow = Math.floor((this.endOf(group) - 1 - this.startOf(group)) / this.columns);
    const ownRow = Math.floor((place - this.startOf(group)) / this.columns);
    // A last row that is short: its end.
    if (rows > 0 && ownRow < lastRow) return this.endOf(group) - 1;
    const other = group + rows;
    if (other < 0 || other >= this.starts.length - 1) return null;
    if (rows > 0) return Math.min(this.startOf(other) + column, this.endOf(other) - 1);
    const otherRow = Math.floor((this.endOf(other) - 1 - this.startOf(other)) / this.columns);
    return Math.min(this.startOf(other) + otherRow * this.columns + column, this.endOf(other) - 1);
  }

  private rowsOf(group: number): number {
    return Math.ceil((this.endOf(group) - this.startOf(group)) / this.columns);
  }
}

/** The last place with a value of at most `wanted`; the first where all are more. `length`: how many are looked at. */
function lastAtMost(values: Int32Array | Float64Array, wanted: number, length: number): number {
  let [low, high] = [0, Math.max(0, length - 1)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((values[middle] ?? 0) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
