import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FoldConfig } from '../core/data/split-config';
import { UserError } from '../core/errors';
import { spreadOf, type Spread } from '../core/inspect/spread-of';
import type { RunRecord } from '../protocol/run-folder';
import type { TrainResult } from '../protocol/worker';
import { readRunRecord, splitFile } from './run-store';

/** What the trainings of all folds tell together. */
export interface FoldsReport {
  readonly valAccuracy: Spread;
  /** Null where the data set has no test images. */
  readonly testAccuracy: Spread | null;
}

/**
 * Trains fold after fold; undefined where one was stopped. `train` gives what its fold (1 …) ended with, undefined where it was not
 * begun. Throws a UserError where the model or the images have changed in between, as their mean would be of different things; and after
 * the first, where the data set has validation images of its own.
 */
export async function trainFolds(
  count: number,
  train: (fold: number) => Promise<TrainResult | undefined>,
): Promise<FoldsReport | undefined> {
  const results: TrainResult[] = [];
  let first: RunRecord | undefined;
  for (let fold = 1; fold <= count; fold++) {
    const result = await train(fold);
    if (result?.status !== 'completed') return undefined;
    results.push(result);
    const record = await readRunRecord(result.runFolder);
    if (fold === 1) requireOwnSplit(result.runFolder, record);
    first ??= record;
    requireAlike(first, record, fold);
  }
  return reportOf(results);
}

/** Of at least one fold. */
export function reportOf(results: readonly Pick<TrainResult, 'bestValAccuracy' | 'test'>[]): FoldsReport {
  const tested = results.flatMap(({ test }) => (test ? [test.accuracy] : []));
  return {
    valAccuracy: spreadOf(results.map(({ bestValAccuracy }) => bestValAccuracy ?? NaN)),
    testAccuracy: tested.length === results.length ? spreadOf(tested) : null,
  };
}

/** `LeNet · digits fold 2/5` */
export function foldName(name: string, { number, count }: FoldConfig): string {
  return `${name} fold ${number}/${count}`;
}

/** What `foldName` was given; undefined where a name is of no fold. */
export function parseFoldName(text: string): { readonly name: string; readonly fold: FoldConfig } | undefined {
  const [, name, number, count] = /^(.+) fold (\d+)\/(\d+)$/.exec(text) ?? [];
  return name === undefined ? undefined : { name, fold: { number: Number(number), count: Number(count) } };
}

function requireOwnSplit(runFolder: string, { data }: RunRecord): void {
  if (existsSync(join(runFolder, splitFile))) return;
  throw new UserError(
    `${data.name} has validation images of its own: its folds would all be the same training.`,
    'Train it once, without folds; the run that was made is such a one.',
  );
}

function requireAlike(first: RunRecord, record: RunRecord, fold: number): void {
  const model = first.model.sourceHash === record.model.sourceHash;
  const images =
    first.data.fingerprint === record.data.fingerprint && first.data.decided?.hash === record.data.decided?.hash;
  if (model && images) return;
  throw new UserError(
    `${model ? `The images of ${record.data.name} have` : 'The code of the model has'} changed while the folds were trained: ` +
      `fold ${fold} is not of what fold 1 is of, so that they have no mean.`,
    'Train all folds again.',
  );
}
