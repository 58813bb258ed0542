import { splitOrder } from '../../core/data/split-names';
import { element } from '../shared/dom';
import { channelsText, countText, factList, type Fact } from './image-facts';
import { ClassTable } from './class-table';
import type { DatasetContext, DatasetView } from './dataset-context';
import { splitTitleAt, type DatasetModel } from './dataset-model';
import { PixelStatistics } from './pixel-statistics';
import { SizeChart } from './size-chart';
import { StartPrompt } from './start-prompt';

/** What a data set is made of, in numbers and pictures. */
export class OverviewView implements DatasetView {
  readonly root: HTMLElement;
  private readonly title = element('h2');
  private readonly facts = element('dl', { class: 'facts' });
  private readonly classes: ClassTable;
  private readonly sizes = new SizeChart();
  private readonly pixels: PixelStatistics;
  private readonly prompt: StartPrompt;

  constructor(private readonly context: DatasetContext) {
    this.classes = new ClassTable(context);
    this.pixels = new PixelStatistics(context);
    this.prompt = new StartPrompt('Look at All Images', () => context.scan());
    this.root = element(
      'section',
      { class: 'overview' },
      element('section', { class: 'card', 'aria-label': 'Data set' }, this.title, this.facts),
      this.classes.root,
      this.sizes.root,
      this.pixels.root,
      this.prompt.root,
    );
  }

  reset(): void {
    this.root.scrollTop = 0;
  }

  update(): void {
    const { model } = this.context;
    if (!model) return;
    this.title.textContent = model.description.name;
    this.facts.replaceChildren(...factList(factsOf(model)));
    this.classes.update();
    const { scan } = model;
    this.sizes.root.hidden = this.pixels.root.hidden = !scan;
    this.prompt.update(
      !scan,
      'Sizes and pixels are known once every image was looked at. It is kept until the files change.',
      false,
    );
    if (!scan) return;
    this.sizes.update(scan);
    this.pixels.update();
  }
}

function factsOf(model: DatasetModel): readonly Fact[] {
  const { description, scan, decisions } = model;
  const { path, format, classes, task, items, skipped } = description;
  const counts = splitOrder.map(() => 0);
  for (const split of items.splits) counts[split] = (counts[split] ?? 0) + 1;
  const kinds = new Map<number, number>();
  for (const channels of scan?.channels ?? []) if (channels > 0) kinds.set(channels, (kinds.get(channels) ?? 0) + 1);
  const excluded = decisions.decisions.filter(({ kind }) => kind === 'exclude').length;
  return [
    ['Path', path],
    ['Format', format],
    [
      'Classes',
      `${classes.length.toLocaleString('en')}${task === 'multi-label' ? ', any number of them for an image' : ''}`,
    ],
    ...counts.flatMap((count, at) => (count > 0 ? [[splitTitleAt(at), countText(count, 'image')] as const] : [])),
    ...[...kinds].map(
      ([channels, count]) => ['Channels', `${channelsText(channels)}: ${countText(count, 'image')}`] as const,
    ),
    ...(excluded > 0 ? [['Excluded', countText(excluded, 'image')] as const] : []),
    ...(scan ? [['Odd', countText(new Set(scan.odd.map(({ index }) => index)).size, 'image')] as const] : []),
    ...(skipped.length > 0 ? [['Can’t be used', countText(skipped.length, 'file')] as const] : []),
  ];
}
