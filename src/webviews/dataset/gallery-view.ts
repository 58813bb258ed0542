import type { Decision } from '../../core/data/decisions';
import type { ItemImage } from '../../protocol/dataset-inspection';
import { element } from '../shared/dom';
import { Latest } from '../shared/latest';
import type { DatasetContext } from './dataset-context';
import { GalleryGrid, type GallerySource } from './gallery-grid';
import { ImageDetails } from './image-details';
import { countText, type Fact } from './image-facts';
import { ImageViewer } from './image-viewer';

export interface GalleryViewOptions {
  /** Why an image is excluded from here, such as `near-duplicate`. */
  readonly reason?: (item: number, place: number) => string;
  /** What the view knows of an image, told before everything else. */
  readonly facts?: (item: number, place: number) => readonly Fact[];
  /** What can be done in this view. */
  readonly actions?: readonly HTMLElement[];
  /** Takes keys before the gallery does; true: it was taken. */
  readonly key?: (event: KeyboardEvent) => boolean;
  /** Another image is looked at, or others are selected. */
  readonly moved?: () => void;
}

const previewPixels = 512;

/** A gallery with what is known of its images beside it, and what can be decided about them. */
export class GalleryView {
  readonly root: HTMLElement;
  readonly grid: GalleryGrid;
  readonly details: ImageDetails;
  private readonly viewer: ImageViewer;
  private readonly latest = new Latest();
  private source: GallerySource | undefined;
  private previewed: number | undefined;

  constructor(
    label: string,
    private readonly context: DatasetContext,
    private readonly options: GalleryViewOptions = {},
  ) {
    this.grid = new GalleryGrid(label, context.thumbnails, {
      moved: () => this.onMove(),
      opened: (place) => this.openAt(place),
      zoomed: (side) => context.change({ side }),
    });
    this.viewer = new ImageViewer({
      load: (item, mostSide) => this.load(item, mostSide),
      step: (by) => this.step(by),
      closed: () => this.close(),
      failed: (error) => context.status.fail(error),
    });
    this.details = new ImageDetails(
      {
        relabel: (classes) => this.relabel(classes),
        exclude: () => this.exclude(),
        restore: () => this.restore(),
        enlarge: () => this.openAt(this.grid.selection.active),
        augment: () => this.augment(),
        openFile: () => this.withFile((file) => context.calls.openFile(file)),
        revealFile: () => this.withFile((file) => context.calls.revealFile(file)),
      },
      options.actions ?? [],
    );
    this.root = element('div', { class: 'gallery-view' }, this.grid.root, this.details.root, this.viewer.root);
    this.grid.root.addEventListener('keydown', (event) => this.onKey(event), { capture: true });
    this.viewer.root.addEventListener('keydown', (event) => this.onKey(event));
  }

  /** Other images, or the same with other words. */
  show(source: GallerySource): void {
    this.source = source;
    this.grid.setSide(this.context.state.side);
    this.grid.show(source);
    this.onMove();
  }

  /** Forgets what is selected: another data set. */
  reset(): void {
    this.previewed = undefined;
    this.grid.selection.clear();
    this.grid.selection.moveTo(0);
    this.close();
  }

  /** The image and its place; undefined: there are none. */
  get active(): { readonly item: number; readonly place: number } | undefined {
    const { activeItem } = this.grid;
    return activeItem === undefined ? undefined : { item: activeItem, place: this.grid.selection.active };
  }

  relabel(classes: readonly string[], items: readonly number[] = this.grid.chosenItems): void {
    const { model } = this.context;
    if (!model || (model.description.task === 'multi-class' && classes.length === 0)) return;
    this.decide(items, (key) => ({ kind: 'relabel', key, classes }), `relabelled ${classes.join(', ') || 'no class'}`);
    this.grid.root.focus();
  }

  exclude(): void {
    const { model } = this.context;
    const items = this.grid.chosenItems.filter((item) => model?.stateOf(item) !== 'excluded');
    const { reason = () => 'excluded by hand' } = this.options;
    const place = (item: number) => this.source?.order.indexOf(item) ?? 0;
    this.decide(items, (key, item) => ({ kind: 'exclude', key, reason: reason(item, place(item)) }), 'excluded');
  }

