import { element, setAttributes, setText } from '../shared/dom';
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
  readonly root = element('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views of the data set' });
  private readonly tabs: ReadonlyMap<DatasetTab, { readonly tab: HTMLElement; readonly count: HTMLElement }>;

  constructor(private readonly chosen: (tab: DatasetTab) => void) {
    this.tabs = new Map(
      datasetTabs.map((name) => {
        const count = element('span', { class: 'muted tab-count' });
        const tab = element('button', { type: 'button', role: 'tab', id: `tab-${name}` }, titles[name], count);
        tab.addEventListener('click', () => chosen(name));
        return [name, { tab, count }];
      }),
    );
    this.root.append(...[...this.tabs.values()].map(({ tab }) => tab));
    this.root.addEventListener('keydown', (event) => this.onKey(event));
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
  update(shown: DatasetTab, counts: Readonly<Partial<Record<DatasetTab, number | undefined>>>): void {
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
