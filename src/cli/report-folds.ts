import { describeSpread, type Spread } from '../core/inspect/spread-of';
import type { FoldsReport } from '../node/train-folds';
import { formatPercent } from './format';
import type { Output } from './output';

export function reportFolds(output: Output, { valAccuracy, testAccuracy }: FoldsReport): void {
  output.event({ event: 'folds', folds: valAccuracy.values.length, valAccuracy, testAccuracy });
  const told = (spread: Spread): string => output.style.bold(describeSpread(spread, formatPercent));
  output.line(
    `${valAccuracy.values.length} folds: validation accuracy ${told(valAccuracy)} (mean ± standard deviation)`,
  );
  if (testAccuracy) output.line(`Test accuracy ${told(testAccuracy)}`);
}
