import type { OddItem } from '../../protocol/dataset-inspection';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import type { DatasetContext, DatasetView } from './dataset-context';
import type { DatasetModel } from './dataset-model';
import { GalleryView } from './gallery-view';
import { countText } from './image-facts';
import { oddKinds, type OddKind } from './image-query';
import { oddTitles } from './query-toolbar';
import { StartPrompt } from './start-prompt';

/** Images that are odd in some way, by kind; and files that are no images of the data set at all. */
export class OddView implements DatasetView {
  readonly root: HTMLElement;
  private readonly gallery: GalleryView;
  private readonly summary = element('p', { class: 'muted tab-summary', role: 'status' });
  private readonly toolbar: HTMLElement;
  private readonly excludeAll: HTMLButtonElement;
  private readonly prompt: StartPrompt;
  private readonly skipped = element('ul', { class: 'skipped' });
  private readonly skippedPart: HTMLElement;
  private readonly skippedTitle = element('summary');
  private kinds: readonly { readonly kind: OddKind; readonly odd: readonly OddItem[] }[] = [];
  private order = new Int32Array(0);
  private starts = Int32Array.of(0, 0);
  private shownOf: readonly OddItem[] | undefined;

  constructor(private readonly context: DatasetContext) {
    this.excludeAll = button('Exclude All', 'Exclude every image that is shown here', () => this.exclude());
    this.toolbar = element(
      'div',
      { class: 'toolbar' },
      this.summary,
      element('span', { class: 'spacer' }),
      this.excludeAll,
    );
    this.gallery = new GalleryView('Odd images', context, {
      reason: (item) =>
        context.model
          ?.oddOf(item)
          .map(({ reason }) => reason)
          .join('; ') ?? '',
    });
    this.prompt = new StartPrompt('Look at All Images', () => context.scan());
    this.skippedPart = element('details', { class: 'skipped-files' }, this.skippedTitle, this.skipped);
    this.root = element(
      'section',
      { class: 'tab' },
      this.toolbar,
      this.skippedPart,
      this.prompt.root,
      this.gallery.root,
    );
  }

  reset(): void {
    this.shownOf = undefined;
    this.gallery.reset();
  }

  update(): void {
    const { model } = this.context;
    if (!model) return;
    const { scan } = model;
    this.prompt.update(
      !scan,
      'Every image is decoded once to find those that are damaged, empty or of an odd size.',
      false,
    );
    this.gallery.root.hidden = this.toolbar.hidden = !scan;
    this.tellSkipped(model);
    if (!scan) return;
    this.collect(scan.odd);
    setText(
      this.summary,
      scan.odd.length === 0
        ? 'Nothing odd: every image can be read, and none is of a single colour, tiny, or unlike the others in shape.'
        : this.kinds
            .map(({ kind, odd }) => `${odd.length.toLocaleString('en')} ${oddTitles[kind].toLowerCase()}`)
            .join(', '),
    );
    this.excludeAll.disabled = this.used(model).length === 0;
    const reasons = new Map(scan.odd.map(({ index, kind, reason }) => [`${kind} ${index}`, reason]));
    this.gallery.show({
      order: this.order,
      groups: { starts: this.starts, title: (group) => this.titleOf(group) },
      stateOf: (item) => model.stateOf(item),
      caption: (item, place) => reasons.get(`${this.kindAt(place)} ${item}`) ?? '',
      describe: (item) => model.describe(item),
    });
  }

  private collect(odd: readonly OddItem[]): void {
    if (this.shownOf === odd) return;
    this.shownOf = odd;
    this.kinds = oddKinds
      .map((kind) => ({ kind, odd: odd.filter((each) => each.kind === kind) }))
      .filter((each) => each.odd.length > 0);
    this.order = Int32Array.from(this.kinds.flatMap(({ odd: items }) => items.map(({ index }) => index)));
    this.starts = new Int32Array(Math.max(2, this.kinds.length + 1));
    this.kinds.forEach(({ odd: items }, at) => (this.starts[at + 1] = (this.starts[at] ?? 0) + items.length));
  }

  private kindAt(place: number): OddKind | undefined {
    return this.kinds.find((_, at) => place < (this.starts[at + 1] ?? 0))?.kind;
  }

  private titleOf(group: number): string {
    const each = this.kinds[group];
    return each ? `${oddTitles[each.kind]} · ${countText(each.odd.length, 'image')}` : 'Nothing odd';
  }

  private used(model: DatasetModel): readonly number[] {
    return [...new Set(this.order)].filter((item) => model.stateOf(item) !== 'excluded');
  }

  private exclude(): void {
    const { model } = this.context;
    if (!model) return;
    const items = this.used(model);
    this.context.decide(
      items.map((item) => ({
        kind: 'exclude',
        key: model.keyOf(item),
        reason: model
          .oddOf(item)
          .map(({ reason }) => reason)
          .join('; '),
      })),
      `${countText(items.length, 'image')} excluded`,
    );
  }

  private tellSkipped({ description: { skipped } }: DatasetModel): void {
    this.skippedPart.hidden = skipped.length === 0;
    setText(this.skippedTitle, `${countText(skipped.length, 'file')} can’t be used at all`);
    // What is said of thousands, nobody reads.
    this.skipped.replaceChildren(
      ...skipped.slice(0, 500).map(({ path, reason }) => element('li', {}, `${path}: ${reason}`)),
    );
  }
}
