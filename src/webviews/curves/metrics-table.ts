import { element } from '../shared/dom';
import type { ThemeKind } from '../shared/theme';
import type { EpochMetrics } from '../../protocol/run-folder';
import { formatDigits, formatMetric, formatSeconds } from './format';
import type { PanelState } from './panel-state';
import { runGlyph } from './run-glyph';
import type { RunHistory } from './run-history';
import { runFacts } from './run-list';

/** The text equivalent of the charts: a row for each epoch, a group of rows for each run. */
export class MetricsTable {
  private readonly head = element('tr');
  private readonly table = element(
    'table',
    { class: 'metrics' },
    element('caption', { class: 'visually-hidden' }, 'Metrics of the shown runs after each epoch'),
    element('thead', {}, this.head),
  );
  readonly root = element(
    'section',
    { class: 'table-view', 'aria-label': 'Metrics of each epoch', tabindex: 0 },
    this.table,
  );
  private columns: readonly Column[] = [];
  private groups: Group[] = [];

  /** Rebuilds only the runs that have changed. */
  update(runs: readonly RunHistory[], state: PanelState, theme: ThemeKind): void {
    this.show(allColumns.filter(({ only }) => only === undefined || runs.some((run) => run.measures(only))));
    const { columns } = this;
    const before = new Map(this.groups.map((group) => [group.run, group]));
    this.groups = runs.map((run) => {
      const slot = state.slots[run.id] ?? 0;
      const look = `${run.version} ${run.status} ${slot} ${theme} ${columns.map(({ title }) => title).join()}`;
      const known = before.get(run);
      return known?.look === look ? known : { run, look, body: runBody(run, columns, slot, theme) };
    });
    const bodies = this.groups.map(({ body }) => body);
    const standing = [...this.table.tBodies];
    if (bodies.length === standing.length && bodies.every((body, index) => body === standing[index])) return;
    for (const body of standing) body.remove();
    this.table.append(...bodies);
  }

  private show(columns: readonly Column[]): void {
    if (columns.length === this.columns.length && columns.every((column, index) => column === this.columns[index]))
      return;
    this.columns = columns;
    this.head.replaceChildren(...columns.map(({ title }) => element('th', { scope: 'col' }, title)));
  }
}

interface Group {
  readonly run: RunHistory;
  readonly look: string;
  readonly body: HTMLTableSectionElement;
}

interface Column {
  readonly title: string;
  readonly text: (epoch: EpochMetrics) => string;
  /** A measure without which in any run the column is left out. */
  readonly only?: 'valTop5' | 'valF1';
}

const allColumns: readonly Column[] = [
  { title: 'Epoch', text: ({ epoch }) => String(epoch) },
  { title: 'Train loss', text: ({ trainLoss }) => formatMetric('loss', trainLoss) },
  { title: 'Validation loss', text: ({ valLoss }) => formatMetric('loss', valLoss) },
  { title: 'Train accuracy', text: ({ trainAccuracy }) => formatMetric('accuracy', trainAccuracy) },
  { title: 'Validation accuracy', text: ({ valAccuracy }) => formatMetric('accuracy', valAccuracy) },
  {
    title: 'Validation top-5',
    text: ({ valTop5 }) => (valTop5 === undefined ? '' : formatMetric('accuracy', valTop5)),
    only: 'valTop5',
  },
  { title: 'Validation F1', text: ({ valF1 }) => (valF1 === undefined ? '' : formatDigits(valF1, 4)), only: 'valF1' },
  { title: 'Learning rate', text: ({ learningRate }) => String(Number(learningRate.toPrecision(3))) },
  { title: 'Images/s', text: ({ imagesPerSecond }) => formatDigits(imagesPerSecond, 3) },
  { title: 'Time', text: ({ seconds }) => formatSeconds(seconds) },
];

function runBody(run: RunHistory, columns: readonly Column[], slot: number, theme: ThemeKind): HTMLTableSectionElement {
  const body = element('tbody');
  const about = element('span', { class: 'run-detail' }, runFacts(run).join(' · '));
  const title = element('th', { scope: 'rowgroup', colspan: columns.length }, runGlyph(slot, theme), run.name, about);
  body.append(element('tr', { class: 'group' }, title));
  for (const epoch of run.epochs) {
    const best = epoch.epoch === run.bestEpoch;
    const row = element('tr', { class: best ? 'best' : null });
    columns.forEach(({ text }, index) => {
      const cell = index === 0 ? element('th', { scope: 'row' }) : element('td');
      cell.append(text(epoch));
      if (index === 0 && best) cell.append(element('span', { title: 'Best checkpoint', class: 'star' }, ' ★'));
      row.append(cell);
    });
    body.append(row);
  }
  const last = run.steps.at(-1);
  if (last && last.step > (run.epochs.at(-1)?.step ?? 0)) {
    const row = element('tr', { class: 'partial' }, element('th', { scope: 'row' }, last.epoch.toFixed(2)));
    row.append(element('td', {}, formatMetric('loss', last.trainLoss)));
    for (let column = 2; column < columns.length; column++) row.append(element('td'));
    body.append(row);
  } else if (run.epochs.length === 0) {
    body.append(element('tr', { class: 'partial' }, element('td', { colspan: columns.length }, 'No epochs yet.')));
  }
  return body;
}
