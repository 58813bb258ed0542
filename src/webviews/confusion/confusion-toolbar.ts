import type { ClassOrder } from '../../core/inspect/class-order';
import type { DataSplit, SplitName } from '../../protocol/inspection';
import { button, checkbox, segments } from '../shared/controls';
import { element } from '../shared/dom';
import { splitTitles } from '../shared/image-source';
import { setOptions } from '../shared/subject-picker';
import type { CellNumbers } from './confusion-cells';
import { leastCellSide, mostCellSide } from './confusion-grid';
import type { ConfusionState } from './confusion-state';

export interface ConfusionToolbarHandlers {
  readonly changed: (patch: Partial<ConfusionState>) => void;
  readonly saveCsv: () => void;
}

export class ConfusionToolbar {
  private readonly split = element('select', { class: 'select' });
  private readonly numbers;
  private readonly order = element('select', { class: 'select' });
  private readonly errors;
  private readonly side: HTMLInputElement;

  constructor(root: HTMLElement, { changed, saveCsv }: ConfusionToolbarHandlers) {
    this.split.addEventListener('change', () => changed({ split: this.split.value as SplitName }));
    this.numbers = segments<CellNumbers>(
      'numbers',
      'Numbers in the cells',
      [
        ['count', 'Counts', 'Images'],
        ['row', '% of true', 'Share of the images of the true class: rows sum to 100 %'],
        ['column', '% of predicted', 'Share of what was taken for the class: columns sum to 100 %'],
      ],
      (numbers) => changed({ numbers }),
    );
    setOptions(this.order, [
      { value: 'class', text: 'Class' },
      { value: 'errors', text: 'Errors' },
      { value: 'similarity', text: 'Confused together' },
    ]);
    this.order.addEventListener('change', () => changed({ order: this.order.value as ClassOrder }));
    this.errors = checkbox(['Errors only'], 'Leave out what is right, so that rare errors stand out', (errorsOnly) =>
      changed({ errorsOnly }),
    );
    this.side = element('input', {
      type: 'range',
      min: leastCellSide,
      max: mostCellSide,
      'aria-label': 'Size of the cells',
    });
    this.side.addEventListener('input', () => changed({ side: Number(this.side.value) }));
    root.append(
      element('label', { class: 'control' }, 'Images', this.split),
      this.numbers.root,
      element('label', { class: 'control' }, 'Order', this.order),
      this.errors.root,
      element('label', { class: 'control' }, 'Size', this.side),
      button('Fit', 'As large as all cells fit', () => changed({ side: null })),
      element('span', { class: 'spacer' }),
      button('Save CSV…', 'Save the counts of the matrix, in the order in which they are shown', saveCsv),
    );
  }

  /** `side`: of a cell, as it is drawn. */
  update(state: ConfusionState, splits: readonly DataSplit[], split: SplitName | undefined, side: number): void {
    setOptions(
      this.split,
      splits.map(({ name, count }) => ({ value: name, text: `${splitTitles[name]} (${count.toLocaleString('en')})` })),
    );
    if (split) this.split.value = split;
    this.numbers.select(state.numbers);
    this.order.value = state.order;
    this.errors.input.checked = state.errorsOnly;
    this.side.value = String(Math.round(side));
    const filled = (100 * (side - leastCellSide)) / (mostCellSide - leastCellSide);
    this.side.style.setProperty('--filled', `${Math.min(100, Math.max(0, filled))}%`);
  }
}
