/** Browsers make no element higher than about 33 million pixels; this is well below. */
const mostHeight = 8_000_000;

/**
 * How far a gallery is scrolled. Where it is higher than an element can be, the scroll bar stands for the whole in proportion,
 * and the wheel moves it by as much as elsewhere.
 */
export class GalleryScroll {
  private height = 0;
  private position = 0;
  /** What the bar was set to from here: an event of that is no wish of the user. */
  private own = -1;

  constructor(
    private readonly root: HTMLElement,
    private readonly sizer: HTMLElement,
    private readonly moved: () => void,
  ) {
    root.addEventListener('scroll', () => this.onScroll(), { passive: true });
  }

  /** Of what is seen, from the top of the whole, in CSS pixels. */
  get top(): number {
    return this.scaled ? this.position : this.root.scrollTop;
  }

  setHeight(height: number): void {
    this.height = height;
    this.sizer.style.height = `${Math.min(height, mostHeight)}px`;
    if (this.scaled) this.to(this.position);
  }

  to(top: number): void {
    const most = Math.max(0, this.height - this.root.clientHeight);
    this.position = Math.min(most, Math.max(0, top));
    this.root.scrollTop = this.scaled ? this.position / this.factor : this.position;
    this.own = this.root.scrollTop;
    this.moved();
  }

  /** Scrolls as little as is needed to see what lies between two heights. */
  reveal(top: number, bottom: number): void {
    if (top < this.top) this.to(top);
    else if (bottom > this.top + this.root.clientHeight) this.to(bottom - this.root.clientHeight);
  }

  onWheel(event: WheelEvent): void {
    if (!this.scaled) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 40 : 1;
    this.to(this.position + event.deltaY * lines);
  }

  private get scaled(): boolean {
    return this.height > mostHeight;
  }

  /** Pixels of the gallery for each of the scroll bar's. */
  private get factor(): number {
    const { clientHeight } = this.root;
    return (this.height - clientHeight) / Math.max(1, mostHeight - clientHeight);
  }

  private onScroll(): void {
    if (this.scaled && Math.abs(this.root.scrollTop - this.own) > 1) {
      this.position = this.root.scrollTop * this.factor;
      this.own = this.root.scrollTop;
    }
    this.moved();
  }
}
