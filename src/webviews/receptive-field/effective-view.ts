import { paintValues, type ValueRange } from '../../core/inspect/color-map';
import type { EffectiveField } from '../../protocol/inspection';
import { element } from '../shared/dom';
import { context2d } from '../shared/pixel-canvas';
import { formatNumber, formatShare, ScaleBar } from '../shared/scale-bar';
import { fieldColor, readTheme } from '../shared/theme';
import { ZoomImage } from '../shared/zoom-image';

/** Share of the largest value, or its square root: far pixels act little, and are seen so. */
export type FieldScale = 'linear' | 'root';

/** A measured field: the heat map with its theoretical field and Gaussian, its profile, its numbers. */
export function effectiveView(title: string, field: EffectiveField, scale: FieldScale, range: ValueRange): HTMLElement {
  const [height, width] = field.shape;
  const shown = scale === 'root' ? field.map.map(Math.sqrt) : field.map;
  const shownRange = scale === 'root' ? { low: 0, high: Math.sqrt(range.high) } : range;
  const heat = new ZoomImage(title);
  const pixels = paintValues(shown, shownRange, 'sequential');
  const sigmas = describeSigma(field);
  heat.show(
    {
      picture: { width, height, pixels },
      boxes: field.theoretical ? [{ box: field.theoretical, color: fieldColor, dashed: true }] : [],
    },
    `${title}: ${sigmas}, ${formatShare(field.withinTheoretical)} of it within the theoretical field`,
  );
  const bar = new ScaleBar();
  bar.update('sequential', range, 'Share of all that acts on the element, for each pixel');
  return element(
    'section',
    { class: 'effective', 'aria-label': title },
    element('h2', {}, title),
    heat.root,
    scale === 'linear' ? bar.root : element('p', { class: 'muted' }, 'Colours by the square root.'),
    profile(field),
    element(
      'dl',
      { class: 'facts' },
      ...facts(field).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
    ),
  );
}

function describeSigma({ sigma }: EffectiveField): string {
  return `σx ${formatNumber(sigma[1])}, σy ${formatNumber(sigma[0])} pixels`;
}

function facts(field: EffectiveField): readonly (readonly [string, string])[] {
  const { theoretical, sigma, center } = field;
  const theory = theoretical
    ? `${theoretical.bottom - theoretical.top} × ${theoretical.right - theoretical.left}`
    : 'the whole image';
  return [
    ['σx, σy', `${formatNumber(sigma[1])}, ${formatNumber(sigma[0])} pixels`],
    ['Middle', `column ${formatNumber(center[1])}, row ${formatNumber(center[0])}`],
    ['Within 2σ', formatShare(field.withinTwoSigma)],
    ['Theoretical', theory],
    ['Within theoretical', formatShare(field.withinTheoretical)],
    ['Averaged over', `${field.images} images`],
  ];
}

/** The heat map summed over rows, with the Gaussian that has its moments. */
function profile({ shape: [height, width], map, center, sigma }: EffectiveField): HTMLElement {
  const columns = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) columns[x] = (columns[x] ?? 0) + (map[y * width + x] ?? 0);
  }
  const gaussian = Float64Array.from(columns, (_, x) => gaussianAt(x, center[1], sigma[1]));
  const most = Math.max(...columns, ...gaussian) || 1;
  const ratio = window.devicePixelRatio;
  const canvas = element('canvas', {
    width: Math.round(240 * ratio),
    height: Math.round(64 * ratio),
    class: 'profile',
  });
  const context = context2d(canvas);
  const theme = readTheme();
  const step = canvas.width / width;
  const base = canvas.height - ratio;
  context.fillStyle = theme.mutedForeground;
  columns.forEach((value, x) => {
    const tall = (value / most) * (base - 2 * ratio);
    context.fillRect(x * step, base - tall, Math.max(1, step - (step > 3 ? 1 : 0)), tall);
  });
  context.strokeStyle = fieldColor;
  context.lineWidth = 1.5 * ratio;
  context.beginPath();
  gaussian.forEach((value, x) => context.lineTo((x + 0.5) * step, base - (value / most) * (base - 2 * ratio)));
  context.stroke();
  const told = `Profile over the columns, with a Gaussian of standard deviation ${formatNumber(sigma[1])} pixels`;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', told);
  canvas.title = told;
  return canvas;
}

function gaussianAt(x: number, center: number, sigma: number): number {
  if (sigma === 0) return x === Math.round(center) ? 1 : 0;
  return Math.exp(-((x - center) ** 2) / (2 * sigma ** 2)) / (sigma * Math.sqrt(2 * Math.PI));
}
