import type { ReceptiveFieldPaths } from '../../protocol/inspection';
import { element, setAttributes, setText } from '../shared/dom';
import { formatNumber } from '../shared/scale-bar';

type PathRow = ReceptiveFieldPaths['rows'][number];

const columns: readonly (readonly [title: string, tooltip: string])[] = [
  ['Sees', 'Pixels of the image that one element sees by these ways'],
  ['Step', 'Pixels between what neighbouring elements see by them'],
  ['Offset', 'First pixel that the first element sees by them; below zero is padding'],
  ['Ways', 'How many ways through skips and branches see so'],
];

/** What a layer sees by each way through skips and branches, as a table: the chosen row's field is drawn. Hidden where there is one way. */
export class PathsView {
  private readonly caption = element('caption');
  private readonly body = element('tbody');
  private readonly table = element(
    'table',
    { class: 'field-table' },
    this.caption,
    element(
      'thead',
      {},
      element('tr', {}, ...columns.map(([title, tooltip]) => element('th', { scope: 'col', title: tooltip }, title))),
    ),
    this.body,
  );
  readonly root = element('div', { class: 'paths', hidden: true }, this.table);
  private rows: readonly { readonly row: PathRow; readonly item: HTMLTableRowElement }[] = [];
  private shown: ReceptiveFieldPaths | null = null;
  private chosenAt = 0;

  constructor(private readonly chosen: () => void) {
    this.body.addEventListener('keydown', (event) => this.onKey(event));
  }

  /** The field of the chosen row; null where it is the whole image or there is one way only. */
  get field(): PathRow['field'] {
    return this.rows.length > 1 ? (this.rows[this.chosenAt]?.row.field ?? null) : null;
  }

  /** Those of another layer begin with the shortest way. */
  show(paths: ReceptiveFieldPaths | null): void {
    if (paths === this.shown) return;
    this.shown = paths;
    this.chosenAt = 0;
    const rows = paths?.rows ?? [];
    this.root.hidden = rows.length < 2;
    this.rows = rows.map((row) => ({ row, item: this.item(row) }));
    this.body.replaceChildren(...this.rows.map(({ item }) => item));
    const more = paths?.complete === false ? '; those between are left out' : '';
    setText(this.caption, `By ways through skips and branches${more}`);
    this.mark();
  }

  private item({ field, ways }: PathRow): HTMLTableRowElement {
    const item = element(
      'tr',
      {},
      element('th', { scope: 'row' }, field ? field.size.join('×') : 'the whole image'),
      element('td', {}, field ? field.jump.map(formatNumber).join('×') : '–'),
      element('td', {}, field ? field.start.map(formatNumber).join(', ') : '–'),
      element('td', {}, formatNumber(ways)),
    );
    item.addEventListener('click', () => this.choose(this.rows.findIndex((each) => each.item === item)));
    return item;
  }

  private choose(at: number): void {
    this.chosenAt = at;
    this.mark();
    this.chosen();
  }

  private mark(): void {
    this.rows.forEach(({ item }, at) => {
      const own = at === this.chosenAt;
      setAttributes(item, { 'aria-selected': String(own), tabindex: own ? 0 : -1 });
    });
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.rows.length - 1;
    const to = { ArrowDown: this.chosenAt + 1, ArrowUp: this.chosenAt - 1, Home: 0, End: last }[event.key];
    if (to === undefined || to < 0 || to > last) return;
    event.preventDefault();
    this.choose(to);
    this.rows[to]?.item.focus();
  }
}
