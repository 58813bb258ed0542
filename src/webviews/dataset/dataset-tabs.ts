import { element, setAttributes, setText } from '../shared/dom';
import { leastThumbnail, mostThumbnail, thumbnailStep } from './gallery-grid';
import { datasetTabs, type DatasetTab } from './dataset-state';

const titles: Readonly<Record<DatasetTab, string>> = {
  overview: 'Overview',
  images: 'Images',
  duplicates: 'Duplicates',
  leakage: 'Leakage',
  odd: 'Odd Files',
  mislabels: 'Mislabels',
};

/** The parts of the panel, as tabs: arrow keys go from one to the next. */
export class DatasetTabs {
  readonly root: HTMLElement;
  private readonly list = element('div', { role: 'tablist', 'aria-label': 'Views of the data set' });
  private readonly size: HTMLElement;
  private readonly slider = element('input', {
    type: 'range',
    min: leastThumbnail,
    max: mostThumbnail,
    step: thumbnailStep,
    title: 'Ctrl and the wheel, or + and − in the gallery',
  });
  private readonly tabs: ReadonlyMap<DatasetTab, { readonly tab: HTMLElement; readonly count: HTMLElement }>;

  /** `resized`: thumbnails are to be as large, in CSS pixels. */
  constructor(
    private readonly chosen: (tab: DatasetTab) => void,
    resized: (side: number) => void,
  ) {
    this.tabs = new Map(
      datasetTabs.map((name) => {
        const count = element('span', { class: 'muted tab-count' });
        const tab = element('button', { type: 'button', role: 'tab', id: `tab-${name}` }, titles[name], count);
        tab.addEventListener('click', () => chosen(name));
        return [name, { tab, count }];
      }),
    );
    this.list.append(...[...this.tabs.values()].map(({ tab }) => tab));
    this.slider.addEventListener('input', () => resized(Number(this.slider.value)));
    this.size = element('label', { class: 'control' }, 'Size', this.slider);
    this.root = element('div', { class: 'tabs' }, this.list, element('span', { class: 'spacer' }), this.size);
    this.list.addEventListener('keydown', (event) => this.onKey(event));
  }

  /** Says which tab a part belongs to. */
  label(name: DatasetTab, part: HTMLElement): void {
    setAttributes(part, {
      role: 'tabpanel',
      id: `panel-${name}`,
      'aria-labelledby': `tab-${name}`,
      'aria-label': null,
    });
    const { tab } = this.tabs.get(name) ?? {};
    if (tab) setAttributes(tab, { 'aria-controls': `panel-${name}` });
  }

  /** `counts`: where they are known. */
  update(shown: DatasetTab, side: number, counts: Readonly<Partial<Record<DatasetTab, number | undefined>>>): void {
    this.size.hidden = shown === 'overview';
    this.slider.value = String(side);
    const filled = (100 * (side - leastThumbnail)) / (mostThumbnail - leastThumbnail);
    this.slider.style.setProperty('--filled', `${filled}%`);
    for (const [name, { tab, count }] of this.tabs) {
      setAttributes(tab, { 'aria-selected': String(name === shown), tabindex: name === shown ? 0 : -1 });
      const number = counts[name];
      setText(count, number === undefined ? '' : ` ${number.toLocaleString('en')}`);
    }
  }

  private onKey(event: KeyboardEvent): void {
    const shown = datasetTabs.findIndex((name) => this.tabs.get(name)?.tab === document.activeElement);
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, Home: -shown, End: -shown - 1 };
    const step = steps[event.key];
    if (shown < 0 || step === undefined) return;
    event.preventDefault();
    const name = datasetTabs[(shown + step + datasetTabs.length) % datasetTabs.length] ?? 'overview';
    this.tabs.get(name)?.tab.focus();
    this.chosen(name);
  }
}
