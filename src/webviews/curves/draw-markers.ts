import type { Theme } from '../shared/theme';
import { looks } from './chart-lines';
import type { Line } from './chart-lines';
import { markerCorners, starCorners } from './marker-shapes';
import type { Corner } from './marker-shapes';
import { slotColour, slotMarker } from './palette';
import type { Range } from './panel-state';
import { project } from './project';
import type { PlotBox } from './project';

export interface MarkersView {
  readonly lines: readonly Line[];
  readonly x: Range;
  readonly y: Range;
  readonly log: boolean;
  readonly theme: Theme;
}

export interface PlacedMarker {
  readonly line: Line;
  readonly x: number;
  readonly y: number;
  /** The best checkpoint's star, or a point of the line. */
  readonly star: boolean;
}

/** In CSS pixels. */
export const markerRadius = 2.75;
export const starRadius = 8;

/** Markers that lie in view, stars last. Points of a line are left out where they would touch. */
export function placeMarkers(box: PlotBox, view: MarkersView, pixelRatio: number): PlacedMarker[] {
  const { toX, toY } = project(box, view);
  const points: PlacedMarker[] = [];
  const stars: PlacedMarker[] = [];
  for (const line of view.lines) {
    if (looks[line.kind].points === 'none') continue;
    const placed: PlacedMarker[] = [];
    line.xs.forEach((place, index) => {
      const marker = { line, x: toX(place), y: toY(line.ys[index] ?? NaN), star: index === line.best };
      const inView = place >= view.x.min && place <= view.x.max && Number.isFinite(marker.y);
      if (inView) (marker.star ? stars : placed).push(marker);
    });
    const [first, last] = [placed[0], placed.at(-1)];
    const spacing = first && last && placed.length > 1 ? (last.x - first.x) / (placed.length - 1) : Infinity;
    if (spacing >= 9 * pixelRatio) points.push(...placed);
  }
  return [...points, ...stars];
}

/** Draws the markers on a chart's canvas. */
export function drawMarkers(
  context: CanvasRenderingContext2D,
  box: PlotBox,
  view: MarkersView,
  pixelRatio: number,
): void {
  context.save();
  for (const { line, x, y, star } of placeMarkers(box, view, pixelRatio)) {
    const colour = slotColour(line.slot, view.theme.kind);
    context.beginPath();
    context.setLineDash([]);
    context.lineJoin = 'round';
    if (star) {
      tracePolygon(context, starCorners(starRadius * pixelRatio), x, y);
      context.lineWidth = 3 * pixelRatio;
      context.strokeStyle = view.theme.background;
      context.stroke();
      context.fillStyle = colour;
      context.fill();
      continue;
    }
    const corners = markerCorners(slotMarker(line.slot), markerRadius * pixelRatio);
    if (corners) tracePolygon(context, corners, x, y);
    else context.arc(x, y, markerRadius * pixelRatio, 0, 2 * Math.PI);
    const hollow = looks[line.kind].points === 'hollow';
    context.fillStyle = hollow ? view.theme.background : colour;
    context.fill();
    context.lineWidth = 1.25 * pixelRatio;
    context.strokeStyle = colour;
    context.stroke();
  }
  context.restore();
}

function tracePolygon(context: CanvasRenderingContext2D, corners: readonly Corner[], x: number, y: number): void {
  for (const [dx, dy] of corners) context.lineTo(x + dx, y + dy);
  context.closePath();
}
