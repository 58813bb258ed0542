import { stat } from 'node:fs/promises';
import { pathFields } from '../../core/graph/path-fields';
import { fieldRows } from '../../core/inspect/field-rows';
import { epochCheckpointPath, keptEpochs } from '../../node/checkpoint-file';
import { checkpointPath, readRunRecord } from '../../node/run-store';
import type {
  CheckpointEntry,
  DataSplit,
  LayerRequest,
  ReceptiveFieldPaths,
  ReceptiveFieldTable,
  Subject,
  SubjectDescription,
} from '../../protocol/inspection';
import { normalizationOf } from './network-image';
import type { Subjects } from './subjects';

export async function describeSubject(subjects: Subjects, subject: Subject): Promise<SubjectDescription> {
  const { opened, weights } = await subjects.use(subject);
  const { mean, std } = normalizationOf(opened);
  const record = opened.run?.record;
  const splits: readonly DataSplit[] = record
    ? [
        { name: 'train', count: record.data.trainCount },
        { name: 'val', count: record.data.valCount },
        { name: 'test', count: record.data.testCount },
      ]
    : [];
  return {
    title: opened.title,
    inputShape: opened.inputShape,
    mean,
    std,
    classes: record?.data.classes ?? [],
    layers: opened.layers,
    data: record ? { path: record.data.path, splits: splits.filter(({ count }) => count > 0) } : null,
    epoch: weights.epoch,
    version: weights.version,
  };
}

/** The folder as it is now: a run that goes on has more each time. */
export async function listCheckpoints(runFolder: string): Promise<readonly CheckpointEntry[]> {
  const { epochsDone, bestEpoch } = await readRunRecord(runFolder);
  const epochs = new Map<number, string>();
  for (const epoch of await keptEpochs(runFolder)) epochs.set(epoch, epochCheckpointPath(runFolder, epoch));
  // Runs of older versions, and epochs whose own file was thinned out.
  if (!epochs.has(epochsDone)) epochs.set(epochsDone, checkpointPath(runFolder, 'last'));
  if (bestEpoch !== null && !epochs.has(bestEpoch)) epochs.set(bestEpoch, checkpointPath(runFolder, 'best'));
  const entries = await Promise.all(
    [...epochs].map(async ([epoch, file]): Promise<CheckpointEntry | undefined> => {
      const size = await stat(file).catch(() => undefined);
      if (!size) return undefined;
      return { epoch, best: epoch === bestEpoch, last: epoch === epochsDone, bytes: size.size };
    }),
  );
  return entries.filter((entry) => entry !== undefined).sort((a, b) => a.epoch - b.epoch);
}

export async function receptiveFieldTable(subjects: Subjects, subject: Subject): Promise<ReceptiveFieldTable> {
  const { opened } = await subjects.use(subject);
  const [, height = 1, width = 1] = opened.inputShape;
  const rows = fieldRows(opened.graph, [height, width]).map((row) => ({
    ...row,
    field: row.field && {
      size: pair(row.field.size),
      smallest: pair(row.field.smallest ?? row.field.size),
      jump: pair(row.field.jump),
      start: pair(row.field.start),
    },
  }));
  return { input: [height, width], rows };
}

export async function receptiveFieldPaths(
  subjects: Subjects,
  { subject, layer }: LayerRequest,
): Promise<ReceptiveFieldPaths | null> {
  const { opened } = await subjects.use(subject);
  const found = pathFields(opened.graph, opened.node(layer).id);
  if (!found) return null;
  const rows = found.fields.map(({ window, ways }) => ({
    field: window && { size: pair(window.size), jump: pair(window.jump), start: pair(window.start) },
    ways,
  }));
  return { rows, complete: found.complete };
}

function pair([a = 0, b = 0]: readonly number[]): readonly [number, number] {
  return [a, b];
}
