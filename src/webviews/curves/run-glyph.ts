import { svgElement } from '../shared/dom';
import type { ThemeKind } from '../shared/theme';
import { markerCorners } from './marker-shapes';
import { slotColour, slotMarker } from './palette';

/** A piece of the run's line with its marker: what to look for in the charts. */
export function runGlyph(slot: number, theme: ThemeKind): SVGSVGElement {
  const colour = slotColour(slot, theme);
  const corners = markerCorners(slotMarker(slot), 3.5);
  const marker = corners
    ? svgElement('polygon', { points: corners.map(([x, y]) => `${x + 10},${y + 6}`).join(' '), fill: colour })
    : svgElement('circle', { cx: 10, cy: 6, r: 3.5, fill: colour });
  return svgElement(
    'svg',
    { class: 'run-glyph', viewBox: '0 0 20 12', width: 20, height: 12, 'aria-hidden': 'true' },
    svgElement('path', { d: 'M0 6H20', stroke: colour, 'stroke-width': 2.25 }),
    marker,
  );
}
