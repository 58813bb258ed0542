import {
  cellNumber,
  cellText,
  columnTitles,
  columnTotal,
  fieldDetail,
  isNumeric,
  type SummaryColumn,
} from '../../core/summary/summary-columns';
import type { SummaryTable } from '../../core/summary/summary-table';
import { element, setAttributes, setText } from '../shared/dom';
import { columnWidths, indent } from './column-widths';
import type { PanelState } from './panel-state';
import type { Shown, ShownRow } from './shown-rows';
import { treeKey } from './tree-keys';

export interface TreeTableListener {
  readonly sortBy: (column: SummaryColumn) => void;
  readonly open: (keys: readonly string[], open: boolean) => void;
  readonly activate: (row: ShownRow) => void;
  /** Click or Enter. */
  readonly reveal: (row: ShownRow) => void;
  readonly scrolled: (top: number) => void;
}

/**
 * The rows as an ARIA tree grid. Only those in sight (and some around them) are in the document, so that a network of a
 * thousand rows is drawn as quickly as one of fifty. The focus stays on the grid; the active row is told by its id.
 */
export class TreeTable {
  private readonly header = element('div', { class: 'tree-header', role: 'row', 'aria-rowindex': 1 });
  private readonly body = element('div', { class: 'tree-body', role: 'rowgroup' });
  private readonly grid = element(
    'div',
    { class: 'tree-grid', role: 'treegrid', tabindex: 0, 'aria-label': 'Modules of the model' },
    element('div', { role: 'rowgroup', class: 'tree-head' }, this.header),
    this.body,
  );
  readonly root = element('div', { class: 'tree-scroll' }, this.grid);
  private readonly lines = new Map<string, HTMLElement>();
  private drawn: Drawn | undefined;
  private rowHeight = 24;

  constructor(private readonly listener: TreeTableListener) {
    this.root.addEventListener('scroll', () => {
      this.drawRows();
      listener.scrolled(this.root.scrollTop);
    });
    new ResizeObserver(() => this.drawRows()).observe(this.root);
    this.grid.addEventListener('keydown', (event) => this.onKey(event));
    this.body.addEventListener('click', (event) => this.onClick(event));
  }

  update(table: SummaryTable, shown: Shown, state: PanelState, columns: readonly SummaryColumn[]): void {
    const before = this.drawn;
    const isSameHead =
      before?.table === table && before.columns.join() === columns.join() && before.shown.flat === shown.flat;
    const widths = isSameHead ? before.widths : columnWidths(table, columns, shown.flat);
    this.drawn = { table, shown, state, columns, widths };
    this.rowHeight = Math.round(parseFloat(getComputedStyle(document.body).fontSize) * 1.85);
    this.grid.style.setProperty('--columns', tracks(columns, widths));
    this.grid.style.setProperty('--row-height', `${this.rowHeight}px`);
    this.drawHeader(columns, state);
    setAttributes(this.grid, { 'aria-rowcount': shown.rows.length + 1, 'aria-colcount': columns.length });
    this.body.style.setProperty('height', `${shown.rows.length * this.rowHeight}px`);
    for (const line of this.lines.values()) line.remove();
    this.lines.clear();
    this.drawRows();
  }

  scrollTo(top: number): void {
    this.root.scrollTop = top;
  }

  focus(): void {
    this.grid.focus();
  }

  private drawHeader(columns: readonly SummaryColumn[], { sort }: PanelState): void {
    const cells = columns.map((column) => {
      const direction = sort?.column === column ? (sort.descending ? 'descending' : 'ascending') : null;
      const button = element(
        'button',
        { type: 'button', class: 'sort', title: sortTitle(direction), tabindex: -1 },
        columnTitles[column],
        element(
          'span',
          { class: 'sort-arrow', 'aria-hidden': 'true' },
          direction ? (sort?.descending ? '▾' : '▴') : '',
        ),
      );
      button.addEventListener('click', () => this.listener.sortBy(column));
      const attributes = { class: cellClass(column), role: 'columnheader', 'aria-sort': direction ?? 'none' };
      return element('div', attributes, button);
    });
    this.header.replaceChildren(...cells);
  }

  /** Makes the rows that have come into sight, drops those that have left it. */
  private drawRows(): void {
    const { drawn, rowHeight } = this;
    if (!drawn) return;
    const top = Math.max(0, this.root.scrollTop - this.header.offsetHeight);
    const first = Math.max(0, Math.floor(top / rowHeight) - overscan);
    const last = Math.ceil((top + this.root.clientHeight) / rowHeight) + overscan;
    const wanted = new Map(drawn.shown.rows.slice(first, last).map((row, i) => [row.key, { row, at: first + i }]));
    for (const [key, line] of this.lines) {
      if (wanted.has(key)) continue;
      line.remove();
      this.lines.delete(key);
    }
    for (const [key, { row, at }] of wanted) {
      if (this.lines.has(key)) continue;
      const line = makeLine(row, at, drawn);
      line.style.setProperty('--at', String(at));
      this.lines.set(key, line);
      this.body.append(line);
    }
    this.markActive();
  }

  private markActive(): void {
    const active = this.drawn?.state.active ?? null;
    for (const [key, line] of this.lines) {
      line.classList.toggle('active', key === active);
      setAttributes(line, { 'aria-selected': key === active ? 'true' : 'false' });
    }
    const line = active === null ? undefined : this.lines.get(active);
    setAttributes(this.grid, { 'aria-activedescendant': line?.id ?? null });
  }

