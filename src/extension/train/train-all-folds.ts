import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { describeSpread } from '../../core/inspect/spread-of';
import { foldName, trainFolds, type FoldsReport } from '../../node/train-folds';
import type { TrainRequest, TrainResult } from '../../protocol/worker';
import { commandTable } from '../command-table';
import { count as counted, formatPercent } from '../runs/run-presentation';
import type { Services } from '../services';
import { progressText } from '../training-progress';

/**
 * Trains all folds one after the other, each as a run of its own, with one notification for all: cancelled, it stops the fold that
 * trains, and no other begins. Tells their mean at the end; undefined where they were stopped.
 */
export async function trainAllFolds(
  services: Pick<Services, 'training'>,
  runsFolder: string,
  request: Omit<TrainRequest, 'runFolder'>,
  count: number,
): Promise<FoldsReport | undefined> {
  const { training } = services;
  const results: TrainResult[] = [];
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Training ${request.name}, ${count} folds`,
    cancellable: true,
  };
  const report = await vscode.window.withProgress(options, async (progress, token) => {
    const cancelled = new AbortController();
    const { signal } = cancelled;
    let shownPercent = 0;
    const listeners = [
      token.onCancellationRequested(() => cancelled.abort()),
      training.onDidChange((each) => {
        const { series, live } = each;
        if (series?.signal !== signal) return;
        const share = live ? Math.min(1, live.epoch / live.epochs) : 0;
        const percent = (100 * (series.number - 1 + share)) / count;
        const message = `fold ${series.number} of ${count} · ${progressText(each, 'with speed')}`;
        progress.report({ message, increment: Math.max(0, percent - shownPercent) });
        shownPercent = Math.max(shownPercent, percent);
      }),
    ];
    try {
      return await trainFolds(count, async (number) => {
        if (signal.aborted) return undefined;
        const result = await training.train(runsFolder, requestOfFold(request, number, count), { number, signal });
        results.push(result);
        return result;
      });
    } finally {
      for (const each of listeners) each.dispose();
    }
  });
  tellEnd(request.name, count, results, report);
  return report;
}

function requestOfFold(
  { name, config, ...request }: Omit<TrainRequest, 'runFolder'>,
  number: number,
  count: number,
): Omit<TrainRequest, 'runFolder'> {
  const fold = { number, count };
  return { ...request, name: foldName(name, fold), config: { ...config, split: { ...config.split, fold } } };
}

function tellEnd(name: string, count: number, results: readonly TrainResult[], report: FoldsReport | undefined): void {
  const runFolders = results.map(({ runFolder }) => runFolder).filter((folder) => existsSync(folder));
  const stopped = results.find(({ status }) => status === 'stopped')?.runFolder;
  const offered = [
    ...(runFolders.length === 0 ? [] : [{ ...commandTable.openCurves, argument: { runFolders } }]),
    ...(stopped === undefined || !runFolders.includes(stopped)
      ? []
      : [{ ...commandTable.resumeTraining, argument: { runFolder: stopped } }]),
  ];
  const message = report ? `${name}: ${describeReport(report)}.` : describeStop(name, count, results);
  void vscode.window.showInformationMessage(message, ...offered.map(({ title }) => title)).then((title) => {
    const chosen = offered.find((each) => each.title === title);
    if (chosen) void vscode.commands.executeCommand(chosen.id, chosen.argument);
  });
}

/** `5 folds, validation accuracy 93.1 % ± 1.2 %, test accuracy 92.8 % ± 0.9 % (mean ± standard deviation)` */
function describeReport({ valAccuracy, testAccuracy }: FoldsReport): string {
  const tested = testAccuracy ? `, test accuracy ${describeSpread(testAccuracy, formatPercent)}` : '';
  const validated = `validation accuracy ${describeSpread(valAccuracy, formatPercent)}`;
  return `${valAccuracy.values.length} folds, ${validated}${tested} (mean ± standard deviation)`;
}

function describeStop(name: string, count: number, results: readonly TrainResult[]): string {
  const done = results.filter(({ status }) => status === 'completed').length;
  return `${name}: training stopped in fold ${Math.min(done + 1, count)} of ${count}; ${counted(done, 'fold')} completed.`;
}
