import { summaryColumns, type SummaryColumn, isNumeric } from '../../core/summary/summary-columns';
import { summaryCsv, summaryMarkdown } from '../../core/summary/summary-text';
import type { SummaryTable } from '../../core/summary/summary-table';
import { assertNever } from '../../core/errors';
import type { FromSummaryPanel, SummarySnapshot, ToSummaryPanel } from '../../protocol/summary-panel';
import { element, setText } from '../shared/dom';
import { watchTheme } from '../shared/theme';
import type { VsCodeApi } from '../shared/vscode-api';
import { NotesView } from './notes-view';
import { parsePanelState, type PanelState } from './panel-state';
import { rowKeys, shownRows, type Shown, type ShownRow } from './shown-rows';
import { Toolbar, type CopyFormat } from './toolbar';
import { TotalsView } from './totals-view';
import { TreeTable } from './tree-table';
import { oncePerFrame } from '../shared/once-per-frame';

/** The model-summary panel: keeps the tables and what its reader has set, and draws at most once a frame. */
export class SummaryPanel {
  private snapshot: SummarySnapshot | undefined;
  private table: SummaryTable | undefined;
  private keys: readonly string[] = [];
  private state: PanelState;
  private shown: Shown = { rows: [], flat: false, matching: undefined };
  private readonly requestFrame = oncePerFrame(() => this.draw());
  private noticeTimer = 0;
  private readonly toolbar: Toolbar;
  private readonly totals: TotalsView;
  private readonly tree: TreeTable;
  private readonly notes: NotesView;
  private readonly body: HTMLElement;
  private readonly emptyTitle = element('h2');
  private readonly emptyText = element('p');
  private readonly empty = element('div', { class: 'empty', hidden: true }, this.emptyTitle, this.emptyText);
  /** How many rows a filter finds: seen and read out. */
  private readonly found = element('p', { class: 'found', role: 'status' });
  private readonly notice = element('p', { class: 'notice', role: 'status' });

  constructor(
    root: HTMLElement,
    private readonly vscode: VsCodeApi<FromSummaryPanel>,
  ) {
    this.state = parsePanelState(vscode.getState());
    this.toolbar = new Toolbar({
      changed: (patch) => this.change(patch),
      chosen: (target) => this.choose(target),
      copy: (format) => this.copy(format),
    });
    this.totals = new TotalsView({
      setInput: () => this.table && vscode.postMessage({ type: 'setInput', target: this.table.target }),
      setBatchSize: (batchSize) => this.change({ batchSize }),
    });
    this.tree = new TreeTable({
      sortBy: (column) => this.change({ sort: nextSort(this.state.sort, column) }),
      open: (keys, open) =>
        this.change({ opened: { ...this.state.opened, ...Object.fromEntries(keys.map((key) => [key, open])) } }),
      activate: ({ key }) => {
        this.keep({ active: key });
        this.tree.updateActive(this.state);
      },
      reveal: (row) => this.reveal(row),
      scrolled: (scrollTop) => this.keep({ scrollTop }),
    });
    this.notes = new NotesView((range) => vscode.postMessage({ type: 'reveal', range }));
    this.body = element('div', { class: 'body', hidden: true }, this.totals.root, this.found, this.tree.root);
    root.append(this.toolbar.root, this.notes.root, this.body, this.empty, this.notice);
    this.toolbar.root.hidden = true;
    this.notes.root.hidden = true;
    watchTheme(() => this.requestFrame());
  }

  receive(message: ToSummaryPanel): void {
    switch (message.type) {
      case 'snapshot':
        return this.replace(message.snapshot);
      case 'reading':
        if (!this.snapshot) this.showEmpty(`Reading ${message.file} …`, '');
        return;
      case 'empty':
        this.snapshot = undefined;
        this.table = undefined;
        this.requestFrame();
        return this.showEmpty(message.message, message.remedy ?? '');
      case 'copied':
        return this.say(`Copied as ${message.what}.`);
      default:
        return assertNever(message);
    }
  }

  private replace(snapshot: SummarySnapshot): void {
    const isFirst = !this.snapshot;
    const wanted = snapshot.target ?? this.state.target;
    const table = snapshot.models.find(({ target }) => target === wanted) ?? snapshot.models[0];
    if (table && table.target !== this.table?.target && this.table) this.keep({ active: null, scrollTop: 0 });
    this.snapshot = snapshot;
    this.show(table);
    // The first time the rows stand where they stood before a reload.
    if (isFirst) requestAnimationFrame(() => requestAnimationFrame(() => this.tree.scrollTo(this.state.scrollTop)));
  }

  private show(table: SummaryTable | undefined): void {
    this.table = table;
    this.keys = table ? rowKeys(table) : [];
    if (table) this.keep({ target: table.target });
    else this.showEmpty('There is no model to show.', 'What could not be read is told above.');
    this.requestFrame();
  }

  private choose(target: string): void {
    const table = this.snapshot?.models.find((each) => each.target === target);
    if (table) {
      this.keep({ active: null, scrollTop: 0, opened: {} });
      this.show(table);
    } else this.vscode.postMessage({ type: 'choose', target });
  }

  private showEmpty(title: string, text: string): void {
    setText(this.emptyTitle, title);
    setText(this.emptyText, text);
    this.empty.hidden = false;
  }

  private reveal({ row }: ShownRow): void {
    if (row.source) this.vscode.postMessage({ type: 'reveal', range: row.source });
  }

  private copy(format: CopyFormat): void {
    const { table, state, shown } = this;
    if (!table) return;
    const rows = { rows: shown.rows.map(({ row }) => row), flat: shown.flat };
    const text = format === 'CSV' ? summaryCsv(table, rows) : summaryMarkdown(table, rows, state.batchSize);
    this.vscode.postMessage({ type: 'copy', text, what: format });
  }

  private change(patch: Partial<PanelState>): void {
    this.keep(patch);
    this.requestFrame();
  }

  private keep(patch: Partial<PanelState>): void {
    this.state = { ...this.state, ...patch };
    this.vscode.setState(this.state);
  }

  private draw(): void {
    performance.mark('summary-draw-start');
    const { state, table, snapshot } = this;
    const hasRows = table !== undefined && table.rows.length > 0;
    this.toolbar.root.hidden = !snapshot;
    this.body.hidden = !hasRows;
    this.notes.update(table, snapshot?.failures ?? []);
    if (table && !hasRows) this.showEmpty(`${table.target} can’t be made.`, 'Why is told above.');
    else if (table) this.empty.hidden = true;
    if (snapshot) this.toolbar.update(state, snapshot, table?.target ?? '');
    if (!table) return;
    this.totals.update(table, state.batchSize);
    this.shown = shownRows(table, this.keys, state);
    const { matching } = this.shown;
    setText(this.found, matching === undefined ? '' : matching === 1 ? '1 row found' : `${matching} rows found`);
    const columns = summaryColumns.filter((column) => !state.hidden.includes(column));
    this.tree.update(table, this.shown, state, columns);
    performance.measure('summary-draw', 'summary-draw-start');
  }

  private say(text: string): void {
    setText(this.notice, text);
    clearTimeout(this.noticeTimer);
    this.noticeTimer = window.setTimeout(() => setText(this.notice, ''), noticeMs);
  }
}

/** How long good news stays. */
const noticeMs = 4000;

/** Numbers begin with the largest, names with the first; a third click is back at the tree. */
function nextSort(sort: PanelState['sort'], column: SummaryColumn): PanelState['sort'] {
  const first = isNumeric(column);
  if (sort?.column !== column) return { column, descending: first };
  return sort.descending === first ? { column, descending: !first } : null;
}
