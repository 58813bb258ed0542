/** Which images of a gallery are selected, as in a list of files: by clicks and keys, with Shift for ranges and Ctrl for single ones. */
export class GallerySelection {
  /** Numbers of images. */
  private readonly chosen = new Set<number>();
  /** Place that a range begins at. */
  private anchor = 0;
  /** Place of the keyboard. */
  active = 0;

  get size(): number {
    return this.chosen.size;
  }

  has(item: number): boolean {
    return this.chosen.has(item);
  }

  /** In the order of the gallery. */
  in(order: Int32Array): readonly number[] {
    if (this.chosen.size === 0) return [];
    // An image may stand in several groups, and is one all the same.
    return [...new Set(order.filter((item) => this.chosen.has(item)))];
  }

  clear(): void {
    this.chosen.clear();
  }

  /** Other images are shown: those that are still there stay selected. */
  keepOnly(order: Int32Array): void {
    this.active = Math.max(0, Math.min(this.active, order.length - 1));
    this.anchor = Math.max(0, Math.min(this.anchor, order.length - 1));
    if (this.chosen.size === 0) return;
    const kept = order.filter((item) => this.chosen.has(item));
    this.chosen.clear();
    for (const item of kept) this.chosen.add(item);
  }

  /** `extend`: from where the last selection began. `add`: to what is selected. */
  choose(order: Int32Array, place: number, { extend = false, add = false } = {}): void {
    const item = order[place];
    if (item === undefined) return;
    this.active = place;
    if (extend) {
      if (!add) this.chosen.clear();
      const [from, to] = [Math.min(this.anchor, place), Math.max(this.anchor, place)];
      for (const each of order.subarray(from, to + 1)) this.chosen.add(each);
      return;
    }
    this.anchor = place;
    if (add && this.chosen.has(item)) {
      this.chosen.delete(item);
      return;
    }
    if (!add) this.chosen.clear();
    this.chosen.add(item);
  }

  /** The keyboard goes there; nothing is selected. */
  moveTo(place: number): void {
    this.active = this.anchor = place;
  }

  all(items: Int32Array): void {
    for (const item of items) this.chosen.add(item);
  }
}
