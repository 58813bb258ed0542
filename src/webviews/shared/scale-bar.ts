import { colorMapTable, type ColorMapName, type ValueRange } from '../../core/inspect/color-map';
import { element, setText } from './dom';
import { context2d } from './pixel-canvas';

/** Tells which colour stands for which value. */
export class ScaleBar {
  private readonly canvas = element('canvas', { class: 'scale-colors', width: 256, height: 1, 'aria-hidden': 'true' });
  private readonly low = element('span');
  private readonly middle = element('span');
  private readonly high = element('span');
  readonly root = element(
    'div',
    { class: 'scale-bar', role: 'img' },
    this.canvas,
    element('div', { class: 'scale-labels' }, this.low, this.middle, this.high),
  );

  /** Null: there is no common scale. `caption` says what the values are. */
  update(name: ColorMapName, range: ValueRange | null, caption: string): void {
    context2d(this.canvas).putImageData(new ImageData(colorMapTable(name).slice(), 256, 1), 0, 0);
    const crossesZero = range !== null && range.low < 0 && range.high > 0;
    setText(this.low, range ? formatNumber(range.low) : 'lowest');
    setText(this.middle, crossesZero ? formatNumber((range.low + range.high) / 2) : '');
    setText(this.high, range ? formatNumber(range.high) : 'highest');
    const told = range
      ? `${caption}: from ${formatNumber(range.low)} to ${formatNumber(range.high)}`
      : `${caption}: each by itself, from its lowest to its highest value`;
    this.root.setAttribute('aria-label', told);
    this.root.title = told;
  }
}

/** Three significant digits, as short as they can be told. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size === 0) return '0';
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
  return text.replace('-', '−');
}

/** `12.3 %` */
export function formatShare(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(share > 0 && share < 0.001 ? 2 : 1)} %` : '–';
}
