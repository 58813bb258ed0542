import { element, setAttributes } from './dom';

export interface TableColumn<Row> {
  readonly title: string;
  /** What the table is sorted by: NaN comes last. */
  readonly value: (row: Row) => string | number;
  readonly text: (row: Row) => string;
}

export interface SortOrder {
  readonly column: number;
  readonly descending: boolean;
}

export interface SortableTableHandlers<Row> {
  readonly sorted?: (order: SortOrder | null) => void;
  /** By a click on the first cell, or Enter there. */
  readonly chosen?: (row: Row) => void;
}

/** More rows than this make a page slow; what is left out is told. */
export const mostTableRows = 2_000;

/** A table whose headers sort it: once upwards (numbers downwards), once the other way, then as it was. */
export class SortableTable<Row> {
  readonly root: HTMLTableElement;
  private readonly head = element('tr');
  private readonly body = element('tbody');
  private readonly note = element('caption', { class: 'muted' });
  private rows: readonly Row[] = [];
  private order: SortOrder | null = null;
  private isChosen: (row: Row) => boolean = () => false;

  constructor(
    label: string,
    private readonly columns: readonly TableColumn<Row>[],
    private readonly handlers: SortableTableHandlers<Row> = {},
  ) {
    this.root = element(
      'table',
      { class: 'sortable', 'aria-label': label },
      this.note,
      element('thead', {}, this.head),
      this.body,
    );
    this.head.append(
      ...columns.map(({ title }, column) => {
        const sort = element('button', { type: 'button', class: 'sort' }, title);
        sort.addEventListener('click', () => this.sortBy(column));
        return element('th', { scope: 'col' }, sort);
      }),
    );
  }

  update(
    rows: readonly Row[],
    {
      order = this.order,
      isChosen = this.isChosen,
    }: { order?: SortOrder | null; isChosen?: (row: Row) => boolean } = {},
  ): void {
    this.rows = rows;
    this.order = order;
    this.isChosen = isChosen;
    this.render();
  }

  /** As they stand in the table. */
  get sortedRows(): readonly Row[] {
    const { order } = this;
    const column = order && this.columns[order.column];
    if (!column) return this.rows;
    const sign = order.descending ? -1 : 1;
    return [...this.rows].sort((left, right) => {
      const [a, b] = [column.value(left), column.value(right)];
      if (typeof a === 'string' || typeof b === 'string') {
        return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
      }
      if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
      return sign * (a - b);
    });
  }

  private sortBy(column: number): void {
    const [row] = this.rows;
    const numeric = row !== undefined && typeof this.columns[column]?.value(row) === 'number';
    const own = this.order?.column === column ? this.order : null;
    if (!own) this.order = { column, descending: numeric };
    else this.order = own.descending === numeric ? { column, descending: !numeric } : null;
    this.handlers.sorted?.(this.order);
    this.render();
  }

  private render(): void {
    const { order, columns, handlers } = this;
    [...this.head.children].forEach((cell, column) => {
      const own = order?.column === column ? order : null;
      const [first] = this.rows;
      const numeric = first !== undefined && typeof columns[column]?.value(first) === 'number';
      cell.classList.toggle('numeric', numeric);
      setAttributes(cell, { 'aria-sort': own ? (own.descending ? 'descending' : 'ascending') : null });
    });
    const rows = this.sortedRows;
    this.note.textContent =
      rows.length > mostTableRows
        ? `The first ${mostTableRows.toLocaleString('en')} of ${rows.length.toLocaleString('en')} rows.`
        : '';
    this.body.replaceChildren(
      ...rows.slice(0, mostTableRows).map((row) => {
        const cells = columns.map(({ text, value }, column) => {
          const numeric = typeof value(row) === 'number' ? 'numeric' : null;
          if (column > 0 || !handlers.chosen) return element(column === 0 ? 'th' : 'td', { class: numeric }, text(row));
          const choose = element('button', { type: 'button', class: 'link' }, text(row));
          choose.addEventListener('click', () => handlers.chosen?.(row));
          return element('th', { scope: 'row', class: numeric }, choose);
        });
        return element('tr', { class: this.isChosen(row) ? 'chosen' : null }, ...cells);
      }),
    );
  }
}
