import type { Subject } from '../../protocol/inspection';
import { button, checkbox, segments } from '../shared/controls';
import { element, setAttributes, setText } from '../shared/dom';
import { setOptions, SubjectPicker, type SubjectChoice } from '../shared/subject-picker';
import { leastSide, mostSide } from '../shared/tile-grid';
import type { FilterView } from './filter-tiles';
import type { FilterOrder, FiltersState } from './filters-state';

export interface FiltersToolbarHandlers {
  readonly changed: (patch: Partial<FiltersState>) => void;
  readonly compared: (other: Subject | undefined) => void;
  readonly measureActivity: () => void;
  readonly savePng: () => void;
}

const orders: readonly (readonly [FilterOrder, string])[] = [
  ['index', 'Index'],
  ['norm', 'L2 norm'],
  ['similarity', 'Similarity'],
  ['activity', 'Share of dead outputs'],
];

export class FiltersToolbar {
  private readonly view;
  private readonly scale;
  private readonly order = element('select', { class: 'select' });
  private readonly input = element('input', { type: 'number', class: 'number', min: 0, step: 1 });
  private readonly inputControl: HTMLElement;
  private readonly inputCount = element('span', { class: 'muted' });
  private readonly side: HTMLInputElement;
  private readonly measure: HTMLButtonElement;
  private readonly other: SubjectPicker;

  constructor(root: HTMLElement, handlers: FiltersToolbarHandlers) {
    this.view = segments<FilterView>(
      'view',
      'Shown as',
      [
        ['rgb', 'RGB', 'The three input channels as red, green and blue: grey is zero'],
        ['slices', 'Slices', 'All input channels side by side'],
        ['input', 'One input', 'One input channel'],
      ],
      (view) => handlers.changed({ view }),
    );
    this.scale = checkbox(['Shared scale'], 'One range of colours for all filters of the layer', (sharedScale) =>
      handlers.changed({ sharedScale }),
    );
    setOptions(
      this.order,
      orders.map(([value, text]) => ({ value, text })),
    );
    this.order.addEventListener('change', () => handlers.changed({ order: this.order.value as FilterOrder }));
    this.input.addEventListener('change', () => handlers.changed({ input: Math.max(0, Number(this.input.value) | 0) }));
    this.inputControl = element('label', { class: 'control' }, 'Input', this.input, this.inputCount);
    this.side = element('input', {
      type: 'range',
      min: leastSide,
      max: mostSide,
      'aria-label': 'Size of the pictures',
    });
    this.side.addEventListener('input', () => handlers.changed({ side: Number(this.side.value) }));
    this.measure = button(
      'Measure Dead Outputs',
      'How often each filter’s output is above zero, on images of the data set',
      () => handlers.measureActivity(),
    );
    this.other = new SubjectPicker('Minus', 'nothing', handlers.compared);
    root.append(
      this.view.root,
      this.inputControl,
      this.scale.root,
      element('label', { class: 'control' }, 'Order', this.order),
      element('label', { class: 'control' }, 'Size', this.side),
      this.other.root,
      element('span', { class: 'spacer' }),
      this.measure,
      button('Save PNG…', 'Save what is shown of the filters as a picture', () => handlers.savePng()),
    );
  }

  update(
    state: FiltersState,
    views: readonly FilterView[],
    inputs: number,
    hasData: boolean,
    other: SubjectChoice,
  ): void {
    const view = views.includes(state.view) ? state.view : (views[0] ?? 'input');
    this.view.select(view);
    for (const label of this.view.root.querySelectorAll('label')) {
      const input = label.querySelector('input');
      label.hidden = !views.some((each) => each === input?.value);
    }
    this.view.root.hidden = views.length < 2;
    this.inputControl.hidden = view !== 'input' || inputs < 2;
    setAttributes(this.input, { max: inputs - 1 });
    this.input.value = String(Math.min(state.input, inputs - 1));
    setText(this.inputCount, `of ${inputs}`);
    this.scale.input.checked = state.sharedScale;
    this.order.value = state.order;
    this.side.value = String(state.side);
    this.side.style.setProperty('--filled', `${(100 * (state.side - leastSide)) / (mostSide - leastSide)}%`);
    this.measure.hidden = !hasData;
    this.other.update(other);
  }
}
