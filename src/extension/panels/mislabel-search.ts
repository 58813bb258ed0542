import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { readMislabels } from '../../node/mislabels-file';
import type { WorkerProcess } from '../../node/worker-process';
import type { Mislabels } from '../../protocol/dataset-panel';
import type { MislabelReport } from '../../protocol/mislabels';
import { readSettings } from '../settings';
import type { WorkerLauncher } from '../worker-launcher';
import type { TaskProgress } from './process-service';

/** Each image is judged by a model that was trained without it: as many trainings as this. */
const folds = 5;

/** Searches for wrong labels, each in a worker process of its own. */
export class MislabelSearch implements vscode.Disposable {
  private readonly running = new Map<number, WorkerProcess>();
  private readonly progress = new vscode.EventEmitter<TaskProgress>();
  readonly onDidProgress = this.progress.event;

  constructor(private readonly launcher: WorkerLauncher) {}

  /** Null: nobody has searched yet. */
  async kept(runFolder: string): Promise<Mislabels | null> {
    const report = await readMislabels(runFolder);
    return report ? asMislabels(report) : null;
  }

  async find({ runFolder, task }: { readonly runFolder: string; readonly task: number }): Promise<Mislabels> {
    const { device, threads } = readSettings();
    const worker = this.launcher.start({
      foldProgress: ({ fold, epoch, epochs }) =>
        this.progress.fire({ task, done: (fold - 1) * epochs + epoch, total: folds * epochs }),
    });
    this.running.set(task, worker);
    try {
      return asMislabels(await worker.calls.findMislabels({ runFolder, folds, epochs: null, device, threads }));
    } catch (error) {
      if (!this.running.has(task)) throw new UserError('Cancelled.', undefined, { cause: error });
      throw error;
    } finally {
      this.running.delete(task);
      await worker.stop();
    }
  }

  /** False: there is no such search. */
  cancel(task: number): boolean {
    const worker = this.running.get(task);
    this.running.delete(task);
    void worker?.kill();
    return worker !== undefined;
  }

  dispose(): void {
    for (const worker of this.running.values()) void worker.kill();
    this.running.clear();
    this.progress.dispose();
  }
}

function asMislabels(report: MislabelReport): Mislabels {
  const { classes, keys, given, suggested, suggestedProbabilities } = report;
  const name = (label: number | undefined) => classes[label ?? -1] ?? '';
  const epochs = `${report.epochs} ${report.epochs === 1 ? 'epoch' : 'epochs'}`;
  return {
    suspects: keys.map((key, at) => ({
      key,
      given: name(given[at]),
      suggested: name(suggested[at]),
      confidence: suggestedProbabilities[at] ?? NaN,
    })),
    how: `${report.folds} trainings of ${epochs}, right about ${(100 * report.accuracy).toFixed(1)} % of the labels`,
  };
}
