import type { ItemImage } from '../../protocol/dataset-inspection';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { pictureOfItem } from '../shared/item-picture';
import { context2d, drawCrisp, fitCanvas, pixelCanvas } from '../shared/pixel-canvas';
import type { DatasetModel } from './dataset-model';
import { countText, factList, imageFacts, type Fact } from './image-facts';
import { LabelEditor } from './label-editor';

export interface ImageDetailsHandlers {
  readonly relabel: (classes: readonly string[]) => void;
  readonly exclude: () => void;
  readonly restore: () => void;
  readonly enlarge: () => void;
  readonly augment: () => void;
  readonly openFile: () => void;
  readonly revealFile: () => void;
}

const previewSide = 208;

/** What is known of the image that is looked at, and what can be done with those that are selected. */
export class ImageDetails {
  readonly root: HTMLElement;
  readonly labels: LabelEditor;
  private readonly canvas = element('canvas', { class: 'preview', 'aria-hidden': 'true' });
  private readonly title = element('h2', { class: 'image-title' });
  private readonly facts = element('dl', { class: 'facts' });
  private readonly chosen = element('h2');
  private readonly exclude: HTMLButtonElement;
  private readonly restore: HTMLButtonElement;
  private readonly files: readonly HTMLButtonElement[];
  private readonly content: HTMLElement;
  private readonly empty = element('p', { class: 'muted' }, 'There are no such images.');
  private image: ItemImage | undefined;

  /** `more`: of the view that it belongs to, above what can be done anywhere. */
  constructor(handlers: ImageDetailsHandlers, more: readonly HTMLElement[]) {
    this.labels = new LabelEditor(handlers.relabel);
    this.exclude = button('Exclude', 'Leave the selected images out of training (Delete)', handlers.exclude);
    this.restore = button('Restore', 'Take back what was decided about the selected images (R)', handlers.restore);
    this.files = [
      button('Open File', 'Show the file of the image in VS Code', handlers.openFile),
      button('Reveal', 'Show the file of the image in its folder', handlers.revealFile),
    ];
    this.content = element(
      'div',
      { class: 'details-content' },
      element('div', { class: 'preview-frame' }, this.canvas),
      this.title,
      element(
        'section',
        { class: 'decide', 'aria-label': 'Decide' },
        this.chosen,
        ...more,
        this.labels.root,
        element('div', { class: 'buttons' }, this.exclude, this.restore),
      ),
      this.facts,
      element(
        'div',
        { class: 'buttons' },
        button('Enlarge', 'See the image as large as the panel (Enter)', handlers.enlarge),
        button('Augment…', 'See what an augmentation makes of this image', handlers.augment),
        ...this.files,
      ),
    );
    this.root = element('aside', { class: 'details', 'aria-label': 'Image' }, this.content, this.empty);
  }

  /** `items`: what is selected, or the image that is looked at. `extra`: what the view knows of it. */
  update(model: DatasetModel, item: number | undefined, items: readonly number[], extra: readonly Fact[]): void {
    this.content.hidden = item === undefined;
    this.empty.hidden = item !== undefined;
    if (item === undefined) return;
    const key = model.keyOf(item);
    setText(this.title, key);
    this.title.title = key;
    this.facts.replaceChildren(...factList([...extra, ...imageFacts(model, item, this.image)]));
    setText(this.chosen, items.length === 1 ? 'This image' : `${countText(items.length, 'selected image')}`);
    this.exclude.disabled = items.every((each) => model.stateOf(each) === 'excluded');
    this.restore.disabled = items.every((each) => model.stateOf(each) === 'used');
    const { classes, task } = model.description;
    this.labels.update(classes, task, item, model.classesOf(item), items.length > 0);
  }

  /** Undefined: it is not there yet, or can't be read. */
  showImage(image: ItemImage | undefined): void {
    this.image = image;
    for (const each of this.files) {
      each.disabled = !image || image.file === null;
      if (image && image.file === null) each.title = 'The image is kept inside of a file';
    }
    const ratio = window.devicePixelRatio;
    fitCanvas(this.canvas, previewSide, previewSide);
    const context = context2d(this.canvas);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!image) return;
    const fitting = (previewSide * ratio) / Math.max(image.width, image.height);
    const scale = fitting >= 1 ? Math.floor(fitting) : fitting;
    const [left, top] = [image.width, image.height].map((size) => Math.round((previewSide * ratio - size * scale) / 2));
    drawCrisp(context, pixelCanvas(pictureOfItem(image)), left ?? 0, top ?? 0, scale);
  }
}
