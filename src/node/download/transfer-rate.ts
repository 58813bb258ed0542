/** How fast bytes come, over the last seconds, and how long the rest takes. */
export class TransferRate {
  private readonly samples: { readonly atMs: number; readonly bytes: number }[] = [];

  /** Times in milliseconds from any begin. Where bytes become fewer (a file began anew), the past no longer counts. */
  add(atMs: number, bytes: number): void {
    const latest = this.samples.at(-1);
    if (latest && bytes < latest.bytes) this.samples.length = 0;
    this.samples.push({ atMs, bytes });
    while (this.samples.length > 2 && atMs - (this.samples[1]?.atMs ?? atMs) >= windowMs) this.samples.shift();
  }

  /** 0 where it is not known yet. */
  get bytesPerSecond(): number {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || !last || last.atMs <= first.atMs) return 0;
    return (1000 * (last.bytes - first.bytes)) / (last.atMs - first.atMs);
  }

  /** Infinity where nothing comes. */
  secondsFor(bytes: number): number {
    const rate = this.bytesPerSecond;
    return bytes <= 0 ? 0 : rate > 0 ? bytes / rate : Infinity;
  }
}

const windowMs = 5000;
