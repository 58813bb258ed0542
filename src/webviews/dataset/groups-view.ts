import type { DuplicateGroup } from '../../protocol/dataset-inspection';
import { button, checkbox, segments } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { formatNumber } from '../shared/scale-bar';
import { setOptions } from '../shared/subject-picker';
import type { DatasetContext, DatasetView } from './dataset-context';
import { splitTitleAt, type DatasetModel } from './dataset-model';
import type { DatasetState } from './dataset-state';
import type { GalleryGroups } from './gallery-grid';
import { GalleryView } from './gallery-view';
import { countText, type Fact } from './image-facts';
import { StartPrompt } from './start-prompt';

const distances = [0, 1, 2, 3, 4, 6, 8, 10, 12, 16];

/** Images that are alike, group by group: all of them, or those that lie in more than one split. */
export class GroupsView implements DatasetView {
  readonly root: HTMLElement;
  private readonly gallery: GalleryView;
  private readonly toolbar = element('div', { class: 'toolbar' });
  private readonly kind;
  private readonly filter = element('select', { class: 'select' });
  private readonly distance = element('select', { class: 'select' });
  private readonly openOnly;
  private readonly summary = element('p', { class: 'muted tab-summary', role: 'status' });
  private readonly prompt: StartPrompt;
  private readonly group = element('p', { class: 'group-text' });
  private readonly keepFirst: HTMLButtonElement;
  private readonly keepFirstOfAll: HTMLButtonElement;
  private readonly outOfTraining: HTMLButtonElement;
  private shown: readonly DuplicateGroup[] = [];
  private order = new Int32Array(0);
  private starts = Int32Array.of(0);
  private shownKey = '';
  private shownOf: readonly DuplicateGroup[] | undefined;

  constructor(
    private readonly context: DatasetContext,
    private readonly what: 'duplicates' | 'leakage',
  ) {
    this.kind = segments<DatasetState['duplicateKind']>(
      `kind-${what}`,
      'Kind',
      [
        ['all', 'All'],
        ['exact', 'Exact', 'The same pixels'],
        ['near', 'Near', 'Re-encoded, resized, mirrored or slightly changed'],
      ],
      (duplicateKind) => context.change({ duplicateKind }),
    );
    setOptions(this.filter, [
      { value: 'all', text: 'all groups' },
      { value: 'leaks', text: 'in several splits' },
      { value: 'disagree', text: 'with different classes' },
    ]);
    this.filter.addEventListener('change', () =>
      context.change({ duplicateFilter: this.filter.value as DatasetState['duplicateFilter'] }),
    );
    setOptions(this.distance, [
      { value: '', text: 'usual' },
      ...distances.map((bits) => ({ value: String(bits), text: countText(bits, 'bit') })),
    ]);
    this.distance.addEventListener('change', () =>
      context.change({ mostDistance: this.distance.value === '' ? null : Number(this.distance.value) }),
    );
    this.openOnly = checkbox(['Undecided only'], 'Hide groups of which at most one image is still used', (openOnly) =>
      context.change({ openOnly }),
    );
    this.keepFirst = button('Keep First', 'Exclude the other images of this group (K)', () =>
      this.exclude(this.activeGroups),
    );
    this.outOfTraining = button(
      'Keep out of Training',
      'Exclude the images of this group that are in the training split, so that the others still test what was not learned (T)',
      () => this.excludeTraining(this.activeGroups),
    );
    this.keepFirstOfAll = button(
      'Keep First of All Groups',
      'Exclude all but the first image of every group that is shown',
      () => this.exclude(this.shown),
    );
    this.gallery = new GalleryView(what === 'leakage' ? 'Images in several splits' : 'Duplicates', context, {
      reason: (item, place) => this.reasonOf(this.groupAt(place), item),
      facts: (item, place) => this.factsOf(item, place),
      actions: [this.group, element('div', { class: 'buttons' }, this.keepFirst, this.outOfTraining)],
      key: (event) => this.onKey(event),
      moved: () => this.tellGroup(),
    });
    this.prompt = new StartPrompt('Search', () => this.search(true));
    const labelled = (text: string, control: HTMLElement) => element('label', { class: 'control' }, text, control);
    this.toolbar.append(
      this.kind.root,
      ...(what === 'duplicates' ? [labelled('Show', this.filter)] : []),
      labelled('Near: at most', this.distance),
      this.openOnly.root,
      element('span', { class: 'spacer' }),
      this.keepFirstOfAll,
    );
    this.root = element('section', { class: 'tab' }, this.toolbar, this.summary, this.prompt.root, this.gallery.root);
  }

