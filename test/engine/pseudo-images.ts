/**
 * Labelled images that Python (test/fixtures/torch/pseudo_images.py, which says how they are made) and TypeScript make
 * alike, so that none are stored.
 */
export class PseudoImages {
  private readonly size: number;
  private readonly patterns: readonly Float64Array[];

  /** `shape`: of one image. */
  constructor(
    private state: number,
    private readonly classes: number,
    shape: readonly number[],
  ) {
    this.size = shape.reduce((product, size) => product * size, 1);
    this.patterns = Array.from({ length: classes }, () => this.numbers());
  }

  /** The next `count` images, one after the other, and their labels. */
  batch(count: number): { images: Float32Array; labels: Int32Array } {
    const images = new Float32Array(count * this.size);
    const labels = new Int32Array(count);
    for (let n = 0; n < count; n++) {
      const label = (this.next() >>> 16) % this.classes;
      const noise = this.numbers();
      labels[n] = label;
      for (let i = 0; i < this.size; i++) {
        images[n * this.size + i] = (this.patterns[label]?.[i] ?? NaN) + (noise[i] ?? NaN) - 1;
      }
    }
    return { images, labels };
  }

  private numbers(): Float64Array {
    return Float64Array.from({ length: this.size }, () => (this.next() >>> 8) / 2 ** 24);
  }

  private next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return this.state;
  }
}
