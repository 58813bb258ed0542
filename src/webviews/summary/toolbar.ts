import { columnTitles, summaryColumns, type SummaryColumn } from '../../core/summary/summary-columns';
import { button, checkbox, segments } from '../shared/controls';
import type { SummarySnapshot } from '../../protocol/summary-panel';
import { element, setAttributes, setText } from '../shared/dom';
import { allDepths, type PanelState } from './panel-state';

export interface ToolbarListener {
  readonly changed: (patch: Partial<PanelState>) => void;
  readonly chosen: (target: string) => void;
  readonly copy: (what: CopyFormat) => void;
}

export type CopyFormat = 'Markdown' | 'CSV';

/** Which model is shown and how: filter, depth, functions, columns; copying. */
export class Toolbar {
  readonly root: HTMLElement;
  private readonly model = element('select', { class: 'select', 'aria-label': 'Model' });
  /** Stands there where there is nothing to choose. */
  private readonly name = element('strong');
  private readonly file = element('span', { class: 'file' });
  private readonly filter = element('input', {
    class: 'filter',
    type: 'search',
    placeholder: 'Filter',
    'aria-label': 'Filter by path, type or shape',
    title: 'Words of a path, a type or a shape: layer1 conv',
  });
  private readonly depth;
  private readonly functions;
  private readonly columns;

  constructor({ changed, chosen, copy }: ToolbarListener) {
    this.model.addEventListener('change', () => chosen(this.model.value));
    this.filter.addEventListener('input', () => changed({ filter: this.filter.value }));
    this.depth = segments(
      'depth',
      'Depth of the tree',
      [
        ['1', '1', 'The modules of the model'],
        ['2', '2', 'One level deeper'],
        ['3', '3', 'Two levels deeper'],
        [String(allDepths), 'All', 'Everything is open'],
      ],
      (depth) => changed({ depth: Number(depth), opened: {}, sort: null }),
    );
    this.functions = checkbox(['Functions'], 'Also what functions and operators compute', (functions) =>
      changed({ functions }),
    );
    this.columns = columnChecks((hidden) => changed({ hidden }));
    this.root = element(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': 'What is shown' },
      element('div', { class: 'control' }, this.model, this.name, this.file),
      this.filter,
      element('div', { class: 'control' }, 'Depth', this.depth.root),
      this.functions.root,
      this.columns.root,
      element('div', { class: 'spacer' }),
      element(
        'div',
        { class: 'control' },
        button('Copy as Markdown', 'Copy the rows that are shown as a Markdown table', () => copy('Markdown')),
        button('Copy as CSV', 'Copy the rows that are shown, with whole numbers', () => copy('CSV')),
      ),
    );
  }

  update(state: PanelState, { file, targets }: SummarySnapshot, shown: string): void {
    const standing = [...this.model.options].map(({ value }) => value);
    if (standing.join('\n') !== targets.join('\n')) {
      this.model.replaceChildren(...targets.map((target) => element('option', { value: target }, target)));
    }
    this.model.value = shown;
    this.model.hidden = targets.length < 2;
    this.name.hidden = !this.model.hidden;
    setText(this.name, shown);
    setText(this.file, file);
    if (this.filter.value !== state.filter) this.filter.value = state.filter;
    this.depth.select(state.sort || Object.keys(state.opened).length > 0 ? '' : String(state.depth));
    this.functions.input.checked = state.functions;
    this.columns.update(state.hidden);
  }
}

interface ColumnChecks {
  readonly root: HTMLElement;
  update(hidden: readonly SummaryColumn[]): void;
}

/** A button that opens a list of checkboxes; Escape, or a click elsewhere, closes it. */
function columnChecks(changed: (hidden: readonly SummaryColumn[]) => void): ColumnChecks {
  let hidden: readonly SummaryColumn[] = [];
  const checks = summaryColumns
    .filter((column) => column !== 'module')
    .map((column) => ({
      column,
      box: checkbox([columnTitles[column]], null, (on) =>
        changed(on ? hidden.filter((each) => each !== column) : [...hidden, column]),
      ),
    }));
  const list = element('div', { class: 'popup', hidden: true, role: 'group', 'aria-label': 'Columns' });
  list.append(...checks.map(({ box }) => box.root));
  const toggle = button('Columns', 'Choose the columns', () => show(list.hidden !== false));
  const root = element('div', { class: 'menu' }, toggle, list);
  const show = (on: boolean) => {
    list.hidden = !on;
    setAttributes(toggle, { 'aria-expanded': String(on) });
  };
  show(false);
  root.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || list.hidden) return;
    show(false);
    toggle.focus();
  });
  document.addEventListener('pointerdown', (event) => {
    if (event.target instanceof Node && !root.contains(event.target)) show(false);
  });
  return {
    root,
    update: (now) => {
      hidden = now;
      for (const { column, box } of checks) box.input.checked = !now.includes(column);
    },
  };
}
