import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../core/data/dataset';
import { parseRecordedSplit, recordSplit, restoreSplit } from '../core/data/recorded-split';
import { stratifiedSplit } from '../core/data/split-config';
import { datasetSplits, splitBy, validationIndices, type DatasetSplits } from '../core/data/splits';
import type { TrainConfig } from '../core/train/config';
import { splitFile } from '../node/run-store';
import { writeFileAtomically } from '../node/write-file-atomically';
import type { RunRecord } from '../protocol/run-folder';
import type { JobContext } from './job';

export interface CutSplits {
  readonly splits: DatasetSplits;
  /** Text of the run's split.json; undefined where the data set brings its validation images. */
  readonly recorded: string | undefined;
}

/** The parts of a data set for a new run, and what the run keeps of them. */
export function cutSplits(
  dataset: Dataset,
  { split, validationShare, seed }: TrainConfig,
  { events }: JobContext,
): CutSplits {
  if (dataset.val) {
    if (split.kind !== stratifiedSplit.kind && !split.fold) {
      events.warning({
        message: `${dataset.name} has validation images of its own: it is not split ${split.kind}.`,
      });
    }
    return { splits: datasetSplits(dataset, validationShare, seed, split), recorded: undefined };
  }
  const validation = validationIndices(dataset, validationShare, seed, split);
  return {
    splits: splitBy(dataset, validation),
    recorded: `${JSON.stringify(recordSplit(dataset, validation))}\n`,
  };
}

export async function writeSplit(runFolder: string, recorded: string): Promise<void> {
  await writeFileAtomically(join(runFolder, splitFile), recorded);
}

/** Text of a run's split.json; undefined where it has none: its data set brought validation images, or the run is of an earlier version. */
export async function readSplit(runFolder: string): Promise<string | undefined> {
  try {
    return await readFile(join(runFolder, splitFile), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The parts of a run's own data set, as the run has had them. `recorded`: what `readSplit` gave. */
export function runSplits(
  dataset: Dataset,
  { config: { split, validationShare, seed }, name }: RunRecord,
  recorded: string | undefined,
  { events }: JobContext,
): DatasetSplits {
  const known = recorded === undefined || dataset.val ? undefined : parseRecordedSplit(parseJson(recorded));
  const restored = known && restoreSplit(dataset, known);
  if (!restored && recorded !== undefined && !dataset.val) {
    const message = `The validation images of ${name} can't be told from its training images any more: ${dataset.name} has changed. They are drawn anew.`;
    events.warning({ message });
  }
  return restored ?? datasetSplits(dataset, validationShare, seed, split);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Damaged: the caller says what becomes of it.
  }
}