  private onClick(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    const row = this.rowOf(target?.closest<HTMLElement>('.tree-row')?.dataset.key);
    if (!row) return;
    this.grid.focus();
    this.listener.activate(row);
    if (target?.closest('.twisty') && row.isOpen !== undefined) this.listener.open([row.key], !row.isOpen);
    else this.listener.reveal(row);
  }

  private onKey(event: KeyboardEvent): void {
    const { drawn } = this;
    if (!drawn || event.target !== this.grid || event.ctrlKey || event.metaKey || event.altKey) return;
    const { rows } = drawn.shown;
    const at = rows.findIndex(({ key }) => key === drawn.state.active);
    const page = Math.max(1, Math.floor(this.root.clientHeight / this.rowHeight) - 2);
    const action = treeKey(event.key, rows, at, page);
    if (!action) return;
    event.preventDefault();
    switch (action.kind) {
      case 'move': {
        const row = rows[action.to];
        if (row) this.goTo(row, action.to);
        return;
      }
      case 'open':
        return this.listener.open(action.keys, action.open);
      case 'reveal': {
        const row = rows[at];
        if (row) this.listener.reveal(row);
      }
    }
  }

  private goTo(row: ShownRow, at: number): void {
    const [top, height] = [at * this.rowHeight, this.root.clientHeight - this.header.offsetHeight];
    if (top < this.root.scrollTop) this.root.scrollTop = top;
    else if (top + this.rowHeight > this.root.scrollTop + height) this.root.scrollTop = top + this.rowHeight - height;
    this.listener.activate(row);
  }

  /** The active row has changed, nothing else. */
  updateActive(state: PanelState): void {
    if (!this.drawn) return;
    this.drawn = { ...this.drawn, state };
    this.drawRows();
  }

  private rowOf(key: string | undefined): ShownRow | undefined {
    return key === undefined ? undefined : this.drawn?.shown.rows.find((row) => row.key === key);
  }
}

interface Drawn {
  readonly table: SummaryTable;
  readonly shown: Shown;
  readonly state: PanelState;
  readonly columns: readonly SummaryColumn[];
  readonly widths: ReadonlyMap<SummaryColumn, number>;
}

/** Rows beyond the edges that are there already when one scrolls. */
const overscan = 8;

/** What room is left goes to the last column: the others stay close to the names. */
function tracks(columns: readonly SummaryColumn[], widths: ReadonlyMap<SummaryColumn, number>): string {
  return columns
    .map((column, index) => {
      const width = `${widths.get(column) ?? 100}px`;
      return index === columns.length - 1 && !isNumeric(column) ? `minmax(${width}, 1fr)` : width;
    })
    .join(' ');
}

function sortTitle(direction: 'ascending' | 'descending' | null): string {
  if (direction === null) return 'Sort: the parts of the model as a list';
  return 'Sort the other way round; a third time: back to the tree';
}

function cellClass(column: SummaryColumn): string {
  return `tree-cell ${column}${isNumeric(column) ? ' number' : ''}`;
}

function makeLine({ row, key, isOpen }: ShownRow, at: number, { table, shown, columns }: Drawn): HTMLElement {
  const line = element('div', {
    class: `tree-row ${row.kind}${row.note ? ` ${row.note.kind}` : ''}${row.output ? '' : ' unused'}`,
    role: 'row',
    id: `row-${row.index}`,
    'data-key': key,
    'aria-level': shown.flat ? 1 : row.depth + 1,
    'aria-expanded': isOpen === undefined ? null : String(isOpen),
    'aria-rowindex': at + 2,
  });
  for (const column of columns) {
    const text = cellText(column, row, table.framework, shown.flat);
    const cell = element('div', { class: cellClass(column), role: column === 'module' ? 'rowheader' : 'gridcell' });
    if (column === 'module') {
      const before = shown.flat ? 0 : row.depth * indent.level;
      cell.style.setProperty('padding-left', `${before}px`);
      const shape = isOpen === undefined ? 'leaf' : isOpen ? 'open' : 'closed';
      cell.append(element('span', { class: `twisty ${shape}`, 'aria-hidden': 'true' }));
    }
    if (column === 'output' && row.note) {
      cell.append(
        element('span', { class: 'note-mark', 'aria-hidden': 'true' }, row.note.kind === 'problem' ? '✕' : '?'),
      );
    }
    const label = element('span', { class: 'cell-text' });
    setText(label, text);
    cell.append(label);
    const title = titleOf(column, row, text, table, shown.flat);
    if (title !== '') setAttributes(cell, { title });
    const share = shareOf(column, row, table, shown.flat);
    if (share !== undefined) {
      const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
      bar.style.setProperty('--share', String(share));
      cell.append(bar);
    }
    line.append(cell);
  }
  return line;
}

function shareOf(column: SummaryColumn, row: ShownRow['row'], table: SummaryTable, flat: boolean): number | undefined {
  const total = columnTotal(column, table);
  const value = total === undefined ? undefined : cellNumber(column, row, flat);
  return total === undefined || value === undefined || value === 0 ? undefined : Math.min(1, value / total);
}

function titleOf(
  column: SummaryColumn,
  row: ShownRow['row'],
  text: string,
  table: SummaryTable,
  flat: boolean,
): string {
  if (column === 'output' && row.note) return row.note.text;
  if (column === 'receptiveField') return row.receptiveField ? fieldDetail(row.receptiveField) : '';
  const share = shareOf(column, row, table, flat);
  if (share !== undefined) return `${(100 * share).toFixed(1)} % of the model’s ${wholeNames[column] ?? ''}`;
  return column === 'module' && !flat && row.path !== '' ? row.path : text;
}

const wholeNames: Partial<Record<SummaryColumn, string>> = {
  parameters: 'parameters',
  flops: 'FLOPs',
  memory: 'activation memory',
};
