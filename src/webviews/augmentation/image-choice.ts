import { splitOrder } from '../../core/data/split-names';
import type { DatasetDescription } from '../../protocol/dataset-inspection';
import type { DatasetChoice } from '../../protocol/dataset-panel';
import type { ImageReference } from '../../protocol/inspection';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { splitTitles } from '../shared/image-source';
import { receiveImages } from '../shared/receive-images';
import { nameOf, setOptions } from '../shared/subject-picker';

export type ChosenFile = Exclude<ImageReference, { readonly kind: 'data' }>;

export interface ImageChoiceHandlers {
  readonly dataset: (location: string) => void;
  readonly item: (index: number) => void;
  readonly file: (file: ChosenFile) => void;
  readonly pick: () => void;
  readonly failed: (error: unknown) => void;
}

/** Chooses the image that is augmented: one of a data set by its number, a file, or one that is pasted or dropped. */
export class ImageChoice {
  readonly root: HTMLElement;
  private readonly dataset = element('select', { class: 'select', 'aria-label': 'Data set' });
  private readonly index = element('input', {
    type: 'number',
    class: 'number',
    min: 0,
    step: 1,
    'aria-label': 'Number of the image',
  });
  private readonly name = element('span', { class: 'muted image-name' });
  private readonly ofData: HTMLElement;
  private count = 0;

  constructor(handlers: ImageChoiceHandlers, dropZone: HTMLElement) {
    const go = (index: number) => {
      // After the last comes the first.
      if (this.count > 0 && Number.isFinite(index)) {
        handlers.item(((Math.floor(index) % this.count) + this.count) % this.count);
      }
    };
    this.dataset.addEventListener('change', () => this.dataset.value !== '' && handlers.dataset(this.dataset.value));
    this.index.addEventListener('change', () => go(Number(this.index.value)));
    this.ofData = element(
      'span',
      { class: 'control' },
      button('‹', 'Previous image', () => go(Number(this.index.value) - 1)),
      this.index,
      button('›', 'Next image', () => go(Number(this.index.value) + 1)),
      button('Any', 'An image by chance', () => go(Math.floor(Math.random() * this.count))),
    );
    this.root = element(
      'div',
      { class: 'image-source', role: 'group', 'aria-label': 'Image' },
      element('label', { class: 'control' }, 'Data set', this.dataset),
      this.ofData,
      button('File…', 'Choose an image file. Images can be pasted and dropped, too.', handlers.pick),
      this.name,
    );
    receiveImages(dropZone, handlers.file, handlers.failed);
  }

  /** `file`: what is shown instead of an image of the data set. */
  update(
    datasets: readonly DatasetChoice[],
    description: DatasetDescription | undefined,
    location: string | null,
    index: number,
    file: ChosenFile | null,
  ): void {
    const isKnown = datasets.some((each) => each.location === location);
    setOptions(this.dataset, [
      ...(file || location === null ? [{ value: '', text: 'none: a file' }] : []),
      ...(location !== null && !isKnown ? [{ value: location, text: description?.name ?? nameOf(location) }] : []),
      ...datasets.map((each) => ({ value: each.location, text: each.name })),
    ]);
    this.dataset.value = file || location === null ? '' : location;
    this.count = description?.items.keys.length ?? 0;
    this.ofData.hidden = this.count === 0;
    this.index.max = String(Math.max(0, this.count - 1));
    if (document.activeElement !== this.index) this.index.value = String(index);
    setText(this.name, file ? fileName(file) : itemName(description, index));
  }
}

function fileName(file: ChosenFile): string {
  return file.kind === 'file' ? nameOf(file.path) : file.name || 'pasted image';
}

function itemName(description: DatasetDescription | undefined, index: number): string {
  const key = description?.items.keys[index];
  if (!description || key === undefined) return '';
  const label = description.classes[description.items.labels[index] ?? -1];
  const split = splitOrder[description.items.splits[index] ?? 0] ?? 'train';
  return [key, ...(label === undefined ? [] : [label]), splitTitles[split]].join(' · ');
}
