/** Numbers that are appended one by one and drawn many times, without copying them. */
export class GrowableColumn {
  private values = new Float64Array(256);
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(value: number): void {
    if (this.count === this.values.length) {
      const larger = new Float64Array(this.count * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.count++] = value;
  }

  truncate(length: number): void {
    this.count = Math.min(this.count, length);
  }

  /** A window on the values, good until the next `push`. */
  view(): Float64Array {
    return this.values.subarray(0, this.count);
  }
}
