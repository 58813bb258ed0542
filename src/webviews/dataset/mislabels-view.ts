import type { Mislabels } from '../../protocol/dataset-panel';
import type { RunChoice } from '../../protocol/inspection-panel';
import { button, checkbox } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { formatShare } from '../shared/scale-bar';
import { setOptions } from '../shared/subject-picker';
import type { DatasetContext, DatasetView } from './dataset-context';
import type { DatasetModel } from './dataset-model';
import { GalleryView } from './gallery-view';
import { countText, type Fact } from './image-facts';
import { StartPrompt } from './start-prompt';

type Suspect = Mislabels['suspects'][number];

/** Suspects that are kept to be right: of so many the latest. */
const mostIgnored = 5_000;

/** Images whose label a run's model doubts, to be gone through one by one. */
export class MislabelsView implements DatasetView {
  readonly root: HTMLElement;
  private readonly run = element('select', { class: 'select' });
  private readonly runControl: HTMLElement;
  private readonly openOnly;
  private readonly again: HTMLButtonElement;
  private readonly summary = element('p', { class: 'muted tab-summary', role: 'status' });
  private readonly prompt: StartPrompt;
  private readonly gallery: GalleryView;
  private readonly suspectText = element('p', { class: 'group-text' });
  private readonly accept: HTMLButtonElement;
  private readonly ignore: HTMLButtonElement;
  /** By run: undefined while they are asked for. */
  private readonly known = new Map<string, Mislabels | null | undefined>();
  private searching: string | null = null;
  private suspects: readonly Suspect[] = [];
  private order = new Int32Array(0);
  private shownOf: Mislabels | undefined;
  private shownKey = '';

  constructor(private readonly context: DatasetContext) {
    this.run.addEventListener('change', () => context.change({ run: this.run.value }));
    this.runControl = element('label', { class: 'control' }, 'Experiment', this.run);
    this.openOnly = checkbox(['Undecided only'], 'Hide what was decided or found to be right', (openOnly) =>
      context.change({ openOnly }),
    );
    this.again = button('Search Again', 'Train on parts of the data set once more', () => this.search());
    this.accept = button('Accept Suggestion', 'Relabel the selected images as suggested (Enter)', () =>
      this.acceptSelected(),
    );
    this.accept.classList.add('primary');
    this.ignore = button('Label Is Right', 'Leave the selected images as they are (I)', () => this.ignoreSelected());
    this.gallery = new GalleryView('Suspected mislabels', context, {
      reason: () => 'suspected mislabel',
      facts: (_, place) => this.factsOf(place),
      actions: [this.suspectText, element('div', { class: 'buttons' }, this.accept, this.ignore)],
      key: (event) => this.onKey(event),
      moved: () => this.tellSuspect(),
    });
    this.prompt = new StartPrompt('Search', () => this.search());
    this.root = element(
      'section',
      { class: 'tab' },
      element(
        'div',
        { class: 'toolbar' },
        this.runControl,
        this.openOnly.root,
        this.summary,
        element('span', { class: 'spacer' }),
        this.again,
      ),
      this.prompt.root,
      this.gallery.root,
    );
  }

  reset(): void {
    this.known.clear();
    this.shownOf = undefined;
    this.shownKey = '';
    this.gallery.reset();
  }

  update(): void {
    const { model, state } = this.context;
    if (!model) return;
    const runs = this.runs(model);
    const run = runs.find(({ runFolder }) => runFolder === state.run) ?? runs[0];
    setOptions(
      this.run,
      runs.map(({ runFolder, name }) => ({ value: runFolder, text: name })),
    );
    this.run.value = run?.runFolder ?? '';
    this.runControl.hidden = this.openOnly.root.hidden = !run;
    this.openOnly.input.checked = state.openOnly;
    if (run && !this.known.has(run.runFolder)) this.ask(run.runFolder);
    const found = run && this.known.get(run.runFolder);
    const isSearching = this.searching !== null;
    this.prompt.update(!found, this.promptText(run, found === null), !run || isSearching || found === undefined);
    this.gallery.root.hidden = this.summary.hidden = this.again.hidden = !found;
    this.again.disabled = isSearching;
    if (!found) return;
    this.collect(found, model);
    setText(this.summary, this.summaryOf(found));
    const suspectAt = (place: number) => this.suspects[place];
    this.gallery.show({
      order: this.order,
      groups: null,
      stateOf: (item) => model.stateOf(item),
      caption: (_, place) => captionOf(suspectAt(place)),
      describe: (item, place) => `${model.describe(item)}; ${this.sentenceOf(suspectAt(place), item)}`,
    });
  }

  /** Finished trainings on this data set. */
  private runs(model: DatasetModel): readonly RunChoice[] {
    const own = new Set([model.location, model.description.path]);
    return this.context.runs.filter(
      ({ data, status, epochsDone }) => data !== undefined && own.has(data) && status !== 'running' && epochsDone > 0,
    );
  }

