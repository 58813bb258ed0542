import type { ImageReference, NetworkImage, SplitName, Subject } from '../../protocol/inspection';
import type { InspectionPanelKind, PanelFocus } from '../../protocol/inspection-panel';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { LazyImages } from '../shared/lazy-images';
import type { Picture } from '../../core/inspect/picture';
import { formatNumber, formatShare } from '../shared/scale-bar';
import { TileGrid } from '../shared/tile-grid';
import { namesOfImage, type SplitResults } from './split-results';
import { oncePerFrame } from '../shared/once-per-frame';

/** Images that another panel goes through at most. */
const mostSent = 1_000;

export interface ImageGalleryHandlers {
  readonly load: (subject: Subject, image: ImageReference) => Promise<NetworkImage>;
  readonly open: (kind: InspectionPanelKind, focus: PanelFocus) => void;
  /** Back to the largest losses of all. */
  readonly allImages: () => void;
  readonly zoomed: (side: number) => void;
  readonly failed: (error: unknown) => void;
}

/** Images of a cell, or those with the largest losses: with what each is and was taken for. */
export class ImageGallery {
  readonly root: HTMLElement;
  private readonly title = element('h2');
  private readonly all: HTMLButtonElement;
  private readonly text = element('p', { class: 'muted' });
  private readonly buttons: readonly HTMLButtonElement[];
  private readonly grid: TileGrid;
  private readonly images: LazyImages;
  private shown: { readonly results: SplitResults; readonly order: readonly number[] } | undefined;
  private shape: readonly number[] = [1, 1, 1];
  private selected: number | null = null;
  private readonly requestFrame = oncePerFrame(() => this.update());

  constructor(private readonly handlers: ImageGalleryHandlers) {
    this.images = new LazyImages(handlers.load, () => this.requestFrame(), handlers.failed);
    this.grid = new TileGrid('Images', {
      chosen: (at) => {
        this.selected = at;
        this.grid.select(at);
        this.update();
      },
      zoomed: handlers.zoomed,
    });
    this.grid.root.addEventListener('scroll', () => {
      this.images.forgetWanted();
      this.requestFrame();
    });
    this.all = button(
      'Largest Losses of All',
      'Show the images of all cells, those with the largest losses first',
      () => handlers.allImages(),
    );
    const opens: readonly (readonly [string, InspectionPanelKind, string])[] = [
      ['Prediction', 'prediction', 'What the network takes this image for, and why'],
      ['Feature Maps', 'feature-maps', 'What the layers make of this image'],
    ];
    this.buttons = opens.map(([label, kind, title]) => button(label, title, () => this.open(kind)));
    this.root = element(
      'section',
      { class: 'gallery', 'aria-label': 'Images of the split' },
      element('div', { class: 'gallery-head' }, this.title, this.all),
      this.grid.root,
      element(
        'div',
        { class: 'gallery-head' },
        this.text,
        element('span', { class: 'spacer' }),
        element('div', { class: 'buttons' }, ...this.buttons),
      ),
    );
  }

  /** Another network, or other images of it. */
  reset(subject: Subject, inputShape: readonly number[]): void {
    this.images.reset(subject);
    this.shape = inputShape;
    this.selected = null;
  }

  /** `order`: numbers of the images in the split. `title` says which. */
  show(results: SplitResults, order: readonly number[], title: string, ofCell: boolean, side: number): void {
    if (this.shown?.order !== order) {
      this.selected = null;
      this.grid.select(null);
      this.grid.root.scrollTop = 0;
      this.images.forgetWanted();
    }
    this.shown = { results, order };
    setText(this.title, title);
    this.all.hidden = !ofCell;
    this.grid.setSide(side);
    this.update();
  }

  private update(): void {
    const { shown, selected } = this;
    if (!shown) return;
    const { results, order } = shown;
    const [, height = 1, width = 1] = this.shape;
    const empty: Picture = { width, height, pixels: new Uint8ClampedArray(4 * width * height) };
    this.grid.show({
      count: order.length,
      width,
      height,
      pixels: (at) => this.images.get(this.reference(at)) ?? empty,
      caption: (at) => namesOfImage(results, order[at] ?? 0).seen,
      describe: (at) => describeImage(results, order[at] ?? 0),
    });
    for (const each of this.buttons) each.disabled = selected === null;
    const told =
      selected === null ? 'Choose an image to open it in another panel.' : describeImage(results, order[selected] ?? 0);
    setText(this.text, order.length === 0 ? 'There are no such images.' : told);
  }

  private reference(at: number): Extract<ImageReference, { readonly kind: 'data' }> {
    const split: SplitName = this.shown?.results.scores.split ?? 'test';
    return { kind: 'data', split, index: this.shown?.order[at] ?? 0 };
  }

  private open(kind: InspectionPanelKind): void {
    const { shown, selected } = this;
    if (!shown || selected === null) return;
    const image = this.reference(selected);
    // Around the chosen one, where there are more than can be sent.
    const first = Math.max(0, Math.min(selected - mostSent / 2, shown.order.length - mostSent));
    const count = Math.min(mostSent, shown.order.length);
    const images = Array.from({ length: count }, (_, at) => this.reference(first + at));
    this.handlers.open(kind, kind === 'prediction' ? { image, images } : { image });
  }
}

/** `Image 12: cat, taken for dog with 87.0 %; loss 2.31`; of images with several classes all that it has and all that was seen. */
function describeImage(results: SplitResults, image: number): string {
  const { scores, names, predicted } = results;
  const { truth, seen } = namesOfImage(results, image);
  const loss = `loss ${formatNumber(scores.losses[image] ?? NaN)}`;
  if (scores.labelSets) return `Image ${image}: ${truth}; ${truth === seen ? 'recognised' : `seen: ${seen}`}; ${loss}`;
  const share = formatShare(scores.probabilities[image * names.length + (predicted[image] ?? 0)] ?? NaN);
  const what = truth === seen ? `recognised with ${share}` : `taken for ${seen} with ${share}`;
  return `Image ${image}: ${truth}, ${what}; ${loss}`;
}
