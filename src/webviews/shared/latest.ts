/**
 * Work that replaces what was asked for before: while one piece is under way, only the latest other one waits. A slider that is
 * dragged so shows as many steps as can be had, and always the last.
 */
export class Latest {
  private running = false;
  private waiting: (() => Promise<void>) | undefined;

  /** `show` is called in the order of the calls; not all of them get there. What fails is told unless something newer waits. */
  run<Value>(work: () => Promise<Value>, show: (value: Value) => void, failed: (error: unknown) => void): void {
    this.waiting = async () => {
      let value: Value;
      try {
        value = await work();
      } catch (error) {
        if (!this.waiting) failed(error);
        return;
      }
      show(value);
    };
    if (!this.running) void this.goOn();
  }

  /** What waits is dropped. */
  clear(): void {
    this.waiting = undefined;
  }

  private async goOn(): Promise<void> {
    this.running = true;
    try {
      for (let next = this.waiting; next; next = this.waiting) {
        this.waiting = undefined;
        await next();
      }
    } finally {
      this.running = false;
    }
  }
}
