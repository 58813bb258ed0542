import { dirname } from 'node:path';
import { parseFoldName } from '../../node/train-folds';
import type { RunRecord } from '../../protocol/run-folder';
import type { LibraryRun } from './library-run';

/** What stands in the Experiments view at its first level. */
export type RunGroup =
  | { readonly kind: 'run'; readonly run: LibraryRun }
  /** Trainings of the same on at least two of `count` folds, by the fold's number. */
  | { readonly kind: 'folds'; readonly name: string; readonly count: number; readonly runs: readonly LibraryRun[] };

/**
 * Puts the folds of one cross-validation together: runs that are named as its folds are, of the same model, data and configuration.
 * A fold that is there already begins another one.
 *
 * @param runs newest first; the groups come so, too, by their newest run.
 */
export function groupFolds(runs: readonly LibraryRun[]): RunGroup[] {
  const latest = new Map<string, OpenGroup>();
  const groupOf = new Map<LibraryRun, OpenGroup>();
  for (const run of [...runs].reverse()) {
    const place = placeOf(run);
    if (!place) continue;
    const known = latest.get(place.key);
    const group = known && !known.runs.has(place.number) ? known : { ...place, runs: new Map<number, LibraryRun>() };
    group.runs.set(place.number, run);
    latest.set(place.key, group);
    groupOf.set(run, group);
  }
  const told = new Set<OpenGroup>();
  return runs.flatMap((run): RunGroup[] => {
    const group = groupOf.get(run);
    if (!group || group.runs.size < 2) return [{ kind: 'run', run }];
    if (told.has(group)) return [];
    told.add(group);
    const members = [...group.runs].sort(([a], [b]) => a - b).map(([, member]) => member);
    return [{ kind: 'folds', name: group.name, count: group.count, runs: members }];
  });
}

interface OpenGroup {
  readonly name: string;
  readonly count: number;
  readonly runs: Map<number, LibraryRun>;
}

function placeOf({ folder, name, record }: LibraryRun) {
  const named = parseFoldName(name);
  const fold = record?.config.split.fold;
  if (!named || !record || fold?.number !== named.fold.number || fold.count !== named.fold.count) return undefined;
  return { key: JSON.stringify([dirname(folder), named.name, whatIsTrained(record)]), name: named.name, ...fold };
}

/** All but the fold, and but how long: a fold may be resumed for more epochs. */
function whatIsTrained({ model, data, config }: RunRecord): unknown {
  const split = { ...config.split, fold: config.split.fold?.count };
  return [
    model.file,
    model.target,
    model.sourceHash,
    data.path,
    { ...config, split, epochs: 0, epochCheckpointsMb: 0 },
  ];
}
