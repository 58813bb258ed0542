import { element, setAttributes } from './dom';

interface SelectableRow<Row> {
  readonly row: Row;
  readonly item: HTMLTableRowElement;
}

/** The rows of a table of which one is chosen, by a click or by arrow keys, Home and End; Tab reaches the chosen one alone. */
export class SelectableRows<Row> {
  readonly body = element('tbody');
  private rows: readonly SelectableRow<Row>[] = [];

  constructor(private readonly chosen: (row: Row) => void) {
    this.body.addEventListener('keydown', (event) => this.onKey(event));
  }

  show(rows: readonly SelectableRow<Row>[]): void {
    this.rows = rows;
    for (const { row, item } of rows) item.addEventListener('click', () => this.chosen(row));
    this.body.replaceChildren(...rows.map(({ item }) => item));
  }

  /** Marks the row, and gives its element. */
  select(isOwn: (row: Row) => boolean): HTMLTableRowElement | undefined {
    let selected: HTMLTableRowElement | undefined;
    for (const { row, item } of this.rows) {
      const own = isOwn(row);
      setAttributes(item, { 'aria-selected': String(own), tabindex: own ? 0 : -1 });
      if (own) selected = item;
    }
    return selected;
  }

  private onKey(event: KeyboardEvent): void {
    const at = this.rows.findIndex(({ item }) => item === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.rows.length - 1 }[event.key];
    const next = to === undefined ? undefined : this.rows[to];
    if (at < 0 || !next) return;
    event.preventDefault();
    next.item.focus();
    this.chosen(next.row);
  }
}
