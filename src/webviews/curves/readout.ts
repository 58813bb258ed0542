import { element } from '../shared/dom';
import type { ThemeKind } from '../shared/theme';
import { kindNames } from './chart-lines';
import type { Line, LineKind, Metric } from './chart-lines';
import { formatMetric, formatX } from './format';
import { runGlyph } from './run-glyph';
import type { AxisKind } from './run-history';

export interface ReadoutContent {
  readonly axis: AxisKind;
  readonly x: number;
  readonly theme: ThemeKind;
  /** The points that the cursor reads, in the order of the lines. */
  readonly points: readonly { readonly line: Line; readonly index: number }[];
  /** Of the cursor in the container, CSS pixels. */
  readonly left: number;
  /** Of the plotting area in the container, CSS pixels. */
  readonly top: number;
  readonly height: number;
  readonly containerWidth: number;
}

/** The box at the cursor: a row for each run, a column for each kind of line. */
export class Readout {
  readonly root = element('div', { class: 'readout', hidden: true });
  text = '';

  constructor(private readonly metric: Metric) {}

  hide(): void {
    this.root.hidden = true;
    this.text = '';
  }

  show(content: ReadoutContent): void {
    const { axis, x, theme, points } = content;
    if (points.length === 0) {
      this.hide();
      return;
    }
    const kinds = columnOrder.filter((kind) => points.some(({ line }) => line.kind === kind));
    const runs = new Map(points.map(({ line }) => [line.run, line]));
    const value = (run: string, kind: LineKind): string => {
      const point = points.find(({ line }) => line.run === run && line.kind === kind);
      return point ? formatMetric(this.metric, point.line.ys[point.index] ?? NaN) : '';
    };
    const head = element('tr', {}, element('th', {}, formatX(axis, x)));
    for (const kind of kinds) head.append(element('th', {}, kindNames[kind]));
    const rows = [...runs].map(([run, line]) => {
      const name = element('span', { class: 'readout-name' }, line.runName);
      const row = element('tr', {}, element('td', {}, runGlyph(line.slot, theme), name));
      for (const kind of kinds) row.append(element('td', { class: 'number' }, value(run, kind)));
      return row;
    });
    this.root.replaceChildren(element('table', {}, head, ...rows));
    this.text = [
      formatX(axis, x),
      ...[...runs].map(([run, line]) => {
        const values = kinds.filter((kind) => value(run, kind) !== '');
        return `${line.runName}: ${values.map((kind) => `${kindNames[kind]} ${value(run, kind)}`).join(', ')}`;
      }),
    ].join('; ');
    this.root.hidden = false;
    this.place(content);
  }

  private place({ left, top, height, containerWidth }: ReadoutContent): void {
    this.root.classList.toggle('compact', containerWidth < compactBelowPixels);
    const width = this.root.offsetWidth;
    const right = left + cursorGapPixels;
    const fitsRight = right + width <= containerWidth;
    const x = fitsRight ? right : Math.max(0, left - cursorGapPixels - width);
    // Where the curves are not: a loss falls away from the top, an accuracy rises from the bottom.
    const y = this.metric === 'loss' ? top + 4 : top + height - this.root.offsetHeight - 4;
    this.root.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }
}

const cursorGapPixels = 14;

/** Narrower containers get the runs' glyphs without their names. */
const compactBelowPixels = 440;

const columnOrder: readonly LineKind[] = ['steps', 'train', 'validation', 'top5'];
