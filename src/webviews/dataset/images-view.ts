import { describeError } from '../../core/errors';
import { element } from '../shared/dom';
import type { DatasetContext, DatasetView } from './dataset-context';
import { GalleryView } from './gallery-view';
import { findImages, needsScan, type ImageQuery } from './image-query';
import { QueryToolbar } from './query-toolbar';

/** All images, or those that are searched for. */
export class ImagesView implements DatasetView {
  readonly root: HTMLElement;
  private readonly toolbar: QueryToolbar;
  private readonly gallery: GalleryView;
  private order: Int32Array | undefined;
  private problem = '';
  /** What the images were found by: they are looked for anew only for something else. */
  private found = '';
  private version = 0;
  private hasBegun = false;

  constructor(private readonly context: DatasetContext) {
    this.toolbar = new QueryToolbar((query) => context.change({ query }));
    this.gallery = new GalleryView('Images', context, { moved: () => this.keepImage() });
    this.root = element('section', { class: 'tab', 'aria-label': 'Images' }, this.toolbar.root, this.gallery.root);
  }

  reset(): void {
    this.version++;
    this.order = undefined;
    this.found = '';
    this.hasBegun = false;
    this.gallery.reset();
  }

  update(): void {
    const { model, state } = this.context;
    if (!model) return;
    const { query } = state;
    if (needsScan(query) && !model.scan) this.context.scan();
    this.find(query);
    this.toolbar.update(model, query, this.order?.length ?? null, this.problem);
    const { order = new Int32Array(0) } = this;
    this.gallery.show({
      order,
      groups: null,
      stateOf: (item) => model.stateOf(item),
      caption: (item) => model.labelText(item),
      describe: (item) => model.describe(item),
    });
    if (!this.hasBegun) this.begin(order);
  }

  /** Goes to an image, whatever was filtered. */
  goTo(item: number): void {
    const { model } = this.context;
    const place = this.order?.indexOf(item) ?? -1;
    if (model && place >= 0) this.gallery.grid.moveTo(place);
  }

  /** Where the panel was before it was reloaded. */
  private begin(order: Int32Array): void {
    this.hasBegun = true;
    const { model, state } = this.context;
    const item = state.image === null ? undefined : model?.placeOf(state.image);
    const place = item === undefined ? -1 : order.indexOf(item);
    if (place > 0) this.gallery.grid.moveTo(place);
  }

  private find(query: ImageQuery): void {
    const { model } = this.context;
    if (!model) return;
    // Decisions alone don't change what is found: an image that was just excluded stays in sight.
    const key = JSON.stringify([this.version, query, needsScan(query) && model.scan !== null]);
    if (key === this.found) return;
    this.found = key;
    try {
      this.order = findImages(model, query);
      this.problem = '';
    } catch (error) {
      this.problem = describeError(error);
    }
  }

  private keepImage(): void {
    const { active } = this.gallery;
    const { model, state } = this.context;
    if (!model || !active || !this.hasBegun) return;
    const image = model.keyOf(active.item);
    if (image !== state.image) this.context.keepQuietly({ image });
  }
}