  reset(): void {
    this.shownKey = '';
    this.shownOf = undefined;
    this.gallery.reset();
  }

  update(): void {
    const { model, state, duplicates } = this.context;
    if (!model) return;
    this.kind.select(state.duplicateKind);
    this.filter.value = state.duplicateFilter;
    this.distance.value = state.mostDistance === null ? '' : String(state.mostDistance);
    this.openOnly.input.checked = state.openOnly;
    // Where every image was looked at, a search takes a moment.
    if (model.scan || duplicates.groups) this.search(false);
    const { groups } = duplicates;
    this.prompt.update(
      groups === undefined,
      duplicates.isRunning
        ? 'Every image is compared with every other…'
        : 'Images that are alike are searched for by what they look like, not by their names.',
      duplicates.isRunning,
    );
    this.gallery.root.hidden = this.toolbar.hidden = this.summary.hidden = groups === undefined;
    if (!groups) return;
    this.collect(groups, model, state);
    this.keepFirstOfAll.disabled = !this.shown.some((group) => this.surplus(group).length > 0);
    setText(this.summary, this.summaryOf(groups, model));
    const { shown } = this;
    this.gallery.show({
      order: this.order,
      groups: { starts: this.starts, title: (group) => this.titleOf(shown[group]) } satisfies GalleryGroups,
      stateOf: (item) => model.stateOf(item),
      caption: (item) => `${model.labelText(item)} · ${model.splitTitleOf(item)}`,
      describe: (item, place) => `${model.describe(item)}; ${this.distanceText(item, place)}`,
    });
  }

  private search(again: boolean): void {
    this.context.duplicates.want(this.context.state.mostDistance, again);
    this.prompt.update(
      this.context.duplicates.groups === undefined,
      'Every image is compared with every other…',
      this.context.duplicates.isRunning,
    );
  }

  private collect(groups: readonly DuplicateGroup[], model: DatasetModel, state: DatasetState): void {
    const { duplicateKind, duplicateFilter, openOnly } = state;
    const filter = this.what === 'leakage' ? 'leaks' : duplicateFilter;
    const decided = openOnly ? model.decisions.decisions.length : 0;
    const key = JSON.stringify([duplicateKind, filter, openOnly, decided]);
    if (this.shownOf === groups && this.shownKey === key) return;
    this.shownOf = groups;
    this.shownKey = key;
    this.shown = groups.filter(
      (group) =>
        (duplicateKind === 'all' || group.kind === duplicateKind) &&
        (filter !== 'leaks' || group.leaks) &&
        (filter !== 'disagree' || group.disagree) &&
        (!openOnly || this.surplus(group).length > 0),
    );
    this.starts = new Int32Array(this.shown.length + 1);
    this.shown.forEach(({ items }, at) => (this.starts[at + 1] = (this.starts[at] ?? 0) + items.length));
    this.order = new Int32Array(this.starts.at(-1) ?? 0);
    this.shown.forEach(({ items }, at) => this.order.set(items, this.starts[at]));
    if (this.shown.length === 0) this.starts = Int32Array.of(0, 0);
  }

  /** Images of the group that are used, without the one to keep. */
  private surplus({ items }: DuplicateGroup): readonly number[] {
    const { model } = this.context;
    return [...items].filter((item) => model?.stateOf(item) !== 'excluded').slice(1);
  }

  private exclude(groups: readonly DuplicateGroup[]): void {
    const { model } = this.context;
    if (!model) return;
    const decisions = new Map(
      groups.flatMap((group) =>
        this.surplus(group).map((item) => {
          const key = model.keyOf(item);
          return [key, { kind: 'exclude', key, reason: this.reasonOf(group, item) } as const];
        }),
      ),
    );
    this.context.decide([...decisions.values()], `${countText(decisions.size, 'duplicate')} excluded`);
  }

