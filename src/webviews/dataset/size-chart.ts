import type { DatasetScan } from '../../protocol/dataset-inspection';
import { element, setText, svgElement } from '../shared/dom';
import { formatShare } from '../shared/scale-bar';
import { countText } from './image-facts';

interface SizeCount {
  readonly width: number;
  readonly height: number;
  readonly count: number;
}

const [chartWidth, chartHeight] = [360, 230];
const plot = { left: 46, top: 8, right: chartWidth - 10, bottom: chartHeight - 34 };
/** More circles than that lie over each other. */
const mostCircles = 3_000;
const listed = 5;

/** How large the images are: width and height of each, and the ratio of the two. */
export class SizeChart {
  readonly root: HTMLElement;
  private readonly text = element('p');
  private readonly chart = svgElement('svg', { viewBox: `0 0 ${chartWidth} ${chartHeight}`, role: 'img' });
  private readonly list = element('table', { class: 'sizes', 'aria-label': 'Most frequent sizes' });
  private readonly ratios = element('p', { class: 'muted' });
  private shownOf: DatasetScan | undefined;

  constructor() {
    this.root = element(
      'section',
      { class: 'card', 'aria-label': 'Sizes' },
      element('div', { class: 'card-head' }, element('h2', {}, 'Image sizes')),
      this.text,
      this.chart,
      this.list,
      this.ratios,
    );
  }

  update(scan: DatasetScan): void {
    if (this.shownOf === scan) return;
    this.shownOf = scan;
    const sizes = countSizes(scan);
    const total = sizes.reduce((sum, { count }) => sum + count, 0);
    const [only] = sizes;
    this.chart.toggleAttribute('hidden', sizes.length < 2);
    this.list.hidden = sizes.length < 2;
    this.ratios.hidden = sizes.length < 2;
    if (!only) return setText(this.text, 'No image can be read.');
    if (sizes.length === 1) return setText(this.text, `All images are ${only.width} × ${only.height}.`);
    setText(this.text, `${countText(sizes.length, 'size')}, ${rangeText(sizes)}.`);
    this.list.replaceChildren(
      ...sizes
        .slice(0, listed)
        .map(({ width, height, count }) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, `${width} × ${height}`),
            element('td', {}, count.toLocaleString('en')),
            element('td', { class: 'muted' }, formatShare(count / total)),
          ),
        ),
    );
    setText(this.ratios, ratioText(sizes, total));
    this.draw(sizes);
  }

  private draw(sizes: readonly SizeCount[]): void {
    this.chart.setAttribute('aria-label', `Width and height of the images: ${rangeText(sizes)}`);
    const across = axis(
      sizes.map(({ width }) => width),
      plot.left,
      plot.right,
    );
    const down = axis(
      sizes.map(({ height }) => height),
      plot.bottom,
      plot.top,
    );
    const most = Math.max(...sizes.map(({ count }) => count));
    const text = (content: string, attributes: Readonly<Record<string, string | number>>) => {
      const made = svgElement('text', attributes);
      made.textContent = content;
      return made;
    };
    const [middle, centre] = [(plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2];
    this.chart.replaceChildren(
      ...across.ticks.flatMap((value) => [
        svgElement('line', {
          class: 'grid',
          x1: across.at(value),
          x2: across.at(value),
          y1: plot.top,
          y2: plot.bottom,
        }),
        text(String(value), { x: across.at(value), y: plot.bottom + 14, 'text-anchor': 'middle' }),
      ]),
      ...down.ticks.flatMap((value) => [
        svgElement('line', { class: 'grid', x1: plot.left, x2: plot.right, y1: down.at(value), y2: down.at(value) }),
        text(String(value), { x: plot.left - 6, y: down.at(value) + 4, 'text-anchor': 'end' }),
      ]),
      text('width', { x: middle, y: chartHeight - 4, 'text-anchor': 'middle' }),
      text('height', { x: 10, y: centre, 'text-anchor': 'middle', transform: `rotate(-90 10 ${centre})` }),
      ...sizes.slice(0, mostCircles).map(({ width, height, count }) => {
        const title = svgElement('title');
        title.textContent = `${width} × ${height}: ${countText(count, 'image')}`;
        const radius = 2 + 8 * Math.sqrt(count / most);
        return svgElement('circle', { class: 'dot', cx: across.at(width), cy: down.at(height), r: radius }, title);
      }),
    );
  }
}

/** The most frequent first. */
function countSizes({ widths, heights }: DatasetScan): readonly SizeCount[] {
  const counts = new Map<number, number>();
  widths.forEach((width, item) => {
    if (width === 0) return; // Can't be read.
    const key = width * 2 ** 20 + (heights[item] ?? 0);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  return [...counts]
    .map(([key, count]) => ({ width: Math.floor(key / 2 ** 20), height: key % 2 ** 20, count }))
    .sort((a, b) => b.count - a.count);
}

function rangeText(sizes: readonly SizeCount[]): string {
  const sorted = [...sizes].sort((a, b) => a.width * a.height - b.width * b.height);
  const [least, most] = [sorted[0], sorted.at(-1)];
  return least && most ? `from ${least.width} × ${least.height} to ${most.width} × ${most.height}` : '';
}

/** A square within a twentieth is one. */
function ratioText(sizes: readonly SizeCount[], total: number): string {
  const share = (fits: (ratio: number) => boolean) =>
    formatShare(sizes.reduce((sum, { width, height, count }) => sum + (fits(width / height) ? count : 0), 0) / total);
  const ratios = sizes.map(({ width, height }) => width / height);
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
  return (
    `${share((ratio) => ratio > 1.05)} wider than high, ${share((ratio) => ratio >= 1 / 1.05 && ratio <= 1.05)} square, ` +
    `${share((ratio) => ratio < 1 / 1.05)} higher than wide; width : height from ${least} to ${most}.`
  );
}

interface Axis {
  readonly ticks: readonly number[];
  at(value: number): number;
}

/** Logarithmic where the largest is many times the smallest. */
function axis(values: readonly number[], from: number, to: number): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const isLog = most / least > 8;
  const shape = isLog ? Math.log2 : (value: number) => value;
  const room = Math.max((shape(most) - shape(least)) * 0.06, isLog ? 0.2 : 1);
  const [low, high] = [shape(least) - room, shape(most) + room];
  const at = (value: number) => from + ((shape(value) - low) / (high - low)) * (to - from);
  if (isLog) {
    const powers = Array.from({ length: 24 }, (_, power) => 2 ** power);
    return { at, ticks: powers.filter((value) => shape(value) >= low && shape(value) <= high) };
  }
  const step = niceStep((high - low) / 4);
  const first = Math.ceil(Math.max(0, low) / step) * step;
  const ticks = Array.from({ length: 9 }, (_, index) => first + index * step).filter((value) => value <= high);
  return { at, ticks };
}

/** 1, 2 or 5 times a power of ten: whole pixels. */
function niceStep(wanted: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, wanted))));
  return ([1, 2, 5, 10].find((factor) => factor * power >= wanted) ?? 10) * power;
}
