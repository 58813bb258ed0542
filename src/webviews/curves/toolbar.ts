import { button, checkbox, segments } from '../shared/controls';
import { element, setText } from '../shared/dom';
import type { PanelState } from './panel-state';

export interface ToolbarListener {
  readonly changed: (patch: Partial<PanelState>) => void;
  readonly exportAs: (format: ExportFormat) => void;
}

export type ExportFormat = 'png' | 'svg' | 'csv';

/** What holds for all charts: smoothing, axes, zoom, view and export. */
export class Toolbar {
  readonly root: HTMLElement;
  private readonly smoothing = element('input', {
    id: 'smoothing',
    type: 'range',
    min: 0,
    max: 0.99,
    step: 0.01,
    title: 'Moving average over the train steps (bias-corrected): 0 shows each value as it is.',
  });
  private readonly smoothingValue = element('output', { for: 'smoothing' });
  private readonly axis;
  private readonly logLoss;
  private readonly view;
  private readonly exports;

  constructor({ changed, exportAs }: ToolbarListener) {
    this.smoothing.addEventListener('input', () => changed({ smoothing: Number(this.smoothing.value) }));
    this.axis = segments(
      'axis',
      'Horizontal axis',
      [
        ['epoch', 'Epochs'],
        ['step', 'Steps'],
        ['time', 'Time', 'Time spent training. Within an epoch the steps are spread evenly.'],
      ],
      (axis) => changed({ axis, zoom: null }),
    );
    this.logLoss = checkbox(['Log loss'], 'Logarithmic axis for the loss', (logLoss) => changed({ logLoss }));
    this.view = segments(
      'view',
      'View',
      [
        ['charts', 'Charts'],
        ['table', 'Table', 'The metrics of each epoch as text'],
      ],
      (view) => changed({ view }),
    );
    this.exports = [
      button('PNG', 'Save both charts as an image, on white', () => exportAs('png')),
      button('SVG', 'Save both charts as vector graphics, on white', () => exportAs('svg')),
      button('CSV', 'Save the numbers of the runs that are shown', () => exportAs('csv')),
    ];
    const label = element('label', { for: 'smoothing' }, 'Smoothing');
    this.root = element(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': 'Settings of the charts' },
      element('div', { class: 'control' }, label, this.smoothing, this.smoothingValue),
      this.axis.root,
      this.logLoss.root,
      element('div', { class: 'spacer' }),
      this.view.root,
      element('div', { class: 'control', role: 'group', 'aria-label': 'Export' }, 'Export', ...this.exports),
    );
  }

  update(state: PanelState, hasData: boolean): void {
    if (Number(this.smoothing.value) !== state.smoothing) this.smoothing.value = String(state.smoothing);
    this.smoothing.style.setProperty('--filled', `${(state.smoothing / 0.99) * 100}%`);
    setText(this.smoothingValue, state.smoothing.toFixed(2));
    this.axis.select(state.axis);
    this.view.select(state.view);
    this.logLoss.input.checked = state.logLoss;
    for (const each of this.exports) each.disabled = !hasData;
  }
}