  private promptText(run: RunChoice | undefined, isMissing: boolean): string {
    if (!run) return 'Train a model on this data set first: it is asked which labels it doubts.';
    if (this.searching !== null)
      return 'The model is trained on parts of the images, and judges those that it has not seen…';
    if (!isMissing) return 'Looking for what an earlier search has found…';
    return `The model of ${run.name} is trained anew on parts of the images, and judges those that it has not seen. This takes as long as some trainings.`;
  }

  private ask(runFolder: string): void {
    const { calls, status } = this.context;
    this.known.set(runFolder, undefined);
    calls.keptMislabels(runFolder).then(
      (kept) => {
        this.known.set(runFolder, kept);
        this.context.change({});
      },
      (error: unknown) => {
        this.known.set(runFolder, null);
        status.fail(error);
        this.context.change({});
      },
    );
  }

  private search(): void {
    const runFolder = this.run.value;
    if (this.searching !== null || runFolder === '') return;
    const { calls, status } = this.context;
    this.searching = runFolder;
    status
      .task('Looking for wrong labels…', (task) => calls.findMislabels({ runFolder, task }))
      .then(
        (found) => this.known.set(runFolder, found),
        (error: unknown) => status.fail(error),
      )
      .finally(() => {
        this.searching = null;
        this.context.change({});
      });
    this.context.change({});
  }

  private collect(found: Mislabels, model: DatasetModel): void {
    const { openOnly, ignored } = this.context.state;
    const key = openOnly ? `open ${model.decisions.decisions.length} ${ignored.length}` : 'all';
    if (this.shownOf === found && this.shownKey === key) return;
    this.shownOf = found;
    this.shownKey = key;
    const passed = new Set(ignored);
    // Of a suspect whose file is gone nothing can be shown.
    const shown = found.suspects.flatMap((suspect) => {
      const item = model.placeOf(suspect.key);
      const isOpen = item !== undefined && model.stateOf(item) === 'used' && !passed.has(suspect.key);
      return item !== undefined && (isOpen || !openOnly) ? [{ suspect, item }] : [];
    });
    this.suspects = shown.map(({ suspect }) => suspect);
    this.order = Int32Array.from(shown, ({ item }) => item);
  }

  private get selected(): readonly { readonly suspect: Suspect; readonly item: number }[] {
    return this.gallery.grid.chosenItems.flatMap((item) => {
      const suspect = this.suspects[this.order.indexOf(item)];
      return suspect ? [{ suspect, item }] : [];
    });
  }

  private acceptSelected(): void {
    const { selected } = this;
    const decisions = selected.map(({ suspect: { key, suggested } }) => ({
      kind: 'relabel' as const,
      key,
      classes: [suggested],
    }));
    this.context.decide(decisions, `${countText(decisions.length, 'image')} relabelled as suggested`);
    this.goOn();
  }

  private ignoreSelected(): void {
    const keys = this.selected.map(({ suspect }) => suspect.key);
    const ignored = [...new Set([...this.context.state.ignored, ...keys])].slice(-mostIgnored);
    this.context.change({ ignored });
    this.goOn();
  }

  /** To the next suspect, unless the list closes up by itself. */
  private goOn(): void {
    const { grid } = this.gallery;
    const next = grid.selection.active + 1;
    if (this.context.state.openOnly || grid.selection.size > 1 || next >= this.order.length) return;
    grid.selection.choose(this.order, next);
    grid.moveTo(next);
  }

  private tellSuspect(): void {
    const { active } = this.gallery;
    const suspect = active && this.suspects[active.place];
    this.accept.disabled = this.ignore.disabled = !suspect;
    setText(this.suspectText, suspect ? this.sentenceOf(suspect, active.item) : '');
  }

  private sentenceOf(suspect: Suspect | undefined, item: number): string {
    if (!suspect) return '';
    const { state, model } = this.context;
    const isRight = state.ignored.includes(suspect.key) && model?.stateOf(item) === 'used';
    const told = `labelled ${suspect.given}, looks like ${suspect.suggested} with ${formatShare(suspect.confidence)}`;
    return isRight ? `${told}; found to be right` : told;
  }

  private factsOf(place: number): readonly Fact[] {
    const suspect = this.suspects[place];
    if (!suspect) return [];
    return [
      ['Given', suspect.given],
      ['Suggested', `${suspect.suggested} (${formatShare(suspect.confidence)})`],
    ];
  }

  private summaryOf({ suspects, how }: Mislabels): string {
    if (suspects.length === 0) return `No label is doubted (${how}).`;
    const hidden = suspects.length - this.suspects.length;
    return `${countText(suspects.length, 'suspect')}${hidden > 0 ? `, ${hidden.toLocaleString('en')} hidden` : ''} · ${how}`;
  }

  private onKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    if (event.key === 'Enter') this.acceptSelected();
    else if (event.key.toLowerCase() === 'i') this.ignoreSelected();
    else return false;
    return true;
  }
}

function captionOf(suspect: Suspect | undefined): string {
  return suspect ? `${suspect.given} → ${suspect.suggested} ${Math.round(100 * suspect.confidence)} %` : '';
}
