import type { ItemImage } from '../../protocol/dataset-inspection';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { Latest } from '../shared/latest';
import { pictureOfItem } from '../shared/item-picture';
import { ZoomImage } from '../shared/zoom-image';

export interface ImageViewerHandlers {
  readonly load: (item: number, mostSide: number) => Promise<ItemImage>;
  /** To the next image of the gallery, or the one before. */
  readonly step: (by: 1 | -1) => void;
  readonly closed: () => void;
  readonly failed: (error: unknown) => void;
}

/** More pixels than that are on few screens. */
const mostSide = 2048;

/** One image as large as the panel, over the gallery that it comes from. */
export class ImageViewer {
  readonly root: HTMLElement;
  private readonly title = element('h2');
  private readonly text = element('p', { class: 'muted' });
  private readonly pixel = element('p', { class: 'muted viewer-pixel' });
  private readonly zoom: ZoomImage;
  private readonly latest = new Latest();
  private shown: ItemImage | undefined;
  private item: number | undefined;

  constructor(private readonly handlers: ImageViewerHandlers) {
    this.zoom = new ZoomImage('Image', { pointed: (pixel) => this.tellPixel(pixel) });
    this.root = element(
      'div',
      { class: 'viewer', role: 'dialog', 'aria-label': 'Image', hidden: true },
      element(
        'div',
        { class: 'viewer-head' },
        button('‹', 'Previous image (←)', () => handlers.step(-1)),
        button('›', 'Next image (→)', () => handlers.step(1)),
        this.title,
        this.text,
        element('span', { class: 'spacer' }),
        button('Fit', 'The whole image in the window (0)', () => this.zoom.fit()),
        button('Close', 'Back to the gallery (Escape)', () => handlers.closed()),
      ),
      this.zoom.root,
      this.pixel,
    );
    // Before the picture itself takes the arrows for its pixels.
    this.root.addEventListener('keydown', (event) => this.onKey(event), { capture: true });
  }

  get isOpen(): boolean {
    return !this.root.hidden;
  }

  show(item: number, title: string, description: string): void {
    setText(this.title, title);
    setText(this.text, description);
    const isNew = this.root.hidden;
    this.root.hidden = false;
    if (isNew) this.zoom.canvas.focus();
    if (this.item === item) return;
    this.item = item;
    this.latest.run(
      () => this.handlers.load(item, mostSide),
      (image) => {
        if (this.item !== item) return;
        this.shown = image;
        this.zoom.show({ picture: pictureOfItem(image) }, `${title}: ${description}`);
      },
      (error) => {
        this.shown = undefined;
        this.zoom.clear();
        this.handlers.failed(error);
      },
    );
  }

  hide(): void {
    this.root.hidden = true;
    this.item = undefined;
    this.zoom.clear();
  }

  private tellPixel(pixel: { readonly x: number; readonly y: number } | null): void {
    const { shown } = this;
    if (!shown || !pixel) return setText(this.pixel, '');
    const at = 4 * (pixel.y * shown.width + pixel.x);
    const [red, green, blue] = shown.pixels.subarray(at, at + 3);
    const text = `x ${pixel.x}, y ${pixel.y}: red ${red}, green ${green}, blue ${blue}`;
    setText(this.pixel, text);
    this.zoom.announce(text);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.handlers.closed();
    else if (event.key === 'ArrowLeft' && !event.shiftKey && !event.altKey) this.handlers.step(-1);
    else if (event.key === 'ArrowRight' && !event.shiftKey && !event.altKey) this.handlers.step(1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
