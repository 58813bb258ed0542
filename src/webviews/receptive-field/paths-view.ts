import type { ReceptiveFieldPaths } from '../../protocol/inspection';
import { element, setText } from '../shared/dom';
import { formatNumber } from '../shared/scale-bar';
import { SelectableRows } from '../shared/selectable-rows';

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
  private readonly rows = new SelectableRows<PathRow>((row) => this.choose(row));
  private readonly table = element(
    'table',
    { class: 'field-table' },
    this.caption,
    element(
      'thead',
      {},
      element('tr', {}, ...columns.map(([title, tooltip]) => element('th', { scope: 'col', title: tooltip }, title))),
    ),
    this.rows.body,
  );
  readonly root = element('div', { class: 'paths', hidden: true }, this.table);
  private shown: ReceptiveFieldPaths | null = null;
  private chosenRow: PathRow | undefined;

  constructor(private readonly chosen: () => void) {}

  /** The field of the chosen row; null where it is the whole image or there is one way only. */
  get field(): PathRow['field'] {
    return this.root.hidden ? null : (this.chosenRow?.field ?? null);
  }

  /** Those of another layer begin with the shortest way. */
  show(paths: ReceptiveFieldPaths | null): void {
    if (paths === this.shown) return;
    this.shown = paths;
    const rows = paths?.rows ?? [];
    this.root.hidden = rows.length < 2;
    this.rows.show(rows.map((row) => ({ row, item: this.item(row) })));
    const more = paths?.complete === false ? '; those between are left out' : '';
    setText(this.caption, `By ways through skips and branches${more}`);
    this.mark(rows[0]);
  }

  private item({ field, ways }: PathRow): HTMLTableRowElement {
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, field ? field.size.join('×') : 'the whole image'),
      element('td', {}, field ? field.jump.map(formatNumber).join('×') : '–'),
      element('td', {}, field ? field.start.map(formatNumber).join(', ') : '–'),
      element('td', {}, formatNumber(ways)),
    );
  }

  private choose(row: PathRow): void {
    this.mark(row);
    this.chosen();
  }

  private mark(row: PathRow | undefined): void {
    this.chosenRow = row;
    this.rows.select((each) => each === row);
  }
}
