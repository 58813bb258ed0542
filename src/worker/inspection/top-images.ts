import { UserError } from '../../core/errors';
import type { TopImage, TopImagesRequest } from '../../protocol/inspection';
import { fieldOf } from './explain-unit';
import { loadNetworkImage } from './network-image';
import { splitValues } from './split-values';
import type { Subjects } from './subjects';
import type { RunningTask } from './tasks';

/** By the largest element of the channel's map; ties: the earlier image. */
export async function topImages(
  subjects: Subjects,
  { subject, layer, channel, split: name, count, among }: TopImagesRequest,
  task: RunningTask,
): Promise<readonly TopImage[]> {
  const { opened } = await subjects.use(subject);
  const { shape, path, title } = opened.layer(layer);
  const [channels = 1, height = 1, width = 1] = shape;
  if (!(channel >= 0 && channel < channels))
    throw new UserError(`${path || title} has ${channels} channels; there is no ${channel}.`);
  const split = await subjects.split(subject, name);
  const images = Math.min(among, split.count);
  const places = height * width;
  const best: { readonly index: number; readonly value: number; readonly place: number }[] = [];
  for await (const { start, size, values } of splitValues(opened, layer, split, images, task)) {
    for (let i = 0; i < size; i++) {
      const from = (i * channels + channel) * places;
      let place = 0;
      for (let at = 1; at < places; at++) if ((values[from + at] ?? 0) > (values[from + place] ?? 0)) place = at;
      best.push({ index: start + i, value: values[from + place] ?? 0, place });
    }
  }
  best.sort((a, b) => b.value - a.value || a.index - b.index);
  return Promise.all(
    best.slice(0, count).map(async ({ index, value, place }): Promise<TopImage> => {
      const [y, x] = [Math.floor(place / width), place % width];
      const image = await loadNetworkImage(subjects, subject, opened, { kind: 'data', split: name, index });
      return { image, index, value, y, x, field: fieldOf(opened, layer, y, x) };
    }),
  );
}
