import { assertNever, describeError } from '../../core/errors';
import type { CurvesRun, FromCurvesPanel, RunIncrement, ToCurvesPanel } from '../../protocol/curves-panel';
import { element, setText } from '../shared/dom';
import { readTheme, watchTheme } from '../shared/theme';
import type { VsCodeApi } from '../shared/vscode-api';
import { ChartsView } from './charts-view';
import { exportCsv } from './export-csv';
import { exportPng } from './export-png';
import { exportSvg } from './export-svg';
import { formatMetric } from './format';
import { MetricsTable } from './metrics-table';
import { freeSlot } from './palette';
import { parsePanelState } from './panel-state';
import type { PanelState } from './panel-state';
import { RunHistory } from './run-history';
import { RunList } from './run-list';
import { Toolbar } from './toolbar';
import type { ExportFormat } from './toolbar';
import { oncePerFrame } from '../shared/once-per-frame';

/** The training-curves panel: keeps the runs and what its reader has set, and draws at most once a frame. */
export class CurvesPanel {
  private runs: readonly RunHistory[] = [];
  private state: PanelState;
  private theme = readTheme();
  private hasSnapshot = false;
  private readonly requestFrame = oncePerFrame(() => this.draw());
  private noticeTimer = 0;
  private readonly toolbar: Toolbar;
  private readonly runList: RunList;
  private readonly charts: ChartsView;
  private readonly table = new MetricsTable();
  private readonly body = element('div', { class: 'body', hidden: true });
  private readonly emptyNote = element('div', { class: 'empty', hidden: true });
  /** What became of an export: seen and read out. */
  private readonly notice = element('p', { class: 'notice', role: 'status' });
  /** Read out only: values under the cursor, epochs that end. */
  private readonly announcement = element('p', { class: 'visually-hidden', 'aria-live': 'polite' });

  constructor(
    root: HTMLElement,
    private readonly vscode: VsCodeApi<FromCurvesPanel>,
  ) {
    this.state = parsePanelState(vscode.getState());
    this.toolbar = new Toolbar({
      changed: (patch) => this.change(patch),
      exportAs: (format) => void this.exportAs(format).catch((error: unknown) => this.say(describeError(error), true)),
    });
    this.runList = new RunList({
      shown: (run, on) => {
        const others = this.state.shown.filter((id) => id !== run);
        this.show(on ? [...others, run] : others);
      },
      opened: (run) => vscode.postMessage({ type: 'openRun', run }),
    });
    this.charts = new ChartsView({
      changed: (patch) => this.change(patch),
      announce: (text) => setText(this.announcement, text),
    });
    this.emptyNote.append(
      element('h2', {}, 'No training runs yet'),
      element('p', {}, 'Run “CNN Lab: Train Model” from the command palette: its curves appear here as it learns.'),
    );
    const view = element('div', { class: 'view' }, this.charts.root, this.table.root);
    this.body.append(this.runList.root, view);
    root.append(this.toolbar.root, this.body, this.emptyNote, this.notice, this.announcement);
    watchTheme(() => {
      this.theme = readTheme();
      this.requestFrame();
    });
    this.requestFrame();
  }

  receive(message: ToCurvesPanel): void {
    switch (message.type) {
      case 'snapshot':
        return this.replaceRuns(message.runs, message.shown);
      case 'increment':
        return this.extendRuns(message.runs);
      case 'saved':
        return this.say(`Saved ${message.file}`, false);
      case 'failed':
        return this.say(message.message, true);
      default:
        return assertNever(message);
    }
  }

  private replaceRuns(runs: readonly CurvesRun[], shown: readonly string[]): void {
    const newestFirst = [...runs].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
    this.runs = newestFirst.map((run) => new RunHistory(run));
    this.runList.replace(this.runs);
    // After a reload the reader's own choice stands too; later snapshots say what the host wants shown.
    const wanted = this.hasSnapshot ? shown : [...new Set([...shown, ...this.state.shown])];
    this.hasSnapshot = true;
    const there = wanted.filter((id) => this.runs.some((run) => run.id === id));
    if (sameItems(there, shown)) this.change(this.withSlots(there));
    else this.show(there);
  }

