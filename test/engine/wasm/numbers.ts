import { elementCount, type OpInput } from '../run-op';

/** Repeatable numbers for tests. */
export class Numbers {
  constructor(private state: number) {}

  /** Floats in [low, high). */
  floats(shape: readonly number[], low = -1, high = 1): OpInput {
    const data = Float32Array.from({ length: elementCount(shape) }, () => low + (high - low) * this.next());
    return { shape, data };
  }

  /** Whole numbers in [0, end). */
  integers(shape: readonly number[], end: number): OpInput {
    return { shape, data: Int32Array.from({ length: elementCount(shape) }, () => Math.floor(end * this.next())) };
  }

  private next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return (this.state >>> 8) / 2 ** 24;
  }
}
