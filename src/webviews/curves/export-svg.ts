import { looks } from './chart-lines';
import type { Line, LineKind, Metric } from './chart-lines';
import { markerRadius, placeMarkers, starRadius } from './draw-markers';
import type { PlacedMarker } from './draw-markers';
import { axisNames, formatTicks, formatXTick } from './format';
import type { ChartView } from './line-chart';
import { lineShape } from './line-shape';
import { markerCorners, starCorners } from './marker-shapes';
import type { Corner } from './marker-shapes';
import { slotColour, slotMarker } from './palette';
import { project } from './project';
import type { PlotBox } from './project';
import { linearTicks, logTicks, timeTicks } from './ticks';
import type { Theme } from '../shared/theme';

export interface ExportedChart {
  readonly metric: Metric;
  readonly title: string;
  readonly view: Omit<ChartView, 'theme' | 'empty'>;
}

export interface SvgDocument {
  readonly text: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** The charts side by side with a legend, as vector graphics on white: for documents, whatever the editor's theme. */
export function exportSvg(charts: readonly ExportedChart[]): SvgDocument {
  const legend = legendOf(charts);
  const width = charts.length * chartWidth;
  const height = chartHeight + legend.height;
  const text = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` font-family="${print.fontFamily}" font-size="12">`,
    `<title>Training curves</title>`,
    `<rect width="${width}" height="${height}" fill="${print.background}"/>`,
    ...charts.map((chart, index) => chartGroup(chart, index)),
    `<g transform="translate(0 ${chartHeight})">${legend.content}</g>`,
    `</svg>\n`,
  ].join('\n');
  return { text, width, height };
}

const chartWidth = 620;
const chartHeight = 400;
const box: PlotBox = { left: 64, top: 44, width: chartWidth - 64 - 20, height: chartHeight - 44 - 52 };

const print: Theme = {
  kind: 'light',
  background: '#ffffff',
  foreground: '#1f1f1f',
  mutedForeground: '#555555',
  gridLine: '#e4e4e4',
  accent: '#005fb8',
  error: '#c72e0f',
  fontFamily: 'Helvetica, Arial, sans-serif',
};

function chartGroup({ metric, title, view }: ExportedChart, index: number): string {
  const placed = { ...view, theme: print };
  const clip = `plot-${index}`;
  const parts = [
    `<clipPath id="${clip}"><rect x="${box.left}" y="${box.top - 2}" width="${box.width}" height="${box.height + 4}"/></clipPath>`,
    `<text x="${box.left}" y="26" font-size="15" font-weight="bold" fill="${print.foreground}">${escapeXml(title)}</text>`,
    ...axes(metric, view),
    `<g clip-path="url(#${clip})" fill="none" stroke-linejoin="round">`,
    ...view.lines.map((line) => linePath(line, view)),
    `</g>`,
    ...placeMarkers(box, placed, 1).map(marker),
  ];
  return `<g transform="translate(${index * chartWidth} 0)">\n${parts.join('\n')}\n</g>`;
}

function axes(metric: Metric, view: ExportedChart['view']): string[] {
  const { axis, x, y, log } = view;
  const { toX, toY } = project(box, view);
  const [right, bottom] = [box.left + box.width, box.top + box.height];
  const yTicks = log ? logTicks(y, 8) : linearTicks(y, 8);
  const yLabels = formatTicks(metric, yTicks);
  const xTicks = axis === 'time' ? timeTicks(x, 7) : linearTicks(x, 7);
  const label = (px: number, py: number, words: string): string =>
    `<text x="${round(px)}" y="${round(py)}">${escapeXml(words)}</text>`;
  return [
    `<g stroke="${print.gridLine}">`,
    ...yTicks.map((tick) => `<path d="M${box.left} ${round(toY(tick))}H${right}"/>`),
    ...xTicks.map((tick) => `<path d="M${round(toX(tick))} ${box.top}V${bottom}"/>`),
    `</g>`,
    `<g fill="${print.mutedForeground}" text-anchor="end">`,
    ...yTicks.map((tick, index) => label(box.left - 8, toY(tick) + 4, yLabels[index] ?? '')),
    `</g>`,
    `<g fill="${print.mutedForeground}" text-anchor="middle">`,
    ...xTicks.map((tick) => label(toX(tick), bottom + 18, formatXTick(axis, tick))),
    label(box.left + box.width / 2, bottom + 40, axisNames[axis]),
    `</g>`,
  ];
}

