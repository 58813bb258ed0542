import { GrowableColumn } from './growable-column';

/**
 * Exponential moving average with bias correction, as in TensorBoard: `m ← w·m + (1 − w)·x`, shown `m / (1 − wⁿ)` after n
 * values (Kingma & Ba 2014, arXiv:1412.6980, section 3). Without the correction the first values lean towards zero.
 * A value that is not finite (a diverged loss) is passed through and leaves the average as it was.
 */
export class Smoother {
  private average = 0;
  private biasLeft = 1;
  private readonly smoothed = new GrowableColumn();

  /** @param weight of what came before, in [0, 1): 0 leaves the values as they are. */
  constructor(readonly weight: number) {}

  /** The average of `values`, of which those seen by the call before must be the first. */
  extend(values: Float64Array): Float64Array {
    for (let index = this.smoothed.length; index < values.length; index++) {
      const value = values[index] ?? NaN;
      if (!Number.isFinite(value)) {
        this.smoothed.push(NaN);
        continue;
      }
      this.average = this.weight * this.average + (1 - this.weight) * value;
      this.biasLeft *= this.weight;
      this.smoothed.push(this.average / (1 - this.biasLeft));
    }
    return this.smoothed.view();
  }
}
