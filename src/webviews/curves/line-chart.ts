import uPlot from 'uplot';
import { element, setText } from '../shared/dom';
import type { Theme } from '../shared/theme';
import { looks } from './chart-lines';
import type { Line, Metric } from './chart-lines';
import { drawMarkers } from './draw-markers';
import { axisNames, formatTicks, formatXTick } from './format';
import { lineShape } from './line-shape';
import { slotColour } from './palette';
import type { Range } from './panel-state';
import { project } from './project';
import { Readout } from './readout';
import type { AxisKind } from './run-history';
import { nearestIndex } from './search-sorted';
import { linearTicks, logTicks, timeTicks } from './ticks';

export interface ChartView {
  readonly lines: readonly Line[];
  readonly axis: AxisKind;
  readonly x: Range;
  readonly y: Range;
  readonly log: boolean;
  readonly theme: Theme;
  /** What to say in place of the curve; null: there is a curve. */
  readonly empty: string | null;
}

export interface ChartListener {
  /** The reader dragged over a part of the x axis. */
  zoomed(x: Range): void;
  zoomReset(): void;
  /** The cursor stands at x; null: it has gone. */
  cursorMoved(x: number | null): void;
}

/**
 * One uPlot chart. uPlot keeps the canvas, axes, cursor and selection; scales, ticks and paths come from the modules that
 * the SVG export uses too. Lines have their own x values each (uPlot's mode 2), as runs log at different steps.
 */
export class LineChart {
  private plot: uPlot | undefined;
  private view: ChartView | undefined;
  /** Line of each uPlot series; the first two are uPlot's own and a placeholder (mode 2 wants one series at least). */
  private keys: string[] = [];
  private following = false;
  private readonly emptyNote = element('p', { class: 'chart-empty', hidden: true });
  private readonly readout: Readout;
  private readonly resizing = new ResizeObserver(() => this.resize());

  constructor(
    private readonly container: HTMLElement,
    private readonly metric: Metric,
    private readonly listener: ChartListener,
  ) {
    this.readout = new Readout(metric);
    container.append(this.readout.root, this.emptyNote);
    this.resizing.observe(container);
  }

  update(view: ChartView): void {
    const before = this.view;
    this.view = view;
    setText(this.emptyNote, view.empty ?? '');
    this.emptyNote.hidden = view.empty === null;
    if (before && (before.log !== view.log || before.axis !== view.axis || before.theme !== view.theme)) this.clear();
    this.draw();
  }

  /** Puts the cursor at x, or takes it away, without telling the listener. */
  followCursor(x: number | null): void {
    if (!this.plot) return;
    this.following = true;
    this.plot.setCursor({ left: x === null ? -10 : this.plot.valToPos(x, 'x'), top: x === null ? -10 : 0 });
    this.following = false;
  }

  /** What the read-out says now, in one line. */
  get readoutText(): string {
    return this.readout.text;
  }

  private clear(): void {
    this.plot?.destroy();
    this.plot = undefined;
    this.keys = [];
  }

  private draw(): void {
    const { view } = this;
    const { clientWidth: width, clientHeight: height } = this.container;
    if (!view || width === 0 || height === 0) return; // Hidden: drawn once it has a size.
    const lines = [noLine, ...view.lines];
    this.plot ??= this.create(width, height);
    const plot = this.plot;
    plot.batch(() => {
      this.matchSeries(plot, view.lines);
      plot.setData(facetsOf(lines));
    });
  }

  /** Adds and removes series so that there is one for each line, in order. */
  private matchSeries(plot: uPlot, lines: readonly Line[]): void {
    const wanted = lines.map(({ key, slot }) => `${key}:${slot}`);
    if (wanted.length === this.keys.length && wanted.every((key, index) => key === this.keys[index])) return;
    for (let index = plot.series.length - 1; index >= firstLine; index--) plot.delSeries(index);
    for (const line of lines) plot.addSeries(this.seriesOf(line));
    this.keys = wanted;
  }

  private lineAt(seriesIndex: number): Line | undefined {
    return this.view?.lines[seriesIndex - firstLine];
  }

  private seriesOf({ kind, slot }: Line): uPlot.Series {
    const look = looks[kind];
    const colour = this.view ? slotColour(slot, this.view.theme.kind) : '';
    return {
      stroke: colour,
      fill: colour,
      width: look.width,
      alpha: look.opacity,
      dash: look.dash.map((length) => length * devicePixelRatio),
      auto: false,
      pxAlign: 0,
      points: { show: false },
      paths: (_, index) => this.path(index),
    };
  }

