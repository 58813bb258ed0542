import { splitOrder } from '../../core/data/split-names';
import { button } from '../shared/controls';
import { element, setText, svgElement } from '../shared/dom';
import { setOptions } from '../shared/subject-picker';
import { channelStatistics, normalizeCode } from './channel-statistics';
import type { DatasetContext } from './dataset-context';
import { splitTitleAt, type DatasetModel } from './dataset-model';

const [chartWidth, chartHeight] = [360, 150];
const channelNames = ['red', 'green', 'blue'] as const;

/** Mean and deviation of each channel, as they are normalised by, and how often each byte is. */
export class PixelStatistics {
  readonly root: HTMLElement;
  private readonly split = element('select', { class: 'select', 'aria-label': 'Split' });
  private readonly table = element('table', { class: 'statistics', 'aria-label': 'Channels' });
  private readonly code = element('code', { class: 'normalize' });
  private readonly chart = svgElement('svg', {
    viewBox: `0 0 ${chartWidth} ${chartHeight}`,
    role: 'img',
    'aria-label': 'How often each value of a pixel is, from 0 (left) to 255 (right)',
  });
  private place = 0;

  constructor(private readonly context: DatasetContext) {
    this.split.addEventListener('change', () => {
      this.place = Number(this.split.value);
      this.update();
    });
    this.root = element(
      'section',
      { class: 'card', 'aria-label': 'Pixels' },
      element('div', { class: 'card-head' }, element('h2', {}, 'Pixels'), this.split),
      this.chart,
      this.table,
      element(
        'div',
        { class: 'code-line' },
        this.code,
        button('Copy', 'Copy the line for PyTorch code', () => this.copy()),
      ),
    );
  }

  update(): void {
    const { model } = this.context;
    const { scan } = model ?? {};
    if (!model || !scan) return;
    const places = scan.histograms.flatMap((each, at) => (each.length > 0 ? [at] : []));
    if (!places.includes(this.place)) this.place = places[0] ?? 0;
    setOptions(
      this.split,
      places.map((at) => ({ value: String(at), text: splitTitleAt(at) })),
    );
    this.split.value = String(this.place);
    const histogram = scan.histograms[this.place] ?? new Float64Array(0);
    const isGrey = allGrey(model);
    const statistics = histogram.length > 0 ? channelStatistics(histogram, isGrey) : null;
    this.table.hidden = this.chart.toggleAttribute('hidden', !statistics);
    if (!statistics) return setText(this.code, `${splitOrder[this.place]}: no images`);
    const names = isGrey ? ['grey'] : channelNames;
    this.table.replaceChildren(
      element('tr', {}, ...['Channel', 'Mean', 'Deviation'].map((title) => element('th', { scope: 'col' }, title))),
      ...names.map((name, channel) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, name),
          ...[statistics.mean, statistics.deviation].map((values) =>
            element('td', {}, (values[channel] ?? 0).toFixed(4)),
          ),
        ),
      ),
    );
    setText(this.code, normalizeCode(statistics));
    this.draw(histogram, isGrey);
  }

  private draw(histogram: Float64Array, isGrey: boolean): void {
    const channels = isGrey ? [0] : [0, 1, 2];
    // Black and white borders are often far more frequent than all else: they may leave the window.
    const inner = channels.flatMap((channel) => [...histogram.subarray(256 * channel + 1, 256 * channel + 255)]);
    const most = Math.max(1, ...inner) * 1.1;
    const [width, height] = [chartWidth / 256, chartHeight - 2];
    this.chart.replaceChildren(
      ...channels.map((channel) => {
        const points = Array.from({ length: 256 }, (_, value) => {
          const share = Math.min(1, (histogram[256 * channel + value] ?? 0) / most);
          return `${(value * width).toFixed(1)},${(chartHeight - 1 - share * height).toFixed(1)}`;
        });
        const area = `M0,${chartHeight} L${points.join(' L')} L${chartWidth},${chartHeight} Z`;
        return svgElement('path', { class: `channel ${isGrey ? 'grey' : (channelNames[channel] ?? '')}`, d: area });
      }),
    );
  }

  private copy(): void {
    const { calls, status } = this.context;
    calls.copy(this.code.textContent ?? '').then(
      () => status.say('Copied.'),
      (error: unknown) => status.fail(error),
    );
  }
}

function allGrey({ scan }: DatasetModel): boolean {
  return scan?.channels.every((channels) => channels <= 2) === true;
}