  private excludeTraining(groups: readonly DuplicateGroup[]): void {
    const { model } = this.context;
    if (!model) return;
    const keys = groups
      .filter(({ leaks }) => leaks)
      .flatMap(({ items }) => [...items])
      .filter((item) => model.splitOf(item) === 0 && model.stateOf(item) !== 'excluded')
      .map((item) => model.keyOf(item));
    this.context.decide(
      [...new Set(keys)].map((key) => ({ kind: 'exclude', key, reason: 'also in another split' })),
      `${countText(keys.length, 'training image')} excluded`,
    );
  }

  private get activeGroups(): readonly DuplicateGroup[] {
    const group = this.groupAt(this.gallery.grid.selection.active);
    return group ? [group] : [];
  }

  private groupAt(place: number): DuplicateGroup | undefined {
    let [low, high] = [0, this.shown.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return this.shown[low];
  }

  private reasonOf(group: DuplicateGroup | undefined, item: number): string {
    const { model } = this.context;
    const kept = [...(group?.items ?? [])].find((each) => each !== item && model?.stateOf(each) !== 'excluded');
    const of = kept === undefined ? '' : ` of ${model?.keyOf(kept) ?? ''}`;
    return `${group?.kind === 'exact' ? 'duplicate' : 'near-duplicate'}${of}`;
  }

  private titleOf(group: DuplicateGroup | undefined): string {
    const { model } = this.context;
    if (!group || !model) return '';
    const items = [...group.items];
    const splits = [...new Set(items.map((item) => model.splitOf(item)))].sort().map(splitTitleAt);
    const classes = [...new Set(items.map((item) => model.labelText(item)))];
    const used = items.filter((item) => model.stateOf(item) !== 'excluded').length;
    return [
      `${items.length} ${group.kind === 'exact' ? 'exact' : 'near'} duplicates`,
      group.leaks ? `⚠ in ${splits.join(' and ')}` : `in ${splits.join(' and ')}`,
      classes.length > 1 ? `⚠ classes ${classes.slice(0, 4).join(', ')}` : (classes[0] ?? ''),
      ...(used < items.length ? [`${used} used`] : []),
    ].join(' · ');
  }

  private tellGroup(): void {
    const [group] = this.activeGroups;
    this.keepFirst.disabled = !group || this.surplus(group).length === 0;
    this.outOfTraining.hidden = !group?.leaks;
    const number = group ? this.shown.indexOf(group) + 1 : 0;
    setText(this.group, group ? `Group ${number} of ${this.shown.length}: ${this.titleOf(group)}` : '');
  }

  private distanceText(item: number, place: number): string {
    const group = this.groupAt(place);
    const at = group?.items.indexOf(item) ?? -1;
    if (at <= 0) return 'the first of its group';
    const distance = group?.distances[at] ?? 0;
    return distance === 0 ? 'the same as the first' : `${formatNumber(distance)} bits from the first`;
  }

  private factsOf(item: number, place: number): readonly Fact[] {
    return [['In its group', this.distanceText(item, place)]];
  }

  private summaryOf(groups: readonly DuplicateGroup[], model: DatasetModel): string {
    const shown = `${countText(this.shown.length, 'group')} of ${countText(this.order.length, 'image')}`;
    if (this.what === 'duplicates') {
      return groups.length === 0 ? 'No two images are alike.' : `${shown}. The first of each is the one to keep.`;
    }
    const leaking = groups.filter(({ leaks }) => leaks);
    if (leaking.length === 0) return 'No image of one split is alike to one of another.';
    const held = leaking.flatMap(({ items }) => [...items]).filter((item) => model.splitOf(item) !== 0);
    return `${shown}: ${countText(new Set(held).size, 'validation or test image')} can be known from training.`;
  }

  private onKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const key = event.key.toLowerCase();
    if (key === 'k') this.exclude(this.activeGroups);
    else if (key === 't' && !this.outOfTraining.hidden) this.excludeTraining(this.activeGroups);
    else return false;
    return true;
  }
}
