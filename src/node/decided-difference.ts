import { dirname } from 'node:path';
import type { RunRecord } from '../protocol/run-folder';
import { listRuns, readRunRecord } from './run-store';

/** A completed run, and the latest one before it that differs by nothing but what was decided about the images. */
export interface DecidedDifference {
  /** Name of the run before. */
  readonly name: string;
  /** Accuracy of the test images, or of the validation images where there are none, of the two runs. */
  readonly measured: 'test' | 'validation';
  readonly before: number;
  readonly after: number;
  /** Images that the accuracies are of: those of the test may have been decided about, too. */
  readonly imagesBefore: number;
  readonly imagesAfter: number;
  /** How many images the later run leaves out, and has with other classes than their files say. */
  readonly excluded: number;
  readonly relabelled: number;
}

/** Looks among the runs of the same folder; undefined where there is none to compare with. */
export async function decidedDifference(runFolder: string): Promise<DecidedDifference | undefined> {
  const run = await readRunRecord(runFolder);
  const runs = await listRuns(dirname(runFolder));
  return compareWithBefore(
    run,
    runs.flatMap(({ record }) => (record ? [record] : [])),
  );
}

export function compareWithBefore(run: RunRecord, runs: readonly RunRecord[]): DecidedDifference | undefined {
  const [before] = runs
    .filter((each) => each.id !== run.id && each.startedAt < run.startedAt && isRepeatedBy(each, run))
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  if (!before || run.status !== 'completed') return undefined;
  const { excluded = 0, relabelled = 0 } = run.data.decided ?? {};
  const shared = { name: before.name, excluded, relabelled };
  if (before.test && run.test) {
    const [one, other] = [before.test, run.test];
    const counts = { imagesBefore: one.count, imagesAfter: other.count };
    return { ...shared, measured: 'test', before: one.accuracy, after: other.accuracy, ...counts };
  }
  if (before.bestValAccuracy === null || run.bestValAccuracy === null) return undefined;
  return {
    ...shared,
    measured: 'validation',
    before: before.bestValAccuracy,
    after: run.bestValAccuracy,
    imagesBefore: before.data.valCount,
    imagesAfter: run.data.valCount,
  };
}

/** `test accuracy +1.20 points against lenet · digits, with other decisions about its images; now 12 are left out and 5 relabelled` */
export function describeDifference(difference: DecidedDifference): string {
  const { name, measured, before, after, imagesBefore, imagesAfter, excluded, relabelled } = difference;
  const points = 100 * (after - before);
  const sign = points < 0 ? '−' : '+';
  const images = imagesBefore === imagesAfter ? '' : ` (of ${imagesAfter} images, then ${imagesBefore})`;
  const now =
    excluded + relabelled === 0 ? 'now there are none' : `now ${excluded} are left out and ${relabelled} relabelled`;
  return (
    `${measured} accuracy ${sign}${Math.abs(points).toFixed(2)} points${images} against ${name}, ` +
    `with other decisions about its images; ${now}`
  );
}

/** The same model, data set and configuration, over images that were decided about otherwise. */
function isRepeatedBy(before: RunRecord, run: RunRecord): boolean {
  return (
    before.status === 'completed' &&
    before.model.sourceHash === run.model.sourceHash &&
    before.model.target === run.model.target &&
    before.data.path === run.data.path &&
    before.data.decided?.hash !== run.data.decided?.hash &&
    JSON.stringify(before.config) === JSON.stringify(run.config)
  );
}