  private extendRuns(increments: readonly RunIncrement[]): void {
    for (const increment of increments) {
      const run = this.runs.find(({ id }) => id === increment.id);
      if (!run) continue; // Of a run that came after the snapshot: the next one brings it.
      const statusBefore = run.status;
      run.append(increment);
      if (!this.state.shown.includes(run.id)) continue;
      const epoch = increment.epochs.at(-1);
      if (epoch) setText(this.announcement, epochNews(run));
      else if (run.status !== statusBefore) setText(this.announcement, `${run.name}: ${run.status}`);
    }
    this.requestFrame();
  }

  private show(shown: readonly string[]): void {
    this.change(this.withSlots(shown));
    this.vscode.postMessage({ type: 'show', runs: shown });
  }

  /** Gives each shown run a colour; one that was shown before gets its own again where nobody has it now. */
  private withSlots(shown: readonly string[]): Pick<PanelState, 'shown' | 'slots'> {
    const taken: number[] = [];
    const slots: Record<string, number> = { ...this.state.slots };
    const without = shown.filter((id) => {
      const own = slots[id];
      if (own === undefined || taken.includes(own)) return true;
      taken.push(own);
      return false;
    });
    for (const id of without) {
      const slot = freeSlot(taken);
      taken.push(slot);
      slots[id] = slot;
    }
    return { shown, slots };
  }

  private change(patch: Partial<PanelState>): void {
    this.state = { ...this.state, ...patch };
    this.vscode.setState(this.state);
    this.requestFrame();
  }

  private draw(): void {
    performance.mark('curves-draw-start');
    const { state, theme } = this;
    const shown = this.shownRuns();
    const table = state.view === 'table';
    this.toolbar.update(
      state,
      shown.some(({ steps, epochs }) => steps.length + epochs.length > 0),
    );
    this.toolbar.root.hidden = this.runs.length === 0;
    this.body.hidden = this.runs.length === 0;
    this.emptyNote.hidden = !this.hasSnapshot || this.runs.length > 0;
    this.charts.root.hidden = table;
    this.table.root.hidden = !table;
    this.runList.update(state, theme.kind);
    if (table) this.table.update(shown, state, theme.kind);
    else this.charts.update(shown, state, theme);
    performance.measure('curves-draw', 'curves-draw-start');
  }

  private shownRuns(): RunHistory[] {
    return this.runs.filter(({ id }) => this.state.shown.includes(id));
  }

  private async exportAs(format: ExportFormat): Promise<void> {
    const runs = this.shownRuns();
    const [only] = runs;
    const name = runs.length === 1 && only ? only.name.replace(/[^\p{L}\p{N}._-]+/gu, '-') : 'training-curves';
    const content = await this.exportedContent(format, runs);
    this.vscode.postMessage({ type: 'save', suggestedName: `${name}.${format}`, content });
  }

  private exportedContent(format: ExportFormat, runs: readonly RunHistory[]): string | Promise<Uint8Array> {
    if (format === 'csv') return exportCsv(runs);
    this.charts.update(runs, this.state, this.theme); // The table may have been in front since the last increment.
    const svg = exportSvg(this.charts.exported());
    return format === 'svg' ? svg.text : exportPng(svg);
  }

  private say(text: string, failure: boolean): void {
    this.notice.classList.toggle('failure', failure);
    setText(this.notice, text);
    clearTimeout(this.noticeTimer);
    if (!failure) this.noticeTimer = window.setTimeout(() => setText(this.notice, ''), noticeMs);
  }
}

/** How long good news stays. */
const noticeMs = 8000;

function epochNews(run: RunHistory): string {
  const last = run.epochs.at(-1);
  if (!last) return '';
  const loss = formatMetric('loss', last.valLoss);
  const accuracy = formatMetric('accuracy', last.valAccuracy);
  const top5 = last.valTop5 === undefined ? '' : `, top-5 ${formatMetric('accuracy', last.valTop5)}`;
  return `${run.name}: epoch ${last.epoch} of ${run.epochsPlanned}, validation loss ${loss}, accuracy ${accuracy}${top5}`;
}

function sameItems(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item) => right.includes(item));
}
