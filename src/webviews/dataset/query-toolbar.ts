import { splitOrder } from '../../core/data/split-names';
import type { ItemState } from './dataset-model';
import { splitTitleAt, type DatasetModel } from './dataset-model';
import { countText } from './image-facts';
import { oddKinds, wholeQuery, type ImageQuery, type OddKind, type SortKey } from './image-query';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { setOptions } from '../shared/subject-picker';

export const oddTitles: Readonly<Record<OddKind, string>> = {
  corrupt: 'Can’t be read',
  'single-color': 'Of a single colour',
  'odd-channels': 'Other channels than most',
  tiny: 'Tiny',
  'odd-shape': 'Of an odd shape',
};

const sortTitles: Readonly<Record<SortKey, string>> = {
  given: 'As given',
  name: 'Name',
  label: 'Class',
  size: 'Size',
  aspect: 'Width : height',
  brightness: 'Brightness',
  labels: 'Number of classes',
};

const stateTitles: Readonly<Record<ItemState, string>> = {
  used: 'as they are',
  excluded: 'excluded',
  relabelled: 'relabelled',
};

/** Chooses which images are shown, and in what order. */
export class QueryToolbar {
  readonly root: HTMLElement;
  private readonly search = element('input', {
    type: 'search',
    class: 'text search',
    placeholder: 'Search names, /regular expression/',
    'aria-label': 'Search in names',
    spellcheck: 'false',
  });
  private readonly problem = element('span', { class: 'query-problem', role: 'alert' });
  private readonly split = element('select', { class: 'select' });
  private readonly label = element('select', { class: 'select' });
  private readonly state = element('select', { class: 'select' });
  private readonly odd = element('select', { class: 'select' });
  private readonly sort = element('select', { class: 'select', 'aria-label': 'Order' });
  private readonly direction: HTMLButtonElement;
  private readonly count = element('span', { class: 'muted query-count', role: 'status' });
  private readonly all: HTMLButtonElement;
  private query: ImageQuery = wholeQuery;
  private offered: DatasetModel | undefined;

  constructor(private readonly changed: (query: ImageQuery) => void) {
    const patch = (values: Partial<ImageQuery>) => this.changed({ ...this.query, ...values });
    this.search.addEventListener('input', () => patch({ search: this.search.value }));
    this.split.addEventListener('change', () =>
      patch({ split: this.split.value === '' ? null : Number(this.split.value) }),
    );
    this.label.addEventListener('change', () => {
      const { value } = this.label;
      patch({ label: value === 'all' ? null : value.slice(1) });
    });
    this.state.addEventListener('change', () =>
      patch({ state: this.state.value === '' ? null : (this.state.value as ItemState) }),
    );
    this.odd.addEventListener('change', () =>
      patch({ odd: this.odd.value === '' ? null : (this.odd.value as OddKind | 'any') }),
    );
    this.sort.addEventListener('change', () => patch({ sort: this.sort.value as SortKey }));
    this.direction = button('↑', 'Smallest first', () => patch({ descending: !this.query.descending }));
    this.direction.classList.add('direction');
    this.all = button('All Images', 'Take every filter away', () =>
      this.changed({ ...wholeQuery, sort: this.query.sort, descending: this.query.descending }),
    );
    setOptions(this.state, [
      { value: '', text: 'all' },
      ...Object.entries(stateTitles).map(([value, text]) => ({ value, text })),
    ]);
    setOptions(this.odd, [
      { value: '', text: 'all' },
      { value: 'any', text: 'anything odd' },
      ...oddKinds.map((kind) => ({ value: kind, text: oddTitles[kind].toLowerCase() })),
    ]);
    const labelled = (text: string, control: HTMLElement) => {
      control.setAttribute('aria-label', text);
      return element('label', { class: 'control' }, text, control);
    };
    this.root = element(
      'div',
      { class: 'toolbar query', role: 'search' },
      this.search,
      labelled('Split', this.split),
      labelled('Class', this.label),
      labelled('Decided', this.state),
      labelled('Odd', this.odd),
      element('span', { class: 'control' }, 'Order', this.sort, this.direction),
      this.all,
      this.problem,
      element('span', { class: 'spacer' }),
      this.count,
    );
  }

  /** `found`: how many images fit; null: the search is none. */
  update(model: DatasetModel, query: ImageQuery, found: number | null, problem: string): void {
    this.query = query;
    if (this.search.value !== query.search) this.search.value = query.search;
    setText(this.problem, problem);
    this.search.setAttribute('aria-invalid', String(problem !== ''));
    if (this.offered !== model) this.offer(model);
    this.split.value = query.split === null ? '' : String(query.split);
    this.label.value = query.label === null ? 'all' : `=${query.label}`;
    this.state.value = query.state ?? '';
    this.odd.value = query.odd ?? '';
    this.sort.value = query.sort;
    setText(this.direction, query.descending ? '↓' : '↑');
    this.direction.title = query.descending ? 'Largest first: turn around' : 'Smallest first: turn around';
    this.direction.setAttribute('aria-label', query.descending ? 'Descending' : 'Ascending');
    const narrowed = found !== null && found < model.count;
    this.all.hidden = !narrowed && query.search === '';
    setText(
      this.count,
      narrowed
        ? `${found.toLocaleString('en')} of ${countText(model.count, 'image')}`
        : countText(model.count, 'image'),
    );
  }

  /** What can be chosen in a data set. */
  private offer(model: DatasetModel): void {
    this.offered = model;
    const { classes, task, items } = model.description;
    const present = new Set(items.splits);
    setOptions(this.split, [
      { value: '', text: 'all' },
      ...splitOrder.flatMap((_, at) => (present.has(at) ? [{ value: String(at), text: splitTitleAt(at) }] : [])),
    ]);
    // A letter before each name: a class may be called `all`, or nothing.
    setOptions(this.label, [
      { value: 'all', text: 'all' },
      ...classes.map((name) => ({ value: `=${name}`, text: name })),
      ...(items.labels.includes(-1) ? [{ value: '=', text: 'none' }] : []),
    ]);
    const sorts = (Object.keys(sortTitles) as SortKey[]).filter((key) => key !== 'labels' || task === 'multi-label');
    setOptions(
      this.sort,
      sorts.map((value) => ({ value, text: sortTitles[value] })),
    );
  }
}