  restore(): void {
    const { model } = this.context;
    const items = this.grid.chosenItems.filter((item) => model?.stateOf(item) !== 'used');
    this.decide(items, (key) => ({ kind: 'restore', key }), 'restored');
  }

  private decide(items: readonly number[], decision: (key: string, item: number) => Decision, done: string): void {
    const { model } = this.context;
    if (!model || items.length === 0) return;
    this.context.decide(
      items.map((item) => decision(model.keyOf(item), item)),
      `${countText(items.length, 'image')} ${done}`,
    );
  }

  private augment(): void {
    const { model } = this.context;
    const { activeItem } = this.grid;
    if (model && activeItem !== undefined) {
      this.context.openPanel('augmentation', { location: model.location, image: activeItem });
    }
  }

  private onMove(): void {
    const { context, active } = this;
    const { model } = context;
    if (!model) return;
    const extra = active ? (this.options.facts?.(active.item, active.place) ?? []) : [];
    this.details.update(model, active?.item, this.grid.chosenItems, extra);
    this.options.moved?.();
    if (this.viewer.isOpen && active) this.showInViewer(active.item, active.place);
    if (active?.item === this.previewed) return;
    this.previewed = active?.item;
    this.preview(active?.item);
  }

  private preview(item: number | undefined): void {
    const { model } = this.context;
    if (item === undefined || !model) return this.details.showImage(undefined);
    const shown = (image: ItemImage | undefined) => {
      if (this.previewed !== item || this.context.model !== model) return;
      this.details.showImage(image);
      const { active } = this;
      const extra = active ? (this.options.facts?.(active.item, active.place) ?? []) : [];
      this.details.update(model, active?.item, this.grid.chosenItems, extra);
    };
    // Its tile says that it can't be read.
    this.latest.run(
      () => this.load(item, previewPixels),
      shown,
      () => shown(undefined),
    );
  }

  private load(index: number, mostSide: number): Promise<ItemImage> {
    return this.context.calls.image({ location: this.context.model?.location ?? '', index, mostSide });
  }

  private openAt(place: number): void {
    const item = this.source?.order[place];
    if (item === undefined) return;
    this.viewer.show(item, ...this.viewerText(item, place));
    this.grid.root.inert = this.details.root.inert = true;
  }

  private showInViewer(item: number, place: number): void {
    this.viewer.show(item, ...this.viewerText(item, place));
  }

  private viewerText(item: number, place: number): [title: string, description: string] {
    const { model } = this.context;
    const count = this.source?.order.length ?? 0;
    const of = `${(place + 1).toLocaleString('en')} of ${count.toLocaleString('en')}`;
    return [model?.keyOf(item) ?? '', `${of} · ${this.source?.describe(item, place) ?? ''}`];
  }

  private step(by: 1 | -1): void {
    const { order } = this.source ?? {};
    const next = this.grid.selection.active + by;
    if (!order || next < 0 || next >= order.length) return;
    this.grid.selection.choose(order, next);
    this.grid.moveTo(next);
  }

  private close(): void {
    const wasOpen = this.viewer.isOpen;
    this.viewer.hide();
    this.grid.root.inert = this.details.root.inert = false;
    if (wasOpen) this.grid.root.focus();
  }

  private withFile(use: (file: string) => Promise<void>): void {
    const { active, context } = this;
    if (!active) return;
    this.load(active.item, 1)
      .then(({ file }) => (file === null ? undefined : use(file)))
      .catch((error: unknown) => context.status.fail(error));
  }

  private onKey(event: KeyboardEvent): void {
    if (this.options.key?.(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Delete' || event.key === 'Backspace') this.exclude();
    else if (event.key === 'r' || event.key === 'R') this.restore();
    else if ((event.key === 'l' || event.key === 'L') && !this.viewer.isOpen) this.details.labels.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
