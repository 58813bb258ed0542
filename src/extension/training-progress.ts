import * as vscode from 'vscode';
import { decidedDifference, describeDifference } from '../node/decided-difference';
import { commandTable } from './command-table';
import { formatLoss, formatPercent } from './runs/run-presentation';
import { deviceIcon } from './train/describe-device';
import type { ActiveTraining, TrainingEnd, TrainingService } from './training-service';

/** Shows what trains: a notification that can be cancelled for each training that is not of a series, one status bar item for all. */
export class TrainingProgress implements vscode.Disposable {
  private readonly statusBar = vscode.window.createStatusBarItem(
    'cnn-lab.training',
    vscode.StatusBarAlignment.Left,
    50,
  );
  private readonly notifications = new Map<string, Notification>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly service: TrainingService) {
    this.statusBar.name = 'CNN Lab: Training';
    this.subscriptions = [
      this.statusBar,
      service.onDidChange((training) => {
        if (!training.series) this.notificationOf(training).update(training);
        this.updateStatusBar();
      }),
      service.onDidEnd((end) => {
        this.notifications.get(end.runFolder)?.close();
        this.notifications.delete(end.runFolder);
        this.updateStatusBar();
        if (end.result && !end.series) void tellEnd(end);
      }),
    ];
  }

  private notificationOf(training: ActiveTraining): Notification {
    const known = this.notifications.get(training.runFolder);
    if (known) return known;
    const made = openNotification(training.name, () => void this.service.stop(training.runFolder));
    this.notifications.set(training.runFolder, made);
    return made;
  }

  private updateStatusBar(): void {
    const { active } = this.service;
    void vscode.commands.executeCommand('setContext', 'cnn-lab.training', active.length > 0);
    const [first] = active;
    if (!first) return this.statusBar.hide();
    this.statusBar.text =
      active.length === 1
        ? `$(sync~spin) ${first.device ? `$(${deviceIcon(first.device)}) ` : ''}${first.name}: ${progressText(first)}`
        : `$(sync~spin) ${active.length} trainings`;
    const tooltip = new vscode.MarkdownString(undefined, true);
    for (const training of active)
      tooltip
        .appendText(
          `${training.name}: ${progressText(training)}${training.device ? ` · ${training.device.description}` : ''}`,
        )
        .appendMarkdown('\n\n');
    tooltip.isTrusted = { enabledCommands: [commandTable.stopTraining.id] };
    tooltip.appendMarkdown(`Click: training curves · [Stop](command:${commandTable.stopTraining.id})`);
    this.statusBar.tooltip = tooltip;
    this.statusBar.command = {
      command: commandTable.openCurves.id,
      title: commandTable.openCurves.title,
      arguments: [{ runFolder: first.runFolder }],
    };
    this.statusBar.show();
  }

  dispose(): void {
    for (const notification of this.notifications.values()) notification.close();
    for (const each of this.subscriptions) each.dispose();
  }
}

interface Notification {
  update(training: ActiveTraining): void;
  close(): void;
}

function openNotification(name: string, onCancel: () => void): Notification {
  let report: vscode.Progress<{ message?: string; increment?: number }> | undefined;
  let close = (): void => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  let shownPercent = 0;
  const options = { location: vscode.ProgressLocation.Notification, title: `Training ${name}`, cancellable: true };
  void vscode.window.withProgress(options, (progress, token) => {
    report = progress;
    token.onCancellationRequested(onCancel);
    return closed;
  });
  return {
    update(training) {
      const { live } = training;
      const percent = live ? Math.min(100, (100 * live.epoch) / live.epochs) : 0;
      report?.report({ message: progressText(training, 'with speed'), increment: Math.max(0, percent - shownPercent) });
      shownPercent = Math.max(shownPercent, percent);
    },
    close,
  };
}

export function progressText({ live, phase, stopping }: ActiveTraining, speed?: 'with speed'): string {
  if (stopping || !live) return phase;
  const epoch = `epoch ${Math.min(live.epochs, Math.floor(live.epoch) + 1)}/${live.epochs}`;
  const parts = [epoch, `loss ${formatLoss(live.trainLoss)}`];
  if (speed) parts.push(`${Math.round(live.imagesPerSecond).toLocaleString('en-US')} images/s`);
  return parts.join(' · ');
}

async function tellEnd({ name, runFolder, result }: TrainingEnd): Promise<void> {
  if (!result) return;
  const { status, epochsDone, test, bestValAccuracy } = result;
  const epochs = `${epochsDone} epoch${epochsDone === 1 ? '' : 's'}`;
  const accuracy = test
    ? `test accuracy ${formatPercent(test.accuracy)}`
    : bestValAccuracy === null
      ? undefined
      : `validation accuracy ${formatPercent(bestValAccuracy)}`;
  const head = status === 'completed' ? `${name}: training completed` : `${name}: training stopped`;
  const difference = await differenceInWords(runFolder);
  const message = `${head} after ${epochs}${accuracy ? `, ${accuracy}` : ''}.${difference}`;
  const resume = status === 'stopped' ? [commandTable.resumeTraining] : [];
  const offered = [commandTable.openCurves, ...resume];
  void vscode.window.showInformationMessage(message, ...offered.map(({ title }) => title)).then((title) => {
    const chosen = offered.find((each) => each.title === title);
    if (chosen) void vscode.commands.executeCommand(chosen.id, { runFolder });
  });
}

/** What decisions about images have changed since the run before; empty where there is nothing to say. */
async function differenceInWords(runFolder: string): Promise<string> {
  try {
    const difference = await decidedDifference(runFolder);
    return difference ? ` What was decided about images: ${describeDifference(difference)}.` : '';
  } catch {
    // The run's folder is gone already: its end is told all the same.
    return '';
  }
}
