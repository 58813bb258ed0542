import { element } from '../shared/dom';
import type { Theme } from '../shared/theme';
import { chartAction, chartKeysHelp } from './chart-keys';
import { chartLines } from './chart-lines';
import type { Line, Metric } from './chart-lines';
import type { ExportedChart } from './export-svg';
import { axisNames } from './format';
import { LineChart } from './line-chart';
import { LineLegend } from './line-legend';
import type { PanelState, Range } from './panel-state';
import { fitYRange, fullXRange, pan, within, zoomAround } from './ranges';
import { nextStop, readingStops } from './reading-stops';
import type { RunHistory } from './run-history';

export interface ChartsListener {
  readonly changed: (patch: Partial<PanelState>) => void;
  /** Words for a screen reader. */
  readonly announce: (text: string) => void;
}

/** The loss and accuracy charts, with one x axis, one cursor and one zoom for both. */
export class ChartsView {
  readonly root: HTMLElement;
  private readonly legend: LineLegend;
  private readonly figures: readonly Figure[];
  private full: Range = { min: 0, max: 1 };
  private seen: Range = this.full;
  private cursor: number | null = null;

  constructor(private readonly listener: ChartsListener) {
    this.legend = new LineLegend(listener.changed);
    this.figures = [
      this.figure('loss', 'Loss', 'cross-entropy, nats'),
      this.figure('accuracy', 'Accuracy', 'share of images classified right'),
    ];
    this.root = element(
      'section',
      { class: 'charts-view', 'aria-label': 'Charts' },
      this.legend.root,
      element('p', { id: 'chart-keys', class: 'visually-hidden' }, chartKeysHelp),
      element('div', { class: 'charts' }, ...this.figures.map(({ root }) => root)),
    );
  }

  update(runs: readonly RunHistory[], state: PanelState, theme: Theme): void {
    this.legend.update(runs, state);
    const lines = this.figures.map(({ metric }) => chartLines(metric, runs, state));
    this.full = fullXRange(lines.flat(), fallbackWidths[state.axis]);
    this.seen = (state.zoom && within(state.zoom, this.full)) ?? this.full;
    this.figures.forEach((figure, index) => {
      const own = lines[index] ?? [];
      const log = state.logLoss && figure.metric === 'loss';
      figure.view = {
        lines: own,
        axis: state.axis,
        x: this.seen,
        y: fitYRange(own, this.seen, { log, limits: limits[figure.metric] }),
        log,
      };
      figure.chart.update({ ...figure.view, theme, empty: emptyNote(figure.metric, runs, own, state) });
      figure.plot.setAttribute('aria-label', describe(figure.title, own, state));
    });
  }

  /** What the charts show now. */
  exported(): ExportedChart[] {
    return this.figures.flatMap(({ metric, title, view }) => (view ? [{ metric, title, view }] : []));
  }

  private figure(metric: Metric, title: string, unit: string): Figure {
    const plot = element('div', {
      class: 'plot',
      tabindex: 0,
      role: 'application',
      'aria-roledescription': 'line chart',
      'aria-describedby': 'chart-keys',
    });
    const root = element(
      'div',
      { class: 'chart', 'data-metric': metric },
      element(
        'div',
        { class: 'chart-head' },
        element('h2', {}, title),
        element('span', { class: 'unit' }, unit),
        element('span', { class: 'keys', 'aria-hidden': 'true' }, '← → read · ⇧← ⇧→ move · + − zoom · 0 reset'),
      ),
      plot,
    );
    const chart = new LineChart(plot, metric, {
      zoomed: (x) => this.zoom(within(x, this.full)),
      zoomReset: () => this.zoom(null),
      cursorMoved: (x) => this.moveCursor(x, chart),
    });
    plot.addEventListener('keydown', (event) => this.onKey(event, chart));
    plot.addEventListener('blur', () => this.moveCursor(null, null));
    plot.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    return { metric, title, root, plot, chart, view: undefined };
  }

  private zoom(x: Range | null): void {
    this.listener.changed({ zoom: x });
  }

  /** @param from the chart that has the cursor there already; null: none. */
  private moveCursor(x: number | null, from: LineChart | null): void {
    this.cursor = x;
    for (const { chart } of this.figures) if (chart !== from) chart.followCursor(x);
  }

  private onKey(event: KeyboardEvent, chart: LineChart): void {
    const action = chartAction(event);
    if (!action) return;
    event.preventDefault();
    const { seen, full } = this;
    switch (action.type) {
      case 'read': {
        const lines = this.figures.flatMap(({ view }) => view?.lines ?? []);
        const stop = nextStop(readingStops(lines, seen), this.cursor, action.to);
        if (stop === null) return;
        this.moveCursor(stop, null);
        this.listener.announce(chart.readoutText);
        return;
      }
      case 'pan':
        return this.zoom(pan(seen, full, action.share));
      case 'zoom':
        return this.zoom(zoomAround(seen, full, this.cursor ?? (seen.min + seen.max) / 2, action.factor));
      case 'reset':
        return this.zoom(null);
    }
  }

  /** With Ctrl, as a pinch on a touchpad comes too; without, the wheel scrolls the panel. */
  private onWheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const centre = this.cursor ?? (this.seen.min + this.seen.max) / 2;
    this.zoom(zoomAround(this.seen, this.full, centre, Math.exp(event.deltaY * 0.004)));
  }
}

interface Figure {
  readonly metric: Metric;
  readonly title: string;
  readonly root: HTMLElement;
  readonly plot: HTMLElement;
  readonly chart: LineChart;
  view: ExportedChart['view'] | undefined;
}

const limits: Readonly<Record<Metric, Range>> = {
  loss: { min: 0, max: Infinity },
  accuracy: { min: 0, max: 1 },
};

/** How much of the x axis to show while there is nothing on it. */
const fallbackWidths = { epoch: 1, step: 100, time: 60 } as const;

function emptyNote(
  metric: Metric,
  runs: readonly RunHistory[],
  lines: readonly Line[],
  state: PanelState,
): string | null {
  if (lines.some(({ xs, ys }) => ys.some((y, index) => Number.isFinite(y) && Number.isFinite(xs[index] ?? NaN)))) {
    return null;
  }
  if (runs.length === 0) return 'Tick a run to see its curves.';
  if (runs.every(({ epochs }) => epochs.length === 0)) {
    if (metric === 'accuracy') return 'No epochs yet: accuracy is measured after each epoch.';
    return state.steps && state.axis !== 'time' ? 'Nothing measured yet.' : 'No epochs yet.';
  }
  return 'All lines are switched off.';
}

function describe(title: string, lines: readonly Line[], { axis }: PanelState): string {
  const names = [...new Set(lines.map(({ runName }) => runName))];
  return `${title} by ${axisNames[axis].toLowerCase()}: ${names.length > 0 ? names.join(', ') : 'nothing to show'}`;
}
