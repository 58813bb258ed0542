/** More steps than this are not asked for before the first of them is known to be done. */
export const mostStepsInFlight = 64;

/** Results that a device still owes, taken in the order in which they were asked for. */
export class InFlight<T> {
  private readonly results: Promise<T>[] = [];

  constructor(private readonly take: (result: T) => void) {}

  add(result: Promise<T>): void {
    // A failure is told when its turn comes; until then it is no unhandled rejection.
    result.catch(() => undefined);
    this.results.push(result);
  }

  /** Waits until at most `most` results are still owed. */
  async settle(most = 0): Promise<void> {
    while (this.results.length > most) {
      const first = this.results.shift();
      if (first) this.take(await first);
    }
  }
}
