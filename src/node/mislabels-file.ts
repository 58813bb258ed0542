import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { MislabelReport } from '../protocol/mislabels';
import { writeFileAtomically } from './write-file-atomically';

export const mislabelsFile = 'mislabels.json';

/** What was found of a run's data; undefined where nobody has looked, or what is kept can't be read: then it is to be found again. */
export async function readMislabels(runFolder: string): Promise<MislabelReport | undefined> {
  try {
    const { suspects, ...report } = v.parse(schema, JSON.parse(await readFile(join(runFolder, mislabelsFile), 'utf8')));
    if (suspects.some(({ given, suggested }) => Math.max(given, suggested) >= report.classes.length)) return undefined;
    return {
      fingerprint: report.fingerprint,
      madeAt: report.madeAt,
      folds: report.folds,
      epochs: report.epochs,
      count: report.count,
      accuracy: report.accuracy,
      classes: report.classes,
      keys: suspects.map(({ key }) => key),
      given: Int32Array.from(suspects, ({ given }) => given),
      suggested: Int32Array.from(suspects, ({ suggested }) => suggested),
      givenProbabilities: Float32Array.from(suspects, ({ givenProbability }) => givenProbability),
      suggestedProbabilities: Float32Array.from(suspects, ({ suggestedProbability }) => suggestedProbability),
    };
  } catch {
    // Not there, damaged, or of another version: the search can be made again.
    return undefined;
  }
}

/** @throws UserError */
export async function writeMislabels(runFolder: string, report: MislabelReport): Promise<void> {
  const { fingerprint, madeAt, folds, epochs, count, accuracy, classes, keys } = report;
  const kept: v.InferOutput<typeof schema> = {
    formatVersion: 1,
    fingerprint,
    madeAt,
    folds,
    epochs,
    count,
    accuracy,
    classes: [...classes],
    suspects: keys.map((key, at) => ({
      key,
      given: report.given[at] ?? 0,
      suggested: report.suggested[at] ?? 0,
      givenProbability: report.givenProbabilities[at] ?? 0,
      suggestedProbability: report.suggestedProbabilities[at] ?? 0,
    })),
  };
  await writeFileAtomically(join(runFolder, mislabelsFile), `${JSON.stringify(kept, null, 1)}\n`);
}

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const schema = v.object({
  formatVersion: v.literal(1),
  fingerprint: v.string(),
  madeAt: v.string(),
  folds: whole,
  epochs: whole,
  count: whole,
  accuracy: v.number(),
  classes: v.array(v.string()),
  suspects: v.array(
    v.object({
      key: v.string(),
      given: whole,
      suggested: whole,
      givenProbability: v.number(),
      suggestedProbability: v.number(),
    }),
  ),
});
