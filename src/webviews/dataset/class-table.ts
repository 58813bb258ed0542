import { splitOrder } from '../../core/data/split-names';
import { segments } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { countClasses, describeBalance, type ClassCount } from './class-counts';
import type { DatasetContext } from './dataset-context';
import { splitTitleAt } from './dataset-model';
import { wholeQuery } from './image-query';

/** How many images each class has in each split, as bars; a class opens its images. */
export class ClassTable {
  readonly root: HTMLElement;
  private readonly order;
  private readonly balance = element('p', { class: 'balance' });
  private readonly head = element('tr');
  private readonly body = element('tbody');
  private shownOf: unknown;
  private shownOrder = '';

  constructor(private readonly context: DatasetContext) {
    this.order = segments<'count' | 'name'>(
      'class-order',
      'Order of the classes',
      [
        ['count', 'By count'],
        ['name', 'By name'],
      ],
      (classOrder) => context.change({ classOrder }),
    );
    this.root = element(
      'section',
      { class: 'card classes-card', 'aria-label': 'Classes' },
      element('div', { class: 'card-head' }, element('h2', {}, 'Classes'), this.order.root),
      this.balance,
      element(
        'div',
        { class: 'class-table' },
        element(
          'table',
          { class: 'class-bars', 'aria-label': 'Images of each class' },
          element('thead', {}, this.head),
          this.body,
        ),
      ),
    );
  }

  update(): void {
    const { model, state } = this.context;
    if (!model) return;
    this.order.select(state.classOrder);
    if (this.shownOf === model.decisions && this.shownOrder === state.classOrder) return;
    this.shownOf = model.decisions;
    this.shownOrder = state.classOrder;
    const classes = countClasses(model);
    setText(this.balance, describeBalance(classes));
    const splits = splitOrder.flatMap((_, at) => (model.description.items.splits.includes(at) ? [at] : []));
    this.head.replaceChildren(
      element('th', { scope: 'col' }, 'Class'),
      ...splits.map((at) => element('th', { scope: 'col' }, splitTitleAt(at))),
    );
    const most = splits.map((at) => Math.max(1, ...classes.map(({ counts }) => counts[at] ?? 0)));
    const collator = new Intl.Collator('en', { numeric: true });
    const sorted = [...classes].sort((a, b) =>
      state.classOrder === 'count' ? b.total - a.total : collator.compare(a.name, b.name),
    );
    this.body.replaceChildren(...sorted.map((each) => this.row(each, splits, most)));
  }

  private row({ name, counts }: ClassCount, splits: readonly number[], most: readonly number[]): HTMLElement {
    const open = element('button', { type: 'button', class: 'link', title: `Show the images of ${name}` }, name);
    open.addEventListener('click', () => this.context.change({ tab: 'images', query: { ...wholeQuery, label: name } }));
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, open),
      ...splits.map((at, column) => {
        const count = counts[at] ?? 0;
        const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
        bar.style.width = `${(100 * count) / (most[column] ?? 1)}%`;
        return element(
          'td',
          {},
          element(
            'span',
            { class: 'bar-cell' },
            element('span', { class: 'bar-room' }, bar),
            element('span', { class: 'bar-count' }, count.toLocaleString('en')),
          ),
        );
      }),
    );
  }
}
