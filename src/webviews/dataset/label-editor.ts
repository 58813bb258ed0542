import type { LabelTask } from '../../core/data/dataset';
import { button } from '../shared/controls';
import { element } from '../shared/dom';
import { setOptions } from '../shared/subject-picker';

/** Chooses the class that images are to have, or the classes where they may have several. */
export class LabelEditor {
  readonly root: HTMLElement;
  private readonly select = element('select', { class: 'select', 'aria-label': 'New class' });
  private readonly boxes = element('fieldset', { class: 'class-boxes' }, element('legend', {}, 'New classes'));
  private readonly apply: HTMLButtonElement;
  private classes: readonly string[] | undefined;
  private task: LabelTask = 'multi-class';
  private shown = '';

  constructor(chosen: (classes: readonly string[]) => void) {
    this.apply = button('Relabel', 'The selected images are trained with this class from now on (L chooses)', () =>
      chosen(this.chosen()),
    );
    this.select.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') chosen(this.chosen());
    });
    this.root = element('div', { class: 'label-editor' }, this.select, this.boxes, this.apply);
  }

  /** `current`: of the image that is looked at, whose number `item` is. */
  update(
    classes: readonly string[],
    task: LabelTask,
    item: number,
    current: readonly string[],
    enabled: boolean,
  ): void {
    this.apply.disabled = !enabled;
    this.task = task;
    this.select.hidden = task !== 'multi-class';
    this.boxes.hidden = task === 'multi-class';
    if (this.classes !== classes) {
      this.classes = classes;
      this.shown = '';
      if (task === 'multi-class') {
        setOptions(
          this.select,
          classes.map((name) => ({ value: name, text: name })),
        );
      } else this.boxes.replaceChildren(element('legend', {}, 'New classes'), ...classes.map(classBox));
    }
    // What was chosen for an image stays until another is looked at, or its classes are others.
    const key = `${item} ${current.join('\n')}`;
    if (this.shown === key) return;
    this.shown = key;
    if (task === 'multi-class') this.select.value = current[0] ?? '';
    else for (const box of this.inputs()) box.checked = current.includes(box.value);
  }

  focus(): void {
    (this.task === 'multi-class' ? this.select : this.inputs()[0])?.focus();
  }

  private chosen(): readonly string[] {
    if (this.task === 'multi-class') return this.select.value ? [this.select.value] : [];
    return this.inputs()
      .filter(({ checked }) => checked)
      .map(({ value }) => value);
  }

  private inputs(): readonly HTMLInputElement[] {
    return [...this.boxes.querySelectorAll('input')];
  }
}

function classBox(name: string): HTMLElement {
  return element('label', { class: 'checkbox' }, element('input', { type: 'checkbox', value: name }), name);
}
