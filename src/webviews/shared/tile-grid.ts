import type { Picture } from '../../core/inspect/picture';
import { element, setAttributes, setText } from './dom';
import { context2d, drawCrisp, fitCanvas, pixelCanvas } from './pixel-canvas';
import { readTheme, watchTheme } from './theme';
import { oncePerFrame } from './once-per-frame';

/** Images of one size, side by side. */
export interface TileSource {
  readonly count: number;
  /** In pixels of the images. */
  readonly width: number;
  readonly height: number;
  pixels(index: number): Picture;
  /** Stands under the image. */
  caption(index: number): string;
  /** What is read out. */
  describe(index: number): string;
}

export interface TileGridHandlers {
  /** The pixel under the pointer; null: none. */
  readonly hovered?: (place: TilePlace | null) => void;
  /** By a click or Enter. `place`: the pixel, where it was a click. */
  readonly chosen: (index: number, place: TilePlace | null) => void;
  readonly zoomed?: (side: number) => void;
}

export interface TilePlace {
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

export const leastSide = 16;
export const mostSide = 512;
const gap = 8;
const captionHeight = 16;
/** Below this many pixels there is no room for words. */
const leastSideWithCaption = 40;
/** Of the images that are kept ready to be drawn: 16 MiB. */
const mostCachedPixels = 4 * 2 ** 20;

/**
 * A grid of images, of which only the visible ones are drawn: one canvas stays in place while thousands of tiles scroll by.
 * For assistive technology a list box, whose active option says what its tile shows.
 */
export class TileGrid {
  readonly root: HTMLElement;
  private readonly canvas = element('canvas', { class: 'tile-canvas', 'aria-hidden': 'true' });
  /** As high as all tiles; the canvas sticks to what is seen of it. */
  private readonly sizer = element('div', { class: 'tile-sizer' });
  private readonly option: HTMLElement;
  private source: TileSource | undefined;
  private readonly cache = new Map<number, HTMLCanvasElement>();
  private side = 72;
  private active = 0;
  private selected: number | null = null;
  private mark: TilePlace | null = null;
  private readonly requestFrame = oncePerFrame(() => this.draw());
  private theme = readTheme();

  constructor(
    label: string,
    private readonly handlers: TileGridHandlers,
  ) {
    const id = `tile-${Math.random().toString(36).slice(2)}`;
    this.option = element('div', { id, role: 'option', class: 'visually-hidden' });
    this.root = element(
      'div',
      { class: 'tile-grid', role: 'listbox', tabindex: 0, 'aria-label': label, 'aria-activedescendant': id },
      this.sizer,
      this.option,
    );
    this.sizer.append(this.canvas);
    this.root.addEventListener('scroll', () => this.requestFrame(), { passive: true });
    this.root.addEventListener('keydown', (event) => this.onKey(event));
    this.root.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    this.root.addEventListener('pointermove', (event) => this.handlers.hovered?.(this.placeAt(event)));
    this.root.addEventListener('pointerleave', () => this.handlers.hovered?.(null));
    this.root.addEventListener('click', (event) => {
      const place = this.placeAt(event);
      if (!place) return;
      this.activate(place.index);
      this.handlers.chosen(place.index, place);
    });
    this.root.addEventListener('focus', () => this.requestFrame());
    this.root.addEventListener('blur', () => this.requestFrame());
    new ResizeObserver(() => this.requestFrame()).observe(this.root);
    watchTheme(() => {
      this.theme = readTheme();
      this.requestFrame();
    });
  }

  /** Shows other images; where one stands in the list, and how far it is scrolled, stay. The first `same` are those of before. */
  show(source: TileSource, same = 0): void {
    this.source = source;
    for (const index of [...this.cache.keys()]) if (index >= same) this.cache.delete(index);
    this.active = Math.min(this.active, Math.max(0, source.count - 1));
    this.requestFrame();
  }

  get tileSide(): number {
    return this.side;
  }

