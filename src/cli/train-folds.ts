import { describeSpread, type Spread, spreadOf } from '../core/inspect/spread-of';
import type { TrainResult } from '../protocol/worker';
import { formatPercent } from './format';
import type { Output } from './output';

/** What the trainings of all folds tell together. */
export interface FoldsReport {
  readonly valAccuracy: Spread;
  /** Null where the data set has no test images. */
  readonly testAccuracy: Spread | null;
}

/** Trains fold after fold; undefined where one was stopped. `train` gives what its fold (1 …) ended with. */
export async function trainFolds(
  count: number,
  train: (fold: number) => Promise<TrainResult>,
): Promise<FoldsReport | undefined> {
  const results: TrainResult[] = [];
  for (let fold = 1; fold <= count; fold++) {
    const result = await train(fold);
    if (result.status !== 'completed') return undefined;
    results.push(result);
  }
  const tested = results.flatMap(({ test }) => (test ? [test.accuracy] : []));
  return {
    valAccuracy: spreadOf(results.map(({ bestValAccuracy }) => bestValAccuracy ?? NaN)),
    testAccuracy: tested.length === count ? spreadOf(tested) : null,
  };
}

export function reportFolds(output: Output, { valAccuracy, testAccuracy }: FoldsReport): void {
  output.event({ event: 'folds', folds: valAccuracy.values.length, valAccuracy, testAccuracy });
  const told = (spread: Spread): string => output.style.bold(describeSpread(spread, formatPercent));
  output.line(
    `${valAccuracy.values.length} folds: validation accuracy ${told(valAccuracy)} (mean ± standard deviation)`,
  );
  if (testAccuracy) output.line(`Test accuracy ${told(testAccuracy)}`);
}
