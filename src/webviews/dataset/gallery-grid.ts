import { element, setAttributes, setText } from '../shared/dom';
import { oncePerFrame } from '../shared/once-per-frame';
import { context2d, fitCanvas } from '../shared/pixel-canvas';
import { readTheme, watchTheme } from '../shared/theme';
import type { ThumbnailStore } from '../shared/thumbnail-store';
import type { ItemState } from './dataset-model';
import { GalleryLayout } from './gallery-layout';
import { GalleryScroll } from './gallery-scroll';
import { GallerySelection } from './gallery-selection';
import { TilePainter } from './tile-painter';

/** What a gallery shows: images by their places. */
export interface GallerySource {
  /** Numbers of the images; one may stand in several groups. */
  readonly order: Int32Array;
  readonly groups: GalleryGroups | null;
  stateOf(item: number): ItemState;
  /** Stands under the picture. */
  caption(item: number, place: number): string;
  /** What is read out. */
  describe(item: number, place: number): string;
}

export interface GalleryGroups {
  /** Places of the first tiles, and how many tiles there are. */
  readonly starts: Int32Array;
  title(group: number): string;
}

export interface GalleryGridHandlers {
  /** Another image is looked at, or others are selected. */
  readonly moved: () => void;
  /** By a double click or Enter. */
  readonly opened: (place: number) => void;
  readonly zoomed: (side: number) => void;
}

export const leastThumbnail = 32;
export const mostThumbnail = 320;
/** Sizes go in steps, so that few are asked for. */
export const thumbnailStep = 16;
const gap = 8;
const captionHeight = 17;
const headingHeight = 34;
/** Below this there is no room for words. */
const leastSideWithCaption = 48;
/** Rows that are asked for before they are seen. */
const rowsAhead = 3;

/**
 * A gallery of any number of images: what is seen of it is drawn on one canvas, and only that is asked for. For assistive
 * technology a list box, whose active option says what its tile shows.
 */
export class GalleryGrid {
  readonly root: HTMLElement;
  readonly selection = new GallerySelection();
  private readonly canvas = element('canvas', { class: 'tile-canvas', 'aria-hidden': 'true' });
  private readonly sizer = element('div', { class: 'tile-sizer' });
  private readonly option: HTMLElement;
  private readonly scroll: GalleryScroll;
  private source: GallerySource | undefined;
  private side = 96;
  private layout: GalleryLayout | undefined;
  private layoutKey = '';
  private readonly painter = new TilePainter();
  readonly redraw = oncePerFrame(() => this.draw());

  constructor(
    label: string,
    private readonly store: ThumbnailStore,
    private readonly handlers: GalleryGridHandlers,
  ) {
    const id = `image-${Math.random().toString(36).slice(2)}`;
    this.option = element('div', { id, role: 'option', class: 'visually-hidden' });
    this.root = element(
      'div',
      {
        class: 'tile-grid gallery-grid',
        role: 'listbox',
        tabindex: 0,
        'aria-label': label,
        'aria-multiselectable': 'true',
        'aria-activedescendant': id,
      },
      this.sizer,
      this.option,
    );
    this.sizer.append(this.canvas);
    this.scroll = new GalleryScroll(this.root, this.sizer, () => this.redraw());
    this.root.addEventListener('keydown', (event) => this.onKey(event));
    this.root.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    this.root.addEventListener('mousedown', (event) => this.onPress(event));
    this.root.addEventListener('dblclick', (event) => {
      const place = this.placeAt(event);
      if (place !== null) this.handlers.opened(place);
    });
    this.root.addEventListener('focus', () => this.redraw());
    this.root.addEventListener('blur', () => this.redraw());
    store.onArrival(() => this.root.clientHeight > 0 && this.redraw());
    new ResizeObserver(() => this.redraw()).observe(this.root);
    watchTheme(() => {
      this.painter.theme = readTheme();
      this.redraw();
    });
  }

  /** Other images, or the same in another order: those that are still there stay selected. */
  show(source: GallerySource): void {
    const { source: before } = this;
    this.source = source;
    if (before?.order !== source.order) {
      const active = before?.order[this.selection.active];
      this.layoutKey = '';
      this.selection.keepOnly(source.order);
      const place = active === undefined ? -1 : source.order.indexOf(active);
      if (place >= 0) this.selection.active = place;
      if (before) this.reveal(this.selection.active);
    }
    this.redraw();
  }