  /** Longer side of a tile, in CSS pixels. */
  setSide(side: number): void {
    const next = Math.round(Math.min(mostSide, Math.max(leastSide, side)));
    if (next === this.side) return;
    const before = this.layout();
    // What was at the top stays there.
    const row = before ? this.root.scrollTop / before.rowHeight : 0;
    const first = before ? row * before.columns : 0;
    this.side = next;
    const after = this.layout();
    if (after) {
      this.sizer.style.height = `${after.totalHeight}px`;
      this.root.scrollTop = (first / after.columns) * after.rowHeight;
    }
    this.requestFrame();
    this.handlers.zoomed?.(next);
  }

  select(index: number | null): void {
    this.selected = index;
    if (index !== null) this.active = index;
    this.requestFrame();
  }

  /** Outlines a pixel of a tile. */
  markPixel(mark: TilePlace | null): void {
    this.mark = mark;
    this.requestFrame();
  }

  reveal(index: number): void {
    const layout = this.layout();
    if (!layout) return;
    const top = Math.floor(index / layout.columns) * layout.rowHeight;
    const bottom = top + layout.rowHeight + gap;
    if (top < this.root.scrollTop) this.root.scrollTop = top;
    else if (bottom > this.root.scrollTop + this.root.clientHeight) {
      this.root.scrollTop = bottom - this.root.clientHeight;
    }
  }

  private activate(index: number): void {
    this.active = index;
    this.reveal(index);
    this.requestFrame();
  }

  private layout(): Layout | undefined {
    const { source } = this;
    if (!source || source.count === 0) return undefined;
    const ratio = window.devicePixelRatio;
    const longer = Math.max(source.width, source.height);
    const wanted = (this.side * ratio) / longer;
    // Whole device pixels for each pixel of the image: all of its squares are as large.
    const scale = wanted >= 1 ? Math.max(1, Math.floor(wanted)) : wanted;
    const [width, height] = [(source.width * scale) / ratio, (source.height * scale) / ratio];
    const caption = this.side >= leastSideWithCaption ? captionHeight : 0;
    const columnWidth = Math.max(width, caption > 0 ? leastSideWithCaption : 0) + gap;
    const columns = Math.max(1, Math.floor((this.root.clientWidth - gap) / columnWidth));
    const rowHeight = height + caption + gap;
    const rows = Math.ceil(source.count / columns);
    return { scale, width, height, caption, columns, columnWidth, rowHeight, totalHeight: rows * rowHeight + gap };
  }

  private draw(): void {
    performance.mark('tiles-draw-start');
    const { source, root, canvas } = this;
    const layout = this.layout();
    this.sizer.style.height = `${layout?.totalHeight ?? 0}px`;
    const ratio = window.devicePixelRatio;
    fitCanvas(canvas, root.clientWidth, root.clientHeight);
    const context = context2d(canvas);
    context.clearRect(0, 0, canvas.width, canvas.height);
    this.tellOption();
    if (!source || !layout) return;
    const firstRow = Math.max(0, Math.floor((root.scrollTop - gap) / layout.rowHeight));
    const lastRow = Math.floor((root.scrollTop + root.clientHeight) / layout.rowHeight);
    context.textBaseline = 'top';
    context.font = `${Math.round(11 * ratio)}px ${this.theme.fontFamily}`;
    for (let row = firstRow; row <= lastRow; row++) {
      for (let column = 0; column < layout.columns; column++) {
        const index = row * layout.columns + column;
        if (index >= source.count) break;
        const left = Math.round((gap + column * layout.columnWidth) * ratio);
        const top = Math.round((gap + row * layout.rowHeight - root.scrollTop) * ratio);
        this.drawTile(context, source, layout, index, left, top);
      }
    }
    performance.measure('tiles-draw', 'tiles-draw-start');
  }

