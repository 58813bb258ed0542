import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { applyDecisions } from '../core/data/apply-decisions';
import type { Dataset } from '../core/data/dataset';
import { cacheFolder } from '../node/cache-folder';
import { readDecisions } from '../node/data/decisions-file';
import type { RunRecord } from '../protocol/run-folder';
import { loadDataset } from './data/load-dataset';
import type { JobContext } from './job';

/** Reads a data set for a job, decoded once and kept; tells progress and what was left out. */
export async function loadRunData(path: string, context: JobContext, inputShape?: readonly number[]): Promise<Dataset> {
  const { events, signal, beside } = context;
  let keeping: Promise<void> | undefined;
  const loaded = await loadDataset(path, {
    size: inputShape && imageSize(inputShape),
    assets: context.assets,
    cacheFolder: join(cacheFolder(), 'data'),
    onProgress: (progress) => events.dataProgress(progress),
    onWarning: (message) => events.warning({ message }),
    onKeeping:
      beside &&
      ((kept) => {
        keeping = kept;
        beside(kept);
      }),
    signal,
  });
  const { skipped } = loaded;
  if (skipped.length > 0) {
    const count = skipped.length === 1 ? '1 file is' : `${skipped.length} files are`;
    const named = someOf(skipped.map((file) => `${file.path} (${file.reason})`));
    events.warning({ message: `${count} left out of the data set: ${named}.` });
  }
  const decided = await readDecisions(path);
  // What is decided moves images in their memory.
  if (decided.standing.length > 0) await keeping;
  return asDecided(loaded, decided, context);
}

/** As the user has decided about its images; tells how it differs from the files. */
function asDecided(
  loaded: Dataset,
  { standing, file, unread }: Awaited<ReturnType<typeof readDecisions>>,
  { events }: JobContext,
): Dataset {
  if (unread.length > 0) {
    const lines = unread.map(({ line }) => line).join(', ');
    events.warning({ message: `Of ${file}, these lines are not understood and left aside: ${lines}.` });
  }
  if (standing.length === 0) return loaded;
  const { dataset, excluded, relabelled, unknown } = applyDecisions(loaded, standing);
  if (unknown.length > 0) {
    events.warning({ message: `Decided about in ${file}, but not in the data set: ${someOf(unknown)}.` });
  }
  if (excluded + relabelled === 0) return loaded;
  const hash = createHash('sha256').update(JSON.stringify(standing)).digest('hex');
  const fingerprint = createHash('sha256').update(loaded.fingerprint).update(hash).digest('hex');
  const images = (count: number) => (count === 1 ? '1 image' : `${count} images`);
  events.note({ message: `As decided in ${file}: ${images(excluded)} left out, ${relabelled} relabelled.` });
  return { ...dataset, fingerprint, decided: { excluded, relabelled, hash } };
}

/** `a, b, c, d, e, and 7 more` */
function someOf(names: readonly string[]): string {
  const more = names.length > mostNamed ? `, and ${names.length - mostNamed} more` : '';
  return `${names.slice(0, mostNamed).join(', ')}${more}`;
}

const mostNamed = 5;

/** [C, H, W] of a run's images before they are changed. */
export function storedShape({ data, model }: RunRecord): readonly number[] {
  return data.imageShape ?? model.inputShape;
}

/** [C, H, W] as the loader takes it. */
export function imageSize([channels, height = 1, width = 1]: readonly number[]) {
  return { channels: channels === 1 ? (1 as const) : (3 as const), height, width };
}