function linePath({ kind, slot, xs, ys }: Line, view: ExportedChart['view']): string {
  const { width, opacity, dash } = looks[kind];
  const colour = slotColour(slot, print.kind);
  const shape = lineShape(xs, ys, project(box, view), width);
  const pieces = shape.pieces.map((corners) => `M${corners.map(([x, y]) => `${round(x)} ${round(y)}`).join('L')}`);
  const path = pieces.map((piece) => (shape.filled ? `${piece}Z` : piece)).join('');
  const paint = shape.filled ? `fill="${colour}"` : `stroke="${colour}" stroke-width="${width}"${dashes(dash)}`;
  return `<path class="${kind}" d="${path}" ${paint}${opacity < 1 ? ` opacity="${opacity}"` : ''}/>`;
}

function marker({ line, x, y, star }: PlacedMarker): string {
  const colour = slotColour(line.slot, print.kind);
  if (star) {
    return polygon(starCorners(starRadius), x, y, `class="best" fill="${colour}" stroke="${print.background}"`);
  }
  const fill = looks[line.kind].points === 'hollow' ? print.background : colour;
  return markerShape(line.slot, x, y, `fill="${fill}" stroke="${colour}" stroke-width="1.25"`);
}

function legendOf(charts: readonly ExportedChart[]): { readonly content: string; readonly height: number } {
  const lines = charts.flatMap(({ view }) => view.lines);
  const runs = new Map(lines.map(({ run, runName, slot }) => [run, { runName, slot }]));
  const kinds = legendKinds.filter(([kind]) => lines.some((line) => line.kind === kind));
  const smoothed = lines.some(({ kind }) => kind === 'raw');
  const rowHeight = 20;
  const text = (x: number, y: number, words: string): string =>
    `<text x="${x}" y="${y + 4}" fill="${print.foreground}">${escapeXml(words)}</text>`;
  const runRows = [...runs.values()].map(({ runName, slot }, index) => {
    const y = 10 + index * rowHeight;
    const colour = slotColour(slot, print.kind);
    const sample = `<path d="M${box.left} ${y}h28" stroke="${colour}" stroke-width="2.25"/>`;
    return sample + markerShape(slot, box.left + 14, y, `fill="${colour}"`) + text(box.left + 38, y, runName);
  });
  const kindRows = kinds.map(([kind, words], index) => {
    const { width, dash, points } = looks[kind];
    const [x, y] = [chartWidth + box.left, 10 + index * rowHeight];
    const sample = `<path d="M${x} ${y}h28" stroke="${print.foreground}" stroke-width="${width}"${dashes(dash)}/>`;
    const fill = points === 'hollow' ? print.background : print.foreground;
    const circle = `<circle cx="${x + 14}" cy="${y}" r="${markerRadius}" fill="${fill}" stroke="${print.foreground}"/>`;
    return (
      sample +
      (points === 'none' ? '' : circle) +
      text(x + 38, y, kind === 'steps' && smoothed ? `${words}, moving average` : words)
    );
  });
  if (lines.some(({ best }) => best !== null)) {
    const [x, y] = [chartWidth + box.left, 10 + kindRows.length * rowHeight];
    kindRows.push(
      polygon(starCorners(7), x + 14, y, `fill="${print.foreground}"`) + text(x + 38, y, 'best checkpoint'),
    );
  }
  const rows = Math.max(runRows.length, kindRows.length);
  return { content: [...runRows, ...kindRows].join('\n'), height: rows * rowHeight + 10 };
}

const legendKinds: readonly (readonly [LineKind, string])[] = [
  ['validation', 'validation'],
  ['top5', 'validation, top-5'],
  ['train', 'train, mean over the epoch'],
  ['steps', 'train steps'],
];

function markerShape(slot: number, x: number, y: number, look: string): string {
  const corners = markerCorners(slotMarker(slot), markerRadius);
  return corners
    ? polygon(corners, x, y, look)
    : `<circle cx="${round(x)}" cy="${round(y)}" r="${markerRadius}" ${look}/>`;
}

function dashes(dash: readonly number[]): string {
  return dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : '';
}

function polygon(corners: readonly Corner[], x: number, y: number, look: string): string {
  return `<polygon points="${corners.map(([dx, dy]) => `${round(x + dx)},${round(y + dy)}`).join(' ')}" ${look}/>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escapeXml(text: string): string {
  return text
    .replace(/[^\P{Cc}\t\n\r]/gu, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