  private drawTile(
    context: CanvasRenderingContext2D,
    source: TileSource,
    layout: Layout,
    index: number,
    left: number,
    top: number,
  ): void {
    const ratio = window.devicePixelRatio;
    drawCrisp(context, this.image(source, index), left, top, layout.scale);
    const [width, height] = [layout.width * ratio, layout.height * ratio];
    if (layout.caption > 0) {
      context.fillStyle = index === this.selected ? this.theme.foreground : this.theme.mutedForeground;
      const room = (layout.columnWidth - 2) * ratio;
      context.fillText(source.caption(index), left, top + height + 2 * ratio, room);
    }
    const focused = index === this.active && document.activeElement === this.root;
    if (index === this.selected || focused) {
      context.strokeStyle = this.theme.foreground;
      context.lineWidth = Math.max(1, Math.round((index === this.selected ? 2 : 1) * ratio));
      context.setLineDash(focused && index !== this.selected ? [3 * ratio, 2 * ratio] : []);
      const out = 2 * ratio;
      context.strokeRect(left - out, top - out, width + 2 * out, height + 2 * out);
      context.setLineDash([]);
    }
    if (this.mark?.index === index) {
      const side = Math.max(layout.scale, 3);
      context.strokeStyle = '#ff9f1c';
      context.lineWidth = Math.max(1, Math.round(1.5 * ratio));
      context.strokeRect(left + this.mark.x * layout.scale, top + this.mark.y * layout.scale, side, side);
    }
  }

  private image(source: TileSource, index: number): HTMLCanvasElement {
    const known = this.cache.get(index);
    if (known) {
      // The oldest go first: those drawn last are the newest.
      this.cache.delete(index);
      this.cache.set(index, known);
      return known;
    }
    const made = pixelCanvas(source.pixels(index));
    this.cache.set(index, made);
    const most = Math.max(64, Math.floor(mostCachedPixels / (source.width * source.height)));
    for (const oldest of this.cache.keys()) {
      if (this.cache.size <= most) break;
      this.cache.delete(oldest);
    }
    return made;
  }

  private tellOption(): void {
    const { source, active } = this;
    setText(this.option, source && active < source.count ? source.describe(active) : '');
    setAttributes(this.option, {
      'aria-posinset': active + 1,
      'aria-setsize': source?.count ?? 0,
      'aria-selected': String(active === this.selected),
    });
  }

  private placeAt(event: MouseEvent): TilePlace | null {
    const layout = this.layout();
    if (!layout || !this.source) return null;
    const box = this.root.getBoundingClientRect();
    const x = event.clientX - box.left - this.root.clientLeft - gap;
    const y = event.clientY - box.top - this.root.clientTop + this.root.scrollTop - gap;
    const [column, row] = [Math.floor(x / layout.columnWidth), Math.floor(y / layout.rowHeight)];
    const index = row * layout.columns + column;
    if (x < 0 || y < 0 || column >= layout.columns || index >= this.source.count) return null;
    const perPixel = layout.scale / window.devicePixelRatio;
    const place = {
      index,
      x: Math.floor((x - column * layout.columnWidth) / perPixel),
      y: Math.floor((y - row * layout.rowHeight) / perPixel),
    };
    return place.x < this.source.width && place.y < this.source.height ? place : null;
  }

  private onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.setSide(this.side * Math.exp(-event.deltaY / 300));
  }

  private onKey(event: KeyboardEvent): void {
    const layout = this.layout();
    if (!layout || !this.source) return;
    const last = this.source.count - 1;
    const page = layout.columns * Math.max(1, Math.floor(this.root.clientHeight / layout.rowHeight));
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: layout.columns,
      ArrowUp: -layout.columns,
      PageDown: page,
      PageUp: -page,
      Home: -last,
      End: last,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      const next = this.active + step;
      const vertical = event.key === 'ArrowDown' || event.key === 'ArrowUp';
      // Up and down stay in their column.
      if (!vertical || (next >= 0 && next <= last)) this.activate(Math.min(last, Math.max(0, next)));
    } else if (event.key === 'Enter' || event.key === ' ') this.handlers.chosen(this.active, null);
    else if (event.key === '+' || event.key === '=') this.setSide(this.side * 1.25);
    else if (event.key === '-') this.setSide(this.side / 1.25);
    else return;
    event.preventDefault();
  }
}

interface Layout {
  /** Device pixels for each pixel of an image. */
  readonly scale: number;
  /** The rest in CSS pixels: of an image, of what stands under it, of a column and a row with their gaps. */
  readonly width: number;
  readonly height: number;
  readonly caption: number;
  readonly columns: number;
  readonly columnWidth: number;
  readonly rowHeight: number;
  readonly totalHeight: number;
}
