import type { ParameterValue } from '../../core/data/augment/parameter';
import type { TransformConfig } from '../../core/data/augment/transform-config';
import { transformNamed } from '../../core/data/augment/transform-table';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { parameterControl, type ParameterControl } from './parameter-control';

export interface TransformCardHandlers {
  readonly changed: (name: string, value: ParameterValue) => void;
  readonly moved: (by: 1 | -1) => void;
  readonly removed: () => void;
}

/** One transform of the pipeline with its parameters. Alt with the arrows moves it, Delete takes it out. */
export class TransformCard {
  readonly root: HTMLElement;
  private readonly controls: ReadonlyMap<string, ParameterControl>;
  private readonly up: HTMLButtonElement;
  private readonly down: HTMLButtonElement;
  private readonly problem = element('p', { class: 'field-problem', role: 'alert' });

  constructor(
    readonly name: TransformConfig['name'],
    private readonly handlers: TransformCardHandlers,
  ) {
    const { meaning, parameters } = transformNamed(name);
    this.controls = new Map(
      Object.entries(parameters).map(([key, parameter]) => [
        key,
        parameterControl(name, key, parameter, (value) => handlers.changed(key, value)),
      ]),
    );
    this.up = button('↑', `Move ${name} up (Alt+↑)`, () => handlers.moved(-1));
    this.down = button('↓', `Move ${name} down (Alt+↓)`, () => handlers.moved(1));
    const remove = button('✕', `Take ${name} out (Delete)`, handlers.removed);
    for (const each of [this.up, this.down, remove]) each.classList.add('card-button');
    this.root = element(
      'li',
      { class: 'transform', tabindex: 0, 'aria-label': name },
      element(
        'div',
        { class: 'transform-head' },
        element('h3', { title: meaning }, name),
        element('span', { class: 'spacer' }),
        this.up,
        this.down,
        remove,
      ),
      ...[...this.controls.values()].map(({ root }) => root),
      this.problem,
    );
    this.root.addEventListener('keydown', (event) => this.onKey(event));
  }

  update(config: TransformConfig, isFirst: boolean, isLast: boolean): void {
    // Its keys are those of the table, by its definition.
    const values = config as unknown as Readonly<Record<string, ParameterValue>>;
    for (const [key, control] of this.controls) control.update(values[key] ?? null);
    this.up.disabled = isFirst;
    this.down.disabled = isLast;
    setText(this.problem, '');
  }

  /** Why a value could not be taken. */
  complain(text: string): void {
    setText(this.problem, text);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.altKey && event.key === 'ArrowUp') this.handlers.moved(-1);
    else if (event.altKey && event.key === 'ArrowDown') this.handlers.moved(1);
    else if (event.key === 'Delete' && event.target === this.root) this.handlers.removed();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
