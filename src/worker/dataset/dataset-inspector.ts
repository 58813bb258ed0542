import { UserError } from '../../core/errors';
import type { DatasetCalls, DatasetEvents, ItemImage, ItemImageRequest } from '../../protocol/dataset-inspection';
import { parseDatasetRequest } from '../../protocol/parse-dataset-inspection';
import { serveRpc } from '../../protocol/rpc';
import { ImageError } from '../data/image-error';
import { openHostChannel } from '../host-channel';
import { Tasks } from '../inspection/tasks';
import { Examiner } from './examine-dataset';
import { OpenDatasets } from './open-datasets';
import { renderItem } from './render-item';
import { readItem, ThumbnailService } from './thumbnail-service';

/*
 * The data set process: shows and examines data sets for the host that forked it, and ends with it. Calls go on side by side.
 */
const channel = openHostChannel('the data set process');
const datasets = new OpenDatasets();
const thumbnails = new ThumbnailService();
const examiner = new Examiner();

/** What is asked for, as its type says, and only then. */
const calls: DatasetCalls = {
  open: async (raw) => datasets.describe(parseDatasetRequest('open', raw)),
  async thumbnails(raw) {
    const { location, indices, side } = parseDatasetRequest('thumbnails', raw);
    return thumbnails.make(await datasets.get(location), indices, side);
  },
  image: async (raw) => itemImage(parseDatasetRequest('image', raw)),
  async scan(raw) {
    const { location, task } = parseDatasetRequest('scan', raw);
    return tasks.run(task, async (running) => examiner.scan(await datasets.get(location), running));
  },
  async duplicates(raw) {
    const { location, task, mostDistance } = parseDatasetRequest('duplicates', raw);
    return tasks.run(task, async (running) => examiner.duplicates(await datasets.get(location), mostDistance, running));
  },
  async decide(raw) {
    const { location, decisions } = parseDatasetRequest('decide', raw);
    return datasets.decide(location, decisions);
  },
  undo: async (raw) => datasets.undo(parseDatasetRequest('undo', raw)),
  cancel(raw) {
    tasks.cancel(parseDatasetRequest('cancel', raw));
    return Promise.resolve();
  },
};
const events = serveRpc<DatasetCalls, DatasetEvents>(channel, calls);
const tasks = new Tasks(events);

async function itemImage({ location, index, mostSide }: ItemImageRequest): Promise<ItemImage> {
  const source = await datasets.get(location);
  if (index >= source.items.count)
    throw new UserError(`${source.name} has ${source.items.count} images.`, 'Open it again.');
  try {
    const contents = await readItem(source, index);
    const { width, height, pixels, original } = await renderItem(contents, mostSide);
    const bytes = contents.kind === 'encoded' ? contents.bytes.length : contents.image.pixels.length;
    return { width, height, pixels, original: { ...original, bytes }, file: source.file(index) };
  } catch (cause) {
    if (!(cause instanceof ImageError)) throw cause;
    throw new UserError(`${source.items.key(index)} can't be shown: ${cause.message}.`, undefined, { cause });
  }
}
