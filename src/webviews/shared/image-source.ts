import type { ImageReference, NetworkImage, SplitName, SubjectDescription } from '../../protocol/inspection';
import { button } from './controls';
import { element, setText } from './dom';
import { receiveImages } from './receive-images';
import { nameOf, setOptions } from './subject-picker';

export interface ImageSourceHandlers {
  readonly chosen: (image: ImageReference) => void;
  readonly failed: (error: unknown) => void;
  /** Lets the user choose a file. */
  readonly pick: () => Promise<ImageReference | null>;
}

/** Chooses an image: of the run's data set by its place, a file, one that is pasted or dropped anywhere in the panel. */
export class ImageSource {
  readonly root: HTMLElement;
  private readonly split = element('select', { class: 'select', 'aria-label': 'Part of the data set' });
  private readonly index = element('input', {
    type: 'number',
    class: 'number',
    min: 0,
    step: 1,
    'aria-label': 'Image',
  });
  private readonly fromData: HTMLElement;
  private readonly name = element('span', { class: 'muted image-name' });
  private description: SubjectDescription | undefined;

  constructor(
    private readonly handlers: ImageSourceHandlers,
    dropZone: HTMLElement,
  ) {
    const step = (by: number) => () => this.chooseFromData(Number(this.index.value) + by);
    this.fromData = element(
      'span',
      { class: 'control' },
      this.split,
      button('‹', 'Previous image', step(-1)),
      this.index,
      button('›', 'Next image', step(1)),
    );
    const file = button('File…', 'Choose an image file. Images can be pasted and dropped, too.', () => {
      handlers.pick().then((image) => image && handlers.chosen(image), handlers.failed);
    });
    this.root = element(
      'div',
      { class: 'image-source', role: 'group', 'aria-label': 'Image' },
      this.fromData,
      file,
      this.name,
    );
    this.split.addEventListener('change', () => this.chooseFromData(0));
    this.index.addEventListener('change', () => this.chooseFromData(Number(this.index.value)));
    receiveImages(dropZone, handlers.chosen, handlers.failed);
  }

  /** The image to begin with: null where the user has to choose one. */
  first(description: SubjectDescription): ImageReference | null {
    const splits = description.data?.splits ?? [];
    const split = splits.find(({ name }) => name === 'test') ?? splits.at(-1);
    return split ? { kind: 'data', split: split.name, index: 0 } : null;
  }

  /** `shown`: the image as the network sees it. */
  update(description: SubjectDescription, image: ImageReference | null, shown: NetworkImage | null): void {
    this.description = description;
    const splits = description.data?.splits ?? [];
    this.fromData.hidden = splits.length === 0;
    setOptions(
      this.split,
      splits.map(({ name, count }) => ({ value: name, text: `${splitTitles[name]} (${count.toLocaleString('en')})` })),
    );
    if (image?.kind === 'data') {
      this.split.value = image.split;
      this.index.value = String(image.index);
    }
    const label = shown?.label === null ? undefined : description.classes[shown?.label ?? -1];
    const file = image?.kind === 'file' ? nameOf(image.path) : image?.kind === 'bytes' ? image.name : '';
    setText(this.name, [file, label === undefined ? '' : `class ${label}`].filter(Boolean).join(' · '));
  }

  private chooseFromData(index: number): void {
    const splits = this.description?.data?.splits ?? [];
    const split = splits.find(({ name }) => name === (this.split.value as SplitName));
    if (!split) return;
    // After the last comes the first.
    const wrapped = ((Math.floor(index) % split.count) + split.count) % split.count;
    this.handlers.chosen({ kind: 'data', split: split.name, index: Number.isFinite(wrapped) ? wrapped : 0 });
  }
}

export const splitTitles: Readonly<Record<SplitName, string>> = { train: 'Training', val: 'Validation', test: 'Test' };
