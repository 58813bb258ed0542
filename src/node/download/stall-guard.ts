/** Says when nothing has come for a while: its signal is aborted then, and when the outer one is. */
export class StallGuard {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly pass: () => void;
  readonly signal = this.controller.signal;

  constructor(
    private readonly stallMs: number,
    private readonly outer: AbortSignal,
  ) {
    this.pass = () => this.controller.abort(outer.reason);
    if (outer.aborted) this.pass();
    else outer.addEventListener('abort', this.pass, { once: true });
    this.touch();
  }

  /** Something has come. */
  touch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(new Stalled(this.stallMs)), this.stallMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.outer.removeEventListener('abort', this.pass);
  }
}

export class Stalled extends Error {
  override readonly name = 'Stalled';

  constructor(stallMs: number) {
    super(`sent nothing for ${Math.max(1, Math.round(stallMs / 1000))} s`);
  }
}