  get tileSide(): number {
    return this.side;
  }

  /** Of the pictures, in CSS pixels. */
  setSide(side: number): void {
    const next = Math.min(mostThumbnail, Math.max(leastThumbnail, Math.round(side / thumbnailStep) * thumbnailStep));
    if (next === this.side) return;
    const first = this.layout?.placeAt(gap + 1, this.scroll.top + gap + headingHeight) ?? null;
    this.side = next;
    const layout = this.currentLayout();
    // What was at the top stays there.
    if (first !== null && layout) this.scroll.to(layout.boxOf(first).top - gap - layout.metrics.heading);
    this.redraw();
    this.handlers.zoomed(next);
  }

  /** Number of the image that is looked at; undefined: there are none. */
  get activeItem(): number | undefined {
    return this.source?.order[this.selection.active];
  }

  get activeGroup(): number {
    return this.currentLayout()?.groupOf(this.selection.active) ?? 0;
  }

  /** The selected images, or that which is looked at. */
  get chosenItems(): readonly number[] {
    const { source, activeItem } = this;
    const chosen = source ? this.selection.in(source.order) : [];
    return chosen.length > 0 || activeItem === undefined ? chosen : [activeItem];
  }

  moveTo(place: number): void {
    this.selection.moveTo(place);
    this.reveal(place);
    this.handlers.moved();
  }

  reveal(place: number): void {
    const layout = this.currentLayout();
    if (!layout || place >= layout.count) return;
    const box = layout.boxOf(place);
    // The first row of a group is seen with its heading.
    const isFirst = place - layout.startOf(layout.groupOf(place)) < layout.columns;
    this.scroll.reveal(box.top - gap - (isFirst ? layout.metrics.heading : 0), box.top + layout.rowHeight);
    this.redraw();
  }

  private currentLayout(): GalleryLayout | undefined {
    const { source } = this;
    if (!source) return undefined;
    const width = this.root.clientWidth;
    const side = this.pictureSide / window.devicePixelRatio;
    const key = `${width} ${side} ${source.groups ? 'groups' : ''}`;
    if (!this.layout || this.layoutKey !== key) {
      const caption = this.side >= leastSideWithCaption ? captionHeight : 0;
      const metrics = { side, caption, gap, heading: source.groups ? headingHeight : 0 };
      const starts = source.groups?.starts ?? Int32Array.of(0, source.order.length);
      this.layout = new GalleryLayout(starts, metrics, width);
      this.layoutKey = key;
      this.painter.forgetWidths();
      this.scroll.setHeight(this.layout.height);
    }
    return this.layout;
  }

  /** Whole device pixels, so that pictures are drawn as they come. */
  private get pictureSide(): number {
    return Math.round(this.side * window.devicePixelRatio);
  }

  private draw(): void {
    performance.mark('gallery-draw-start');
    const { root, canvas, source, store, painter } = this;
    const layout = this.currentLayout();
    fitCanvas(canvas, root.clientWidth, root.clientHeight);
    const context = context2d(canvas);
    context.clearRect(0, 0, canvas.width, canvas.height);
    this.tellOption();
    if (!source || !layout || root.clientHeight === 0) return;
    const { top } = this.scroll;
    const bottom = top + root.clientHeight;
    store.beginFrame(this.pictureSide);
    painter.begin(context, layout.metrics);
    const focused = document.activeElement === root;
    const [first, end] = layout.groupsBetween(top, bottom);
    for (let group = first; group < end; group++) {
      if (source.groups) painter.heading(source.groups.title(group), layout.headingTop(group) - top, root.clientWidth);
      const [from, to] = layout.tilesBetween(group, top, bottom);
      for (let place = from; place < to; place++) {
        const item = source.order[place] ?? 0;
        const box = layout.boxOf(place);
        const state = source.stateOf(item);
        const caption = source.caption(item, place);
        painter.tile(
          { left: box.left, top: box.top - top },
          store.get(item),
          state,
          state === 'excluded' ? `excluded · ${caption}` : caption,
          this.selection.has(item),
          place === this.selection.active ? (focused ? 'focused' : 'active') : 'none',
        );
      }
    }
    this.prefetch(layout, source, bottom);
    store.endFrame();
    performance.measure('gallery-draw', 'gallery-draw-start');
  }

