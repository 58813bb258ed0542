import { join } from 'node:path';
import type { Dataset } from '../core/data/dataset';
import { cacheFolder } from '../node/cache-folder';
import type { RunRecord } from '../protocol/run-folder';
import { loadDataset } from './data/load-dataset';
import type { JobContext } from './job';

/** Reads a data set for a job, decoded once and kept; tells progress and what was left out. */
export async function loadRunData(path: string, context: JobContext, inputShape?: readonly number[]): Promise<Dataset> {
  const { events, signal } = context;
  const dataset = await loadDataset(path, {
    size: inputShape && imageSize(inputShape),
    assets: context.assets,
    cacheFolder: join(cacheFolder(), 'data'),
    onProgress: (progress) => events.dataProgress(progress),
    onWarning: (message) => events.warning({ message }),
    signal,
  });
  const { skipped } = dataset;
  if (skipped.length > 0) {
    const named = skipped.slice(0, namedSkipped).map((file) => `${file.path} (${file.reason})`);
    const more = skipped.length > namedSkipped ? `, and ${skipped.length - namedSkipped} more` : '';
    const count = skipped.length === 1 ? '1 file is' : `${skipped.length} files are`;
    events.warning({ message: `${count} left out of the data set: ${named.join(', ')}${more}.` });
  }
  return dataset;
}

const namedSkipped = 5;

/** [C, H, W] of a run's images before they are changed. */
export function storedShape({ data, model }: RunRecord): readonly number[] {
  return data.imageShape ?? model.inputShape;
}

/** [C, H, W] as the loader takes it. */
export function imageSize([channels, height = 1, width = 1]: readonly number[]) {
  return { channels: channels === 1 ? (1 as const) : (3 as const), height, width };
}
