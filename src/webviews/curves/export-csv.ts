import { csvText, type CsvCell as Cell } from '../../core/formats/csv-text';
import type { RunHistory } from './run-history';

/**
 * One row for each line of metrics.jsonl of the given runs, steps and epochs in the order of training (RFC 4180 quoting, `\n`
 * line breaks). Cells that a kind of line, or its run, does not have are empty. Accuracies and F1 are in [0, 1].
 */
export function exportCsv(runs: readonly RunHistory[]): string {
  const lines: (readonly Cell[])[] = [header];
  for (const run of runs) {
    const rows = [
      ...run.steps.map((step) => ({
        order: step.step,
        cells: ['step', step.epoch, step.step, step.trainLoss] as Cell[],
        rest: step,
      })),
      ...run.epochs.map((epoch) => ({
        order: epoch.step + 0.5, // After the step line of the epoch's last step.
        cells: ['epoch', epoch.epoch, epoch.step, epoch.trainLoss] as Cell[],
        rest: epoch,
      })),
    ].sort((a, b) => a.order - b.order);
    for (const { cells, rest } of rows) {
      const ofEpoch: Cell[] =
        rest.kind === 'epoch'
          ? [rest.trainAccuracy, rest.valLoss, rest.valAccuracy, rest.valTop5 ?? '', rest.valF1 ?? '']
          : ['', '', '', '', ''];
      const end: Cell[] = rest.kind === 'epoch' ? [rest.seconds, rest.epoch === run.bestEpoch ? 1 : 0] : ['', ''];
      const all = [run.id, run.name, ...cells, ...ofEpoch, rest.learningRate, rest.imagesPerSecond, ...end];
      lines.push(all);
    }
  }
  return csvText(lines);
}

const header = [
  'run',
  'name',
  'kind',
  'epoch',
  'step',
  'train_loss',
  'train_accuracy',
  'val_loss',
  'val_accuracy',
  'val_top5',
  'val_f1',
  'learning_rate',
  'images_per_second',
  'seconds',
  'best',
];
