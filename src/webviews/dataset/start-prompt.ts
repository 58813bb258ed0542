import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';

/** Stands where results will be, and begins the work that finds them. */
export class StartPrompt {
  readonly root: HTMLElement;
  private readonly text = element('p', { class: 'muted' });
  private readonly start: HTMLButtonElement;

  constructor(label: string, start: () => void) {
    this.start = button(label, label, start);
    this.start.classList.add('primary');
    this.root = element('div', { class: 'prompt' }, this.text, this.start);
  }

  update(visible: boolean, text: string, isRunning: boolean): void {
    this.root.hidden = !visible;
    this.start.hidden = isRunning;
    setText(this.text, text);
  }
}