  /** What is scrolled to next is asked for last. */
  private prefetch(layout: GalleryLayout, { order }: GallerySource, bottom: number): void {
    const ahead = bottom + rowsAhead * layout.rowHeight;
    const [first, end] = layout.groupsBetween(bottom, ahead);
    for (let group = first; group < end; group++) {
      const [from, to] = layout.tilesBetween(group, bottom, ahead);
      for (let place = from; place < to; place++) this.store.get(order[place] ?? 0);
    }
  }

  private tellOption(): void {
    const { source, activeItem, selection } = this;
    setText(this.option, source && activeItem !== undefined ? source.describe(activeItem, selection.active) : '');
    setAttributes(this.option, {
      'aria-posinset': selection.active + 1,
      'aria-setsize': source?.order.length ?? 0,
      'aria-selected': String(activeItem !== undefined && selection.has(activeItem)),
    });
  }

  private placeAt(event: MouseEvent): number | null {
    const layout = this.currentLayout();
    if (!layout) return null;
    const box = this.root.getBoundingClientRect();
    const y = event.clientY - box.top - this.root.clientTop + this.scroll.top;
    return layout.placeAt(event.clientX - box.left - this.root.clientLeft, y);
  }

  private onPress(event: MouseEvent): void {
    const { source } = this;
    const place = this.placeAt(event);
    if (!source || event.button !== 0) return;
    if (place === null) {
      this.selection.clear();
    } else {
      this.selection.choose(source.order, place, { extend: event.shiftKey, add: event.ctrlKey || event.metaKey });
      this.reveal(place);
    }
    this.redraw();
    this.handlers.moved();
  }

  private onWheel(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.setSide(this.side + (event.deltaY > 0 ? -thumbnailStep : thumbnailStep));
    } else this.scroll.onWheel(event);
  }

  private onKey(event: KeyboardEvent): void {
    const { source, selection } = this;
    const layout = this.currentLayout();
    if (!layout || !source || source.order.length === 0) return;
    const control = event.ctrlKey || event.metaKey;
    const next = this.placeFor(event.key, layout);
    if (next !== undefined) {
      if (event.shiftKey) selection.choose(source.order, next, { extend: true, add: control });
      else if (control) selection.active = next;
      else selection.choose(source.order, next);
      this.reveal(next);
    } else if (event.key === ' ') selection.choose(source.order, selection.active, { add: true });
    else if (event.key === 'a' && control) selection.all(source.order);
    else if (event.key === 'Escape' && selection.size > 0) selection.clear();
    else if (event.key === 'Enter' && !event.defaultPrevented) this.handlers.opened(selection.active);
    else if (event.key === '+' || event.key === '=') this.setSide(this.side + thumbnailStep);
    else if (event.key === '-') this.setSide(this.side - thumbnailStep);
    else return;
    event.preventDefault();
    this.redraw();
    this.handlers.moved();
  }

  /** Undefined: the key goes nowhere. */
  private placeFor(key: string, layout: GalleryLayout): number | undefined {
    const { active } = this.selection;
    const last = layout.count - 1;
    switch (key) {
      case 'ArrowRight':
        return Math.min(last, active + 1);
      case 'ArrowLeft':
        return Math.max(0, active - 1);
      case 'ArrowDown':
        return layout.vertical(active, 1) ?? active;
      case 'ArrowUp':
        return layout.vertical(active, -1) ?? active;
      case 'PageDown':
      case 'PageUp': {
        const rows = Math.max(1, Math.floor(this.root.clientHeight / layout.rowHeight) - 1);
        let place = active;
        for (let row = 0; row < rows; row++) place = layout.vertical(place, key === 'PageDown' ? 1 : -1) ?? place;
        return place;
      }
      case 'Home':
        return 0;
      case 'End':
        return last;
      default:
        return undefined;
    }
  }
}
