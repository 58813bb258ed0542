import type { ItemImage } from '../../protocol/dataset-inspection';
import { element } from '../shared/dom';
import { formatNumber } from '../shared/scale-bar';
import type { DatasetModel } from './dataset-model';

/** Name and value. */
export type Fact = readonly [name: string, value: string];

/** What is known of an image; `image`: once it was decoded. */
export function imageFacts(model: DatasetModel, item: number, image: ItemImage | undefined): readonly Fact[] {
  const state = model.stateOf(item);
  const given = model.givenClassesOf(item).join(', ') || 'none';
  const brightness = model.brightnessOf(item);
  return [
    ['Class', state === 'relabelled' ? `${model.labelText(item)} (was ${given})` : given],
    ['Split', model.splitTitleOf(item)],
    ...(state === 'excluded' ? [['Excluded', model.reasonOf(item) || 'yes'] as const] : []),
    ...model.oddOf(item).map(({ reason }) => ['Odd', reason] as const),
    ...(image
      ? [
          ['Size', `${image.original.width} × ${image.original.height}`] as const,
          ['Channels', channelsText(image.original.channels)] as const,
          ['Kept in', bytesText(image.original.bytes)] as const,
        ]
      : []),
    ...(Number.isNaN(brightness) ? [] : [['Brightness', formatNumber(brightness)] as const]),
    ['Number', item.toLocaleString('en')],
  ];
}

/** For a `dl`. */
export function factList(facts: readonly Fact[]): readonly HTMLElement[] {
  return facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]);
}

export function channelsText(channels: number): string {
  const names = ['', 'grey', 'grey and alpha', 'red, green, blue', 'four'];
  return `${channels} (${names[channels] ?? 'more'})`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${formatNumber(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${formatNumber(bytes / 1e6)} MB` : `${formatNumber(bytes / 1e9)} GB`;
}

/** `1 image`, `1,234 images` */
export function countText(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? singular : plural}`;
}