  private path(seriesIndex: number): uPlot.Series.Paths | null {
    const { plot, view } = this;
    const line = this.lineAt(seriesIndex);
    if (!plot || !view || !line) return null;
    const lineWidth = looks[line.kind].width * uPlot.pxRatio;
    const shape = lineShape(line.xs, line.ys, project(plot.bbox, view), lineWidth);
    const path = new Path2D();
    for (const corners of shape.pieces) {
      corners.forEach(([x, y], index) => (index === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
      if (shape.filled) path.closePath();
    }
    return shape.filled ? { fill: path } : { stroke: path };
  }

  private create(width: number, height: number): uPlot {
    const options: uPlot.Options = {
      mode: 2,
      width,
      height,
      padding: [10, 14, 0, 0],
      series: [{}, { auto: false, paths: () => null, points: { show: false } }],
      legend: { show: false },
      scales: {
        x: { time: false, range: () => this.rangeOf('x') },
        y: { distr: this.view?.log ? 3 : 1, range: () => this.rangeOf('y') },
      },
      axes: this.axes(),
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false, dist: 4 },
        points: {
          size: 9,
          width: 1.5,
          fill: (_, index) => this.hoverColour(index),
          stroke: () => this.view?.theme.background ?? '',
        },
        dataIdx: (plot, index) => {
          const line = this.lineAt(index);
          if (!line || line.kind === 'raw') return null;
          return this.readableIndex(line, plot.posToVal(plot.cursor.left ?? -10, 'x'));
        },
        bind: {
          dblclick: () => () => {
            this.listener.zoomReset();
            return null;
          },
        },
      },
      hooks: {
        setSelect: [(plot) => this.selected(plot)],
        setCursor: [(plot) => this.cursorMoved(plot)],
        draw: [
          (plot) => {
            if (this.view) drawMarkers(plot.ctx, plot.bbox, this.view, uPlot.pxRatio);
          },
        ],
      },
    };
    return new uPlot(options, facetsOf([noLine]), this.container);
  }

  private axes(): uPlot.Axis[] {
    const theme = this.view?.theme;
    const look: uPlot.Axis = {
      stroke: theme?.mutedForeground ?? '',
      font: `12px ${theme?.fontFamily ?? 'sans-serif'}`,
      filter: (_, splits) => splits,
      grid: { stroke: theme?.gridLine ?? '', width: 1 },
      ticks: { show: false },
    };
    const axis = this.view?.axis ?? 'epoch';
    return [
      {
        ...look,
        size: 26,
        gap: 7,
        label: axisNames[axis],
        labelSize: 17,
        labelGap: 0,
        labelFont: look.font ?? '',
        splits: (plot, _, min, max) => {
          const most = Math.max(2, Math.floor(cssWidth(plot) / 72));
          return axis === 'time' ? timeTicks({ min, max }, most) : linearTicks({ min, max }, most);
        },
        values: (_, splits) => splits.map((split) => formatXTick(axis, split)),
      },
      {
        ...look,
        size: 54,
        gap: 8,
        splits: (plot, _, min, max) => {
          const most = Math.max(2, Math.floor(cssHeight(plot) / 42));
          return this.view?.log ? logTicks({ min, max }, most) : linearTicks({ min, max }, most);
        },
        values: (_, splits) => formatTicks(this.metric, splits),
      },
    ];
  }

  private rangeOf(scale: 'x' | 'y'): uPlot.Range.MinMax {
    const range = this.view?.[scale] ?? { min: 0, max: 1 };
    return [range.min, range.max];
  }

  private hoverColour(seriesIndex: number): string {
    const line = this.lineAt(seriesIndex);
    return line && this.view ? slotColour(line.slot, this.view.theme.kind) : 'transparent';
  }

  /** The point that the cursor reads on a line: the nearest, unless the line lies elsewhere. */
  private readableIndex({ xs, ys }: Line, x: number): number | null {
    const { plot, view } = this;
    const index = nearestIndex(xs, x);
    if (index === null || !plot || !view || !Number.isFinite(ys[index] ?? NaN)) return null;
    const place = xs[index] ?? NaN;
    const beyondEnds = (index === 0 && x < place) || (index === xs.length - 1 && x > place);
    const pixels = Math.abs(plot.valToPos(place, 'x') - plot.valToPos(x, 'x'));
    if (beyondEnds && pixels > 24) return null;
    return place < view.x.min || place > view.x.max ? null : index;
  }

  private selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width <= 0) return;
    const x = { min: plot.posToVal(left, 'x'), max: plot.posToVal(left + width, 'x') };
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.listener.zoomed(x);
  }

  private cursorMoved(plot: uPlot): void {
    const { view } = this;
    const left = plot.cursor.left ?? -10;
    const x = left < 0 ? null : plot.posToVal(left, 'x');
    if (x === null || !view || view.lines.length === 0) {
      this.readout.hide();
    } else {
      this.readout.show({
        axis: view.axis,
        x,
        theme: view.theme.kind,
        points: view.lines.flatMap((line) => {
          const index = line.kind === 'raw' ? null : this.readableIndex(line, x);
          return index === null ? [] : [{ line, index }];
        }),
        left: left + plot.bbox.left / uPlot.pxRatio,
        top: plot.bbox.top / uPlot.pxRatio,
        height: plot.bbox.height / uPlot.pxRatio,
        containerWidth: plot.width,
      });
    }
    if (!this.following) this.listener.cursorMoved(x);
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.container;
    if (width === 0 || height === 0) return;
    if (!this.plot) this.draw();
    else if (this.plot.width !== width || this.plot.height !== height) this.plot.setSize({ width, height });
  }
}

const firstLine = 2;

const noLine = { xs: new Float64Array(), ys: new Float64Array() };

/** uPlot's types know aligned data only; mode 2 takes [null, [xs, ys], …]. */
function facetsOf(lines: readonly Pick<Line, 'xs' | 'ys'>[]): uPlot.AlignedData {
  return [null, ...lines.map(({ xs, ys }) => [xs, ys])] as unknown as uPlot.AlignedData;
}

function cssWidth(plot: uPlot): number {
  return plot.over.clientWidth || plot.width;
}

function cssHeight(plot: uPlot): number {
  return plot.over.clientHeight || plot.height;
}
